package jinja

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/petrel-dev/petrel/pyvalue"
)

const pprintWidth = 80

// filterPprint prints a value over several lines if one is too short.
func filterPprint(s *evaluation, c *Call) (any, error) {
	v, err := s.only(c)
	if err != nil {
		return nil, err
	}
	p := prettyPrinter{s: s}
	p.value(v, 0, 0, 0)
	err = s.settle(p.err)
	return p.b.String(), err
}

type prettyPrinter struct {
	s   *evaluation
	b   strings.Builder
	err error
}

// flat returns the text of a value on one line, the keys of mappings sorted.
func (p *prettyPrinter) flat(v any, depth int) string {
	if p.err == nil {
		p.err = p.s.step()
	}
	if p.err != nil || depth > pyvalue.MaxDepth {
		return "..."
	}
	var b strings.Builder
	if pyvalue.IsDict(v) {
		b.WriteByte('{')
		for i, pair := range p.sorted(v) {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(p.flat(pair[0], depth+1) + ": " + p.flat(pair[1], depth+1))
		}
		b.WriteByte('}')
		return b.String()
	}
	items, ok := pyvalue.Elements(v)
	if !ok {
		text, err := pyvalue.ReprWithin(v, int(min(p.s.room(), pyvalue.MaxTextBytes)))
		if err != nil && p.err == nil {
			p.err = err
		}
		return text
	}
	open, end := brackets(v, len(items))
	b.WriteString(open)
	for i, item := range items {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(p.flat(item, depth+1))
	}
	b.WriteString(end)
	return b.String()
}

func brackets(v any, n int) (open, end string) {
	if _, ok := v.(pyvalue.Tuple); !ok {
		return "[", "]"
	}
	if n == 1 {
		return "(", ",)"
	}
	return "(", ")"
}

func (p *prettyPrinter) sorted(dict any) [][2]any {
	var pairs [][2]any
	for k, v := range pyvalue.Entries(dict) {
		pairs = append(pairs, [2]any{k, v})
	}
	slices.SortStableFunc(pairs, func(a, b [2]any) int {
		less, err := pyvalue.Compare(pyvalue.Less, a[0], b[0])
		more := false
		if err == nil {
			more, _ = pyvalue.Compare(pyvalue.Less, b[0], a[0])
		} else {
			less, more = pyvalue.TypeName(a[0]) < pyvalue.TypeName(b[0]), pyvalue.TypeName(a[0]) > pyvalue.TypeName(b[0])
		}
		switch {
		case less:
			return -1
		case more:
			return 1
		}
		return 0
	})
	return pairs
}

// value writes v at a column; allowance is the room that closing brackets need
// after it.
func (p *prettyPrinter) value(v any, indent, allowance, depth int) {
	text := p.flat(v, depth)
	if err := p.s.grow(len(text)); err != nil && p.err == nil {
		p.err = err
	}
	if p.err != nil {
		return
	}
	items, isSequence := pyvalue.Elements(v)
	isDict := pyvalue.IsDict(v)
	if utf8.RuneCountInString(text) <= pprintWidth-indent-allowance || !isSequence && !isDict {
		p.b.WriteString(text)
		return
	}
	pad := ",\n" + strings.Repeat(" ", indent+1)
	if isDict {
		p.b.WriteByte('{')
		pairs := p.sorted(v)
		for i, pair := range pairs {
			if i > 0 {
				p.b.WriteString(pad)
			}
			key := p.flat(pair[0], depth+1)
			p.b.WriteString(key + ": ")
			rest := 1
			if i == len(pairs)-1 {
				rest = allowance + 1
			}
			p.value(pair[1], indent+1+utf8.RuneCountInString(key)+2, rest, depth+1)
		}
		p.b.WriteByte('}')
		return
	}
	open, end := brackets(v, len(items))
	p.b.WriteString(open)
	for i, item := range items {
		if i > 0 {
			p.b.WriteString(pad)
		}
		rest := 1
		if i == len(items)-1 {
			rest = allowance + len(end)
		}
		p.value(item, indent+1, rest, depth+1)
	}
	p.b.WriteString(end)
}
