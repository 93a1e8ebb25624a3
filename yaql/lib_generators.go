package yaql

import "github.com/petrel-dev/petrel/pyvalue"

func defineGenerators(s *FunctionSet) {
	s.define("range", asFunction, "stop:int", func(ev *evaluator, _ *scope, a []any) (any, error) {
		return ev.numbers(int64(0), a[0], int64(1))
	})
	s.define("range", asFunction, "start:int, stop:int, step:int=1", func(ev *evaluator, _ *scope, a []any) (any, error) {
		return ev.numbers(a[0], a[1], a[2])
	})
	s.define("sequence", asFunction, "start:int=0, step:int=1", func(ev *evaluator, _ *scope, a []any) (any, error) {
		next, step := a[0], asInteger(a[1])
		return ev.generate(func() (any, bool, error) {
			v := next
			var err error
			next, err = addIntegers(asInteger(next), step)
			return v, true, err
		}), nil
	})
	s.define("repeat", asMethod, "value:any, times:int=-1", func(ev *evaluator, _ *scope, a []any) (any, error) {
		n := clampInt(a[1])
		return ev.generate(func() (any, bool, error) {
			if n == 0 {
				return nil, false, nil
			}
			if n > 0 {
				n--
			}
			return a[0], true, nil
		}), nil
	})
	s.define("cycle", asMethod, "collection:iterable", func(ev *evaluator, _ *scope, a []any) (any, error) {
		it, err := ev.iterate(a[0])
		if err != nil {
			return nil, err
		}
		var seen []any
		i, ended := 0, false
		return ev.generate(func() (any, bool, error) {
			if !ended {
				x, ok, err := it.next()
				if ok || err != nil {
					seen = append(seen, x)
					return x, ok, err
				}
				ended = true
			}
			if len(seen) == 0 {
				return nil, false, nil
			}
			i++
			return seen[(i-1)%len(seen)], true, ev.allocate(16)
		}).over(it)
	})
	s.define("generate", asFunction, "initial:any, predicate:lambda, producer:lambda, selector:lambda=null, decycle:bool=false", generate)
	s.define("generateMany", asFunction, "initial:any, producer:lambda, selector:lambda=null, decycle:bool=false, depthFirst:bool=false", generateMany)
}

// numbers counts from start to stop, exclusive.
func (ev *evaluator) numbers(start, stop, step any) (any, error) {
	next, stop, step := asInteger(start), asInteger(stop), asInteger(step)
	if step == int64(0) {
		return nil, fail(KindValue, "the step of range() is zero")
	}
	order := pyvalue.Less
	if down, _ := pyvalue.Compare(pyvalue.Less, step, int64(0)); down {
		order = pyvalue.Greater
	}
	return ev.generate(func() (any, bool, error) {
		if more, err := pyvalue.Compare(order, next, stop); !more || err != nil {
			return nil, false, err
		}
		v := next
		var err error
		next, err = addIntegers(next, step)
		return v, true, err
	}), nil
}

// unseen remembers values and reports whether one is new; a nil set knows
// none.
func (ev *evaluator) unseen(past *pyvalue.Set, v any) (bool, error) {
	if past == nil {
		return true, nil
	}
	k, err := ev.asKey(v)
	if err != nil || past.Has(k) {
		return false, err
	}
	if err := past.Add(k); err != nil {
		return false, err
	}
	return true, ev.grow(past.Len(), 64)
}

func pastItems(decycle any) *pyvalue.Set {
	if truth(decycle) {
		return new(pyvalue.Set)
	}
	return nil
}

func generate(ev *evaluator, _ *scope, a []any) (any, error) {
	current, predicate, producer, selector := a[0], asLambda(a[1]), asLambda(a[2]), asLambda(a[3])
	past, begun := pastItems(a[4]), false
	return ev.generate(func() (any, bool, error) {
		var err error
		if begun {
			if current, err = producer.call(ev, current); err != nil {
				return nil, false, err
			}
		}
		begun = true
		more, err := predicate.call(ev, current)
		if !truth(more) || err != nil {
			return nil, false, err
		}
		if fresh, err := ev.unseen(past, current); !fresh || err != nil {
			return nil, false, err
		}
		if selector == nil {
			return current, true, nil
		}
		v, err := selector.call(ev, current)
		return v, true, err
	}), nil
}

func generateMany(ev *evaluator, _ *scope, a []any) (any, error) {
	producer, selector, depthFirst := asLambda(a[1]), asLambda(a[2]), truth(a[4])
	past, queue := pastItems(a[3]), []any{a[0]}
	var item any
	pending := false
	return ev.generate(func() (any, bool, error) {
		if pending {
			pending = false
			produced, err := producer.call(ev, item)
			if err != nil {
				return nil, false, err
			}
			children, err := ev.children(produced)
			if err != nil {
				return nil, false, err
			}
			if depthFirst {
				queue = append(children[:len(children):len(children)], queue...)
			} else {
				queue = append(queue, children...)
			}
			if err := ev.grow(len(queue), 16*len(children)); err != nil {
				return nil, false, err
			}
		}
		for len(queue) > 0 {
			item, queue = canonical(queue[0]), queue[1:]
			fresh, err := ev.unseen(past, item)
			if err != nil {
				return nil, false, err
			}
			if !fresh {
				continue
			}
			pending = true
			if selector == nil {
				return item, true, nil
			}
			v, err := selector.call(ev, item)
			return v, true, err
		}
		return nil, false, nil
	}), nil
}

// children reads what a producer returned; strings give their characters and
// dictionaries their keys.
func (ev *evaluator) children(v any) ([]any, error) {
	if isIterable(v) {
		return ev.collect(v)
	}
	it, err := ev.iterate(v)
	if err != nil {
		return nil, err
	}
	return ev.collect(it)
}
