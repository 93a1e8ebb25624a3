package jinja

// internal is a filter, test or function as the engine calls it: it may use the
// state of the rendering.
type internal func(s *evaluation, c *Call) (any, error)

// hosted makes a function of the host internal: what it returns comes from
// outside.
func hosted(f Func) internal {
	return func(s *evaluation, c *Call) (any, error) {
		s.exposed = true
		v, err := f(s.ctx, c)
		if err != nil {
			return nil, err
		}
		return s.accept(v), nil
	}
}

func (n *filterExpr) eval(s *evaluation) (any, error) {
	input, err := n.input.eval(s)
	if err != nil {
		return nil, err
	}
	return n.apply(s, input)
}

func (n *filterExpr) apply(s *evaluation, input any) (any, error) {
	if err := s.step(); err != nil {
		return nil, place(n.at, err)
	}
	if n.run == nil {
		return nil, place(n.at, newError(KindTemplateRuntime, "there is no filter named '%s'", n.name))
	}
	call, err := s.callOn(input, n.name, &n.args)
	if err != nil {
		return nil, place(n.at, err)
	}
	v, err := n.run(s, call)
	s.finish(call)
	if err = s.settle(err); err == nil {
		err = s.made(v)
	}
	if err != nil {
		return nil, place(n.at, err)
	}
	return v, nil
}

// finish keeps the memory of a call for the next one.
func (s *evaluation) finish(call *Call) {
	*call = Call{}
	s.spare = call
}

// callOn evaluates the arguments of a filter or test, after its input.
func (s *evaluation) callOn(input any, name string, a *arguments) (*Call, error) {
	call := s.spare
	if call == nil {
		call = new(Call)
	}
	s.spare = nil
	call.Name, call.eval = name, s
	if len(a.positional) == 0 {
		call.Args = call.first[:1:1]
	} else {
		call.Args = make([]any, 1, 1+len(a.positional))
	}
	call.Args[0] = input
	return call, s.evalArguments(call, a)
}

func (n *testExpr) eval(s *evaluation) (any, error) {
	if err := s.step(); err != nil {
		return nil, place(n.at, err)
	}
	input, err := n.input.eval(s)
	if err != nil {
		return nil, err
	}
	if n.run == nil {
		return nil, place(n.at, newError(KindTemplateRuntime, "there is no test named '%s'", n.name))
	}
	call, err := s.callOn(input, n.name, &n.args)
	if err != nil {
		return nil, place(n.at, err)
	}
	v, err := n.run(s, call)
	s.finish(call)
	if err = s.settle(err); err != nil {
		return nil, place(n.at, err)
	}
	return v, nil
}

// filterNamed returns a function that applies a filter named at run time. The
// name is looked up when it is first needed.
func (s *evaluation) filterNamed(name any, rest []any, keywords []Keyword) func(any) (any, error) {
	return s.repeated(s.env.filters, "filter", name, rest, keywords)
}

// testNamed is filterNamed for tests.
func (s *evaluation) testNamed(name any, rest []any, keywords []Keyword) func(any) (any, error) {
	return s.repeated(s.env.tests, "test", name, rest, keywords)
}

func (s *evaluation) repeated(table map[string]internal, what string, name any, rest []any, keywords []Keyword) func(any) (any, error) {
	var run internal
	call := &Call{Name: nameOf(name), Keywords: keywords, eval: s}
	return func(input any) (any, error) {
		if run == nil {
			var ok bool
			if run, ok = table[call.Name]; !ok {
				return nil, newError(KindTemplateRuntime, "there is no %s named '%s'", what, call.Name)
			}
			call.Args = append(make([]any, 1, 1+len(rest)), rest...)
		}
		call.Args[0] = input
		v, err := run(s, call)
		return v, s.settle(err)
	}
}

func nameOf(v any) string {
	name, ok := plain(v).(string)
	if !ok {
		return "?"
	}
	return name
}
