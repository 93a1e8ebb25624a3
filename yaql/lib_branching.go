package yaql

func defineBranching(s *FunctionSet) {
	s.define("switch", asFunction|withPairs, "*cases:rule", func(ev *evaluator, _ *scope, a []any) (any, error) {
		for _, x := range a {
			r, ok := x.(*rule)
			if !ok {
				continue
			}
			v, err := r.pair.key.eval(ev, r.sc)
			if err != nil {
				return nil, err
			}
			if truth(v) {
				return r.pair.value.eval(ev, r.sc)
			}
		}
		return nil, nil
	})
	s.define("selectCase", asFunction, "*cases:lambda", func(ev *evaluator, _ *scope, a []any) (any, error) {
		for i, x := range a {
			v, err := asLambda(x).call(ev)
			if err != nil {
				return nil, err
			}
			if truth(v) {
				return int64(i), nil
			}
		}
		return int64(len(a)), nil
	})
	s.define("selectAllCases", asFunction, "*cases:lambda", func(ev *evaluator, _ *scope, a []any) (any, error) {
		i := -1
		return ev.generate(func() (any, bool, error) {
			for i++; i < len(a); i++ {
				v, err := asLambda(a[i]).call(ev)
				if err != nil {
					return nil, false, err
				}
				if truth(v) {
					return int64(i), true, nil
				}
			}
			return nil, false, nil
		}), nil
	})
	s.define("examine", asFunction, "*cases:lambda", func(ev *evaluator, _ *scope, a []any) (any, error) {
		i := -1
		return ev.generate(func() (any, bool, error) {
			if i++; i >= len(a) {
				return nil, false, nil
			}
			v, err := asLambda(a[i]).call(ev)
			return truth(v), true, err
		}), nil
	})
	s.define("switchCase", asMethod, "case:int, *cases:lambda", func(ev *evaluator, _ *scope, a []any) (any, error) {
		cases := a[1:]
		if len(cases) == 0 {
			return nil, nil
		}
		i, err := intOf(a[0])
		if err != nil || i < 0 || i >= len(cases) {
			i = len(cases) - 1
		}
		return asLambda(cases[i]).call(ev)
	})
	s.define("coalesce", asFunction, "*values:lambda", func(ev *evaluator, _ *scope, a []any) (any, error) {
		for _, x := range a {
			if v, err := asLambda(x).call(ev); v != nil || err != nil {
				return v, err
			}
		}
		return nil, nil
	})
	s.define("bool", asFunction, "value:any", func(ev *evaluator, _ *scope, a []any) (any, error) { return truth(a[0]), nil })
	s.define("isBoolean", asFunction, "value:any", func(ev *evaluator, _ *scope, a []any) (any, error) {
		_, ok := a[0].(bool)
		return ok, nil
	})
}
