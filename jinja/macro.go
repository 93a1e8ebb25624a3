package jinja

import (
	"github.com/petrel-dev/petrel/pyvalue"
)

// macro is a macro, or the body of a call block, as a value.
type macro struct {
	def   *macroDef
	outer *activation
}

// TypeName returns "Macro".
func (*macro) TypeName() string { return "Macro" }

// Repr returns the name in angle brackets.
func (m *macro) Repr() string { return "<Macro " + pyvalue.Repr(m.def.name) + ">" }

func (m *macro) member(_ *evaluation, name string) (any, bool, error) {
	switch name {
	case "name":
		return m.def.name, true, nil
	case "arguments":
		names := make(pyvalue.Tuple, len(m.def.params))
		for i := range m.def.params {
			names[i] = m.def.params[i].name
		}
		return names, true, nil
	case "catch_kwargs":
		return m.def.usesKwargs, true, nil
	case "catch_varargs":
		return m.def.usesVarargs, true, nil
	case "caller":
		return m.def.usesCaller, true, nil
	}
	return nil, false, nil
}

func (m *macro) call(s *evaluation, call *Call) (any, error) {
	var text string
	err := s.call(func() error {
		d := m.def
		saved := s.act
		act := &activation{slots: make([]any, d.fn.slots), parent: m.outer}
		defer func() { s.act = saved }()
		if err := m.bind(s, act, call); err != nil {
			return err
		}
		s.act = act
		s.enter(&d.frame)
		if err := m.defaults(s); err != nil {
			return err
		}
		var err error
		text, err = s.capture(func() error { return s.run(d.body) })
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.markupIfEscaping(text), nil
}

func (s *evaluation) markupIfEscaping(text string) any {
	if s.autoescape {
		return Markup(text)
	}
	return text
}

// bind puts the arguments of a call into the slots of the macro's parameters.
func (m *macro) bind(s *evaluation, act *activation, call *Call) error {
	d := m.def
	used := make([]bool, len(call.Keywords))
	keyword := func(name string) (any, bool) {
		for i, k := range call.Keywords {
			if k.Name == name && !used[i] {
				used[i] = true
				return k.Value, true
			}
		}
		return nil, false
	}
	callerBound := false
	for i := range d.params {
		var v any = missing
		if i < len(call.Args) {
			v = call.Args[i]
			callerBound = callerBound || d.params[i].name == "caller"
		} else if k, ok := keyword(d.params[i].name); ok {
			v = k
			callerBound = callerBound || d.params[i].name == "caller"
		}
		act.slots[d.params[i].ref.index] = v
	}
	if d.usesCaller && !d.explicitCaller {
		v, ok := keyword("caller")
		if !ok {
			v = s.undefinedHint("no caller is defined: the macro was not called by a call block")
		}
		act.slots[d.callerRef.index] = v
	}
	if d.usesKwargs {
		rest := pyvalue.NewMap(0)
		for i, k := range call.Keywords {
			if !used[i] {
				rest.SetString(k.Name, k.Value)
			}
		}
		act.slots[d.kwargsRef.index] = rest
	} else {
		for i, k := range call.Keywords {
			if used[i] {
				continue
			}
			if k.Name == "caller" && callerBound {
				return newError(pyvalue.KindType, "the macro '%s' got two values for its caller", d.name)
			}
			return newError(pyvalue.KindType, "the macro '%s' takes no keyword argument '%s'", d.name, k.Name)
		}
	}
	extra := pyvalue.Tuple{}
	if len(call.Args) > len(d.params) {
		if !d.usesVarargs {
			return newError(pyvalue.KindType, "the macro '%s' takes not more than %d arguments", d.name, len(d.params))
		}
		extra = append(extra, call.Args[len(d.params):]...)
	}
	if d.usesVarargs {
		act.slots[d.varargsRef.index] = extra
	}
	return nil
}

// defaults fills the parameters for which no argument was given.
func (m *macro) defaults(s *evaluation) error {
	d := m.def
	for i := range d.params {
		slot := &s.act.slots[d.params[i].ref.index]
		if *slot != any(missing) {
			continue
		}
		at := i - (len(d.params) - len(d.defaults))
		if at < 0 {
			*slot = s.undefinedHint("the parameter '" + d.params[i].name + "' was not provided")
			continue
		}
		v, err := d.defaults[at].eval(s)
		if err != nil {
			return err
		}
		*slot = v
	}
	return nil
}
