package jinja

import (
	"github.com/petrel-dev/petrel/pyvalue"
)

// builtinGlobals are the names that exist without variables. The table is
// never written to.
var builtinGlobals = map[string]any{
	"range":     &builtin{"range", globalRange},
	"dict":      &typeObject{"dict", globalDict},
	"namespace": &typeObject{"jinja2.utils.Namespace", globalNamespace},
	"cycler":    &typeObject{"jinja2.utils.Cycler", globalCycler},
	"joiner":    &typeObject{"jinja2.utils.Joiner", globalJoiner},
	"lipsum":    &builtin{"lipsum", globalLipsum},
}

// maxRange is the length of the longest range that the sandbox allows.
const maxRange = 100_000

func globalRange(_ *evaluation, c *Call) (any, error) {
	if len(c.Keywords) > 0 || len(c.Args) == 0 || len(c.Args) > 3 {
		return nil, newError(pyvalue.KindType, "range() takes one to three integers")
	}
	numbers := [3]int64{0, 0, 1}
	for i, a := range c.Args {
		switch n := pyvalue.Canonical(a).(type) {
		case int64:
			numbers[i] = n
		case bool:
			numbers[i] = 0
			if n {
				numbers[i] = 1
			}
		case *Undefined:
			return nil, n.err()
		default:
			if isInteger(a) {
				return nil, newError(pyvalue.KindOverflow, "the range is longer than %d", maxRange)
			}
			return nil, newError(pyvalue.KindType, "'%s' object cannot be interpreted as an integer", pyvalue.TypeName(a))
		}
	}
	r := &rangeValue{numbers[0], numbers[1], numbers[2]}
	if len(c.Args) == 1 {
		r.start, r.stop = 0, numbers[0]
	}
	if r.step == 0 {
		return nil, newError(pyvalue.KindValue, "the step of range() must not be zero")
	}
	if n := r.Len(); n < 0 || n > maxRange {
		return nil, newError(pyvalue.KindOverflow, "the range is longer than %d", maxRange)
	}
	return r, nil
}

func globalDict(s *evaluation, c *Call) (any, error) {
	if len(c.Args) > 1 {
		return nil, newError(pyvalue.KindType, "dict takes at most one positional argument, got %d", len(c.Args))
	}
	m := pyvalue.NewMap(len(c.Keywords))
	if len(c.Args) == 1 {
		if err := s.fillDict(m, c.Args[0]); err != nil {
			return nil, err
		}
	}
	for _, k := range c.Keywords {
		m.SetString(k.Name, k.Value)
	}
	return m, s.grow(64 * m.Len())
}

// fillDict adds the entries of a mapping, or pairs, to m.
func (s *evaluation) fillDict(m *pyvalue.Map, from any) error {
	if pyvalue.IsDict(from) {
		for k, v := range pyvalue.Entries(from) {
			if err := m.Set(k, s.accept(v)); err != nil {
				return err
			}
		}
		return nil
	}
	items, err := s.collect(from)
	if err != nil {
		return err
	}
	for _, item := range items {
		pair, err := s.collect(item)
		if err != nil {
			return err
		}
		if len(pair) != 2 {
			return newError(pyvalue.KindValue, "dict: expected pairs, got %d values", len(pair))
		}
		k, err := s.key(pair[0])
		if err != nil {
			return err
		}
		if err := s.settle(m.Set(k, pair[1])); err != nil {
			return err
		}
	}
	return nil
}

// namespace is a value whose attributes templates may assign.
type namespace struct{ entries *pyvalue.Map }

func globalNamespace(s *evaluation, c *Call) (any, error) {
	m, err := globalDict(s, c)
	if err != nil {
		return nil, err
	}
	return &namespace{m.(*pyvalue.Map)}, nil
}

// TypeName returns the name of the type in messages.
func (*namespace) TypeName() string { return "Namespace" }

// Repr returns the entries.
func (n *namespace) Repr() string { return "<Namespace " + pyvalue.Repr(n.entries) + ">" }

func (n *namespace) member(_ *evaluation, name string) (any, bool, error) {
	v, ok := n.entries.GetString(name)
	return v, ok, nil
}

// cycler goes round its items.
type cycler struct {
	items []any
	pos   int
}

func globalCycler(_ *evaluation, c *Call) (any, error) {
	if len(c.Keywords) > 0 {
		return nil, newError(pyvalue.KindType, "cycler takes no named arguments")
	}
	if len(c.Args) == 0 {
		return nil, newError(pyvalue.KindRuntime, "cycler needs at least one item")
	}
	return &cycler{items: c.Args}, nil
}

// TypeName returns the name of the type in messages.
func (*cycler) TypeName() string { return "Cycler" }

// Repr returns a description in angle brackets.
func (*cycler) Repr() string { return "<jinja2.utils.Cycler object>" }

func (y *cycler) member(_ *evaluation, name string) (any, bool, error) {
	switch name {
	case "current":
		return y.items[y.pos], true, nil
	case "items":
		return pyvalue.Tuple(y.items), true, nil
	case "pos":
		return int64(y.pos), true, nil
	case "next":
		return &builtin{name, func(_ *evaluation, c *Call) (any, error) {
			v := y.items[y.pos]
			y.pos = (y.pos + 1) % len(y.items)
			return v, c.bind(noParams, nil)
		}}, true, nil
	case "reset":
		return &builtin{name, func(_ *evaluation, c *Call) (any, error) {
			y.pos = 0
			return nil, c.bind(noParams, nil)
		}}, true, nil
	}
	return nil, false, nil
}

var noParams = params(0)

// joiner gives nothing the first time and a separator from then on.
type joiner struct {
	separator any
	used      bool
}

var joinerParams = params(0, "sep", ", ")

func globalJoiner(s *evaluation, c *Call) (any, error) {
	a, err := s.args(c, joinerParams)
	if err != nil {
		return nil, err
	}
	return &joiner{separator: a[0]}, nil
}

// TypeName returns the name of the type in messages.
func (*joiner) TypeName() string { return "Joiner" }

// Repr returns a description in angle brackets.
func (*joiner) Repr() string { return "<jinja2.utils.Joiner object>" }

func (j *joiner) member(_ *evaluation, name string) (any, bool, error) {
	switch name {
	case "sep":
		return j.separator, true, nil
	case "used":
		return j.used, true, nil
	}
	return nil, false, nil
}

func (j *joiner) call(_ *evaluation, c *Call) (any, error) {
	if err := c.bind(noParams, nil); err != nil {
		return nil, err
	}
	if !j.used {
		j.used = true
		return "", nil
	}
	return j.separator, nil
}
