package pyvalue

import "iter"

// Object is what a type of another package implements to take part as a
// value: an undefined name of a template, a lazy iterator, a function. An
// object is true, equal only to itself, not hashable, and not iterable,
// unless it implements one of the interfaces below as well.
type Object interface {
	// TypeName is the name of the type that error messages show.
	TypeName() string
	// Repr is the text form of the object, also inside collections.
	Repr() string
}

type (
	// Texter is an Object whose Str differs from its Repr.
	Texter interface{ Str() string }
	// Truther is an Object that can be false.
	Truther interface{ Truth() bool }
	// Sizer is an Object with a length; an empty one is false.
	Sizer interface{ Len() int }
	// Ranger is an Object that can be iterated.
	Ranger interface{ Range() iter.Seq[any] }
	// Equaler is an Object that can equal other values.
	Equaler interface{ EqualTo(other any) bool }
	// Keyer is an Object that is hashable: HashKey returns a comparable Go
	// value, of a type of the object's own package, that stands for it.
	Keyer interface{ HashKey() any }
	// Indexer is an Object with items: o[key].
	Indexer interface{ Item(key any) (any, error) }
	// Container is an Object that answers "value in o".
	Container interface {
		Has(value any) (bool, error)
	}
)
