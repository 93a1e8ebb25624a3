package orquesta

import "github.com/petrel-dev/petrel/pyvalue"

// lineage is a list of indices of contexts, as a path from the root of a tree
// that all lists of a run share. What the list's contexts merge to is computed
// once, when it is first asked for.
type lineage struct {
	parent   *lineage
	index    int
	length   int
	children map[int]*lineage
	merged   *pyvalue.Map
}

func (l *lineage) with(index int) *lineage {
	if next := l.children[index]; next != nil {
		return next
	}
	next := &lineage{parent: l, index: index, length: l.length + 1}
	if l.children == nil {
		l.children = map[int]*lineage{}
	}
	l.children[index] = next
	return next
}

// withAll appends the indices of another list, without the initial context.
func (l *lineage) withAll(other *lineage) *lineage {
	for _, index := range other.indices() {
		if index != 0 {
			l = l.with(index)
		}
	}
	return l
}

func (l *lineage) indices() []int {
	out := make([]int, l.length)
	for ; l.parent != nil; l = l.parent {
		out[l.length-1] = l.index
	}
	return out
}

// variables returns the merge of the contexts in the list. The result is
// shared and must not be changed.
func (l *lineage) variables(contexts []*pyvalue.Map) *pyvalue.Map {
	if l.merged != nil {
		return l.merged
	}
	var pending []int
	from := l
	for ; from.parent != nil && from.merged == nil; from = from.parent {
		pending = append(pending, from.index)
	}
	switch {
	case from.merged == nil && len(pending) == 0:
		l.merged = pyvalue.NewMap(0)
	case from.merged == nil && len(pending) == 1:
		l.merged = contexts[pending[0]]
	default:
		out := pyvalue.NewMap(0)
		if from.merged != nil {
			out = from.merged.Clone()
		}
		for i := len(pending) - 1; i >= 0; i-- {
			mergeInto(out, contexts[pending[i]])
		}
		l.merged = out
	}
	return l.merged
}

// mergeInto sets in left, which the caller owns, every entry of right. Dicts
// are merged into dicts without changing either.
func mergeInto(left *pyvalue.Map, right any) {
	for key, value := range pyvalue.Entries(right) {
		if pyvalue.IsDict(value) {
			if old, _ := left.Get(key); pyvalue.IsDict(old) {
				m, _ := pyvalue.ToMap(old)
				m = m.Clone()
				mergeInto(m, value)
				value = m
			}
		}
		_ = left.Set(key, value) // a key of a dict is hashable
	}
}

// storable returns a value as a stored state gives it back: tuples are lists
// and keys are texts. A value that JSON cannot hold stays as it is.
func storable(v any) any {
	if out, ok := jsonShape(v, 0); ok {
		return out
	}
	return v
}

func jsonShape(v any, depth int) (any, bool) {
	if depth > pyvalue.MaxDepth {
		return nil, false
	}
	switch v := pyvalue.Canonical(v).(type) {
	case nil, bool, string, int64, float64:
		return v, true
	case *pyvalue.Map, map[string]any:
		out := pyvalue.NewMap(0)
		for key, value := range pyvalue.Entries(v) {
			name, ok := keyText(key)
			if !ok {
				return nil, false
			}
			inner, ok := jsonShape(value, depth+1)
			if !ok {
				return nil, false
			}
			out.SetString(name, inner)
		}
		return out, true
	default:
		if isInteger(v) {
			return v, true
		}
		elements, ok := pyvalue.Elements(v)
		if !ok {
			return nil, false
		}
		out := make([]any, len(elements))
		for i, element := range elements {
			if out[i], ok = jsonShape(element, depth+1); !ok {
				return nil, false
			}
		}
		return pyvalue.NewList(out...), true
	}
}

func keyText(key any) (string, bool) {
	switch key := key.(type) {
	case string:
		return key, true
	case nil:
		return "null", true
	case bool:
		if key {
			return "true", true
		}
		return "false", true
	case float64:
		return pyvalue.FloatText(key), true
	}
	return pyvalue.Str(key), isInteger(key)
}
