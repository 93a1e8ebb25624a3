package yaql

// keyword is a keyword argument.
type keyword struct {
	name string
	argument
}

// plan is the outcome of the first phase of overload resolution: the
// overloads that number, names and constants of the arguments admit, by layer,
// innermost layer first.
type plan struct {
	levels [][]mapping
	// lazy parameters get their arguments unevaluated
	lazyArgs     []bool
	lazyKeywords []bool
}

// call describes a call for messages and resolution.
type callForm struct {
	name   string
	method bool
}

func (f callForm) unknown() *Error {
	if f.method {
		return fail(KindUnknownMethod, "unknown method %q", f.name)
	}
	return fail(KindUnknownFunction, "unknown function %q", f.name)
}

func (f callForm) noMatch() *Error {
	if f.method {
		return fail(KindNoMatchingMethod, "no method %q fits these arguments", f.name)
	}
	return fail(KindNoMatchingFunction, "no function %q fits these arguments", f.name)
}

func (f callForm) ambiguous() *Error {
	if f.method {
		return fail(KindAmbiguousMethod, "several methods %q fit these arguments", f.name)
	}
	return fail(KindAmbiguousFunction, "several functions %q fit these arguments", f.name)
}

// splitKeywords turns pairs among the arguments into keyword arguments.
func splitKeywords(args []argument) ([]argument, []keyword, *Error) {
	first := len(args)
	for i, a := range args {
		if _, ok := a.op.(*pairOp); ok {
			first = i
			break
		}
	}
	if first == len(args) {
		return args, nil, nil
	}
	positional := append([]argument(nil), args[:first]...)
	var kwargs []keyword
next:
	for _, a := range args[first:] {
		pair, ok := a.op.(*pairOp)
		if !ok {
			positional = append(positional, a)
			continue
		}
		word, ok := pair.key.(*constOp)
		if !ok || !word.word {
			return nil, nil, fail(KindMappingTranslation, "the name of a keyword argument must be a bare word").at(pair.source, pair.offset)
		}
		name := word.value.(string)
		for i := range kwargs {
			if kwargs[i].name == name {
				kwargs[i].op = pair.value
				continue next
			}
		}
		kwargs = append(kwargs, keyword{name, argument{op: pair.value}})
	}
	return positional, kwargs, nil
}

// choose makes the first phase of resolution. args may hold pairs, kwargs
// are those that come as values.
func (f callForm) choose(levels [][]*overload, args []argument, kwargs []keyword) (plan, []argument, []keyword, *Error) {
	var p plan
	pairs, first, found := false, true, false
	for _, level := range levels {
		var fits []mapping
		for _, fn := range level {
			found = true
			if first {
				pairs, first = fn.pairs, false
				if pairs {
					if len(kwargs) > 0 {
						return p, nil, nil, fail(KindInvalidArgument, "%q takes no argument %q", f.name, kwargs[0].name)
					}
				} else {
					positional, named, err := splitKeywords(args)
					if err != nil {
						return p, nil, nil, err
					}
					args, kwargs = positional, append(named, kwargs...)
				}
			} else if pairs != fn.pairs {
				return p, nil, nil, f.ambiguous()
			}
			m, ok := fn.mapArguments(args, kwargs)
			if !ok {
				continue
			}
			if !p.sameLaziness(m) {
				return p, nil, nil, f.ambiguous()
			}
			if fits == nil {
				fits = make([]mapping, 0, len(level))
			}
			fits = append(fits, m)
		}
		if len(fits) > 0 {
			p.levels = append(p.levels, fits)
		}
	}
	if !found {
		return p, nil, nil, f.unknown()
	}
	if len(p.levels) == 0 {
		return p, nil, nil, f.noMatch()
	}
	return p, args, kwargs, nil
}

// sameLaziness notes which arguments the first candidate takes unevaluated,
// and reports whether the others agree.
func (p *plan) sameLaziness(m mapping) bool {
	if p.lazyArgs == nil {
		p.lazyArgs = make([]bool, len(m.positional))
		for i, q := range m.positional {
			p.lazyArgs[i] = q.typ.lazy()
		}
		p.lazyKeywords = make([]bool, len(m.keyword))
		for i, q := range m.keyword {
			p.lazyKeywords[i] = q.typ.lazy()
		}
		return true
	}
	for i, q := range m.positional {
		if p.lazyArgs[i] != q.typ.lazy() {
			return false
		}
	}
	for i, q := range m.keyword {
		if p.lazyKeywords[i] != q.typ.lazy() {
			return false
		}
	}
	return true
}

// fits makes the final check of a candidate, with evaluated arguments.
func (m mapping) fits(args, kwvalues []any) bool {
	fn := m.fn
	for i := range fn.params {
		p := &fn.params[i]
		if p.typ.lazy() {
			continue
		}
		switch {
		case i < len(args) && args[i] != omitted:
			if !p.accepts(args[i]) {
				return false
			}
		case m.keywordIndex(p) >= 0:
			if !p.accepts(kwvalues[m.keywordIndex(p)]) {
				return false
			}
		}
	}
	if fn.rest != nil && !fn.rest.typ.lazy() {
		for i := len(fn.params); i < len(args); i++ {
			if args[i] != omitted && !fn.rest.accepts(args[i]) {
				return false
			}
		}
	}
	return true
}

func (m mapping) keywordIndex(p *param) int {
	for i, q := range m.keyword {
		if q == p {
			return i
		}
	}
	return -1
}

// best picks the overload for evaluated arguments: of the innermost layer
// that has one, the most special.
func (f callForm) best(levels [][]mapping, args, kwvalues []any) (*mapping, *Error) {
	for _, level := range levels {
		var winner *mapping
		for i := range level {
			m := &level[i]
			if !m.fits(args, kwvalues) {
				continue
			}
			if winner == nil {
				winner = m
				continue
			}
			if winner.narrowerThan(*m) {
				continue
			}
			if !m.narrowerThan(*winner) {
				return nil, f.ambiguous()
			}
			winner = m
		}
		if winner != nil {
			return winner, nil
		}
	}
	return nil, f.noMatch()
}

// bind arranges evaluated arguments as fn.call wants them.
func (m *mapping) bind(args, kwvalues []any, kwargs []keyword) []any {
	fn := m.fn
	n := len(fn.params)
	if len(args) > n {
		n = len(args)
	}
	size := n
	if fn.keywords != nil {
		size++
	}
	a := args
	if len(args) != size || len(kwargs) > 0 {
		a = make([]any, size)
		copy(a, args)
	}
	for i := range fn.params {
		if i < len(args) && args[i] != omitted {
			continue
		}
		if k := m.keywordIndex(&fn.params[i]); k >= 0 {
			a[i] = kwvalues[k]
		} else {
			a[i] = fn.params[i].def
		}
	}
	for i := len(fn.params); i < len(args); i++ {
		if args[i] == omitted {
			a[i] = nil
		}
	}
	if fn.keywords != nil {
		var extra []variable
		for i, p := range m.keyword {
			if p == fn.keywords {
				extra = append(extra, variable{kwargs[i].name, kwvalues[i]})
			}
		}
		a[n] = extra
	}
	return a
}
