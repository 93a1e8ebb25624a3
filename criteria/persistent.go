package criteria

import "math/bits"

// hashMap is a persistent map from 64-bit hashes to values: with and without
// return a new map that shares all but a few nodes with the old one, which
// stays as it is. The zero value is empty. It is a trie over six bits of the
// hash at a time; a path ends as soon as one entry is left on it.
type hashMap[V any] struct {
	root hashNode[V]
	size int
}

type hashNode[V any] struct {
	// The bits tell which of the 64 branches are entries and which are nodes;
	// both lists are in the order of the bits. Nodes lie in their list, not behind
	// pointers: each step down costs one access to memory less.
	entryBits, nodeBits uint64
	entries             []hashEntry[V]
	nodes               []hashNode[V]
}

type hashEntry[V any] struct {
	hash  uint64
	value V
}

const (
	hashBits = 6
	hashMask = 1<<hashBits - 1
)

// get returns the value of a hash.
func (m hashMap[V]) get(hash uint64) (value V, ok bool) {
	n := &m.root
	for path := hash; ; path >>= hashBits {
		bit := uint64(1) << (path & hashMask)
		if n.entryBits&bit != 0 {
			e := &n.entries[bits.OnesCount64(n.entryBits&(bit-1))]
			if e.hash == hash {
				return e.value, true
			}
			return value, false
		}
		if n.nodeBits&bit == 0 {
			return value, false
		}
		n = &n.nodes[bits.OnesCount64(n.nodeBits&(bit-1))]
	}
}

// with returns the map with the value set.
func (m hashMap[V]) with(hash uint64, value V) hashMap[V] {
	root, added := m.root.with(0, hashEntry[V]{hash, value})
	if added {
		m.size++
	}
	return hashMap[V]{root, m.size}
}

func (n *hashNode[V]) with(shift int, e hashEntry[V]) (out hashNode[V], added bool) {
	bit := uint64(1) << (e.hash >> shift & hashMask)
	out = *n
	i, j := n.indexes(bit)
	switch {
	case n.nodeBits&bit != 0:
		var child hashNode[V]
		child, added = n.nodes[j].with(shift+hashBits, e)
		out.nodes = replaced(n.nodes, j, child)
	case n.entryBits&bit == 0:
		out.entryBits |= bit
		out.entries, added = inserted(n.entries, i, e), true
	case n.entries[i].hash == e.hash:
		out.entries = replaced(n.entries, i, e)
	default:
		child, _ := (&hashNode[V]{}).with(shift+hashBits, n.entries[i])
		child, _ = child.with(shift+hashBits, e)
		out.entryBits &^= bit
		out.nodeBits |= bit
		out.entries, out.nodes, added = removed(n.entries, i), inserted(n.nodes, j, child), true
	}
	return out, added
}

// without returns the map without the hash, which must be in it.
func (m hashMap[V]) without(hash uint64) hashMap[V] {
	return hashMap[V]{m.root.without(0, hash), m.size - 1}
}

func (n *hashNode[V]) without(shift int, hash uint64) hashNode[V] {
	bit := uint64(1) << (hash >> shift & hashMask)
	out := *n
	i, j := n.indexes(bit)
	if n.entryBits&bit != 0 {
		out.entryBits &^= bit
		out.entries = removed(n.entries, i)
		return out
	}
	child := n.nodes[j].without(shift+hashBits, hash)
	if len(child.nodes) == 0 && len(child.entries) == 1 {
		out.nodeBits &^= bit
		out.entryBits |= bit
		out.nodes, out.entries = removed(n.nodes, j), inserted(n.entries, i, child.entries[0])
	} else {
		out.nodes = replaced(n.nodes, j, child)
	}
	return out
}

func (n *hashNode[V]) indexes(bit uint64) (entry, node int) {
	return bits.OnesCount64(n.entryBits & (bit - 1)), bits.OnesCount64(n.nodeBits & (bit - 1))
}

// all calls yield for every entry until it returns false.
func (m hashMap[V]) all(yield func(hash uint64, value V) bool) { m.root.all(yield) }

func (n *hashNode[V]) all(yield func(hash uint64, value V) bool) bool {
	for _, e := range n.entries {
		if !yield(e.hash, e.value) {
			return false
		}
	}
	for i := range n.nodes {
		if !n.nodes[i].all(yield) {
			return false
		}
	}
	return true
}

// The following return a changed copy of a slice, without spare capacity.

func inserted[E any](s []E, i int, e E) []E {
	out := make([]E, len(s)+1)
	copy(out, s[:i])
	out[i] = e
	copy(out[i+1:], s[i:])
	return out
}

func replaced[E any](s []E, i int, e E) []E {
	out := make([]E, len(s))
	copy(out, s)
	out[i] = e
	return out
}

func removed[E any](s []E, i int) []E {
	if len(s) == 1 {
		return nil
	}
	out := make([]E, len(s)-1)
	copy(out, s[:i])
	copy(out[i:], s[i+1:])
	return out
}
