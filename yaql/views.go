package yaql

import "github.com/petrel-dev/petrel/pyvalue"

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
