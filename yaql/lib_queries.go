package yaql

import "github.com/petrel-dev/petrel/pyvalue"

func defineQueries(s *FunctionSet) {
	s.define("where filter", asMethod, "collection:iterable, predicate:lambda", func(ev *evaluator, _ *scope, a []any) (any, error) {
		predicate := asLambda(a[1])
		return ev.lazily(a[0], func(x any) (any, bool, error) {
			v, err := predicate.call(ev, x)
			return x, truth(v), err
		})
	})
	s.define("select map", asMethod, "collection:iterable, selector:lambda", func(ev *evaluator, _ *scope, a []any) (any, error) {
		selector := asLambda(a[1])
		return ev.lazily(a[0], func(x any) (any, bool, error) {
			v, err := selector.call(ev, x)
			return v, true, err
		})
	})
	s.define("selectMany", asMethod, "collection:iterable, selector:lambda", selectMany)
	s.define("append", asBoth, "collection:iterable, *args:any", func(ev *evaluator, _ *scope, a []any) (any, error) {
		return ev.chain(a[0], a[1:])
	})
	s.define("concat", asBoth, "*collections:iterable", func(ev *evaluator, _ *scope, a []any) (any, error) {
		return ev.chain(a...)
	})
	s.define("distinct", asBoth, "collection:iterable, keySelector:lambda=null", func(ev *evaluator, _ *scope, a []any) (any, error) {
		return ev.distinct(a[0], asLambda(a[1]))
	})
	s.define("enumerate", asBoth, "collection:iterable, start:int?=0", func(ev *evaluator, _ *scope, a []any) (any, error) {
		n := asInteger(a[1])
		if n == nil {
			return nil, fail(KindType, "enumerate cannot start at null")
		}
		return ev.lazily(a[0], func(x any) (any, bool, error) {
			pair := &mutableList{[]any{n, x}}
			var err error
			n, err = pyvalue.Add(n, int64(1))
			return pair, true, err
		})
	})
	s.define("any", asBoth, "collection:iterable, predicate:lambda=null", func(ev *evaluator, _ *scope, a []any) (any, error) {
		return ev.some(a[0], asLambda(a[1]))
	})
	s.define("all", asBoth, "collection:iterable, predicate:lambda=null", func(ev *evaluator, _ *scope, a []any) (any, error) {
		predicate, all := asLambda(a[1]), true
		err := ev.each(a[0], func(x any) (bool, error) {
			if predicate != nil {
				var err error
				if x, err = predicate.call(ev, x); err != nil {
					return false, err
				}
			}
			all = truth(x)
			return all, nil
		})
		return all, err
	})
	s.define("len", asBoth, "collection:iterator", count)
	s.define("count", asMethod, "collection:iterable", count)
	s.define("memorize", asMethod, "collection:iterable", func(ev *evaluator, _ *scope, a []any) (any, error) {
		return ev.memorize(a[0])
	})
	s.define("defaultIfEmpty", asMethod, "collection:iterable, default:iterable", defaultIfEmpty)

	s.define("first", asMethod, "collection:iterable, default:any=omitted", func(ev *evaluator, _ *scope, a []any) (any, error) {
		it, err := ev.iterate(a[0])
		if err != nil {
			return nil, err
		}
		v, ok, err := it.next()
		if err == nil && !ok {
			return orStop(a[1], "first")
		}
		return v, err
	})
	s.define("last", asMethod, "collection:iterable, default:any=omitted", func(ev *evaluator, _ *scope, a []any) (any, error) {
		last := a[1]
		if items, ok := elements(a[0]); ok {
			if len(items) > 0 {
				return canonical(items[len(items)-1]), nil
			}
			return orStop(last, "last")
		}
		err := ev.each(a[0], func(x any) (bool, error) {
			last = x
			return true, nil
		})
		if err != nil {
			return nil, err
		}
		return orStop(last, "last")
	})
	s.define("single", asMethod, "collection:iterable", func(ev *evaluator, _ *scope, a []any) (any, error) {
		it, err := ev.iterate(a[0])
		if err != nil {
			return nil, err
		}
		v, ok, err := it.next()
		if err != nil {
			return nil, err
		}
		if !ok {
			return orStop(omitted, "single")
		}
		_, more, err := it.next()
		if err == nil && more {
			return nil, fail(KindStopIteration, "single() of a collection with more than one element")
		}
		return v, err
	})

	fold := func(f func(ev *evaluator, sc *scope, a, b any) (any, error)) implementation {
		return func(ev *evaluator, sc *scope, a []any) (any, error) {
			return ev.fold(a[0], a[1], func(x, y any) (any, error) { return f(ev, sc, x, y) })
		}
	}
	s.define("sum", asMethod, "collection:iterable, initial:any=omitted", fold((*evaluator).plus))
	s.define("max", asMethod, "collection:iterable, initial:any=omitted", fold(func(ev *evaluator, sc *scope, a, b any) (any, error) {
		if sc.hasLocal() {
			return ev.delegate(sc, "max", a, b)
		}
		return ev.greater(sc, a, b)
	}))
	s.define("min", asMethod, "collection:iterable, initial:any=omitted", fold(func(ev *evaluator, sc *scope, a, b any) (any, error) {
		if sc.hasLocal() {
			return ev.delegate(sc, "min", a, b)
		}
		return ev.smaller(sc, a, b)
	}))
	s.define("aggregate reduce", asMethod, "collection:iterable, selector:lambda, seed:any=omitted", func(ev *evaluator, _ *scope, a []any) (any, error) {
		selector := asLambda(a[1])
		return ev.fold(a[0], a[2], func(x, y any) (any, error) { return selector.call(ev, x, y) })
	})
	s.define("accumulate", asMethod, "collection:iterable, selector:lambda, seed:any=omitted", accumulate)

	s.define("groupBy", asMethod, "collection:iterable, keySelector:lambda, valueSelector:lambda=null, aggregator:lambda=null", groupBy)
	s.define("join", asMethod, "collection1:iterable, collection2:iterable, predicate:lambda, selector:lambda", joinCollections)
	s.define("zip", asMethod, "*collections:iterable", func(ev *evaluator, _ *scope, a []any) (any, error) {
		return ev.zip(a, false, nil)
	})
	s.define("zipLongest", asMethod, "*collections:iterable, **kwargs:any", func(ev *evaluator, _ *scope, a []any) (any, error) {
		var filler any
		for _, v := range a[len(a)-1].([]variable) {
			if v.name == "default" {
				filler = v.value
			}
		}
		return ev.zip(a[:len(a)-1], true, filler)
	})
}

func orStop(v any, function string) (any, error) {
	if v == omitted {
		return nil, fail(KindStopIteration, "%s() of an empty collection", function)
	}
	return v, nil
}

// plus is the operator "+".
func (ev *evaluator) plus(sc *scope, a, b any) (any, error) {
	if !sc.hasLocal() {
		if v, ok, err := directOperators["+"](a, b); ok || err != nil {
			return v, err
		}
	}
	return ev.delegate(sc, "#operator_+", a, b)
}

// fold combines all elements from the left, starting with seed unless it is
// omitted.
func (ev *evaluator) fold(collection, seed any, f func(x, y any) (any, error)) (any, error) {
	total := seed
	err := ev.each(collection, func(x any) (bool, error) {
		if total == omitted {
			total = x
			return true, nil
		}
		var err error
		total, err = f(total, x)
		return true, err
	})
	if err == nil && total == omitted {
		err = fail(KindType, "an empty collection without an initial value")
	}
	return total, err
}

func (ev *evaluator) some(collection any, predicate *lambda) (bool, error) {
	found := false
	err := ev.each(collection, func(x any) (bool, error) {
		found = true
		if predicate != nil {
			v, err := predicate.call(ev, x)
			if err != nil {
				return false, err
			}
			found = truth(v)
		}
		return !found, nil
	})
	return found, err
}

func count(ev *evaluator, _ *scope, a []any) (any, error) {
	n := int64(0)
	err := ev.each(a[0], func(any) (bool, error) {
		n++
		return true, nil
	})
	return n, err
}

func (ev *evaluator) memorize(v any) (any, error) {
	if isSequence(v) || isSetLike(v) {
		return v, nil
	}
	it, err := ev.iterate(v)
	return &memo{source: it}, err
}

func defaultIfEmpty(ev *evaluator, _ *scope, a []any) (any, error) {
	collection, err := ev.memorize(a[0])
	if err != nil {
		return nil, err
	}
	if found, err := ev.some(collection, nil); found || err != nil {
		return collection, err
	}
	return a[1], nil
}

func (ev *evaluator) distinct(collection any, keyOf *lambda) (any, error) {
	var seen pyvalue.Set
	return ev.lazily(collection, func(x any) (any, bool, error) {
		key := x
		if keyOf != nil {
			var err error
			if key, err = keyOf.call(ev, x); err != nil {
				return nil, false, err
			}
		}
		k, err := ev.asKey(key)
		if err != nil || seen.Has(k) {
			return nil, false, err
		}
		if err := seen.Add(k); err != nil {
			return nil, false, err
		}
		return x, true, ev.grow(seen.Len(), 64)
	})
}

func selectMany(ev *evaluator, _ *scope, a []any) (any, error) {
	it, err := ev.iterate(a[0])
	if err != nil {
		return nil, err
	}
	selector := asLambda(a[1])
	var inner *iterator
	out := ev.generate(func() (any, bool, error) {
		for {
			if inner != nil {
				v, ok, err := inner.next()
				if ok || err != nil {
					return v, ok, err
				}
				inner = nil
			}
			x, ok, err := it.next()
			if !ok || err != nil {
				return nil, false, err
			}
			v, err := selector.call(ev, x)
			if err != nil {
				return nil, false, err
			}
			if !isIterable(v) {
				return v, true, nil
			}
			if inner, err = ev.iterate(v); err != nil {
				return nil, false, err
			}
		}
	})
	return out.over(it)
}

func accumulate(ev *evaluator, _ *scope, a []any) (any, error) {
	it, err := ev.iterate(a[0])
	if err != nil {
		return nil, err
	}
	selector, total, started := asLambda(a[1]), a[2], false
	out := ev.generate(func() (any, bool, error) {
		if !started {
			started = true
			if total != omitted {
				return total, true, nil
			}
			v, ok, err := it.next()
			if err == nil && !ok {
				err = fail(KindType, "an empty collection without an initial value")
			}
			total = v
			return v, true, err
		}
		x, ok, err := it.next()
		if !ok || err != nil {
			return nil, false, err
		}
		total, err = selector.call(ev, total, x)
		return total, true, err
	})
	return out.over(it)
}

func joinCollections(ev *evaluator, _ *scope, a []any) (any, error) {
	left, err := ev.iterate(a[0])
	if err != nil {
		return nil, err
	}
	right, err := ev.memorize(a[1])
	if err != nil {
		return nil, err
	}
	predicate, selector := asLambda(a[2]), asLambda(a[3])
	var x any
	var others *iterator
	out := ev.generate(func() (any, bool, error) {
		for {
			if others == nil {
				v, ok, err := left.next()
				if !ok || err != nil {
					return nil, false, err
				}
				x = v
				if others, err = ev.iterate(right); err != nil {
					return nil, false, err
				}
			}
			y, ok, err := others.next()
			if err != nil {
				return nil, false, err
			}
			if !ok {
				others = nil
				continue
			}
			v, err := predicate.call(ev, x, y)
			if err != nil {
				return nil, false, err
			}
			if truth(v) {
				v, err := selector.call(ev, x, y)
				return v, true, err
			}
		}
	})
	return out.over(left, right)
}

// zip yields the n-th elements of all collections, until the first or, with
// longest, the last of them ends.
func (ev *evaluator) zip(collections []any, longest bool, filler any) (any, error) {
	its := make([]*iterator, len(collections))
	for i, c := range collections {
		var err error
		if its[i], err = ev.iterate(c); err != nil {
			return nil, err
		}
	}
	ended := make([]bool, len(its))
	left := len(its)
	out := ev.generate(func() (any, bool, error) {
		if left == 0 {
			return nil, false, nil
		}
		row := make([]any, len(its))
		for i, it := range its {
			row[i] = filler
			if ended[i] {
				continue
			}
			v, ok, err := it.next()
			if err != nil {
				return nil, false, err
			}
			if ok {
				row[i] = v
				continue
			}
			if ended[i], left = true, left-1; !longest || left == 0 {
				left = 0
				return nil, false, nil
			}
		}
		return row, true, ev.allocate(16 * len(row))
	})
	return out.over(collections...)
}
