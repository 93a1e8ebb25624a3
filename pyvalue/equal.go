package pyvalue

import (
	"bytes"
	"time"
)

// Equal reports whether a == b. Numbers are equal by value whatever their type,
// lists are never equal to tuples, and values of other types are unequal. It
// never fails; values nested deeper than ten times [MaxDepth] are unequal.
func Equal(a, b any) bool { return equal(a, b, 0) }

func equal(a, b any, depth int) bool {
	switch x := a.(type) {
	case nil:
		if b == nil {
			return true
		}
		e, ok := b.(Equaler)
		return ok && e.EqualTo(a)
	case string:
		if y, ok := b.(string); ok {
			return x == y
		}
		e, ok := b.(Equaler)
		return ok && e.EqualTo(a)
	case int64:
		if y, ok := b.(int64); ok {
			return x == y
		}
	case []any:
		switch y := b.(type) {
		case []any:
			return equalItems(x, y, depth)
		case *List:
			return equalItems(x, y.Items, depth)
		}
	case *List:
		switch y := b.(type) {
		case []any:
			return equalItems(x.Items, y, depth)
		case *List:
			return x == y || equalItems(x.Items, y.Items, depth)
		}
	case Tuple:
		if y, ok := b.(Tuple); ok {
			return equalItems(x, y, depth)
		}
	case *Map:
		if y, ok := b.(*Map); ok && x == y {
			return true
		}
		return equalDicts(a, b, depth)
	case map[string]any:
		return equalDicts(a, b, depth)
	case *Set:
		y, ok := b.(*Set)
		return ok && x.Len() == y.Len() && x.SubsetOf(y)
	case []byte:
		y, ok := b.([]byte)
		return ok && bytes.Equal(x, y)
	case time.Time:
		y, ok := b.(time.Time)
		return ok && IsNaive(x) == IsNaive(y) && x.Equal(y)
	case Date:
		y, ok := b.(Date)
		return ok && x == y
	case Timedelta:
		y, ok := b.(Timedelta)
		return ok && x == y
	case Equaler:
		return x.EqualTo(b)
	}
	if n, m := numberOf(a), numberOf(b); n.class != notNumber && m.class != notNumber {
		result, ordered := compareNumbers(n, m)
		return ordered && result == 0
	}
	if e, ok := b.(Equaler); ok {
		return e.EqualTo(a)
	}
	if x, ok := a.(Object); ok {
		y, ok := b.(Object)
		return ok && identical(x, y)
	}
	return false
}

// Identical reports whether a and b are the same object, as Python's "is"
// would: None, booleans, and collections that are the same one. Numbers and
// texts are identical if their types and values are.
func Identical(a, b any) bool {
	switch x := a.(type) {
	case []any:
		y, ok := b.([]any)
		return ok && len(x) == len(y) && (len(x) == 0 || &x[0] == &y[0])
	case Tuple:
		y, ok := b.(Tuple)
		return ok && len(x) == len(y) && (len(x) == 0 || &x[0] == &y[0])
	case []byte:
		y, ok := b.([]byte)
		return ok && len(x) == len(y) && (len(x) == 0 || &x[0] == &y[0])
	case map[string]any:
		y, ok := b.(map[string]any)
		return ok && sameGoMap(x, y)
	}
	if n, m := numberOf(a), numberOf(b); n.class != notNumber && m.class != notNumber {
		return TypeName(a) == TypeName(b) && Equal(a, b)
	}
	return identical(a, b)
}

// identical compares values of unknown types without panicking on those that
// Go cannot compare.
func identical(a, b any) (same bool) {
	defer func() {
		if recover() != nil {
			same = false
		}
	}()
	return a == b
}

func equalItems(a, b []any, depth int) bool {
	if len(a) != len(b) || depth > 10*MaxDepth {
		return false
	}
	for i := range a {
		if !equal(a[i], b[i], depth+1) {
			return false
		}
	}
	return true
}

func equalDicts(a, b any, depth int) bool {
	if !IsDict(b) {
		e, ok := b.(Equaler)
		return ok && e.EqualTo(a)
	}
	if dictLen(a) != dictLen(b) || depth > 10*MaxDepth {
		return false
	}
	if d, ok := a.(map[string]any); ok {
		for name, value := range d {
			other, found := LookupString(b, name)
			if !found || !equal(value, other, depth+1) {
				return false
			}
		}
		return true
	}
	m := a.(*Map)
	if m == nil {
		return true
	}
	for i := range m.entries {
		e := &m.entries[i]
		var other any
		var found bool
		switch {
		case e.isDeleted():
			continue
		case e.isString():
			other, found = LookupString(b, e.name)
		default:
			other, found = Lookup(b, e.key)
		}
		if !found || !equal(e.value, other, depth+1) {
			return false
		}
	}
	return true
}
