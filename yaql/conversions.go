package yaql

import (
	"github.com/petrel-dev/petrel/functions"
	"github.com/petrel-dev/petrel/pyvalue"
)

// defineConversions adds the functions that both template languages share.
// Their parameters get types from their defaults.
func defineConversions(s *FunctionSet) {
	for _, f := range functions.All() {
		if f.Name == "use_none" {
			continue
		}
		fn := &overload{name: f.Name, function: true}
		for _, p := range f.Parameters {
			q := param{name: camelCase(p.Name), typ: Any, nullable: true, optional: p.Optional, def: p.Default}
			switch p.Default.(type) {
			case bool:
				q.typ = Boolean
			case int64:
				q.typ = Integer
			case string:
				q.typ = String
			case []any, pyvalue.Tuple:
				q.typ = Sequence
			}
			fn.params = append(fn.params, q)
		}
		fn.call = func(ev *evaluator, _ *scope, a []any) (any, error) {
			args := make([]any, len(a))
			for i, v := range a {
				var err error
				if args[i], err = ev.pythonic(v, 0); err != nil {
					return nil, err
				}
			}
			v, err := f.Call(args)
			if err != nil {
				return nil, err
			}
			if text, ok := v.(string); ok {
				return v, ev.text(len(text))
			}
			return fresh(v), nil
		}
		s.add(fn)
	}
}

// noneForNull is the function use_none; it passes values on as they are.
func noneForNull(_ *evaluator, _ *scope, a []any) (any, error) {
	if a[0] == nil {
		return functions.NoneMarker, nil
	}
	return a[0], nil
}

// pythonic returns a value in the form of package pyvalue that has the same
// text: immutable lists as tuples, immutable dictionaries and sets frozen.
func (ev *evaluator) pythonic(v any, depth int) (any, error) {
	switch v.(type) {
	case nil, string, bool, int64, float64:
		return v, nil
	}
	if depth > maxResultDepth {
		return nil, fail(KindRecursion, "an argument nested deeper than %d", maxResultDepth)
	}
	if err := ev.step(); err != nil {
		return nil, err
	}
	if items, ok := elements(v); ok {
		out := make([]any, len(items))
		for i, x := range items {
			var err error
			if out[i], err = ev.pythonic(x, depth+1); err != nil {
				return nil, err
			}
		}
		if isMutableList(v) {
			return pyvalue.NewList(out...), nil
		}
		return pyvalue.Tuple(out), nil
	}
	if isMapping(v) {
		m := pyvalue.NewMap(dictLen(v))
		for k, x := range pyvalue.Entries(plainDict(v)) {
			y, err := ev.pythonic(x, depth+1)
			if err != nil {
				return nil, err
			}
			if err := m.Set(k, y); err != nil {
				return nil, err
			}
		}
		if _, mutable := v.(*mutableDict); mutable {
			return m, nil
		}
		return m.Freeze(), nil
	}
	switch v.(type) {
	case *iterator, *memo, *ordering, *keysView, *itemsView, *valuesView, *scope, *regex, *pairValue, *omittedValue:
		return identityKey{v}, nil
	}
	return canonical(v), nil
}
