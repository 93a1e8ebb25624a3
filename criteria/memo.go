package criteria

import "sync"

// memo keeps what is costly to make and often needed again, by key. When it is
// full it starts anew. It is safe for concurrent use.
type memo[K comparable, V any] struct {
	mu      sync.Mutex
	entries map[K]V
}

const maxMemo = 4096

// get returns the value of the key, making it if needed. Failures are not kept.
func (m *memo[K, V]) get(key K, make func() (V, error)) (V, error) {
	m.mu.Lock()
	value, ok := m.entries[key]
	m.mu.Unlock()
	if ok {
		return value, nil
	}
	value, err := make()
	if err != nil {
		return value, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.entries == nil || len(m.entries) >= maxMemo {
		m.entries = map[K]V{}
	}
	m.entries[key] = value
	return value, nil
}
