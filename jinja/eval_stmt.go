package jinja

import (
	"github.com/petrel-dev/petrel/pyvalue"
)

// run executes statements until a loop is left.
func (s *evaluation) run(body []stmt) error {
	for _, st := range body {
		if err := st.exec(s); err != nil {
			return err
		}
		if s.control != loopGoesOn {
			return nil
		}
	}
	return nil
}

func (n *textStmt) exec(s *evaluation) error { return s.write(n.text) }

func (n *outputStmt) exec(s *evaluation) error {
	v, err := n.value.eval(s)
	if err != nil {
		return err
	}
	return placed(at(n.value.position()), s.print(v))
}

func (n *exprStmt) exec(s *evaluation) error {
	_, err := n.value.eval(s)
	return err
}

func (n *ifStmt) exec(s *evaluation) error {
	for {
		v, err := n.test.eval(s)
		if err != nil {
			return err
		}
		ok, err := s.truth(v)
		if err != nil {
			return place(at(n.test.position()), err)
		}
		if ok {
			return s.run(n.body)
		}
		if len(n.otherwise) == 1 {
			if elif, isIf := n.otherwise[0].(*ifStmt); isIf {
				n = elif
				continue
			}
		}
		return s.run(n.otherwise)
	}
}

func (n *setStmt) exec(s *evaluation) error {
	if err := s.namespaces(&n.target); err != nil {
		return err
	}
	v, err := n.value.eval(s)
	if err != nil {
		return err
	}
	return s.unpack(&n.target, v)
}

// namespaces checks that the attributes a target assigns belong to namespaces.
func (s *evaluation) namespaces(t *target) error {
	for i := range t.items {
		if err := s.namespaces(&t.items[i]); err != nil {
			return err
		}
	}
	if t.attribute != "" {
		if _, ok := s.load(t.ref, t.name).(*namespace); !ok {
			return place(t.at, newError(KindTemplateRuntime, "'%s' is not a namespace, so its attributes cannot be assigned", t.name))
		}
	}
	return nil
}

func (n *setBlockStmt) exec(s *evaluation) error {
	if err := s.namespaces(&n.target); err != nil {
		return err
	}
	s.enter(&n.frame)
	text, err := s.capture(func() error { return s.run(n.body) })
	if err != nil {
		return err
	}
	v := s.markupIfEscaping(text)
	if n.filter != nil {
		if v, err = s.filterText(n.filter, v); err != nil {
			return err
		}
		if text, ok := v.(string); ok {
			v = s.markupIfEscaping(text)
		}
	}
	return s.unpack(&n.target, v)
}

func (n *filterStmt) exec(s *evaluation) error {
	s.enter(&n.frame)
	text, err := s.capture(func() error { return s.run(n.body) })
	if err != nil {
		return err
	}
	v, err := s.filterText(n.filter, s.markupIfEscaping(text))
	if err != nil {
		return err
	}
	out, err := s.text(v)
	if err != nil {
		return place(n.at, err)
	}
	return placed(n.at, s.write(out))
}

// filterText applies a chain of filters whose innermost input is text.
func (s *evaluation) filterText(f *filterExpr, text any) (any, error) {
	if inner, ok := f.input.(*filterExpr); ok {
		v, err := s.filterText(inner, text)
		if err != nil {
			return nil, err
		}
		text = v
	}
	return f.apply(s, text)
}

func (n *withStmt) exec(s *evaluation) error {
	values, err := s.evalAll(n.values)
	if err != nil {
		return err
	}
	s.enter(&n.frame)
	for i := range n.targets {
		if err := s.unpack(&n.targets[i], values[i]); err != nil {
			return err
		}
	}
	return s.run(n.body)
}

func (n *scopeStmt) exec(s *evaluation) error {
	v, err := n.autoescape.eval(s)
	if err != nil {
		return err
	}
	on, err := s.truth(v)
	if err != nil {
		return place(n.at, err)
	}
	saved := s.autoescape
	s.autoescape = on
	defer func() { s.autoescape = saved }()
	s.enter(&n.frame)
	return s.run(n.body)
}

func (n *macroStmt) exec(s *evaluation) error {
	m := &macro{n.macro, s.act}
	s.assign(n.ref, m)
	if n.export {
		if s.exports == nil {
			s.exports = make(map[string]any)
		}
		s.exports[n.name] = m
	}
	return nil
}

func (n *callStmt) exec(s *evaluation) error {
	call := *n.call
	call.args.keywords = append(call.args.keywords[:len(call.args.keywords):len(call.args.keywords)],
		keywordArg{"caller", &constExpr{n.at, &macro{n.macro, s.act}}})
	v, err := call.eval(s)
	if err != nil {
		return err
	}
	return placed(n.at, s.print(v))
}

func (n *blockStmt) exec(s *evaluation) error {
	if n.fn == nil {
		s.enter(&n.frame)
		return s.run(n.body)
	}
	return placed(n.at, s.call(func() error {
		saved := s.act
		s.act = &activation{slots: make([]any, n.fn.slots)}
		defer func() { s.act = saved }()
		s.enter(&n.frame)
		if n.usesSelf {
			s.assign(n.self, &templateSelf{s.template})
		}
		return s.run(n.body)
	}))
}

func (n *loopControlStmt) exec(s *evaluation) error {
	s.control = loopContinues
	if n.stop {
		s.control = loopBreaks
	}
	return nil
}

func (n *loaderStmt) exec(s *evaluation) error {
	for _, e := range n.names {
		if _, err := e.eval(s); err != nil {
			return err
		}
	}
	return place(n.at, newError(pyvalue.KindType, "'%s' is not available: templates cannot load other templates", n.tag))
}
