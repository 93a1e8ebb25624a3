package yaql

import "github.com/petrel-dev/petrel/pyvalue"

// groupBy collects values by key. An aggregator gets the values of a group;
// for expressions of old it is tried with [key, values], and then returns a
// pair, if the former fails for the first groups.
func groupBy(ev *evaluator, _ *scope, a []any) (any, error) {
	keyOf, valueOf, aggregator := asLambda(a[1]), asLambda(a[2]), asLambda(a[3])
	groups := pyvalue.NewMap(0)
	n := 0
	err := ev.each(a[0], func(x any) (bool, error) {
		v := x
		var err error
		if valueOf != nil {
			if v, err = valueOf.call(ev, x); err != nil {
				return false, err
			}
		}
		key, err := keyOf.call(ev, x)
		if err != nil {
			return false, err
		}
		k, err := ev.asKey(key)
		if err != nil {
			return false, err
		}
		n++
		if group, ok := groups.Get(k); ok {
			list := group.(*mutableList)
			list.items = append(list.items, v)
		} else if err := groups.Set(k, &mutableList{[]any{v}}); err != nil {
			return false, err
		}
		return true, ev.grow(n, 32)
	})
	if err != nil {
		return nil, err
	}
	g := &grouper{ev: ev, aggregator: aggregator, fallback: true}
	return ev.lazily(&itemsView{groups}, func(x any) (any, bool, error) {
		v, err := g.aggregate(x.([]any))
		return v, true, err
	})
}

type grouper struct {
	ev         *evaluator
	aggregator *lambda
	fallback   bool
	failure    error // of the first group with the new style
}

func (g *grouper) aggregate(group []any) (any, error) {
	if g.aggregator == nil {
		return group, nil
	}
	if g.failure == nil {
		key, values := group[0], group[1].(*mutableList)
		result, err := g.aggregator.call(g.ev, values)
		switch {
		case err == nil:
			// Only a pair that begins like the group may be of the old style.
			pair, ok := elements(result)
			if !ok || len(values.items) != 2 || len(pair) != 2 || !g.ev.equal(pair[0], values.items[0]) {
				g.fallback = false
			}
			return []any{key, result}, nil
		case isKind(err, KindNoMatchingFunction, KindNoMatchingMethod, KindIndex):
			g.failure = err
		default:
			return nil, err
		}
	}
	if g.fallback {
		result, err := g.aggregator.call(g.ev, group)
		if isKind(err, KindLimit, KindRecursion, KindCanceled) {
			return nil, err
		}
		if err == nil && lengthOf(result) == 2 {
			return result, nil
		}
	}
	return nil, g.failure
}

// lengthOf returns the length of what has one, otherwise -1.
func lengthOf(v any) int {
	if items, ok := elements(v); ok {
		return len(items)
	}
	switch {
	case isMapping(v):
		return dictLen(v)
	case isSetLike(v):
		return setLen(v)
	}
	if s, ok := v.(string); ok {
		return len([]rune(s))
	}
	return -1
}
