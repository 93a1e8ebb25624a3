package yaql

import (
	"math/big"
	"time"

	"github.com/petrel-dev/petrel/pyvalue"
)

// Values inside an evaluation are those of package pyvalue and the types of
// this package's value and iterator files. All lists that a host hands in,
// and all list literals, are immutable ("tuples" to the original engine);
// likewise dictionaries. Some functions make mutable ones: they cannot be
// elements of sets or keys, and such a list never equals an immutable one.

// mutableList is a list that cannot be a key.
type mutableList struct{ items []any }

// mutableDict is a dictionary that cannot be a key.
type mutableDict struct{ *pyvalue.Map }

// keysView, itemsView and valuesView are live parts of a dictionary. The
// first two count as sets.
type (
	keysView   struct{ dict any }
	itemsView  struct{ dict any }
	valuesView struct{ dict any }
)

// pairValue is an evaluated key => value argument.
type pairValue struct{ key, value any }

// omitted stands for an argument that was left out and has no default.
type omittedValue struct{}

var omitted = &omittedValue{}

// canonical brings other Go types into the value model: numbers, structs,
// typed maps and slices. It is applied to everything that is read out of a
// host's data. What has no counterpart stays as it is.
func canonical(v any) any {
	switch v.(type) {
	case nil, string, bool, int64, float64, map[string]any, []any, *pyvalue.Map, *pyvalue.List:
		return v
	}
	v = pyvalue.Canonical(v)
	switch v.(type) {
	case int64, float64, *big.Int, pyvalue.Tuple, *pyvalue.Set, time.Time, pyvalue.Date, pyvalue.Timedelta, []byte, pyvalue.Object,
		*mutableList, *mutableDict, *keysView, *itemsView, *valuesView, *iterator, *memo, *ordering,
		*scope, *regex, *pairValue, *omittedValue:
		return v
	}
	if converted, err := pyvalue.FromGo(v); err == nil {
		return converted
	}
	return v
}

// elements returns the items of a sequence.
func elements(v any) ([]any, bool) {
	switch v := v.(type) {
	case []any:
		return v, true
	case pyvalue.Tuple:
		return v, true
	case *pyvalue.List:
		return v.Items, true
	case *mutableList:
		return v.items, true
	}
	return nil, false
}

func isSequence(v any) bool {
	_, ok := elements(v)
	return ok
}

func isMapping(v any) bool {
	switch v.(type) {
	case map[string]any, *pyvalue.Map, *mutableDict:
		return true
	}
	return false
}

func isSetLike(v any) bool {
	switch v.(type) {
	case *pyvalue.Set, *keysView, *itemsView:
		return true
	}
	return false
}

func isIterator(v any) bool {
	switch v.(type) {
	case *iterator, *memo:
		return true
	}
	return false
}

func isIterable(v any) bool {
	switch v.(type) {
	case []any, *iterator, *memo, pyvalue.Tuple, *pyvalue.List, *mutableList,
		*pyvalue.Set, *keysView, *itemsView, *valuesView, *ordering:
		return true
	}
	return false
}

func isInteger(v any) bool {
	switch v.(type) {
	case int64, *big.Int:
		return true
	}
	return false
}

func isNumber(v any) bool {
	switch v.(type) {
	case int64, float64, *big.Int:
		return true
	}
	return false
}

// plainDict returns the dictionary in a form that package pyvalue knows.
func plainDict(v any) any {
	if d, ok := v.(*mutableDict); ok {
		return d.Map
	}
	return v
}

func dictLen(v any) int {
	switch v := v.(type) {
	case map[string]any:
		return len(v)
	case *pyvalue.Map:
		return v.Len()
	case *mutableDict:
		return v.Len()
	}
	return 0
}

// lookupName finds a string key.
func lookupName(dict any, name string) (any, bool) {
	switch d := dict.(type) {
	case map[string]any:
		v, ok := d[name]
		return canonical(v), ok
	case *pyvalue.Map:
		v, ok := d.GetString(name)
		return canonical(v), ok
	case *mutableDict:
		return d.GetString(name)
	}
	return nil, false
}

// lookup finds any key; a key that cannot be one is a type error.
func (ev *evaluator) lookup(dict, key any) (any, bool, error) {
	if name, ok := key.(string); ok {
		v, ok := lookupName(dict, name)
		return v, ok, nil
	}
	k, err := ev.asKey(key)
	if err != nil {
		return nil, false, err
	}
	v, ok := pyvalue.Lookup(plainDict(dict), k)
	return canonical(v), ok, nil
}

func truth(v any) bool {
	switch v := v.(type) {
	case nil:
		return false
	case bool:
		return v
	case string:
		return v != ""
	case int64:
		return v != 0
	case []any:
		return len(v) > 0
	case *mutableList:
		return len(v.items) > 0
	case *mutableDict:
		return v.Len() > 0
	case *keysView:
		return dictLen(v.dict) > 0
	case *itemsView:
		return dictLen(v.dict) > 0
	case *valuesView:
		return dictLen(v.dict) > 0
	case *iterator, *memo, *ordering, *scope, *regex, *pairValue, *omittedValue:
		return true
	}
	return pyvalue.Truth(v)
}

func isMutableList(v any) bool {
	_, ok := v.(*mutableList)
	return ok
}
