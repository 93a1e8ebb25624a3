package jinja

import (
	"container/list"
	"sync"
)

// Cache keeps compiled templates by their text. It is bounded: the template
// that was not used for the longest time makes room. Errors are kept as well.
// A Cache is safe for concurrent use.
type Cache struct {
	env  *Environment
	size int

	mu      sync.Mutex
	entries map[cacheKey]*list.Element
	recent  *list.List
}

type cacheKey struct {
	source     string
	expression bool
}

type cacheEntry struct {
	key      cacheKey
	template *Template
	err      error
}

// NewCache returns a cache of at most size templates compiled in env. A size
// below 1 means 1000.
func NewCache(env *Environment, size int) *Cache {
	if size < 1 {
		size = 1000
	}
	return &Cache{env: env, size: size, entries: make(map[cacheKey]*list.Element), recent: list.New()}
}

// Environment returns the environment templates are compiled in.
func (c *Cache) Environment() *Environment { return c.env }

// Compile returns the template of that text.
func (c *Cache) Compile(source string) (*Template, error) {
	return c.get(cacheKey{source, false}, c.env.Compile)
}

// CompileExpression returns the template of a single expression.
func (c *Cache) CompileExpression(source string) (*Template, error) {
	return c.get(cacheKey{source, true}, c.env.CompileExpression)
}

func (c *Cache) get(key cacheKey, compile func(string) (*Template, error)) (*Template, error) {
	c.mu.Lock()
	if el, ok := c.entries[key]; ok {
		c.recent.MoveToFront(el)
		entry := el.Value.(*cacheEntry)
		c.mu.Unlock()
		return entry.template, entry.err
	}
	c.mu.Unlock()

	// Compiling outside the lock lets two callers do the same work at worst.
	t, err := compile(key.source)

	c.mu.Lock()
	defer c.mu.Unlock()
	if el, ok := c.entries[key]; ok {
		entry := el.Value.(*cacheEntry)
		return entry.template, entry.err
	}
	c.entries[key] = c.recent.PushFront(&cacheEntry{key: key, template: t, err: err})
	for c.recent.Len() > c.size {
		last := c.recent.Back()
		c.recent.Remove(last)
		delete(c.entries, last.Value.(*cacheEntry).key)
	}
	return t, err
}

// Len returns the number of templates in the cache.
func (c *Cache) Len() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.recent.Len()
}
