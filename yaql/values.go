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

// asKey returns v in a form that can be a key of a pyvalue.Map.
func (ev *evaluator) asKey(v any) (any, error) { return ev.keyWithin(v, maxResultDepth) }

func (ev *evaluator) keyWithin(v any, depth int) (any, error) {
	switch v := v.(type) {
	case nil, string, bool, int64, float64, *big.Int, time.Time, pyvalue.Timedelta, pyvalue.Date, []byte:
		return v, nil
	case *mutableList, *mutableDict, *keysView, *itemsView:
		return nil, fail(KindType, "%s cannot be a key or an element of a set", typeName(v))
	case *pyvalue.Set:
		if v.Frozen() {
			return v, nil
		}
		return v.Clone().Freeze(), nil
	}
	if depth <= 0 {
		return nil, fail(KindRecursion, "a key nested deeper than %d", maxResultDepth)
	}
	if items, ok := elements(v); ok {
		out := make(pyvalue.Tuple, len(items))
		for i, x := range items {
			if err := ev.step(); err != nil {
				return nil, err
			}
			k, err := ev.keyWithin(canonical(x), depth-1)
			if err != nil {
				return nil, err
			}
			out[i] = k
		}
		return out, ev.allocate(16 * len(items))
	}
	if isMapping(v) {
		m := pyvalue.NewMap(dictLen(v))
		for k, x := range pyvalue.Entries(v) {
			if err := ev.step(); err != nil {
				return nil, err
			}
			kx, err := ev.keyWithin(canonical(x), depth-1)
			if err != nil {
				return nil, err
			}
			if err := m.Set(k, kx); err != nil {
				return nil, err
			}
		}
		return m.Freeze(), ev.allocate(64 * m.Len())
	}
	return identityKey{v}, nil
}

// identityKey lets values that equal only themselves be keys.
type identityKey struct{ value any }

func (k identityKey) TypeName() string { return typeName(k.value) }
func (k identityKey) Repr() string     { return reprOf(k.value) }
func (k identityKey) HashKey() any     { return k }

func fromKey(k any) any {
	if id, ok := k.(identityKey); ok {
		return id.value
	}
	return k
}

// setKey sets an entry of a dictionary under construction.
func (ev *evaluator) setKey(m *pyvalue.Map, key, value any) error {
	if name, ok := key.(string); ok {
		m.SetString(name, value)
		return nil
	}
	k, err := ev.asKey(key)
	if err != nil {
		return err
	}
	return m.Set(k, value)
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

// equal is the operator "=". It never fails, but collections are unequal once
// the limits are reached.
func (ev *evaluator) equal(a, b any) bool { return ev.equalWithin(a, b, maxResultDepth) }

func (ev *evaluator) equalWithin(a, b any, depth int) bool {
	switch x := a.(type) {
	case nil:
		return b == nil
	case string:
		y, ok := b.(string)
		return ok && x == y
	case int64:
		if y, ok := b.(int64); ok {
			return x == y
		}
	case bool:
		if y, ok := b.(bool); ok {
			return x == y
		}
	}
	if xs, ok := elements(a); ok {
		ys, ok := elements(b)
		if !ok || len(xs) != len(ys) || isMutableList(a) != isMutableList(b) {
			return false
		}
		if len(xs) > 0 && !ev.descend(depth) {
			return false
		}
		for i := range xs {
			if !ev.equalWithin(canonical(xs[i]), canonical(ys[i]), depth-1) {
				return false
			}
		}
		return true
	}
	if isMapping(a) {
		if !isMapping(b) || dictLen(a) != dictLen(b) {
			return false
		}
		if !ev.descend(depth) {
			return false
		}
		for k, x := range pyvalue.Entries(plainDict(a)) {
			y, ok := pyvalue.Lookup(plainDict(b), k)
			if !ok || !ev.equalWithin(canonical(x), canonical(y), depth-1) {
				return false
			}
		}
		return true
	}
	if isSetLike(a) {
		if !isSetLike(b) || setLen(a) != setLen(b) {
			return false
		}
		within, err := ev.subset(a, b)
		return within && err == nil
	}
	switch a.(type) {
	case *iterator, *memo, *ordering, *valuesView, *scope, *regex, *pairValue, *omittedValue:
		return a == b
	}
	switch b.(type) {
	case []any, *mutableList, *mutableDict, map[string]any, *keysView, *itemsView, *valuesView, *iterator, *memo, *ordering, *scope, *regex, *pairValue, *omittedValue:
		return false
	}
	return pyvalue.Equal(canonical(a), canonical(b))
}

// descend reports whether a comparison may go one level deeper.
func (ev *evaluator) descend(depth int) bool {
	if depth <= 0 && ev.fault == nil {
		ev.fault = fail(KindRecursion, "a comparison of values nested deeper than %d", maxResultDepth)
	}
	return ev.spend()
}

func isMutableList(v any) bool {
	_, ok := v.(*mutableList)
	return ok
}

func setLen(v any) int {
	switch v := v.(type) {
	case *pyvalue.Set:
		return v.Len()
	case *keysView:
		return dictLen(v.dict)
	case *itemsView:
		return dictLen(v.dict)
	}
	return 0
}

// setItems returns the elements of a set or view.
func setItems(v any) []any {
	switch v := v.(type) {
	case *pyvalue.Set:
		items := v.Items()
		for i, x := range items {
			if id, ok := x.(identityKey); ok {
				items = append([]any(nil), items...)
				items[i] = id.value
			}
		}
		return items
	case *keysView:
		return dictKeys(v.dict)
	case *itemsView:
		items := make([]any, 0, dictLen(v.dict))
		for k, x := range pyvalue.Entries(plainDict(v.dict)) {
			items = append(items, []any{fromKey(k), canonical(x)})
		}
		return items
	}
	return nil
}

func dictKeys(dict any) []any {
	keys := make([]any, 0, dictLen(dict))
	for k := range pyvalue.Entries(plainDict(dict)) {
		keys = append(keys, fromKey(k))
	}
	return keys
}

func dictValues(dict any) []any {
	values := make([]any, 0, dictLen(dict))
	for _, v := range pyvalue.Entries(plainDict(dict)) {
		values = append(values, canonical(v))
	}
	return values
}

func (ev *evaluator) setHas(set, v any) (bool, error) {
	switch s := set.(type) {
	case *pyvalue.Set:
		k, err := ev.asKey(v)
		if err != nil {
			return false, err
		}
		return s.Has(k), nil
	case *keysView:
		_, ok, err := ev.lookup(s.dict, v)
		return ok, err
	case *itemsView:
		pair, ok := elements(v)
		if _, mutable := s.dict.(*mutableDict); mutable && len(pair) != 2 {
			return false, nil
		}
		if text, isText := v.(string); isText {
			pair, ok = characters(text), true
		} else if isMapping(v) {
			pair, ok = dictKeys(v), true
		} else if isSetLike(v) {
			pair, ok = setItems(v), true
		}
		if !ok {
			return false, fail(KindType, "%s is no pair of key and value", typeName(v))
		}
		if len(pair) != 2 {
			return false, fail(KindValue, "a %s of %d elements is no pair of key and value", typeName(v), len(pair))
		}
		x, ok, err := ev.lookup(s.dict, pair[0])
		return ok && ev.equal(x, pair[1]), err
	}
	return false, nil
}

func (ev *evaluator) subset(a, b any) (bool, error) {
	if setLen(a) > setLen(b) {
		return false, nil
	}
	for _, x := range setItems(a) {
		if err := ev.step(); err != nil {
			return false, err
		}
		if ok, err := ev.setHas(b, x); !ok || err != nil {
			return false, err
		}
	}
	return true, nil
}

// newSet returns the set of the values.
func (ev *evaluator) newSet(values []any) (*pyvalue.Set, error) {
	s := new(pyvalue.Set)
	for _, v := range values {
		k, err := ev.asKey(v)
		if err != nil {
			return nil, err
		}
		if err := s.Add(k); err != nil {
			return nil, err
		}
	}
	return s.Freeze(), nil
}
