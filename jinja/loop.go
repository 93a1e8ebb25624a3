package jinja

import (
	"strconv"

	"github.com/petrel-dev/petrel/pyvalue"
)

func (n *forStmt) exec(s *evaluation) error {
	if err := s.step(); err != nil {
		return place(n.at, err)
	}
	v, err := s.evalShared(n.iter)
	if err != nil {
		return err
	}
	if n.recursive {
		text, err := n.recurse(s, v, 0, s.act)
		if err != nil {
			return err
		}
		return s.write(text)
	}
	return n.run(s, v, 0, nil)
}

// recurse runs a recursive loop over v with slots of its own.
func (n *forStmt) recurse(s *evaluation, v any, depth int, outer *activation) (string, error) {
	var text string
	err := s.call(func() error {
		saved := s.act
		act := &activation{slots: make([]any, n.fn.slots), parent: outer}
		s.act = act
		defer func() { s.act = saved }()
		var err error
		text, err = s.capture(func() error { return n.run(s, v, depth, outer) })
		return err
	})
	if err != nil {
		return "", place(n.at, err)
	}
	return text, nil
}

func (n *forStmt) run(s *evaluation, v any, depth int, outer *activation) error {
	next, err := s.iterate(v)
	if err != nil {
		return place(at(n.iter.position()), err)
	}
	if n.filter != nil {
		next = n.filtered(s, next)
	}
	var loop *loopContext
	if n.extended {
		s.referenced = true
		loop = &loopContext{eval: s, stmt: n, cursor: cursor{next: next}, depth: depth, index: -1, length: -1, outer: outer}
		if n.filter == nil {
			if size, err := pyvalue.Len(v); err == nil {
				loop.length = size
			}
		}
		next = loop.advance
	}
	first := true
	for {
		item, ok, err := next()
		if err != nil {
			return place(n.at, err)
		}
		if !ok {
			break
		}
		first = false
		if err := s.step(); err != nil {
			return place(n.at, err)
		}
		if loop != nil {
			s.assign(n.loop, loop)
		}
		if err := s.unpack(&n.target, item); err != nil {
			return err
		}
		s.enter(&n.frame)
		if err := s.run(n.body); err != nil {
			return err
		}
		if s.control != loopGoesOn {
			control := s.control
			s.control = loopGoesOn
			if control == loopBreaks {
				break
			}
		}
	}
	if first && n.otherwise != nil {
		s.enter(&n.elseFrame)
		return s.run(n.otherwise)
	}
	return nil
}

// filtered leaves out the elements that do not pass the loop's condition.
func (n *forStmt) filtered(s *evaluation, next iterator) iterator {
	s.enter(&n.filterFrame)
	return func() (any, bool, error) {
		for {
			item, ok, err := next()
			if !ok || err != nil {
				return nil, false, err
			}
			if err := s.step(); err != nil {
				return nil, false, err
			}
			if err := s.unpack(&n.filterTarget, item); err != nil {
				return nil, false, err
			}
			v, err := n.filter.eval(s)
			if err != nil {
				return nil, false, err
			}
			pass, err := s.truth(v)
			if err != nil {
				return nil, false, place(at(n.filter.position()), err)
			}
			if pass {
				return item, true, nil
			}
		}
	}
}

// unpack assigns a value to a target.
func (s *evaluation) unpack(t *target, v any) error {
	if !t.isTuple {
		if t.attribute != "" {
			ns, ok := s.load(t.ref, t.name).(*namespace)
			if !ok {
				return place(t.at, newError(KindTemplateRuntime, "'%s' is not a namespace, so its attributes cannot be assigned", t.name))
			}
			return placed(t.at, s.settle(ns.entries.Set(t.attribute, v)))
		}
		s.assign(t.ref, v)
		if t.export {
			if s.exports == nil {
				s.exports = make(map[string]any)
			}
			s.exports[t.name] = v
		}
		return nil
	}
	items, err := s.collect(v)
	if err != nil {
		return place(t.at, err)
	}
	if len(items) != len(t.items) {
		return place(t.at, newError(pyvalue.KindValue, "expected %d values to unpack, got %d", len(t.items), len(items)))
	}
	for i := range t.items {
		if err := s.unpack(&t.items[i], s.canonical(items[i])); err != nil {
			return err
		}
	}
	return nil
}

// loopContext is the variable "loop".
type loopContext struct {
	eval   *evaluation
	stmt   *forStmt
	cursor cursor
	outer  *activation
	depth  int
	index  int
	length int // -1: not known yet

	current, previous any
	hasPrevious       bool
	changedTo         []any
}

// TypeName returns the name of the type in messages.
func (*loopContext) TypeName() string { return "LoopContext" }

// Repr returns the progress of the loop.
func (l *loopContext) Repr() string {
	n, err := l.size()
	if err != nil {
		l.eval.fail(err)
	}
	return "<LoopContext " + strconv.Itoa(l.index+1) + "/" + strconv.Itoa(n) + ">"
}

// Len returns the number of elements of the loop.
func (l *loopContext) Len() int {
	n, err := l.size()
	if err != nil {
		l.eval.fail(err)
	}
	return n
}

func (l *loopContext) size() (int, error) {
	if l.length < 0 {
		rest, err := l.cursor.rest()
		if err != nil {
			return 0, err
		}
		l.length = l.index + 1 + rest
	}
	return l.length, nil
}

func (l *loopContext) advance() (any, bool, error) {
	v, ok, err := l.cursor.take()
	if !ok || err != nil {
		return nil, false, err
	}
	if l.index >= 0 {
		l.previous, l.hasPrevious = l.current, true
	}
	l.current = v
	l.index++
	return v, true, nil
}

func (l *loopContext) member(s *evaluation, name string) (any, bool, error) {
	switch name {
	case "index":
		return int64(l.index + 1), true, nil
	case "index0":
		return int64(l.index), true, nil
	case "first":
		return l.index == 0, true, nil
	case "last":
		_, more, err := l.cursor.peek()
		return !more, true, err
	case "length":
		n, err := l.size()
		return int64(n), true, err
	case "revindex":
		n, err := l.size()
		return int64(n - l.index), true, err
	case "revindex0":
		n, err := l.size()
		return int64(n - l.index - 1), true, err
	case "depth":
		return int64(l.depth + 1), true, nil
	case "depth0":
		return int64(l.depth), true, nil
	case "previtem":
		if !l.hasPrevious {
			return s.undefinedHint("there is no previous item"), true, nil
		}
		return l.previous, true, nil
	case "nextitem":
		v, ok, err := l.cursor.peek()
		if !ok {
			v = s.undefinedHint("there is no next item")
		}
		return v, true, err
	case "cycle":
		return &builtin{name, l.cycle}, true, nil
	case "changed":
		return &builtin{name, l.changed}, true, nil
	}
	return nil, false, nil
}

// call is loop(items): the loop once more, over other items.
func (l *loopContext) call(s *evaluation, call *Call) (any, error) {
	args, err := call.Bind("iterable")
	if err != nil {
		return nil, err
	}
	if !l.stmt.recursive {
		return nil, newError(pyvalue.KindType, "the loop must be marked 'recursive' to be called")
	}
	text, err := l.stmt.recurse(s, args[0], l.depth+1, l.outer)
	return s.markupIfEscaping(text), err
}

// cycle returns one of its arguments in turn.
func (l *loopContext) cycle(_ *evaluation, c *Call) (any, error) {
	if len(c.Args) == 0 {
		return nil, newError(pyvalue.KindType, "cycle() needs at least one item")
	}
	return c.Args[l.index%len(c.Args)], nil
}

// changed reports whether its arguments differ from those of the last call.
func (l *loopContext) changed(s *evaluation, c *Call) (any, error) {
	if l.changedTo != nil {
		same, err := s.equal(pyvalue.Tuple(l.changedTo), pyvalue.Tuple(c.Args))
		if same || err != nil {
			return false, err
		}
	}
	l.changedTo = append([]any{}, c.Args...)
	return true, nil
}
