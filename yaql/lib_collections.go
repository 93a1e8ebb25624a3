package yaql

import (
	"slices"

	"github.com/petrel-dev/petrel/pyvalue"
)

func defineCollections(s *FunctionSet) {
	s.define("list", asFunction, "*args:any", func(ev *evaluator, _ *scope, a []any) (any, error) { return ev.splice(a) })
	s.define("toList", asMethod, "collection:iterable", func(ev *evaluator, _ *scope, a []any) (any, error) {
		return ev.tuple(a[0])
	})
	s.define("flatten", asMethod, "collection:iterable", func(ev *evaluator, _ *scope, a []any) (any, error) {
		return ev.flatten(a[0])
	})
	s.define("isList", asFunction, "arg:any", func(ev *evaluator, _ *scope, a []any) (any, error) { return isSequence(a[0]), nil })
	s.define("isDict", asFunction, "arg:any", func(ev *evaluator, _ *scope, a []any) (any, error) { return isMapping(a[0]), nil })
	s.define("isIterable", asFunction, "value:any", func(ev *evaluator, _ *scope, a []any) (any, error) { return isIterable(a[0]), nil })

	s.define("dict", asFunction|withPairs, "*args:pair", dictOfPairs)
	s.define("dict", asFunction|withPairs, "items:iterable", dictOfItems)
	s.define("toDict", asMethod, "collection:iterable, keySelector:lambda, valueSelector:lambda=null", toDict)
	s.define("len", asBoth, "dict:mapping", func(ev *evaluator, _ *scope, a []any) (any, error) { return int64(dictLen(a[0])), nil })
	s.define("get", asMethod, "dict:mapping, key:any, default:any=null", func(ev *evaluator, _ *scope, a []any) (any, error) {
		v, ok, err := ev.lookup(a[0], a[1])
		if err == nil && !ok {
			return a[2], nil
		}
		return v, err
	})
	s.define("set", asMethod|withPairs, "dict:mapping, key:any, value:any", func(ev *evaluator, _ *scope, a []any) (any, error) {
		return ev.withEntries(a[0], func(m *pyvalue.Map) error { return ev.setKey(m, a[1], a[2]) })
	})
	s.define("set", asMethod|withPairs, "dict:mapping, replacements:mapping", mergeDicts)
	s.define("set", asMethod|withPairs, "dict:mapping, *args:pair", func(ev *evaluator, _ *scope, a []any) (any, error) {
		return ev.withEntries(a[0], func(m *pyvalue.Map) error {
			for _, x := range a[1:] {
				if p, ok := x.(*pairValue); ok {
					if err := ev.setKey(m, p.key, p.value); err != nil {
						return err
					}
				}
			}
			return nil
		})
	})
	s.define("keys", asMethod, "dict:mapping", func(ev *evaluator, _ *scope, a []any) (any, error) { return &keysView{a[0]}, nil })
	s.define("values", asMethod, "dict:mapping", func(ev *evaluator, _ *scope, a []any) (any, error) { return &valuesView{a[0]}, nil })
	s.define("items", asMethod, "dict:mapping", func(ev *evaluator, _ *scope, a []any) (any, error) { return &itemsView{a[0]}, nil })
	s.define("containsKey", asMethod, "dict:mapping, key:any", func(ev *evaluator, _ *scope, a []any) (any, error) {
		_, ok, err := ev.lookup(a[0], a[1])
		return ok, err
	})
	s.define("containsValue", asMethod, "dict:mapping, value:any", func(ev *evaluator, _ *scope, a []any) (any, error) {
		return ev.contains(&valuesView{a[0]}, a[1])
	})
	s.define("delete", asMethod, "dict:mapping, *keys:any", func(ev *evaluator, _ *scope, a []any) (any, error) {
		return ev.withoutKeys(a[0], a[1:])
	})
	s.define("deleteAll", asMethod, "dict:mapping, keys:iterable", func(ev *evaluator, _ *scope, a []any) (any, error) {
		return ev.withoutKeys(a[0], a[1])
	})
	s.define("mergeWith", asMethod, "dict:mapping, another:mapping, listMerger:lambda=null, itemMerger:lambda=null, maxLevels:int=0", mergeWith)

	s.define("len", asBoth, "sequence:sequence", func(ev *evaluator, _ *scope, a []any) (any, error) {
		items, _ := elements(a[0])
		return int64(len(items)), nil
	})
	s.define("contains", asMethod, "collection:iterable, value:any", func(ev *evaluator, _ *scope, a []any) (any, error) {
		return ev.contains(a[0], a[1])
	})
}

// tuple returns the elements as an immutable list.
func (ev *evaluator) tuple(v any) (any, error) {
	switch v := v.(type) {
	case []any, pyvalue.Tuple, *pyvalue.List:
		return v, nil
	case *mutableList:
		return slices.Clone(v.items), ev.grow(len(v.items), 16*len(v.items))
	}
	return ev.collect(v)
}

// splice copies values and puts the elements of iterators in their place.
func (ev *evaluator) splice(values []any) ([]any, error) {
	out := make([]any, 0, len(values))
	for _, v := range values {
		if !isIterator(v) {
			out = append(out, v)
			continue
		}
		inner, err := ev.collect(v)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(inner, isIterator) {
			if err := ev.enter(); err != nil {
				return nil, err
			}
			inner, err = ev.splice(inner)
			ev.leave()
			if err != nil {
				return nil, err
			}
		}
		out = append(out, inner...)
	}
	return out, ev.grow(len(out), 16*len(out))
}

// flatten reads nested iterables depth first.
func (ev *evaluator) flatten(v any) (any, error) {
	first, err := ev.iterate(v)
	if err != nil {
		return nil, err
	}
	stack := []*iterator{first}
	out := ev.generate(func() (any, bool, error) {
		for len(stack) > 0 {
			x, ok, err := stack[len(stack)-1].next()
			if err != nil {
				return nil, false, err
			}
			if !ok {
				stack = stack[:len(stack)-1]
				continue
			}
			if !isIterable(x) {
				return x, true, nil
			}
			inner, err := ev.iterate(x)
			if err != nil {
				return nil, false, err
			}
			if len(stack) > maxIteratorLevel {
				return nil, false, fail(KindRecursion, "lists nested deeper than %d", maxIteratorLevel)
			}
			stack = append(stack, inner)
		}
		return nil, false, nil
	})
	return out.over(v)
}

func dictOfPairs(ev *evaluator, _ *scope, a []any) (any, error) {
	m := pyvalue.NewMap(len(a))
	for _, x := range a {
		if p, ok := x.(*pairValue); ok {
			if err := ev.setKey(m, p.key, p.value); err != nil {
				return nil, err
			}
		}
	}
	return m, ev.grow(m.Len(), 64*m.Len())
}

func dictOfItems(ev *evaluator, _ *scope, a []any) (any, error) {
	m := pyvalue.NewMap(0)
	err := ev.each(a[0], func(x any) (bool, error) {
		it, err := ev.iterate(x)
		if err != nil {
			return false, err
		}
		k, ok, err := it.next()
		if err != nil {
			return false, err
		}
		v, ok2, err := it.next()
		if err != nil {
			return false, err
		}
		if !ok || !ok2 {
			return false, fail(KindStopIteration, "an element is no pair of key and value")
		}
		if err := ev.setKey(m, k, v); err != nil {
			return false, err
		}
		return true, ev.grow(m.Len(), 64)
	})
	return m, err
}

func toDict(ev *evaluator, _ *scope, a []any) (any, error) {
	m := pyvalue.NewMap(0)
	keyOf, valueOf := asLambda(a[1]), asLambda(a[2])
	err := ev.each(a[0], func(x any) (bool, error) {
		k, err := keyOf.call(ev, x)
		if err != nil {
			return false, err
		}
		v := x
		if valueOf != nil {
			if v, err = valueOf.call(ev, x); err != nil {
				return false, err
			}
		}
		if err := ev.setKey(m, k, v); err != nil {
			return false, err
		}
		return true, ev.grow(m.Len(), 64)
	})
	return &mutableDict{m}, err
}

// withEntries changes a copy of a dictionary.
func (ev *evaluator) withEntries(dict any, change func(*pyvalue.Map) error) (*pyvalue.Map, error) {
	m := pyvalue.NewMap(dictLen(dict) + 1)
	for k, v := range pyvalue.Entries(plainDict(dict)) {
		if err := m.Set(k, v); err != nil {
			return nil, err
		}
	}
	if err := change(m); err != nil {
		return nil, err
	}
	return m, ev.grow(m.Len(), 64*m.Len())
}

func (ev *evaluator) withoutKeys(dict, keys any) (any, error) {
	m, err := ev.withEntries(dict, func(m *pyvalue.Map) error {
		return ev.each(keys, func(k any) (bool, error) {
			key, err := ev.asKey(k)
			if err != nil {
				return false, err
			}
			m.Delete(key)
			return true, nil
		})
	})
	if err != nil {
		return nil, err
	}
	return &mutableDict{m}, nil
}

func mergeWith(ev *evaluator, _ *scope, a []any) (any, error) {
	lists, items := asLambda(a[2]), asLambda(a[3])
	levels, err := intOf(a[4])
	if err != nil {
		return nil, err
	}
	m, err := ev.merge(a[0], a[1], lists, items, levels)
	if err != nil {
		return nil, err
	}
	return m, nil
}

// merge merges dictionaries down to the given number of levels, 0 meaning
// all.
func (ev *evaluator) merge(left, right any, lists, items *lambda, levels int) (*mutableDict, error) {
	if err := ev.enter(); err != nil {
		return nil, err
	}
	defer ev.leave()
	m := pyvalue.NewMap(dictLen(left) + dictLen(right))
	for k, x := range pyvalue.Entries(plainDict(left)) {
		if err := ev.step(); err != nil {
			return nil, err
		}
		x = canonical(x)
		if y, ok := pyvalue.Lookup(plainDict(right), k); ok {
			merged, err := ev.mergeValues(x, canonical(y), lists, items, levels)
			if err != nil {
				return nil, err
			}
			x = merged
		}
		if err := m.Set(k, x); err != nil {
			return nil, err
		}
	}
	for k, y := range pyvalue.Entries(plainDict(right)) {
		if !m.Has(k) {
			if err := m.Set(k, canonical(y)); err != nil {
				return nil, err
			}
		}
	}
	return &mutableDict{m}, ev.grow(m.Len(), 64*m.Len())
}

func (ev *evaluator) mergeValues(x, y any, lists, items *lambda, levels int) (any, error) {
	switch {
	case levels != 1 && isMapping(y):
		if !isMapping(x) {
			return nil, fail(KindType, "cannot merge %s with dictionary", typeName(x))
		}
		if levels != 0 {
			levels--
		}
		m, err := ev.merge(x, y, lists, items, levels)
		if err != nil {
			return nil, err
		}
		return m, nil
	case levels != 1 && isSequence(y):
		if !isSequence(x) {
			return nil, fail(KindType, "cannot merge %s with list", typeName(x))
		}
		if lists != nil {
			return lists.call(ev, x, y)
		}
		if isMutableList(x) != isMutableList(y) {
			return nil, fail(KindType, "cannot merge a mutable with an immutable list")
		}
		xs, _ := elements(x)
		ys, _ := elements(y)
		all, err := ev.distinct(append(slices.Clone(xs), ys...), nil)
		if err != nil {
			return nil, err
		}
		return ev.collect(all)
	case items != nil:
		return items.call(ev, x, y)
	}
	return y, nil
}
