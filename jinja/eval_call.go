package jinja

import (
	"math"

	"github.com/petrel-dev/petrel/pyvalue"
)

// builtin is a function of the environment or the host as templates see it.
type builtin struct {
	name string
	run  internal
}

// TypeName returns "function".
func (*builtin) TypeName() string { return "function" }

// Repr returns the name in angle brackets.
func (b *builtin) Repr() string { return "<function " + b.name + ">" }

// typeObject is a class, such as the global "dict".
type typeObject struct {
	name string
	run  internal
}

// TypeName returns "type".
func (*typeObject) TypeName() string { return "type" }

// Repr returns the name in angle brackets.
func (t *typeObject) Repr() string { return "<class '" + t.name + "'>" }

// method is a method together with the value it belongs to.
type method struct {
	receiver any
	name     string
}

// TypeName returns "builtin_function_or_method".
func (*method) TypeName() string { return "builtin_function_or_method" }

// Repr returns a description in angle brackets.
func (m *method) Repr() string {
	return "<built-in method " + m.name + " of " + pyvalue.TypeName(m.receiver) + " object>"
}

func (n *callExpr) eval(s *evaluation) (any, error) {
	if err := s.step(); err != nil {
		return nil, place(n.at, err)
	}
	// A method that is called at once needs no object of its own.
	if attr, ok := n.callee.(*attrExpr); ok {
		receiver, err := attr.object.eval(s)
		if err != nil {
			return nil, err
		}
		if pyvalue.HasMethod(receiver, attr.name) && !isFormatMethod(receiver, attr.name) {
			var call Call
			if err := s.evalArguments(&call, &n.args); err != nil {
				return nil, place(n.at, err)
			}
			v, err := s.callMethod(receiver, attr.name, &call)
			if err != nil {
				return nil, place(attr.at, err)
			}
			return v, nil
		}
		callee, err := s.attribute(receiver, attr.name)
		if err != nil {
			return nil, place(attr.at, err)
		}
		return n.apply(s, callee, attr.name)
	}
	callee, err := n.callee.eval(s)
	if err != nil {
		return nil, err
	}
	name := ""
	if nm, ok := n.callee.(*nameExpr); ok {
		name = nm.name
	}
	return n.apply(s, callee, name)
}

func (n *callExpr) apply(s *evaluation, callee any, name string) (any, error) {
	if u, ok := callee.(*Undefined); ok {
		return nil, place(at(n.callee.position()), u.err())
	}
	call := Call{Name: name, eval: s}
	if err := s.evalArguments(&call, &n.args); err != nil {
		return nil, place(n.at, err)
	}
	v, err := s.callValue(callee, &call)
	if err != nil {
		return nil, place(n.at, err)
	}
	return v, nil
}

// evalArguments evaluates arguments and adds them to those the call has.
func (s *evaluation) evalArguments(call *Call, a *arguments) error {
	call.eval = s
	if len(a.positional) > 0 {
		if call.Args == nil {
			call.Args = make([]any, 0, len(a.positional))
		}
		for _, e := range a.positional {
			v, err := e.eval(s)
			if err != nil {
				return err
			}
			call.Args = append(call.Args, v)
		}
	}
	for _, k := range a.keywords {
		v, err := k.value.eval(s)
		if err != nil {
			return err
		}
		call.Keywords = append(call.Keywords, Keyword{k.name, v})
	}
	if a.star != nil {
		v, err := a.star.eval(s)
		if err != nil {
			return err
		}
		items, err := s.collect(v)
		if err != nil {
			return err
		}
		for _, item := range items {
			call.Args = append(call.Args, s.canonical(item))
		}
	}
	if a.starStar != nil {
		v, err := a.starStar.eval(s)
		if err != nil {
			return err
		}
		if u, ok := v.(*Undefined); ok {
			return u.err()
		}
		if !pyvalue.IsDict(v) {
			return newError(pyvalue.KindType, "the argument after ** must be a mapping, not %s", pyvalue.TypeName(v))
		}
		for k, v := range pyvalue.Entries(v) {
			name, ok := k.(string)
			if !ok {
				return newError(pyvalue.KindType, "keywords must be strings")
			}
			if _, twice := call.Keyword(name); twice {
				return newError(pyvalue.KindType, "the argument '%s' is given twice", name)
			}
			call.Keywords = append(call.Keywords, Keyword{name, s.accept(v)})
		}
	}
	return nil
}

// callValue calls what may be callable.
func (s *evaluation) callValue(callee any, call *Call) (any, error) {
	switch t := callee.(type) {
	case *builtin:
		return s.invoke(t.run, call)
	case *typeObject:
		return s.invoke(t.run, call)
	case *method:
		return s.callMethod(t.receiver, t.name, call)
	case *Undefined:
		return nil, t.err()
	case caller:
		v, err := t.call(s, call)
		return v, s.settle(err)
	case Callable:
		return s.invoke(hosted(t.Call), call)
	}
	if _, ok := callee.(Object); ok {
		return nil, newError(KindSecurity, "'%s' object is not safely callable", pyvalue.TypeName(callee))
	}
	return nil, newError(pyvalue.KindType, "'%s' object is not callable", pyvalue.TypeName(callee))
}

// caller is a value of this package that can be called.
type caller interface {
	call(s *evaluation, call *Call) (any, error)
}

func (s *evaluation) invoke(f internal, call *Call) (any, error) {
	call.eval = s
	v, err := f(s, call)
	if err = s.settle(err); err != nil {
		return nil, err
	}
	return v, s.made(v)
}

func (s *evaluation) callMethod(receiver any, name string, call *Call) (any, error) {
	safe, isMarkup := receiver.(Markup)
	if isMarkup {
		receiver = string(safe)
	}
	if mutates(name) && s.owned == nil && !isText(receiver) {
		return nil, errNeedsOwnership
	}
	for i, a := range call.Args {
		switch t := a.(type) {
		case pyvalue.Tuple, *pyvalue.List, *pyvalue.Map:
			if err := s.weigh(a); err != nil {
				return nil, err
			}
			if name == "index" || name == "count" || name == "remove" {
				if err := s.weigh(receiver); err != nil {
					return nil, err
				}
			}
		case Markup:
			call.Args[i] = string(t)
		case *Undefined:
			if isText(receiver) && name != "format" {
				return nil, t.typeError(name)
			}
		}
	}
	var v any
	var err error
	switch {
	case isFormatMethod(receiver, name):
		v, err = s.callFormat(receiver.(string), name, call)
	default:
		if err := s.methodFits(receiver, name, call); err != nil {
			return nil, err
		}
		var keywords *pyvalue.Map
		for _, k := range call.Keywords {
			if keywords == nil {
				keywords = pyvalue.NewMap(len(call.Keywords))
			}
			keywords.SetString(k.Name, plain(k.Value))
		}
		v, err = pyvalue.CallMethod(receiver, name, call.Args, keywords)
	}
	if err = s.settle(err); err != nil {
		return nil, err
	}
	if isMarkup {
		if text, ok := v.(string); ok {
			v = Markup(text)
		}
	}
	if s.owned == nil {
		v = s.accept(v)
	}
	return v, s.made(v)
}

// typeError is what a method of str says to an undefined argument.
func (u *Undefined) typeError(name string) error {
	return newError(pyvalue.KindType, "%s() does not take an undefined value: %s", name, u.Message())
}

// methodFits refuses calls whose result would not fit into the memory left,
// before the memory is taken.
func (s *evaluation) methodFits(receiver any, name string, call *Call) error {
	text, ok := receiver.(string)
	if !ok {
		n, _ := pyvalue.Len(receiver)
		return s.work(n >> 4)
	}
	size := 0.0
	switch name {
	case "center", "ljust", "rjust", "zfill":
		if len(call.Args) > 0 {
			if n, ok := call.Args[0].(int64); ok {
				size = float64(n)
			}
		}
	case "expandtabs":
		size = float64(len(text))
		if len(call.Args) > 0 {
			if n, ok := call.Args[0].(int64); ok {
				size *= math.Max(1, float64(n))
			}
		}
	case "replace", "translate":
		size = float64(len(text))
		if len(call.Args) > 1 {
			if by, ok := call.Args[1].(string); ok {
				size *= float64(len(by) + 1)
				if old, ok := call.Args[0].(string); ok && len(old) > 1 {
					size /= float64(len(old))
				}
			}
		}
	case "join":
		if len(call.Args) > 0 {
			if n, err := pyvalue.Len(call.Args[0]); err == nil {
				size = float64(len(text)) * float64(n)
			}
		}
	}
	if size > float64(s.room()) {
		return newError(KindLimit, "the template needs more than %d bytes of memory", s.env.limits.Memory)
	}
	return s.work(len(text) >> 8)
}
