package yaql

import "github.com/petrel-dev/petrel/pyvalue"

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
