package yaql

import "github.com/petrel-dev/petrel/pyvalue"

func defineSets(s *FunctionSet) {
	s.define("set", asFunction, "*args:any", func(ev *evaluator, _ *scope, a []any) (any, error) {
		items, err := ev.splice(a)
		if err != nil {
			return nil, err
		}
		return ev.set(items)
	})
	s.define("toSet", asMethod, "collection:iterable", func(ev *evaluator, _ *scope, a []any) (any, error) {
		if set, ok := a[0].(*pyvalue.Set); ok {
			return set, nil
		}
		items, err := ev.collect(a[0])
		if err != nil {
			return nil, err
		}
		return ev.set(items)
	})
	s.define("isSet", asFunction, "arg:any", func(ev *evaluator, _ *scope, a []any) (any, error) { return isSetLike(a[0]), nil })
	s.define("len", asBoth, "set:set", func(ev *evaluator, _ *scope, a []any) (any, error) { return int64(setLen(a[0])), nil })

	combine := func(f func(x, y *pyvalue.Set) *pyvalue.Set) implementation {
		return func(ev *evaluator, _ *scope, a []any) (any, error) {
			x, err := properSet(a[0])
			if err != nil {
				return nil, err
			}
			y, err := ev.set(setItems(a[1]))
			if err != nil {
				return nil, err
			}
			out := f(x, y)
			return out, ev.grow(out.Len(), 64*out.Len())
		}
	}
	s.define("union", asMethod, "left:set, right:set", combine((*pyvalue.Set).Union))
	s.define("intersect", asMethod, "left:set, right:set", combine((*pyvalue.Set).Intersect))
	s.define("difference", asMethod, "left:set, right:set", combine((*pyvalue.Set).Difference))
	s.define("#operator_-", asFunction, "left:set, right:set", combine((*pyvalue.Set).Difference))
	s.define("symmetricDifference", asMethod, "left:set, right:set", combine((*pyvalue.Set).SymmetricDifference))

	change := func(f func(x, y *pyvalue.Set) *pyvalue.Set) implementation {
		return func(ev *evaluator, _ *scope, a []any) (any, error) {
			x, err := properSet(a[0])
			if err != nil {
				return nil, err
			}
			y, err := ev.set(a[1:])
			if err != nil {
				return nil, err
			}
			out := f(x, y)
			return out, ev.grow(out.Len(), 64*out.Len())
		}
	}
	s.define("add", asMethod, "set:set, *values:any", change((*pyvalue.Set).Union))
	s.define("remove", asMethod, "set:set, *values:any", change((*pyvalue.Set).Difference))
}

func (ev *evaluator) set(items []any) (*pyvalue.Set, error) {
	set, err := ev.newSet(items)
	if err != nil {
		return nil, err
	}
	return set, ev.grow(set.Len(), 64*len(items))
}

// properSet refuses the views of a dictionary, which have no set operations.
func properSet(v any) (*pyvalue.Set, error) {
	if s, ok := v.(*pyvalue.Set); ok {
		return s, nil
	}
	return nil, fail(KindAttribute, "a %s has no set operations, use .toSet()", typeName(v))
}
