package pyvalue

import (
	"bytes"
	"iter"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// Len returns the length of a text (in code points) or collection. It is a type
// error for anything else.
func Len(v any) (int, error) {
	switch t := v.(type) {
	case string:
		return utf8.RuneCountInString(t), nil
	case []any:
		return len(t), nil
	case *List:
		return len(t.Items), nil
	case Tuple:
		return len(t), nil
	case *Map:
		return t.Len(), nil
	case map[string]any:
		return len(t), nil
	case *Set:
		return t.Len(), nil
	case []byte:
		return len(t), nil
	case Sizer:
		return t.Len(), nil
	}
	return 0, Errorf(KindType, "object of type '%s' has no len()", TypeName(v))
}

// Contains reports whether item is in the collection, as Python's "in": an
// element of a list, a key of a dict, a substring of a text.
func Contains(collection, item any) (bool, error) {
	switch c := collection.(type) {
	case string:
		sub, ok := item.(string)
		if !ok {
			return false, Errorf(KindType, "'in <string>' requires string as left operand, not %s", TypeName(item))
		}
		return strings.Contains(c, sub), nil
	case []any, *List, Tuple:
		items, _ := Elements(c)
		for _, element := range items {
			if Equal(element, item) {
				return true, nil
			}
		}
		return false, nil
	case *Map, map[string]any:
		if _, err := HashKey(item); err != nil {
			return false, err
		}
		_, ok := Lookup(c, item)
		return ok, nil
	case *Set:
		if _, err := HashKey(item); err != nil {
			return false, err
		}
		return c.Has(item), nil
	case []byte:
		switch sub := Canonical(item).(type) {
		case []byte:
			return bytes.Contains(c, sub), nil
		case int64:
			return sub >= 0 && sub < 256 && bytes.IndexByte(c, byte(sub)) >= 0, nil
		}
		return false, Errorf(KindType, "a bytes-like object is required, not '%s'", TypeName(item))
	case Container:
		return c.Has(item)
	}
	elements, err := Iterate(collection)
	if err != nil {
		return false, Errorf(KindType, "argument of type '%s' is not iterable", TypeName(collection))
	}
	for element := range elements {
		if Equal(element, item) {
			return true, nil
		}
	}
	return false, nil
}

// Iterate returns the elements of a collection, the keys of a dict or the
// characters of a text. It is a type error for anything else.
func Iterate(v any) (iter.Seq[any], error) {
	switch t := v.(type) {
	case []any:
		return slices.Values(t), nil
	case *List:
		return func(yield func(any) bool) {
			for i := 0; i < len(t.Items); i++ {
				if !yield(t.Items[i]) {
					return
				}
			}
		}, nil
	case Tuple:
		return slices.Values(t), nil
	case *Map:
		return t.Keys(), nil
	case map[string]any:
		return func(yield func(any) bool) {
			for _, name := range sortedNames(t) {
				if !yield(name) {
					return
				}
			}
		}, nil
	case *Set:
		return t.All(), nil
	case string:
		return func(yield func(any) bool) {
			for len(t) > 0 {
				_, size := utf8.DecodeRuneInString(t)
				if !yield(t[:size]) {
					return
				}
				t = t[size:]
			}
		}, nil
	case []byte:
		return func(yield func(any) bool) {
			for _, c := range t {
				if !yield(int64(c)) {
					return
				}
			}
		}, nil
	case Ranger:
		return t.Range(), nil
	}
	return nil, Errorf(KindType, "'%s' object is not iterable", TypeName(v))
}

// Collect returns the elements of any iterable as a new slice. More than
// [MaxItems] are an error of kind [KindTooLarge].
func Collect(v any) ([]any, error) {
	if items, ok := Elements(v); ok {
		return slices.Clone(items), nil
	}
	elements, err := Iterate(v)
	if err != nil {
		return nil, err
	}
	var items []any
	if n, err := Len(v); err == nil {
		items = make([]any, 0, n)
	}
	_, lazy := v.(Ranger)
	for element := range elements {
		if lazy && len(items) >= MaxItems {
			return nil, errTooMany(len(items) + 1)
		}
		items = append(items, element)
	}
	return items, nil
}

// Index returns v[key]: an element of a list, tuple, text or bytes by position
// (negative from the end), or the value of a dict's key. The errors are of kind
// [KindIndex], [KindKey] or [KindType].
func Index(v, key any) (any, error) {
	switch t := v.(type) {
	case *Map, map[string]any:
		if name, ok := key.(string); ok {
			if value, ok := LookupString(t, name); ok {
				return value, nil
			}
			return nil, Errorf(KindKey, "%s", Repr(key))
		}
		if _, err := HashKey(key); err != nil {
			return nil, err
		}
		if value, ok := Lookup(t, key); ok {
			return value, nil
		}
		return nil, Errorf(KindKey, "%s", Repr(key))
	case []any, *List, Tuple:
		items, _ := Elements(t)
		i, err := position(key, len(items), TypeName(v))
		if err != nil {
			return nil, err
		}
		return items[i], nil
	case string:
		if isASCII(t) {
			i, err := position(key, len(t), "string")
			if err != nil {
				return nil, err
			}
			return t[i : i+1], nil
		}
		i, err := position(key, utf8.RuneCountInString(t), "string")
		if err != nil {
			return nil, err
		}
		start := byteOffset(t, i)
		_, size := utf8.DecodeRuneInString(t[start:])
		return t[start : start+size], nil
	case []byte:
		i, err := position(key, len(t), "bytes")
		if err != nil {
			return nil, err
		}
		return int64(t[i]), nil
	case Indexer:
		return t.Item(key)
	}
	return nil, Errorf(KindType, "'%s' object is not subscriptable", TypeName(v))
}

// position resolves an index into a sequence of n elements.
func position(key any, n int, what string) (int, error) {
	number := numberOf(key)
	if !number.isInt() {
		return 0, Errorf(KindType, "%s indices must be integers, not '%s'", what, TypeName(key))
	}
	if number.class == bigInt {
		return 0, Errorf(KindIndex, "%s index out of range", what)
	}
	i := number.small
	if i < 0 {
		i += int64(n)
	}
	if i < 0 || i >= int64(n) {
		return 0, Errorf(KindIndex, "%s index out of range", what)
	}
	return int(i), nil
}

// Slice returns v[start:stop:step] of a list, tuple, text or bytes; a nil bound
// is an absent one. The result is a new sequence of the same type, a *List for
// lists.
func Slice(v, start, stop, step any) (any, error) {
	switch t := v.(type) {
	case []any, *List, Tuple:
		items, _ := Elements(t)
		r, err := sliceRange(start, stop, step, len(items))
		if err != nil {
			return nil, err
		}
		part := make([]any, 0, r.count)
		for i := range r.all() {
			part = append(part, items[i])
		}
		if _, ok := t.(Tuple); ok {
			return Tuple(part), nil
		}
		return NewList(part...), nil
	case []byte:
		r, err := sliceRange(start, stop, step, len(t))
		if err != nil {
			return nil, err
		}
		part := make([]byte, 0, r.count)
		for i := range r.all() {
			part = append(part, t[i])
		}
		return part, nil
	case string:
		return sliceText(t, start, stop, step)
	}
	return nil, Errorf(KindType, "'%s' object is not subscriptable", TypeName(v))
}

func sliceText(s string, start, stop, step any) (any, error) {
	ascii := isASCII(s)
	n := len(s)
	if !ascii {
		n = utf8.RuneCountInString(s)
	}
	r, err := sliceRange(start, stop, step, n)
	if err != nil || r.count == 0 {
		return "", err
	}
	if r.step == 1 {
		if ascii {
			return s[r.start : r.start+r.count], nil
		}
		from := byteOffset(s, r.start)
		return s[from : from+byteOffset(s[from:], r.count)], nil
	}
	var b strings.Builder
	if ascii {
		for i := range r.all() {
			b.WriteByte(s[i])
		}
		return b.String(), nil
	}
	runes := []rune(s)
	for i := range r.all() {
		b.WriteRune(runes[i])
	}
	return b.String(), nil
}

type indexRange struct{ start, step, count int }

func (r indexRange) all() iter.Seq[int] {
	return func(yield func(int) bool) {
		for i := range r.count {
			if !yield(r.start + i*r.step) {
				return
			}
		}
	}
}

func sliceRange(start, stop, step any, n int) (indexRange, error) {
	stride, err := sliceBound(step, 1)
	if err != nil {
		return indexRange{}, err
	}
	if stride == 0 {
		return indexRange{}, Errorf(KindValue, "slice step cannot be zero")
	}
	low, high := 0, n
	if stride < 0 {
		low, high = -1, n-1
	}
	clip := func(bound any, absent int) (int, error) {
		i, err := sliceBound(bound, absent)
		if bound != nil && i < 0 {
			i += n
		}
		return min(max(i, low), high), err
	}
	first, last := low, high
	if stride < 0 {
		first, last = high, low
	}
	from, err := clip(start, first)
	if err != nil {
		return indexRange{}, err
	}
	to, err := clip(stop, last)
	if err != nil {
		return indexRange{}, err
	}
	count := 0
	switch {
	case stride > 0 && from < to:
		count = (to-from-1)/stride + 1
	case stride < 0 && from > to:
		count = (from-to-1)/-stride + 1
	}
	return indexRange{from, stride, count}, nil
}

// sliceBound reads a bound, held within a range in which sums cannot overflow.
func sliceBound(v any, absent int) (int, error) {
	if v == nil {
		return absent, nil
	}
	const far = math.MaxInt32
	n := numberOf(v)
	switch n.class {
	case smallInt:
		return int(min(max(n.small, -far), far)), nil
	case bigInt:
		return n.big.Sign() * far, nil
	}
	return 0, Errorf(KindType, "slice indices must be integers or None, not '%s'", TypeName(v))
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// byteOffset returns the offset of the n-th code point of s, or len(s).
func byteOffset(s string, n int) int {
	for i := range s {
		if n == 0 {
			return i
		}
		n--
	}
	return len(s)
}

// runeOffset returns the number of code points before byte offset i.
func runeOffset(s string, i int) int { return utf8.RuneCountInString(s[:i]) }
