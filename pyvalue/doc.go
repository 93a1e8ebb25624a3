// Package pyvalue holds the values that Petrel's expression languages work
// on: plain Go values that behave the way the values of Python behave.
//
// YAQL and Jinja, as StackStorm's packs use them, leak Python everywhere: a
// list prints as [1, 'a', None], -7 // 2 is -4, 1 and 1.0 and True are one
// key of a mapping, integers never overflow. Instead of an interface that
// every value must implement, a value is an any that holds one of these:
//
//	Python      Go
//	None        nil
//	bool        bool
//	int         int64; *big.Int only when the number does not fit in an int64
//	float       float64
//	str         string; positions count code points
//	bytes       []byte
//	list        *List, or a host's []any
//	tuple       Tuple
//	dict        *Map, or a host's map[string]any (iterated in key order)
//	set         *Set (also frozenset)
//	datetime    time.Time (see NaiveTime for those without a zone)
//	date        Date
//	timedelta   Timedelta
//
// Other Go integers and float32 are accepted wherever a value comes in and
// count as int64, *big.Int or float64. Types of other packages take part by
// implementing [Object] and the small interfaces beside it.
//
// # Host data
//
// A host hands in map[string]any and []any. Nothing in this package writes to
// them, and nothing writes to a *Map or *List unless its caller asks for it by
// calling a mutating method, so values may be shared by any number of
// goroutines that only read. Whoever is about to run code that can mutate
// (see [Mutates]) takes a private copy with [Thaw] first.
//
// # Limits
//
// Operations that can make something large out of something small (repetition,
// padding, powers, shifts) stop with an error of kind [KindTooLarge] at
// [MaxTextBytes], [MaxItems] and [MaxIntBits]. Nesting deeper than [MaxDepth]
// is an error of kind [KindRecursion].
package pyvalue
