package yaql

import (
	"math/big"
	"strings"
	"time"

	"github.com/petrel-dev/petrel/pyvalue"
)

func pure2(f func(a, b any) (any, error)) implementation {
	return func(ev *evaluator, _ *scope, a []any) (any, error) { return f(a[0], a[1]) }
}

func constant(v any) implementation {
	return func(*evaluator, *scope, []any) (any, error) { return v, nil }
}

func compare(order pyvalue.Order) implementation {
	return func(ev *evaluator, _ *scope, a []any) (any, error) {
		return pyvalue.Compare(order, a[0], a[1])
	}
}

func defineOperators(s *FunctionSet) {
	arithmetic := map[string]func(a, b any) (any, error){
		"+": pyvalue.Add, "-": pyvalue.Sub, "*": pyvalue.Mul, "/": divide, "mod": pyvalue.Mod,
	}
	for op, f := range arithmetic {
		s.define("#operator_"+op, asFunction, "left:number, right:number", pure2(f))
	}
	s.define("#unary_operator_+", asFunction, "operand:number", func(ev *evaluator, _ *scope, a []any) (any, error) { return a[0], nil })
	s.define("#unary_operator_-", asFunction, "operand:number", func(ev *evaluator, _ *scope, a []any) (any, error) { return pyvalue.Neg(a[0]) })
	s.define("#unary_operator_not", asFunction, "operand:any", func(ev *evaluator, _ *scope, a []any) (any, error) { return !truth(a[0]), nil })
	s.define("*equal", asFunction, "left:any, right:any", func(ev *evaluator, _ *scope, a []any) (any, error) { return ev.equal(a[0], a[1]), nil })
	s.define("*not_equal", asFunction, "left:any, right:any", func(ev *evaluator, _ *scope, a []any) (any, error) { return !ev.equal(a[0], a[1]), nil })
	s.define("#operator_and", asFunction, "left:lambda, right:lambda", func(ev *evaluator, sc *scope, a []any) (any, error) {
		v, err := asLambda(a[0]).call(ev)
		if err != nil || !truth(v) {
			return v, err
		}
		return asLambda(a[1]).call(ev)
	})
	s.define("#operator_or", asFunction, "left:lambda, right:lambda", func(ev *evaluator, sc *scope, a []any) (any, error) {
		v, err := asLambda(a[0]).call(ev)
		if err != nil || truth(v) {
			return v, err
		}
		return asLambda(a[1]).call(ev)
	})

	for _, o := range []struct {
		op    string
		order pyvalue.Order
		// the answers when null stands left, right, on both sides
		nullLeft, nullRight, nulls bool
	}{
		{"<", pyvalue.Less, true, false, false},
		{"<=", pyvalue.LessEqual, true, false, true},
		{">", pyvalue.Greater, false, true, false},
		{">=", pyvalue.GreaterEqual, false, true, true},
	} {
		name := "#operator_" + o.op
		s.define(name, asFunction, "left:number, right:number", compare(o.order))
		s.define(name, asFunction, "left:string, right:string", compare(o.order))
		s.define(name, asFunction, "left:datetime, right:datetime", compareTimes(o.order))
		s.define(name, asFunction, "left:timespan, right:timespan", compare(o.order))
		s.define(name, asFunction, "left:set, right:set", compareSets(o.order))
		s.define(name, asFunction, "left:none, right:nonnull", constant(o.nullLeft))
		s.define(name, asFunction, "left:nonnull, right:none", constant(o.nullRight))
		s.define(name, asFunction, "left:none, right:none", constant(o.nulls))
	}

	s.define("#operator_+", asFunction, "*parts:string", concatStrings)
	s.define("#operator_+", asFunction, "left:mapping, right:mapping", mergeDicts)
	s.define("#operator_+", asFunction, "left:iterable, right:iterable", concatLists)
	s.define("#operator_*", asFunction, "left:string, right:int", func(ev *evaluator, _ *scope, a []any) (any, error) { return ev.repeatString(a[0], a[1]) })
	s.define("#operator_*", asFunction, "left:int, right:string", func(ev *evaluator, _ *scope, a []any) (any, error) { return ev.repeatString(a[1], a[0]) })
	s.define("#operator_*", asFunction, "left:sequence, right:int", func(ev *evaluator, _ *scope, a []any) (any, error) { return ev.repeatList(a[0], a[1]) })
	s.define("#operator_*", asFunction, "left:int, right:sequence", func(ev *evaluator, _ *scope, a []any) (any, error) { return ev.repeatList(a[1], a[0]) })
	s.define("#operator_in", asFunction, "left:string, right:string", func(ev *evaluator, _ *scope, a []any) (any, error) {
		return strings.Contains(a[1].(string), a[0].(string)), nil
	})
	s.define("#operator_in", asFunction, "value:any, collection:iterable", func(ev *evaluator, _ *scope, a []any) (any, error) {
		return ev.contains(a[1], a[0])
	})
	s.define("#indexer", asFunction, "dict:mapping, key:any", func(ev *evaluator, _ *scope, a []any) (any, error) {
		v, ok, err := ev.lookup(a[0], a[1])
		if err == nil && !ok {
			return nil, fail(KindKey, "no key %s", reprOf(a[1]))
		}
		return v, err
	})
	s.define("#indexer", asFunction, "dict:mapping, key:any, default:any", func(ev *evaluator, _ *scope, a []any) (any, error) {
		v, ok, err := ev.lookup(a[0], a[1])
		if err == nil && !ok {
			return a[2], nil
		}
		return v, err
	})
	s.define("#indexer", asFunction, "list:sequence, index:int", func(ev *evaluator, _ *scope, a []any) (any, error) {
		items, _ := elements(a[0])
		i, err := intOf(a[1])
		if err != nil {
			return nil, fail(KindIndex, "index %s out of range", reprOf(a[1]))
		}
		if i < 0 {
			i += len(items)
		}
		if i < 0 || i >= len(items) {
			return nil, fail(KindIndex, "index %s out of range, the list has %d elements", reprOf(a[1]), len(items))
		}
		return canonical(items[i]), nil
	})
	s.define("#list", asFunction, "*items:any", func(ev *evaluator, _ *scope, a []any) (any, error) { return a, nil })
	s.define("#map", asFunction|withPairs, "*items:pair", dictOfPairs)
}

func divide(a, b any) (any, error) {
	if isInteger(a) && isInteger(b) {
		return pyvalue.FloorDiv(a, b)
	}
	return pyvalue.Div(a, b)
}

// directOperators answer for the commonest types without looking for an
// overload; ok is false if they do not know.
var directOperators = map[string]func(a, b any) (v any, ok bool, err error){
	"+": func(a, b any) (any, bool, error) {
		switch x := a.(type) {
		case int64:
			if y, ok := b.(int64); ok {
				sum := x + y
				return sum, (sum > x) == (y > 0), nil
			}
		case string:
			if y, ok := b.(string); ok && len(x)+len(y) < 1<<10 {
				return x + y, true, nil
			}
		}
		return nil, false, nil
	},
	"-": func(a, b any) (any, bool, error) {
		if x, ok := a.(int64); ok {
			if y, ok := b.(int64); ok {
				diff := x - y
				return diff, (diff < x) == (y > 0), nil
			}
		}
		return nil, false, nil
	},
	"<":  directCompare(func(c int) bool { return c < 0 }),
	"<=": directCompare(func(c int) bool { return c <= 0 }),
	">":  directCompare(func(c int) bool { return c > 0 }),
	">=": directCompare(func(c int) bool { return c >= 0 }),
}

func directCompare(holds func(int) bool) func(a, b any) (any, bool, error) {
	return func(a, b any) (any, bool, error) {
		if x, ok := a.(int64); ok {
			if y, ok := b.(int64); ok {
				switch {
				case x < y:
					return holds(-1), true, nil
				case x > y:
					return holds(1), true, nil
				}
				return holds(0), true, nil
			}
		}
		return nil, false, nil
	}
}

func concatStrings(ev *evaluator, _ *scope, a []any) (any, error) {
	n := 0
	for _, x := range a {
		s, _ := x.(string)
		n += len(s)
	}
	if err := ev.text(n); err != nil {
		return nil, err
	}
	var b strings.Builder
	b.Grow(n)
	for _, x := range a {
		s, _ := x.(string)
		b.WriteString(s)
	}
	return b.String(), nil
}

func mergeDicts(ev *evaluator, _ *scope, a []any) (any, error) {
	m := pyvalue.NewMap(dictLen(a[0]) + dictLen(a[1]))
	for _, d := range a[:2] {
		for k, v := range pyvalue.Entries(plainDict(d)) {
			if err := m.Set(k, v); err != nil {
				return nil, err
			}
		}
	}
	return m, ev.grow(m.Len(), 64*m.Len())
}

func concatLists(ev *evaluator, _ *scope, a []any) (any, error) {
	if isSequence(a[0]) && isSequence(a[1]) && !isMutableList(a[0]) && !isMutableList(a[1]) {
		x, _ := elements(a[0])
		y, _ := elements(a[1])
		if err := ev.grow(len(x)+len(y), 16*(len(x)+len(y))); err != nil {
			return nil, err
		}
		return append(append(make([]any, 0, len(x)+len(y)), x...), y...), nil
	}
	if x, ok := a[0].(*pyvalue.Set); ok {
		if y, ok := a[1].(*pyvalue.Set); ok {
			return x.Union(y), ev.grow(x.Len()+y.Len(), 64*(x.Len()+y.Len()))
		}
	}
	return ev.chain(a[0], a[1])
}

func (ev *evaluator) repeatString(v, times any) (any, error) {
	s := v.(string)
	n, err := intOf(times)
	if err != nil {
		return nil, err
	}
	if n <= 0 || s == "" {
		return "", nil
	}
	if n > 1<<40 {
		n = 1 << 40
	}
	if err := ev.text(n * len(s)); err != nil {
		return nil, err
	}
	return strings.Repeat(s, n), nil
}

func (ev *evaluator) repeatList(v, times any) (any, error) {
	items, _ := elements(v)
	n, err := intOf(times)
	if err != nil {
		return nil, err
	}
	n = min(max(n, 0), 1<<31)
	if err := ev.grow(n*len(items), 16*n*len(items)); err != nil {
		return nil, err
	}
	out := make([]any, 0, n*len(items))
	for len(items) > 0 && len(out) < cap(out) {
		out = append(out, items...)
	}
	if isMutableList(v) {
		return &mutableList{out}, nil
	}
	return out, nil
}

// contains reports whether the collection has an element equal to v.
func (ev *evaluator) contains(collection, v any) (bool, error) {
	if isSetLike(collection) {
		return ev.setHas(collection, v)
	}
	found := false
	err := ev.each(collection, func(x any) (bool, error) {
		found = ev.equal(x, v)
		return !found, nil
	})
	return found, err
}

// compareTimes orders points in time; one without a zone counts as UTC.
func compareTimes(order pyvalue.Order) implementation {
	return func(ev *evaluator, _ *scope, a []any) (any, error) {
		return pyvalue.Compare(order, zoned(a[0].(time.Time)), zoned(a[1].(time.Time)))
	}
}

func compareSets(order pyvalue.Order) implementation {
	return func(ev *evaluator, _ *scope, a []any) (any, error) {
		x, y := a[0], a[1]
		if order == pyvalue.Greater || order == pyvalue.GreaterEqual {
			x, y = y, x
		}
		strict := order == pyvalue.Less || order == pyvalue.Greater
		if strict && setLen(x) >= setLen(y) {
			return false, nil
		}
		if within, err := ev.subset(x, y); !within || err != nil {
			return false, err
		}
		return true, nil
	}
}

// intOf returns an integer argument, where true and false count as 1 and 0.
func intOf(v any) (int, error) {
	switch v := v.(type) {
	case int64:
		return int(v), nil
	case bool:
		if v {
			return 1, nil
		}
		return 0, nil
	case *big.Int:
		return 0, fail(KindOverflow, "%s is too large", v)
	}
	return 0, fail(KindType, "%s is no integer", typeName(v))
}

func asLambda(v any) *lambda {
	l, _ := v.(*lambda)
	return l
}
