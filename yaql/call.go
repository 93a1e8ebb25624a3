package yaql

// callOp is a call of a function, method or operator by name.
type callOp struct {
	form   callForm
	levels [][]*overload // all overloads of the name and form
	args   []argument    // as written; a receiver is not among them
	offset int

	// The outcome of the first phase, for the functions that exist when
	// compiling: either err, or the plan with arguments and keywords apart.
	err    *Error
	plan   plan
	values []argument // args without pairs; of a method, the receiver first
	kwargs []keyword
	mixed  bool // candidates differ in what is lazy until the receiver is known
}

func (sc *scope) hasLocal() bool { return sc != nil && sc.local }

func (o *callOp) broken() bool { return o.err != nil }

func (o *callOp) eval(ev *evaluator, sc *scope) (any, error) {
	if sc.hasLocal() {
		return o.dynamic(ev, sc, o.args)
	}
	if o.err != nil {
		return nil, o.err
	}
	values := make([]any, len(o.values))
	return o.run(ev, sc, values, 0)
}

// invoke calls a method. The receiver is checked before any argument is
// evaluated.
func (o *callOp) invoke(ev *evaluator, sc *scope, receiver any) (any, error) {
	if sc.hasLocal() || o.mixed {
		return o.dynamic(ev, sc, append([]argument{{value: receiver}}, o.args...))
	}
	if o.err != nil {
		return nil, o.err
	}
	fits := false
check:
	for _, level := range o.plan.levels {
		for i := range level {
			if fits = level[i].positional[0].accepts(receiver); fits {
				break check
			}
		}
	}
	if !fits {
		return nil, o.locate(ev, o.form.noMatch(), receiver)
	}
	values := make([]any, len(o.values))
	values[0] = receiver
	return o.run(ev, sc, values, 1)
}

// dynamic resolves the call anew, with the functions that def made.
func (o *callOp) dynamic(ev *evaluator, sc *scope, args []argument) (any, error) {
	v, err := ev.invoke(o.form, o.levels, sc, args, nil)
	if err != nil {
		return nil, ev.locate(err, o.offset)
	}
	return v, nil
}

// run evaluates the arguments from first on and makes the call.
func (o *callOp) run(ev *evaluator, sc *scope, values []any, first int) (any, error) {
	for i := first; i < len(values); i++ {
		v, err := ev.argument(sc, o.values[i], o.plan.lazyArgs[i])
		if err != nil {
			return nil, err
		}
		values[i] = v
	}
	var kwvalues []any
	if len(o.kwargs) > 0 {
		kwvalues = make([]any, len(o.kwargs))
		for i, k := range o.kwargs {
			v, err := ev.argument(sc, k.argument, o.plan.lazyKeywords[i])
			if err != nil {
				return nil, err
			}
			kwvalues[i] = v
		}
	}
	return o.finish(ev, sc, values, kwvalues)
}

func (o *callOp) finish(ev *evaluator, sc *scope, values, kwvalues []any) (any, error) {
	if err := ev.step(); err != nil {
		return nil, ev.locate(err, o.offset)
	}
	m, fault := o.form.best(o.plan.levels, values, kwvalues)
	if fault != nil {
		var receiver any
		if len(values) > 0 {
			receiver = values[0]
		}
		return nil, o.locate(ev, fault, receiver)
	}
	ev.chargeTexts(values)
	v, err := m.fn.call(ev, sc, m.bind(values, kwvalues, o.kwargs))
	if err != nil {
		return nil, ev.locate(err, o.offset)
	}
	return v, nil
}

func (o *callOp) locate(ev *evaluator, e *Error, receiver any) error {
	if o.form.method {
		e.Message += " and a receiver of type " + typeName(receiver)
	}
	return e.at(ev.prog.source, o.offset)
}

// argument evaluates an argument, or wraps it for later.
func (ev *evaluator) argument(sc *scope, a argument, lazy bool) (any, error) {
	if lazy {
		if pair, ok := a.op.(*pairOp); ok {
			return &rule{pair, sc}, nil
		}
		if a.op == nil && (a.value == nil || a.value == omitted) {
			return a.value, nil
		}
		return &lambda{a, sc}, nil
	}
	if a.op == nil {
		return a.value, nil
	}
	return a.op.eval(ev, sc)
}

// invoke resolves and makes a call at run time. levels are the overloads
// beside those of the scope.
func (ev *evaluator) invoke(form callForm, levels [][]*overload, sc *scope, args []argument, kwargs []keyword) (any, error) {
	if err := ev.step(); err != nil {
		return nil, err
	}
	if sc.hasLocal() && !form.method {
		levels = append(sc.functions(form.name), levels...)
	}
	p, args, kwargs, fault := form.choose(levels, args, kwargs)
	if fault != nil {
		return nil, fault
	}
	values := make([]any, len(args))
	for i, a := range args {
		v, err := ev.argument(sc, a, p.lazyArgs[i])
		if err != nil {
			return nil, err
		}
		values[i] = v
	}
	kwvalues := make([]any, len(kwargs))
	for i, k := range kwargs {
		v, err := ev.argument(sc, k.argument, p.lazyKeywords[i])
		if err != nil {
			return nil, err
		}
		kwvalues[i] = v
	}
	m, fault := form.best(p.levels, values, kwvalues)
	if fault != nil {
		return nil, fault
	}
	ev.chargeTexts(values)
	return m.fn.call(ev, sc, m.bind(values, kwvalues, kwargs))
}

// delegate calls a function by name with values.
func (ev *evaluator) delegate(sc *scope, name string, values ...any) (any, error) {
	args := make([]argument, len(values))
	for i, v := range values {
		args[i].value = v
	}
	return ev.invoke(callForm{name: name}, ev.prog.functions.overloads(name, false), sc, args, nil)
}

// functions returns the local functions of a name, innermost first.
func (sc *scope) functions(name string) [][]*overload {
	var levels [][]*overload
	for ; sc != nil && sc.local; sc = sc.parent {
		var level []*overload
		for _, fn := range sc.funcs {
			if fn.name == name {
				level = append(level, fn)
			}
		}
		if level != nil {
			levels = append(levels, level)
		}
	}
	return levels
}

// lambda is an argument that the called function evaluates itself.
type lambda struct {
	argument
	sc *scope
}

// call evaluates the lambda with $1, $2, ... set to args.
func (l *lambda) call(ev *evaluator, args ...any) (any, error) {
	if l == nil {
		return nil, nil
	}
	if l.op == nil {
		return l.value, nil
	}
	if c, ok := l.op.(*constOp); ok {
		return c.value, nil
	}
	sc := l.sc
	if len(args) > 0 {
		sc = sc.child(args...)
	}
	return l.op.eval(ev, sc)
}

// in evaluates the lambda in a given scope.
func (l *lambda) in(ev *evaluator, sc *scope) (any, error) {
	if l.op == nil {
		return l.value, nil
	}
	return l.op.eval(ev, sc)
}

// rule is a key => value argument whose sides the called function evaluates
// itself.
type rule struct {
	pair *pairOp
	sc   *scope
}
