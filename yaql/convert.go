package yaql

import "github.com/petrel-dev/petrel/pyvalue"

// plain returns a result in the form that hosts get: iterators and views read
// out, the types of this package replaced. What needs no change is returned as
// it is.
func (ev *evaluator) plain(v any) (any, error) {
	out, _, err := ev.convert(v, 0)
	return out, err
}

const maxResultDepth = 500

// convert also reports whether the result differs from v.
func (ev *evaluator) convert(v any, depth int) (any, bool, error) {
	switch v.(type) {
	case nil, string, bool, int64, float64:
		return v, false, nil
	}
	if depth > maxResultDepth {
		return nil, false, fail(KindRecursion, "a result nested deeper than %d", maxResultDepth)
	}
	if err := ev.step(); err != nil {
		return nil, false, err
	}
	switch v := v.(type) {
	case []any:
		out, changed, err := ev.convertItems(v, depth)
		return out, changed, err
	case pyvalue.Tuple:
		out, _, err := ev.convertItems(v, depth)
		return out, true, err
	case *pyvalue.List:
		out, changed, err := ev.convertItems(v.Items, depth)
		if !changed {
			return v, false, err
		}
		return out, true, err
	case *mutableList:
		out, _, err := ev.convertItems(v.items, depth)
		return out, true, err
	case map[string]any:
		return ev.convertHostDict(v, depth)
	case *pyvalue.Map:
		return ev.convertDict(v, depth)
	case *mutableDict:
		out, _, err := ev.convertDict(v.Map, depth)
		return out, true, err
	case *pyvalue.Set, *keysView, *itemsView:
		out, err := ev.convertSet(v, depth)
		return out, true, err
	case *iterator, *memo, *ordering, *valuesView:
		items, err := ev.drain(v, depth)
		return items, true, err
	case *scope, *pairValue:
		return nil, false, fail(KindType, "the result is a %s", typeName(v))
	case *omittedValue:
		return nil, true, nil
	case *regex:
		return v.pattern, true, nil
	case identityKey:
		out, _, err := ev.convert(v.value, depth+1)
		return out, true, err
	}
	out := canonical(v)
	return out, false, nil
}

func (ev *evaluator) convertItems(items []any, depth int) ([]any, bool, error) {
	out, changed := items, false
	for i, x := range items {
		y, differs, err := ev.convert(x, depth+1)
		if err != nil {
			return nil, false, err
		}
		if differs && !changed {
			out, changed = append(make([]any, 0, len(items)), items...), true
			if err := ev.allocate(16 * len(items)); err != nil {
				return nil, false, err
			}
		}
		if changed {
			out[i] = y
		}
	}
	return out, changed, nil
}

// drain converts while it reads, so that lazy parts see the same order of
// events as the elements that hold them.
func (ev *evaluator) drain(v any, depth int) ([]any, error) {
	out := []any{}
	err := ev.each(v, func(x any) (bool, error) {
		y, _, err := ev.convert(x, depth+1)
		if err != nil {
			return false, err
		}
		out = append(out, y)
		return true, ev.grow(len(out), 16)
	})
	return out, err
}

func (ev *evaluator) convertHostDict(m map[string]any, depth int) (any, bool, error) {
	var out map[string]any
	for k, x := range m {
		y, differs, err := ev.convert(x, depth+1)
		if err != nil {
			return nil, false, err
		}
		if !differs {
			continue
		}
		if out == nil {
			out = make(map[string]any, len(m))
			for k, x := range m {
				out[k] = x
			}
		}
		out[k] = y
	}
	if out == nil {
		return m, false, nil
	}
	return out, true, nil
}

func (ev *evaluator) convertDict(m *pyvalue.Map, depth int) (any, bool, error) {
	var out *pyvalue.Map
	for k, x := range m.All() {
		key, err := convertKey(k)
		if err != nil {
			return nil, false, err
		}
		y, differs, err := ev.convert(x, depth+1)
		if err != nil {
			return nil, false, err
		}
		if !differs && key == k {
			continue
		}
		if out == nil {
			out = m.Clone()
		}
		if err := out.Set(key, y); err != nil {
			return nil, false, err
		}
	}
	if out == nil {
		return m, false, nil
	}
	return out, true, nil
}

// convertKey refuses keys that no longer are keys once they are converted.
func convertKey(k any) (any, error) {
	switch k.(type) {
	case nil, string, bool, int64, float64:
		return k, nil
	case pyvalue.Tuple, *pyvalue.Map, *pyvalue.Set:
		return nil, fail(KindType, "a %s cannot be a key or an element of a set in the result", typeName(k))
	}
	return fromKey(k), nil
}

func (ev *evaluator) convertSet(v any, depth int) (any, error) {
	items := setItems(v)
	out := new(pyvalue.Set)
	for _, x := range items {
		y, _, err := ev.convert(x, depth+1)
		if err != nil {
			return nil, err
		}
		switch y.(type) {
		case []any, *pyvalue.List, map[string]any, *pyvalue.Map, *pyvalue.Set:
			return nil, fail(KindType, "a %s cannot be an element of a set in the result, use .toList()", typeName(y))
		}
		if err := out.Add(y); err != nil {
			return nil, err
		}
	}
	return out, ev.grow(out.Len(), 64*out.Len())
}

// fresh marks the lists and dictionaries of a value that a function has just
// made as mutable ones; tuples and frozen dictionaries are not.
func fresh(v any) any {
	switch v := v.(type) {
	case identityKey:
		return v.value
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = fresh(x)
		}
		return &mutableList{out}
	case *pyvalue.List:
		return fresh(v.Items)
	case map[string]any:
		m := pyvalue.NewMap(len(v))
		for k, x := range pyvalue.Entries(v) {
			_ = m.Set(k, fresh(x)) // a string is always a key
		}
		return &mutableDict{m}
	case *pyvalue.Map:
		if v.Frozen() {
			return v
		}
		m := pyvalue.NewMap(v.Len())
		for k, x := range v.All() {
			_ = m.Set(k, fresh(x)) // it was a key before
		}
		return &mutableDict{m}
	}
	return v
}
