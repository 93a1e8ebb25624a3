package yaql

import (
	"unicode/utf8"

	"github.com/petrel-dev/petrel/pyvalue"
)

// iterator is a lazy sequence that can be read once.
type iterator struct {
	pull  func() (any, bool, error)
	level int // how many iterators read each other below this one
}

const maxIteratorLevel = 1000

// over notes that it reads from the sources, which may be of any type.
func (it *iterator) over(sources ...any) (*iterator, error) {
	for _, s := range sources {
		level := 0
		switch s := s.(type) {
		case *iterator:
			level = s.level
		case *memo:
			level = s.source.level
		case *ordering:
			level = s.level
		}
		it.level = max(it.level, level+1)
	}
	if it.level > maxIteratorLevel {
		return nil, fail(KindRecursion, "more than %d iterators that read each other", maxIteratorLevel)
	}
	return it, nil
}

// next returns the next element; ok is false at the end.
func (it *iterator) next() (v any, ok bool, err error) {
	if it.pull == nil {
		return nil, false, nil
	}
	v, ok, err = it.pull()
	if !ok || err != nil {
		it.pull = nil
	}
	return v, ok, err
}

// memo remembers the elements of an iterator, so that each reader starts at
// the first one.
type memo struct {
	source *iterator
	seen   []any
}

func (m *memo) cursor() *iterator {
	i := 0
	return &iterator{level: m.source.level, pull: func() (any, bool, error) {
		if i == len(m.seen) {
			v, ok, err := m.source.next()
			if !ok || err != nil {
				return nil, false, err
			}
			m.seen = append(m.seen, v)
		}
		i++
		return m.seen[i-1], true, nil
	}}
}

func (ev *evaluator) cursor(items []any) *iterator {
	i := 0
	return &iterator{pull: func() (any, bool, error) {
		if i >= len(items) {
			return nil, false, nil
		}
		if err := ev.step(); err != nil {
			return nil, false, err
		}
		i++
		return canonical(items[i-1]), true, nil
	}}
}

// iterate begins to read an iterable, a string (characters) or a dictionary
// (keys). Anything else is a type error.
func (ev *evaluator) iterate(v any) (*iterator, error) {
	if items, ok := elements(v); ok {
		return ev.cursor(items), nil
	}
	switch v := v.(type) {
	case *iterator:
		return v, nil
	case *memo:
		return v.cursor(), nil
	case *pyvalue.Set, *keysView, *itemsView:
		return ev.cursor(setItems(v)), nil
	case *valuesView:
		return ev.cursor(dictValues(v.dict)), nil
	case *ordering:
		var sorted *iterator
		return &iterator{level: v.level, pull: func() (any, bool, error) {
			if sorted == nil {
				items, err := v.sort(ev)
				if err != nil {
					return nil, false, err
				}
				sorted = ev.cursor(items)
			}
			return sorted.next()
		}}, nil
	case string:
		return ev.cursor(characters(v)), nil
	}
	if isMapping(v) {
		return ev.cursor(dictKeys(v)), nil
	}
	return nil, fail(KindType, "%s cannot be iterated", typeName(v))
}

// characters splits a string into its code points.
func characters(s string) []any {
	out := make([]any, 0, utf8.RuneCountInString(s))
	for i := 0; i < len(s); {
		_, n := utf8.DecodeRuneInString(s[i:])
		out = append(out, s[i:i+n])
		i += n
	}
	return out
}

// each calls visit for every element until it returns false.
func (ev *evaluator) each(v any, visit func(any) (bool, error)) error {
	if items, ok := elements(v); ok {
		for _, x := range items {
			if err := ev.step(); err != nil {
				return err
			}
			if more, err := visit(canonical(x)); !more || err != nil {
				return err
			}
		}
		return nil
	}
	it, err := ev.iterate(v)
	if err != nil {
		return err
	}
	for {
		x, ok, err := it.next()
		if !ok || err != nil {
			return err
		}
		if more, err := visit(x); !more || err != nil {
			return err
		}
	}
}

// collect reads all elements. The slice of a sequence is its own and must
// not be written to.
func (ev *evaluator) collect(v any) ([]any, error) {
	if items, ok := elements(v); ok {
		return items, nil
	}
	switch v := v.(type) {
	case *pyvalue.Set, *keysView, *itemsView:
		return setItems(v), nil
	case *valuesView:
		return dictValues(v.dict), nil
	case *ordering:
		return v.sort(ev)
	}
	out := []any{}
	err := ev.each(v, func(x any) (bool, error) {
		out = append(out, x)
		return true, ev.grow(len(out), 16)
	})
	return out, err
}

// generate returns an iterator whose elements the function pull makes; each
// costs a step.
func (ev *evaluator) generate(pull func() (any, bool, error)) *iterator {
	return &iterator{pull: func() (any, bool, error) {
		if err := ev.step(); err != nil {
			return nil, false, err
		}
		return pull()
	}}
}

// chain reads several iterables one after the other.
func (ev *evaluator) chain(parts ...any) (*iterator, error) {
	var current *iterator
	it := &iterator{}
	if _, err := it.over(parts...); err != nil {
		return nil, err
	}
	it.pull = func() (any, bool, error) {
		for {
			if current == nil {
				if len(parts) == 0 {
					return nil, false, nil
				}
				var err error
				if current, err = ev.iterate(parts[0]); err != nil {
					return nil, false, err
				}
				parts = parts[1:]
			}
			v, ok, err := current.next()
			if ok || err != nil {
				return v, ok, err
			}
			current = nil
		}
	}
	return it, nil
}

// lazily transforms an iterable element by element; keep false drops one.
func (ev *evaluator) lazily(source any, f func(any) (v any, keep bool, err error)) (*iterator, error) {
	it, err := ev.iterate(source)
	if err != nil {
		return nil, err
	}
	out := &iterator{pull: func() (any, bool, error) {
		for {
			x, ok, err := it.next()
			if !ok || err != nil {
				return nil, false, err
			}
			v, keep, err := f(x)
			if err != nil {
				return nil, false, err
			}
			if keep {
				return v, true, nil
			}
		}
	}}
	return out.over(it)
}
