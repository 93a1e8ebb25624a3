package pyvalue

import (
	"iter"
	"slices"
)

// IsDict reports whether v is a dict of either form.
func IsDict(v any) bool {
	switch v.(type) {
	case *Map, map[string]any:
		return true
	}
	return false
}

// IsList reports whether v is a list of either form.
func IsList(v any) bool {
	switch v.(type) {
	case *List, []any:
		return true
	}
	return false
}

// Elements returns the elements of a list or tuple, not to be written to.
func Elements(v any) (items []any, ok bool) {
	switch s := v.(type) {
	case []any:
		return s, true
	case *List:
		return s.Items, true
	case Tuple:
		return s, true
	}
	return nil, false
}

// Lookup returns the value of a key of a dict of either form; of anything else
// it finds nothing.
func Lookup(dict, key any) (value any, ok bool) {
	switch d := dict.(type) {
	case *Map:
		return d.Get(key)
	case map[string]any:
		if name, isString := key.(string); isString {
			value, ok = d[name]
		}
	}
	return value, ok
}

// LookupString is Lookup for a string key, without the cost of boxing it.
func LookupString(dict any, name string) (value any, ok bool) {
	switch d := dict.(type) {
	case *Map:
		return d.GetString(name)
	case map[string]any:
		value, ok = d[name]
	}
	return value, ok
}

// Entries iterates over the keys and values of a dict of either form: a *Map in
// its order, a map[string]any in key order. Of anything else there are none.
func Entries(dict any) iter.Seq2[any, any] {
	switch d := dict.(type) {
	case *Map:
		return d.All()
	case map[string]any:
		return func(yield func(key, value any) bool) {
			for _, name := range sortedNames(d) {
				if !yield(name, d[name]) {
					return
				}
			}
		}
	}
	return func(func(key, value any) bool) {}
}

// ToMap returns the dict as a *Map: a *Map itself, or a shallow copy of a
// map[string]any. ok is false for anything else.
func ToMap(dict any) (m *Map, ok bool) {
	switch d := dict.(type) {
	case *Map:
		return d, true
	case map[string]any:
		m = NewMap(len(d))
		for _, name := range sortedNames(d) {
			m.appendString(name, d[name])
		}
		return m, true
	}
	return nil, false
}

func sortedNames(d map[string]any) []string {
	names := make([]string, 0, len(d))
	for name := range d {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func dictLen(dict any) int {
	switch d := dict.(type) {
	case *Map:
		return d.Len()
	case map[string]any:
		return len(d)
	}
	return 0
}
