package pyvalue

import (
	"iter"
	"slices"
)

// List is a list with identity: whoever holds the pointer sees its changes.
type List struct {
	// Items are the elements. Writing to them needs exclusive use of the list.
	Items []any
}

// NewList returns a list of the items, which it takes over.
func NewList(items ...any) *List { return &List{Items: items} }

// Append adds values at the end.
func (l *List) Append(values ...any) { l.Items = append(l.Items, values...) }

// Tuple is an immutable sequence.
type Tuple []any

// Set is a set, or a frozenset once [Set.Freeze] was called. It keeps the
// order of insertion. The zero value and nil are empty; nil must not be
// written to.
type Set struct{ members Map }

// NewSet returns a set of the values. It is a type error if one of them is not
// hashable.
func NewSet(values ...any) (*Set, error) {
	s := &Set{}
	for _, v := range values {
		if err := s.Add(v); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// Len returns the number of elements.
func (s *Set) Len() int {
	if s == nil {
		return 0
	}
	return s.members.Len()
}

// Has reports whether v is an element.
func (s *Set) Has(v any) bool { return s != nil && s.members.Has(v) }

// Add adds v. It is a type error if v is not hashable or the set is frozen.
func (s *Set) Add(v any) error {
	if s.members.frozen {
		return errFrozen("set")
	}
	if s.members.Has(v) {
		return nil
	}
	return s.members.Set(v, nil)
}

// Remove removes v and reports whether it was there.
func (s *Set) Remove(v any) bool { return s.members.Delete(v) }

// All iterates over the elements in order of insertion.
func (s *Set) All() iter.Seq[any] {
	if s == nil {
		return func(func(any) bool) {}
	}
	return s.members.Keys()
}

// Items returns the elements in order of insertion.
func (s *Set) Items() []any { return slices.Collect(s.All()) }

// Clone returns a copy that is not frozen.
func (s *Set) Clone() *Set {
	if s == nil {
		return &Set{}
	}
	return &Set{members: *s.members.Clone()}
}

// Freeze makes the set immutable and thereby hashable, and returns it.
func (s *Set) Freeze() *Set {
	s.members.frozen = true
	return s
}

// Frozen reports whether the set is immutable.
func (s *Set) Frozen() bool { return s != nil && s.members.frozen }

// Union returns the elements of either set. The result of an operation on sets
// is frozen if the first of them is.
func (s *Set) Union(other *Set) *Set {
	result := s.Clone()
	for v := range other.All() {
		_ = result.Add(v)
	}
	return result.frozenLike(s)
}

// Intersect returns the elements of both sets.
func (s *Set) Intersect(other *Set) *Set {
	return s.filter(other.Has)
}

// Difference returns the elements of s that are not in other.
func (s *Set) Difference(other *Set) *Set {
	return s.filter(func(v any) bool { return !other.Has(v) })
}

// SymmetricDifference returns the elements that are in exactly one of the sets.
func (s *Set) SymmetricDifference(other *Set) *Set {
	return s.Difference(other).Union(other.Difference(s)).frozenLike(s)
}

// SubsetOf reports whether all elements of s are in other.
func (s *Set) SubsetOf(other *Set) bool {
	if s.Len() > other.Len() {
		return false
	}
	for v := range s.All() {
		if !other.Has(v) {
			return false
		}
	}
	return true
}

func (s *Set) filter(keep func(any) bool) *Set {
	result := &Set{}
	for v := range s.All() {
		if keep(v) {
			_ = result.Add(v)
		}
	}
	return result.frozenLike(s)
}

func (s *Set) frozenLike(model *Set) *Set {
	s.members.frozen = model.Frozen()
	return s
}
