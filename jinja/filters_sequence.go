package jinja

import (
	"slices"

	"github.com/petrel-dev/petrel/pyvalue"
)

var sequenceFilters = map[string]internal{
	"first":   filterFirst,
	"last":    filterLast,
	"random":  filterRandom,
	"length":  filterLength,
	"count":   filterLength,
	"list":    filterList,
	"join":    filterJoin,
	"reverse": filterReverse,
	"batch":   filterBatch,
	"slice":   filterSlice,
	"sum":     filterSum,
}

func filterFirst(s *evaluation, c *Call) (any, error) {
	v, err := s.only(c)
	if err != nil {
		return nil, err
	}
	next, err := s.iterate(v)
	if err != nil {
		return nil, err
	}
	item, ok, err := next()
	if err == nil && !ok {
		item = s.undefinedHint("there is no first item: the sequence is empty")
	}
	return item, err
}

func filterLast(s *evaluation, c *Call) (any, error) {
	v, err := s.only(c)
	if err != nil {
		return nil, err
	}
	if u, ok := v.(*Undefined); ok {
		return nil, u.err()
	}
	items, ok, err := s.reversible(v)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, newError(pyvalue.KindType, "'%s' object is not reversible", pyvalue.TypeName(v))
	}
	if len(items) == 0 {
		return s.undefinedHint("there is no last item: the sequence is empty"), nil
	}
	return s.accept(items[len(items)-1]), nil
}

// reversible returns the elements of what can be read from its end.
func (s *evaluation) reversible(v any) ([]any, bool, error) {
	switch v.(type) {
	case *pyvalue.Set, *generator:
		return nil, false, nil
	}
	if _, err := pyvalue.Len(v); err != nil {
		return nil, false, nil
	}
	items, err := s.collect(v)
	return items, true, err
}

func filterRandom(s *evaluation, c *Call) (any, error) {
	v, err := s.only(c)
	if err != nil {
		return nil, err
	}
	if u, ok := v.(*Undefined); ok {
		return nil, u.err()
	}
	n, err := pyvalue.Len(v)
	if err != nil {
		return nil, err
	}
	if n == 0 {
		return s.undefinedHint("there is no random item: the sequence is empty"), nil
	}
	item, err := pyvalue.Index(plain(v), int64(s.randomBelow(n)))
	return s.accept(item), err
}

// randomBelow returns a number from 0 to n-1.
func (s *evaluation) randomBelow(n int) int {
	if s.env.random != nil {
		if i := s.env.random(n); i >= 0 && i < n {
			return i
		}
		return 0
	}
	// Without a source of randomness the numbers are spread, but fixed.
	s.randomState = s.randomState*6364136223846793005 + 1442695040888963407
	return int((s.randomState >> 33) % uint64(n))
}

func filterLength(s *evaluation, c *Call) (any, error) {
	v, err := s.only(c)
	if err != nil {
		return nil, err
	}
	if u, ok := v.(*Undefined); ok && u.mode == Strict {
		return nil, u.err()
	}
	n, err := pyvalue.Len(plain(v))
	return int64(n), s.settle(err)
}

func filterList(s *evaluation, c *Call) (any, error) {
	v, err := s.only(c)
	if err != nil {
		return nil, err
	}
	items, err := s.collect(v)
	if err != nil {
		return nil, err
	}
	return pyvalue.NewList(slices.Clone(items)...), nil
}

var joinParams = params(1, "value", nil, "d", "", "attribute", nil)

func filterJoin(s *evaluation, c *Call) (any, error) {
	var a [3]any
	if err := c.bind(joinParams, a[:]); err != nil {
		return nil, err
	}
	items, err := s.collect(a[0])
	if err != nil {
		return nil, err
	}
	if a[2] != nil {
		get := s.getter(a[2], nil)
		got := make([]any, len(items))
		for i, item := range items {
			if got[i], err = get(item); err != nil {
				return nil, err
			}
		}
		items = got
	}
	separator, err := s.text(a[1])
	if err != nil {
		return nil, err
	}
	if int64(len(separator))*int64(len(items)) > s.room() {
		return nil, newError(KindLimit, "the template needs more than %d bytes of memory", s.env.limits.Memory)
	}
	_, safe := a[1].(Markup)
	if s.autoescape && !safe {
		for _, item := range items {
			if _, ok := item.(Markup); ok {
				safe = true
				separator = escapeHTML(separator)
				break
			}
		}
	}
	var b []byte
	for i, item := range items {
		if i > 0 {
			b = append(b, separator...)
		}
		text, err := s.text(item)
		if err != nil {
			return nil, err
		}
		if _, ok := item.(Markup); safe && s.autoescape && !ok {
			text = escapeHTML(text)
		}
		b = append(b, text...)
		if int64(len(b)) > s.room() {
			return nil, s.grow(len(b))
		}
	}
	if err := s.work(len(items)); err != nil {
		return nil, err
	}
	if safe && s.autoescape {
		return Markup(b), nil
	}
	return string(b), nil
}

func filterReverse(s *evaluation, c *Call) (any, error) {
	v, err := s.only(c)
	if err != nil {
		return nil, err
	}
	if text, ok := plain(v).(string); ok {
		runes := []rune(text)
		slices.Reverse(runes)
		if _, ok := v.(Markup); ok {
			return Markup(runes), nil
		}
		return string(runes), nil
	}
	items, ok, err := s.reversible(v)
	if err != nil {
		return nil, err
	}
	if !ok {
		if items, err = s.collect(v); err != nil {
			if pyvalue.KindOf(err) == pyvalue.KindType {
				return nil, newError(KindFilterArgument, "reverse: '%s' object is not iterable", pyvalue.TypeName(v))
			}
			return nil, err
		}
		items = slices.Clone(items)
		slices.Reverse(items)
		return pyvalue.NewList(items...), nil
	}
	name := "reversed object"
	switch {
	case pyvalue.IsList(v):
		name = "list_reverseiterator object"
	case pyvalue.IsDict(v):
		name = "dict_reversekeyiterator object"
	}
	i := len(items)
	return s.generator(name, func() (any, bool, error) {
		if i == 0 {
			return nil, false, nil
		}
		i--
		return s.accept(items[i]), true, nil
	}), nil
}

var batchParams = params(2, "value", nil, "linecount", nil, "fill_with", nil)

func filterBatch(s *evaluation, c *Call) (any, error) {
	a, err := s.args(c, batchParams)
	if err != nil {
		return nil, err
	}
	return s.lazily("generator object do_batch", func() (iterator, error) {
		next, err := s.iterate(a[0])
		if err != nil {
			return nil, err
		}
		size, isInt := a[1].(int64)
		return func() (any, bool, error) {
			var row []any
			for !isInt || int64(len(row)) != size || len(row) == 0 {
				item, ok, err := next()
				if err != nil {
					return nil, false, err
				}
				if !ok {
					break
				}
				row = append(row, item)
				if err := s.step(); err != nil {
					return nil, false, err
				}
			}
			if row == nil {
				return nil, false, nil
			}
			if a[2] != nil {
				if size > s.room()/16 {
					return nil, false, s.grow(int(min(size, 1<<50)) * 16)
				}
				for int64(len(row)) < size {
					row = append(row, a[2])
				}
			}
			return pyvalue.NewList(row...), true, s.grow(16*len(row) + 32)
		}, nil
	}), nil
}

var sliceParams = params(2, "value", nil, "slices", nil, "fill_with", nil)

func filterSlice(s *evaluation, c *Call) (any, error) {
	a, err := s.args(c, sliceParams)
	if err != nil {
		return nil, err
	}
	title := Call{Name: c.Name}
	return s.lazily("generator object sync_do_slice", func() (iterator, error) {
		items, err := s.collect(a[0])
		if err != nil {
			return nil, err
		}
		count, err := size(&title, "slices", a[1])
		if err != nil {
			return nil, err
		}
		if count == 0 {
			return nil, newError(pyvalue.KindZeroDivision, "slice: cannot make 0 slices")
		}
		number, start := 0, 0
		return func() (any, bool, error) {
			if number >= count {
				return nil, false, nil
			}
			if err := s.step(); err != nil {
				return nil, false, err
			}
			end := start + len(items)/count
			extra := number < len(items)%count
			if extra {
				end++
			}
			row := slices.Clone(items[start:end])
			if a[2] != nil && !extra {
				row = append(row, a[2])
			}
			start = end
			number++
			return pyvalue.NewList(row...), true, s.grow(16*len(row) + 32)
		}, nil
	}), nil
}

var sumParams = params(1, "iterable", nil, "attribute", nil, "start", int64(0))

func filterSum(s *evaluation, c *Call) (any, error) {
	a, err := s.args(c, sumParams)
	if err != nil {
		return nil, err
	}
	total := a[2]
	if isText(plain(total)) {
		return nil, newError(pyvalue.KindType, "sum: strings cannot be summed; use join")
	}
	items, err := s.collect(a[0])
	if err != nil {
		return nil, err
	}
	get := s.getter(a[1], nil)
	for _, item := range items {
		if item, err = get(item); err != nil {
			return nil, err
		}
		if u, ok := item.(*Undefined); ok {
			return nil, u.err()
		}
		if err := s.step(); err != nil {
			return nil, err
		}
		if total, err = s.binary(tokAdd, total, item); err != nil {
			return nil, err
		}
	}
	return total, nil
}
