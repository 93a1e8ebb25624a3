package pyvalue

import (
	"iter"
	"slices"
)

// Map is a dict: a mapping that keeps the order in which its keys were first
// set. Keys may be any hashable value, and 1, 1.0 and true are the same key.
// The zero value and nil are empty maps; nil must not be written to.
//
// Any number of goroutines may read a Map at once; writing needs exclusive use.
type Map struct {
	entries []entry
	// names finds the entries with string keys. It stays nil while the map is
	// so small that looking at each entry is faster.
	names map[string]int32
	// others finds the entries with other keys, by their hash key.
	others  map[any]int32
	deleted int
	frozen  bool
}

// entry keeps a string key apart from other keys, which saves an allocation
// for each of the keys that nearly all maps have.
type entry struct {
	name  string
	key   any // stringKey, deletedKey or the key itself
	value any
}

type (
	stringKey  struct{}
	deletedKey struct{}
)

func (e *entry) isString() bool {
	_, ok := e.key.(stringKey)
	return ok
}

func (e *entry) isDeleted() bool {
	_, ok := e.key.(deletedKey)
	return ok
}

func (e *entry) keyValue() any {
	if e.isString() {
		return e.name
	}
	return e.key
}

// linearSize is the number of entries up to which a string key is searched
// without an index.
const linearSize = 8

// NewMap returns an empty map with room for size entries.
func NewMap(size int) *Map {
	m := &Map{}
	if size > 0 {
		m.entries = make([]entry, 0, min(size, MaxItems))
	}
	return m
}

// MapOf returns a map of alternating keys and values; an odd last key gets the
// value nil. It panics if a key is not hashable and is meant for literals.
func MapOf(keysAndValues ...any) *Map {
	m := NewMap((len(keysAndValues) + 1) / 2)
	for pair := range slices.Chunk(keysAndValues, 2) {
		var value any
		if len(pair) == 2 {
			value = pair[1]
		}
		if err := m.Set(pair[0], value); err != nil {
			panic(err)
		}
	}
	return m
}

// Len returns the number of entries.
func (m *Map) Len() int {
	if m == nil {
		return 0
	}
	return len(m.entries) - m.deleted
}

// Get returns the value of key. A key that is not hashable is not found.
func (m *Map) Get(key any) (value any, ok bool) {
	if i := m.find(key); i >= 0 {
		return m.entries[i].value, true
	}
	return nil, false
}

// GetString is Get for a string, without the cost of boxing it.
func (m *Map) GetString(name string) (value any, ok bool) {
	if i := m.findString(name); i >= 0 {
		return m.entries[i].value, true
	}
	return nil, false
}

// Has reports whether the map has the key.
func (m *Map) Has(key any) bool { return m.find(key) >= 0 }

func (m *Map) find(key any) int {
	if name, ok := key.(string); ok {
		return m.findString(name)
	}
	if m == nil || len(m.others) == 0 {
		return -1
	}
	hash, err := HashKey(key)
	if err != nil {
		return -1
	}
	if i, ok := m.others[hash]; ok {
		return int(i)
	}
	return -1
}

func (m *Map) findString(name string) int {
	if m == nil {
		return -1
	}
	if m.names != nil {
		if i, ok := m.names[name]; ok {
			return int(i)
		}
		return -1
	}
	for i := range m.entries {
		if e := &m.entries[i]; e.name == name && e.isString() {
			return i
		}
	}
	return -1
}

// Set sets the value of key. A new key goes to the end; an existing one keeps
// its place and its first spelling (1 stays 1 when true is set). It is a type
// error if the key is not hashable or the map is frozen.
func (m *Map) Set(key, value any) error {
	if m.frozen {
		return errFrozen("dict")
	}
	if name, ok := key.(string); ok {
		m.SetString(name, value)
		return nil
	}
	hash, err := HashKey(key)
	if err != nil {
		return err
	}
	if i, ok := m.others[hash]; ok {
		m.entries[i].value = value
		return nil
	}
	if m.others == nil {
		m.others = make(map[any]int32)
	}
	m.others[hash] = int32(len(m.entries))
	m.entries = append(m.entries, entry{key: Canonical(key), value: value})
	return nil
}

// SetString is Set for a string, without the cost of boxing it. It panics if
// the map is frozen.
func (m *Map) SetString(name string, value any) {
	if m.frozen {
		panic(errFrozen("dict"))
	}
	if i := m.findString(name); i >= 0 {
		m.entries[i].value = value
		return
	}
	m.appendString(name, value)
}

// appendString adds a string key that is known to be absent.
func (m *Map) appendString(name string, value any) {
	if m.names != nil {
		m.names[name] = int32(len(m.entries))
	}
	m.entries = append(m.entries, entry{name: name, key: stringKey{}, value: value})
	if m.names == nil && len(m.entries) > linearSize {
		m.indexNames()
	}
}

func (m *Map) indexNames() {
	m.names = make(map[string]int32, cap(m.entries))
	for i := range m.entries {
		if e := &m.entries[i]; e.isString() {
			m.names[e.name] = int32(i)
		}
	}
}

// Delete removes key and reports whether it was there. A frozen map is left
// as it is.
func (m *Map) Delete(key any) bool {
	i := m.find(key)
	if i < 0 || m.frozen {
		return false
	}
	e := &m.entries[i]
	if e.isString() {
		delete(m.names, e.name)
	} else if hash, err := HashKey(e.key); err == nil {
		delete(m.others, hash)
	}
	if i == len(m.entries)-1 {
		m.entries[i] = entry{}
		m.entries = m.entries[:i]
		return true
	}
	*e = entry{key: deletedKey{}}
	m.deleted++
	if m.deleted > linearSize && m.deleted > len(m.entries)/2 {
		m.compact()
	}
	return true
}

// Clear removes all entries.
func (m *Map) Clear() {
	if !m.frozen {
		*m = Map{}
	}
}

func (m *Map) compact() {
	m.entries = slices.DeleteFunc(m.entries, func(e entry) bool { return e.isDeleted() })
	m.deleted = 0
	if m.names != nil {
		m.indexNames()
	}
	clear(m.others)
	for i := range m.entries {
		if e := &m.entries[i]; !e.isString() {
			if hash, err := HashKey(e.key); err == nil {
				m.others[hash] = int32(i)
			}
		}
	}
}

// All iterates over keys and values in order. Entries that are added during
// the iteration are not visited.
func (m *Map) All() iter.Seq2[any, any] {
	return func(yield func(key, value any) bool) {
		if m == nil {
			return
		}
		for i, n := 0, len(m.entries); i < min(n, len(m.entries)); i++ {
			if e := &m.entries[i]; !e.isDeleted() && !yield(e.keyValue(), e.value) {
				return
			}
		}
	}
}

// Keys iterates over the keys in order.
func (m *Map) Keys() iter.Seq[any] {
	return func(yield func(key any) bool) {
		for key := range m.All() {
			if !yield(key) {
				return
			}
		}
	}
}

// Values iterates over the values in order.
func (m *Map) Values() iter.Seq[any] {
	return func(yield func(value any) bool) {
		if m == nil {
			return
		}
		for i, n := 0, len(m.entries); i < min(n, len(m.entries)); i++ {
			if e := &m.entries[i]; !e.isDeleted() && !yield(e.value) {
				return
			}
		}
	}
}

// Clone returns a shallow copy that is not frozen.
func (m *Map) Clone() *Map {
	clone := NewMap(m.Len())
	if m == nil {
		return clone
	}
	for i := range m.entries {
		switch e := &m.entries[i]; {
		case e.isDeleted():
		case e.isString():
			clone.appendString(e.name, e.value)
		default:
			// The key was hashable when it came in.
			_ = clone.Set(e.key, e.value)
		}
	}
	return clone
}

// Freeze makes the map immutable, which makes it hashable as long as its
// values are, and returns it.
func (m *Map) Freeze() *Map {
	m.frozen = true
	return m
}

// Frozen reports whether the map is immutable.
func (m *Map) Frozen() bool { return m != nil && m.frozen }

func errFrozen(what string) error {
	return Errorf(KindType, "this %s is immutable", what)
}
