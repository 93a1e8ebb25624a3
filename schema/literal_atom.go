package schema

import (
	"slices"
	"strings"

	"github.com/petrel-dev/petrel/pyvalue"
)

// reserved are the words that cannot be names.
var reserved = strings.Fields("False None True and as assert async await break class continue def del elif else except finally " +
	"for from global if import in is lambda nonlocal not or pass raise return try while with yield")

func (t token) isIdentifier() bool {
	return t.kind == tokenName && !slices.Contains(reserved, t.text)
}

func (p *literalParser) atom() operand {
	if p.err != nil {
		return operand{}
	}
	t := p.token()
	switch t.kind {
	case tokenNumber:
		p.advance()
		return operand{value: t.value, known: t.value != nil, unsigned: t.value != nil}
	case tokenText:
		return p.texts()
	case tokenName:
		switch t.text {
		case "True", "False":
			p.advance()
			return literal(t.text == "True")
		case "None":
			p.advance()
			return literal(nil)
		}
		if t.isIdentifier() {
			p.advance()
			return operand{}
		}
	case tokenOperator:
		switch t.text {
		case "(", "[", "{":
			if !p.enter() {
				return operand{}
			}
			defer func() { p.depth-- }()
			p.advance()
			switch t.text {
			case "(":
				return p.parenthesis()
			case "[":
				return p.listDisplay()
			default:
				return p.braces()
			}
		case "...":
			p.advance()
			return operand{}
		}
	}
	p.fail()
	return operand{}
}

// texts joins texts that stand side by side.
func (p *literalParser) texts() operand {
	var joined strings.Builder
	_, isBytes := p.token().value.([]byte)
	formatted := false
	for p.token().kind == tokenText {
		t := p.token()
		switch value := t.value.(type) {
		case string:
			if isBytes {
				p.fail()
			}
			joined.WriteString(value)
		case []byte:
			if !isBytes {
				p.fail()
			}
			joined.Write(value)
		default:
			formatted = true
		}
		p.advance()
		if p.err != nil {
			return operand{}
		}
	}
	switch {
	case formatted:
		return operand{}
	case isBytes:
		return literal([]byte(joined.String()))
	default:
		return literal(joined.String())
	}
}

// element parses an expression that may be named: name := expression.
func (p *literalParser) element() operand {
	if p.token().isIdentifier() && p.tokens[p.next+1].kind == tokenOperator && p.tokens[p.next+1].text == ":=" {
		p.advance()
		p.advance()
		p.expression()
		return operand{}
	}
	return p.expression()
}

// starred parses an element that may have a star in front.
func (p *literalParser) starred() (item operand, star bool) {
	if p.takeOperator("*") {
		p.binary(levelBitOr)
		return operand{}, true
	}
	return p.element(), false
}

// comprehension parses "for x in y if z" if it is there.
func (p *literalParser) comprehension() bool {
	found := false
	for p.atWord("for") || p.atWord("async") {
		found = true
		p.takeWord("async")
		if !p.takeWord("for") {
			p.fail()
		}
		for p.err == nil && !p.takeWord("in") {
			p.takeOperator("*")
			p.binary(levelBitOr)
			if !p.atWord("in") {
				p.expectOperator(",")
			}
		}
		p.binary(levelOr)
		for p.takeWord("if") {
			p.binary(levelOr)
		}
	}
	return found
}

func (p *literalParser) parenthesis() operand {
	if p.takeOperator(")") {
		return literal(pyvalue.Tuple{})
	}
	if p.takeWord("yield") {
		p.takeWord("from")
		if !p.atOperator(")") {
			p.expressions(tokenOperator, ")")
		}
		p.expectOperator(")")
		return operand{}
	}
	first, star := p.starred()
	if p.comprehension() {
		p.expectOperator(")")
		return operand{}
	}
	if p.takeOperator(")") {
		if star {
			p.fail()
		}
		return first
	}
	items := append([]operand{first}, p.items(")")...)
	return collect(items, func(values []any) (any, error) { return pyvalue.Tuple(values), nil })
}

// items parses the items after the first one, to the closing bracket.
func (p *literalParser) items(end string) []operand {
	var items []operand
	for p.err == nil && !p.takeOperator(end) {
		p.expectOperator(",")
		if p.takeOperator(end) {
			break
		}
		item, _ := p.starred()
		items = append(items, item)
	}
	return items
}

func (p *literalParser) listDisplay() operand {
	build := func(values []any) (any, error) { return pyvalue.NewList(values...), nil }
	if p.takeOperator("]") {
		return collect(nil, build)
	}
	first, _ := p.starred()
	if p.comprehension() {
		p.expectOperator("]")
		return operand{}
	}
	return collect(append([]operand{first}, p.items("]")...), build)
}

// braces parses a dict or a set.
func (p *literalParser) braces() operand {
	if p.takeOperator("}") {
		return literal(pyvalue.NewMap(0))
	}
	if p.atOperator("**") {
		return p.dict(nil)
	}
	first, star := p.starred()
	if !star && p.takeOperator(":") {
		value := p.expression()
		if p.comprehension() {
			p.expectOperator("}")
			return operand{}
		}
		return p.dict([]operand{first, value})
	}
	if p.comprehension() {
		p.expectOperator("}")
		return operand{}
	}
	return buildSet(append([]operand{first}, p.items("}")...))
}

// buildSet and buildDict stop at the first item that has no value or cannot be
// put in.
func buildSet(items []operand) operand {
	set, err := pyvalue.NewSet()
	for _, item := range items {
		if !item.known || item.err != nil {
			return operand{known: item.known, err: item.err}
		}
		if err = set.Add(item.value); err != nil {
			break
		}
	}
	return operand{value: set, known: true, err: err}
}

func buildDict(entries []operand) operand {
	m := pyvalue.NewMap(len(entries) / 2)
	for i := 0; i+1 < len(entries); i += 2 {
		for _, item := range entries[i : i+2] {
			if !item.known || item.err != nil {
				return operand{known: item.known, err: item.err}
			}
		}
		if err := m.Set(entries[i].value, entries[i+1].value); err != nil {
			return operand{known: true, err: err}
		}
	}
	return literal(m)
}

// dict parses the rest of a dict. entries are the keys and values so far.
func (p *literalParser) dict(entries []operand) operand {
	for p.err == nil && !p.takeOperator("}") {
		if entries != nil {
			p.expectOperator(",")
			if p.takeOperator("}") {
				break
			}
		}
		if p.takeOperator("**") {
			p.binary(levelBitOr)
			entries = append(entries, operand{}, operand{})
			continue
		}
		key := p.expression()
		p.expectOperator(":")
		entries = append(entries, key, p.expression())
	}
	return buildDict(entries)
}
