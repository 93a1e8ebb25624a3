package jinja

import (
	"iter"

	"github.com/petrel-dev/petrel/pyvalue"
)

// iterator returns the next element; the second result is false at the end.
type iterator func() (any, bool, error)

// iterate returns an iterator over the elements of a value. Lists may grow
// while they are iterated.
func (s *evaluation) iterate(v any) (iterator, error) {
	switch t := v.(type) {
	case []any:
		i := 0
		return func() (any, bool, error) {
			if i >= len(t) {
				return nil, false, nil
			}
			i++
			return s.accept(t[i-1]), true, nil
		}, nil
	case *pyvalue.List:
		i := 0
		return func() (any, bool, error) {
			if i >= len(t.Items) {
				return nil, false, nil
			}
			i++
			return s.canonical(t.Items[i-1]), true, nil
		}, nil
	case *generator:
		return t.advance, nil
	case *rangeValue:
		i := 0
		return func() (any, bool, error) {
			if i >= t.Len() {
				return nil, false, nil
			}
			i++
			return t.at(i - 1), true, nil
		}, nil
	}
	items, err := s.collect(v)
	if err != nil {
		return nil, err
	}
	i := 0
	return func() (any, bool, error) {
		if i >= len(items) {
			return nil, false, nil
		}
		i++
		return s.canonical(items[i-1]), true, nil
	}, nil
}

// collect returns all elements of a value; the slice may be shared and must
// not be written to.
func (s *evaluation) collect(v any) ([]any, error) {
	switch t := v.(type) {
	case []any:
		return t, s.work(len(t) >> 4)
	case *pyvalue.List:
		return t.Items, s.work(len(t.Items) >> 4)
	case pyvalue.Tuple:
		return t, nil
	case *generator:
		items := make([]any, 0, 8)
		for {
			item, ok, err := t.advance()
			if err != nil || !ok {
				return items, err
			}
			items = append(items, item)
			if err := s.grow(16); err != nil {
				return nil, err
			}
			if err := s.step(); err != nil {
				return nil, err
			}
		}
	case *Undefined:
		if t.mode == Strict {
			return nil, t.err()
		}
		return nil, nil
	case Markup:
		v = string(t)
	}
	if n, err := pyvalue.Len(v); err == nil {
		if err := s.grow(16 * n); err != nil {
			return nil, err
		}
		if err := s.work(n); err != nil {
			return nil, err
		}
	}
	items, err := pyvalue.Collect(v)
	return items, s.settle(err)
}

// generator is a lazy sequence that can be read once.
type generator struct {
	name string
	// start returns next when the first element is asked for.
	start func() (iterator, error)
	next  iterator
	eval  *evaluation
}

func (s *evaluation) generator(name string, next iterator) *generator {
	s.referenced = true
	return &generator{name: name, next: next, eval: s}
}

// lazily returns a generator whose start runs when the first element is asked
// for.
func (s *evaluation) lazily(name string, start func() (iterator, error)) *generator {
	s.referenced = true
	return &generator{name: name, start: start, eval: s}
}

func (g *generator) advance() (any, bool, error) {
	if g.next == nil {
		var err error
		if g.next, err = g.start(); err != nil {
			return nil, false, err
		}
	}
	return g.next()
}

// TypeName returns "generator".
func (*generator) TypeName() string { return "generator" }

// Repr returns a description in angle brackets. Python shows an address there;
// this one says nothing.
func (g *generator) Repr() string { return "<" + g.name + " at 0x0>" }

// Range iterates over what is left.
func (g *generator) Range() iter.Seq[any] {
	return func(yield func(any) bool) {
		for {
			if err := g.eval.step(); err != nil {
				g.eval.fail(err)
				return
			}
			v, ok, err := g.advance()
			if err != nil {
				g.eval.fail(err)
				return
			}
			if !ok || !yield(v) {
				return
			}
		}
	}
}

// rangeValue is what the global "range" returns.
type rangeValue struct{ start, stop, step int64 }

// TypeName returns "range".
func (*rangeValue) TypeName() string { return "range" }

// Repr returns the call that makes the range.
func (r *rangeValue) Repr() string {
	text := "range(" + pyvalue.Repr(r.start) + ", " + pyvalue.Repr(r.stop)
	if r.step != 1 {
		text += ", " + pyvalue.Repr(r.step)
	}
	return text + ")"
}

// Len returns the number of elements.
func (r *rangeValue) Len() int {
	switch {
	case r.step > 0 && r.start < r.stop:
		return int(uint64(r.stop-r.start-1)/uint64(r.step)) + 1
	case r.step < 0 && r.start > r.stop:
		return int(uint64(r.start-r.stop-1)/uint64(-r.step)) + 1
	}
	return 0
}

func (r *rangeValue) at(i int) any { return r.start + int64(i)*r.step }

func (r *rangeValue) items() []any {
	items := make([]any, r.Len())
	for i := range items {
		items[i] = r.at(i)
	}
	return items
}

// Range iterates over the numbers.
func (r *rangeValue) Range() iter.Seq[any] {
	return func(yield func(any) bool) {
		for i := range r.Len() {
			if !yield(r.at(i)) {
				return
			}
		}
	}
}

// Item returns one of the numbers.
func (r *rangeValue) Item(key any) (any, error) {
	return pyvalue.Index(pyvalue.Tuple(r.items()), key)
}

// EqualTo compares the numbers.
func (r *rangeValue) EqualTo(other any) bool {
	o, ok := other.(*rangeValue)
	return ok && r.Len() == o.Len() && (r.Len() == 0 || r.start == o.start && (r.Len() == 1 || r.step == o.step))
}

func (r *rangeValue) slice(start, stop, step any) (any, error) {
	return pyvalue.Slice(r.items(), start, stop, step)
}

// cursor is an iterator that knows its elements ahead, as loops need.
type cursor struct {
	next  iterator
	ahead []any
	ended bool
}

// peek returns the next element without taking it.
func (c *cursor) peek() (any, bool, error) {
	if len(c.ahead) == 0 && !c.ended {
		v, ok, err := c.next()
		if err != nil {
			return nil, false, err
		}
		if !ok {
			c.ended = true
			return nil, false, nil
		}
		c.ahead = append(c.ahead, v)
	}
	if len(c.ahead) == 0 {
		return nil, false, nil
	}
	return c.ahead[0], true, nil
}

func (c *cursor) take() (any, bool, error) {
	v, ok, err := c.peek()
	if ok {
		c.ahead = c.ahead[1:]
	}
	return v, ok, err
}

// rest reads everything that is left and returns how many elements that are.
func (c *cursor) rest() (int, error) {
	for !c.ended {
		v, ok, err := c.next()
		if err != nil {
			return 0, err
		}
		if !ok {
			c.ended = true
			break
		}
		c.ahead = append(c.ahead, v)
	}
	return len(c.ahead), nil
}
