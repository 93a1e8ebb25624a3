package jinja

import (
	"context"
)

// internal is a built-in function: it may use the state of the rendering.
type internal func(s *evaluation, c *Call) (any, error)

func (f internal) public() Func {
	return func(_ context.Context, c *Call) (any, error) { return f(c.eval, c) }
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
	call := Call{Name: n.name}
	if err := s.evalArguments(&call, &n.args, []any{input}); err != nil {
		return nil, place(n.at, err)
	}
	v, err := s.runHost(n.run, &call)
	if err == nil {
		err = s.made(v)
	}
	if err != nil {
		return nil, place(n.at, err)
	}
	return v, nil
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
	call := Call{Name: n.name}
	if err := s.evalArguments(&call, &n.args, []any{input}); err != nil {
		return nil, place(n.at, err)
	}
	v, err := s.runHost(n.run, &call)
	if err != nil {
		return nil, place(n.at, err)
	}
	return v, nil
}

// filterNamed applies a filter that is named at run time.
func (s *evaluation) filterNamed(name any, args []any, keywords []Keyword) (any, error) {
	f, ok := s.env.filters[nameOf(name)]
	if !ok {
		return nil, newError(KindTemplateRuntime, "there is no filter named '%s'", nameOf(name))
	}
	return s.runHost(f, &Call{Name: nameOf(name), Args: args, Keywords: keywords})
}

// testNamed applies a test that is named at run time.
func (s *evaluation) testNamed(name any, args []any, keywords []Keyword) (bool, error) {
	f, ok := s.env.tests[nameOf(name)]
	if !ok {
		return false, newError(KindTemplateRuntime, "there is no test named '%s'", nameOf(name))
	}
	v, err := s.runHost(f, &Call{Name: nameOf(name), Args: args, Keywords: keywords})
	if err != nil {
		return false, err
	}
	return s.truth(v)
}

func nameOf(v any) string {
	name, ok := plain(v).(string)
	if !ok {
		return "?"
	}
	return name
}
