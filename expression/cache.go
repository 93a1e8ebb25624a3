package expression

import (
	"container/list"
	"sync"
)

// cache keeps compiled texts. It is bounded: the text that was not used for
// the longest time makes room.
type cache struct {
	size int

	mu      sync.Mutex
	entries map[cacheKey]*list.Element
	recent  *list.List // of *cacheEntry
}

// cacheKey tells texts apart. One that came out of an expression is evaluated
// by that expression's language alone, which is then set.
type cacheKey struct {
	source string
	result Language
}

type cacheEntry struct {
	key  cacheKey
	text text
}

const (
	defaultCacheSize = 1000
	// maxCachedBytes is the length of the longest text worth keeping.
	maxCachedBytes = 16 << 10
)

func newCache(size int) *cache {
	if size < 1 {
		size = defaultCacheSize
	}
	return &cache{size: size, entries: make(map[cacheKey]*list.Element), recent: list.New()}
}

func (c *cache) get(key cacheKey, compile func() text) text {
	if len(key.source) > maxCachedBytes {
		return compile()
	}
	if t, ok := c.find(key); ok {
		return t
	}
	// Compiling outside the lock lets two callers do the same work at worst.
	t := compile()
	c.mu.Lock()
	defer c.mu.Unlock()
	if el, ok := c.entries[key]; ok {
		return el.Value.(*cacheEntry).text
	}
	c.entries[key] = c.recent.PushFront(&cacheEntry{key, t})
	if c.recent.Len() > c.size {
		last := c.recent.Back()
		c.recent.Remove(last)
		delete(c.entries, last.Value.(*cacheEntry).key)
	}
	return t
}

func (c *cache) find(key cacheKey) (text, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	el, ok := c.entries[key]
	if !ok {
		return nil, false
	}
	c.recent.MoveToFront(el)
	return el.Value.(*cacheEntry).text, true
}
