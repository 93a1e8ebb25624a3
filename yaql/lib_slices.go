package yaql

import (
	"slices"

	"github.com/petrel-dev/petrel/pyvalue"
)

func defineSlices(s *FunctionSet) {
	s.define("skip", asMethod, "collection:iterable, count:int", func(ev *evaluator, _ *scope, a []any) (any, error) {
		n, err := countOf(a[1])
		if err != nil {
			return nil, err
		}
		it, err := ev.iterate(a[0])
		if err != nil {
			return nil, err
		}
		out := ev.generate(func() (any, bool, error) {
			for ; n > 0; n-- {
				if _, ok, err := it.next(); !ok || err != nil {
					return nil, false, err
				}
			}
			return it.next()
		})
		return out.over(it)
	})
	s.define("limit take", asMethod, "collection:iterable, count:int", func(ev *evaluator, _ *scope, a []any) (any, error) {
		n, err := countOf(a[1])
		if err != nil {
			return nil, err
		}
		it, err := ev.iterate(a[0])
		if err != nil {
			return nil, err
		}
		out := ev.generate(func() (any, bool, error) {
			if n--; n < 0 {
				return nil, false, nil
			}
			return it.next()
		})
		return out.over(it)
	})
	s.define("takeWhile", asMethod, "collection:iterable, predicate:lambda", func(ev *evaluator, _ *scope, a []any) (any, error) {
		predicate := asLambda(a[1])
		it, err := ev.iterate(a[0])
		if err != nil {
			return nil, err
		}
		out := ev.generate(func() (any, bool, error) {
			x, ok, err := it.next()
			if !ok || err != nil {
				return nil, false, err
			}
			v, err := predicate.call(ev, x)
			return x, truth(v), err
		})
		return out.over(it)
	})
	s.define("skipWhile", asMethod, "collection:iterable, predicate:lambda", func(ev *evaluator, _ *scope, a []any) (any, error) {
		predicate, started := asLambda(a[1]), false
		return ev.lazily(a[0], func(x any) (any, bool, error) {
			if !started {
				v, err := predicate.call(ev, x)
				if err != nil {
					return nil, false, err
				}
				started = !truth(v)
			}
			return x, started, nil
		})
	})

	search := func(last bool, match func(ev *evaluator, x, wanted any) (bool, error)) implementation {
		return func(ev *evaluator, _ *scope, a []any) (any, error) {
			i, found := int64(-1), int64(-1)
			err := ev.each(a[0], func(x any) (bool, error) {
				i++
				hit, err := match(ev, x, a[1])
				if hit {
					found = i
				}
				return last || !hit, err
			})
			return found, err
		}
	}
	equals := func(ev *evaluator, x, wanted any) (bool, error) { return ev.equal(x, wanted), nil }
	satisfies := func(ev *evaluator, x, predicate any) (bool, error) {
		v, err := asLambda(predicate).call(ev, x)
		return truth(v), err
	}
	s.define("indexOf", asMethod, "collection:iterable, item:any", search(false, equals))
	s.define("lastIndexOf", asMethod, "collection:iterable, item:any", search(true, equals))
	s.define("indexWhere", asMethod, "collection:iterable, predicate:lambda", search(false, satisfies))
	s.define("lastIndexWhere", asMethod, "collection:iterable, predicate:lambda", search(true, satisfies))

	s.define("delete", asMethod, "collection:iterable, position:int, count:int=1", func(ev *evaluator, _ *scope, a []any) (any, error) {
		return ev.substitute(a[0], a[1], a[2], func() (any, error) { return []any{}, nil })
	})
	s.define("replace", asMethod, "collection:iterable, position:int, value:any, count:int=1", func(ev *evaluator, _ *scope, a []any) (any, error) {
		return ev.substitute(a[0], a[1], a[3], func() (any, error) { return []any{a[2]}, nil })
	})
	s.define("replaceMany", asMethod, "collection:iterable, position:int, values:iterable, count:int=1", func(ev *evaluator, _ *scope, a []any) (any, error) {
		return ev.substitute(a[0], a[1], a[3], func() (any, error) { return a[2], nil })
	})
	s.define("insert", asMethod, "collection:orderable, position:int, value:any", func(ev *evaluator, _ *scope, a []any) (any, error) {
		return ev.insertAt(a[0], a[1], []any{a[2]}, false)
	})
	s.define("insert", asMethod, "collection:sequence, position:int, value:any", func(ev *evaluator, _ *scope, a []any) (any, error) {
		items, _ := elements(a[0])
		i := clampInt(a[1])
		if i < 0 {
			i += len(items)
		}
		out := slices.Insert(slices.Clone(items), min(max(i, 0), len(items)), a[2])
		return &mutableList{out}, ev.grow(len(out), 16*len(out))
	})
	s.define("insertMany", asMethod, "collection:iterable, position:int, values:iterable", func(ev *evaluator, _ *scope, a []any) (any, error) {
		return ev.insertAt(a[0], a[1], a[2], true)
	})

	s.define("slice", asMethod, "collection:iterable, length:int", func(ev *evaluator, _ *scope, a []any) (any, error) {
		it, err := ev.iterate(a[0])
		if err != nil {
			return nil, err
		}
		n := clampInt(a[1])
		out := ev.generate(func() (any, bool, error) {
			if n < 0 {
				return nil, false, fail(KindValue, "a negative length")
			}
			chunk := []any{}
			for len(chunk) < n {
				x, ok, err := it.next()
				if err != nil {
					return nil, false, err
				}
				if !ok {
					break
				}
				chunk = append(chunk, x)
				if err := ev.grow(len(chunk), 16); err != nil {
					return nil, false, err
				}
			}
			return chunk, len(chunk) > 0, nil
		})
		return out.over(it)
	})
	s.define("splitWhere", asMethod, "collection:iterable, predicate:lambda", splitWhere)
	s.define("sliceWhere", asMethod, "collection:iterable, predicate:lambda", sliceWhere)
	s.define("splitAt", asMethod, "collection:iterable, index:int", func(ev *evaluator, _ *scope, a []any) (any, error) {
		items, err := ev.collect(a[0])
		if err != nil {
			return nil, err
		}
		i := clampInt(a[1])
		_, head := sliceBounds(0, i, len(items))
		tail, _ := sliceBounds(i, len(items), len(items))
		return &mutableList{[]any{items[:head:head], items[tail:]}}, nil
	})
	s.define("reverse", asMethod, "collection:iterable", func(ev *evaluator, _ *scope, a []any) (any, error) {
		items, err := ev.collect(a[0])
		if err != nil {
			return nil, err
		}
		items = slices.Clone(items)
		slices.Reverse(items)
		return ev.cursor(items), ev.grow(len(items), 16*len(items))
	})
}

// countOf is a number of elements to take or skip.
func countOf(v any) (int, error) {
	n, err := intOf(v)
	if err != nil || n < 0 {
		return 0, fail(KindValue, "%s is no number of elements", strOf(v))
	}
	return n, nil
}

// substitute replaces count elements from position on (all, if count is
// negative) by others, once.
func (ev *evaluator) substitute(collection, position, count any, others func() (any, error)) (any, error) {
	it, err := ev.iterate(collection)
	if err != nil {
		return nil, err
	}
	from, n := clampInt(position), clampInt(count)
	i, done := -1, false
	var insertion *iterator
	out := ev.generate(func() (any, bool, error) {
		for {
			if insertion != nil {
				v, ok, err := insertion.next()
				if ok || err != nil {
					return v, ok, err
				}
				insertion = nil
			}
			x, ok, err := it.next()
			if !ok || err != nil {
				return nil, false, err
			}
			i++
			if i < from || n >= 0 && i >= from+n {
				return x, true, nil
			}
			if !done {
				done = true
				v, err := others()
				if err != nil {
					return nil, false, err
				}
				if insertion, err = ev.iterate(v); err != nil {
					return nil, false, err
				}
			}
		}
	})
	return out.over(it)
}

// insertAt inserts values before the element at position, or at the end
// beyond. A negative position means the beginning with atStart, else nowhere.
func (ev *evaluator) insertAt(collection, position, values any, atStart bool) (any, error) {
	it, err := ev.iterate(collection)
	if err != nil {
		return nil, err
	}
	at, i, ended := clampInt(position), -1, false
	var insertion *iterator
	var held any
	holding, begun := false, false
	out := ev.generate(func() (any, bool, error) {
		for {
			if !begun {
				begun = true
				if at < 0 && atStart {
					if insertion, err = ev.iterate(values); err != nil {
						return nil, false, err
					}
				}
			}
			if insertion != nil {
				v, ok, err := insertion.next()
				if ok || err != nil {
					return v, ok, err
				}
				insertion = nil
			}
			if holding {
				holding = false
				return held, true, nil
			}
			if ended {
				return nil, false, nil
			}
			x, ok, err := it.next()
			if err != nil {
				return nil, false, err
			}
			if !ok {
				ended = true
				if at <= i {
					return nil, false, nil
				}
				if insertion, err = ev.iterate(values); err != nil {
					return nil, false, err
				}
				continue
			}
			i++
			if i != at {
				return x, true, nil
			}
			held, holding = x, true
			if insertion, err = ev.iterate(values); err != nil {
				return nil, false, err
			}
		}
	})
	return out.over(it, values)
}

// splitWhere yields the runs between the elements that satisfy a predicate.
func splitWhere(ev *evaluator, _ *scope, a []any) (any, error) {
	predicate := asLambda(a[1])
	var items []any
	start, end, begun := 0, 0, false
	return ev.generate(func() (any, bool, error) {
		if !begun {
			begun = true
			var err error
			if items, err = ev.collect(a[0]); err != nil {
				return nil, false, err
			}
		}
		for end < len(items) {
			v, err := predicate.call(ev, canonical(items[end]))
			if err != nil {
				return nil, false, err
			}
			end++
			if truth(v) {
				run := items[start : end-1 : end-1]
				start = end
				return run, true, nil
			}
		}
		if start == end {
			return nil, false, nil
		}
		run := items[start:end:end]
		start = end
		return run, true, nil
	}).over(a[0])
}

// sliceWhere yields the runs of elements for which the predicate returns the
// same value.
func sliceWhere(ev *evaluator, _ *scope, a []any) (any, error) {
	predicate := asLambda(a[1])
	var items []any
	var previous any = omitted
	start, end, begun := 0, 0, false
	return ev.generate(func() (any, bool, error) {
		if !begun {
			begun = true
			var err error
			if items, err = ev.collect(a[0]); err != nil {
				return nil, false, err
			}
		}
		for end < len(items) {
			v, err := predicate.call(ev, canonical(items[end]))
			if err != nil {
				return nil, false, err
			}
			changed := previous != omitted && !ev.equal(v, previous)
			previous = v
			end++
			if changed {
				run := items[start : end-1 : end-1]
				start = end - 1
				return run, true, nil
			}
		}
		if start == end {
			return nil, false, nil
		}
		run := items[start:end:end]
		start = end
		return run, true, nil
	}).over(a[0])
}

// addIntegers adds two integers of any size.
func addIntegers(a, b any) (any, error) {
	if x, ok := a.(int64); ok {
		if y, ok := b.(int64); ok {
			if sum := x + y; (sum > x) == (y > 0) {
				return sum, nil
			}
		}
	}
	return pyvalue.Add(a, b)
}
