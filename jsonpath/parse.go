package jsonpath

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/petrel-dev/petrel/pyvalue"
)

const (
	// maxLength is the longest path, in bytes.
	maxLength = 64 << 10
	// maxNesting is the deepest nesting of brackets and operators.
	maxNesting = 500
)

type tokenKind uint8

const (
	tokenEnd tokenKind = iota
	tokenName
	tokenNumber
	tokenNamed    // `this`
	tokenOperator // one of * . .. [ ] ( ) $ , : | & and where
)

type token struct {
	kind tokenKind
	text string
	at   int
}

func fail(at int, format string, args ...any) error {
	return failure(pyvalue.KindJSONPath, at, format, args...)
}

func failure(kind pyvalue.Kind, at int, format string, args ...any) error {
	return pyvalue.Errorf(kind, "invalid JSONPath: %s at position %d", fmt.Sprintf(format, args...), at)
}

func tokenize(path string) ([]token, error) {
	if len(path) > maxLength {
		return nil, pyvalue.Errorf(pyvalue.KindJSONPath, "JSONPath of %d bytes is longer than the limit of %d", len(path), maxLength)
	}
	var tokens []token
	for i := 0; i < len(path); {
		start := i
		c := path[i]
		switch {
		case c == ' ' || c == '\t' || c == '\n':
			i++
			continue
		case strings.HasPrefix(path[i:], ".."):
			i += 2
			tokens = append(tokens, token{tokenOperator, "..", start})
		case strings.IndexByte("*.[]()$,:|&", c) >= 0:
			i++
			tokens = append(tokens, token{tokenOperator, path[start:i], start})
		case isNameStart(c):
			for i < len(path) && (isNameStart(path[i]) || isDigit(path[i]) || path[i] == '-') {
				i++
			}
			kind := tokenName
			if path[start:i] == "where" {
				kind = tokenOperator
			}
			tokens = append(tokens, token{kind, path[start:i], start})
		case isDigit(c) || c == '-' && i+1 < len(path) && isDigit(path[i+1]):
			for i++; i < len(path) && isDigit(path[i]); {
				i++
			}
			tokens = append(tokens, token{tokenNumber, path[start:i], start})
		case c == '\'' || c == '"' || c == '`':
			text, end, ok := quoted(path, i)
			if !ok {
				return nil, fail(start, "missing closing %c", c)
			}
			i = end
			kind := tokenName
			if c == '`' {
				kind = tokenNamed
			}
			tokens = append(tokens, token{kind, text, start})
		default:
			r, _ := utf8.DecodeRuneInString(path[i:])
			return nil, fail(start, "unexpected character %q", r)
		}
	}
	return append(tokens, token{kind: tokenEnd, at: len(path)}), nil
}

func isNameStart(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' || c == '@' }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// quoted reads a quoted text that starts at i, in which a backslash stands
// before a literal character.
func quoted(path string, i int) (text string, end int, ok bool) {
	quote := path[i]
	var b strings.Builder
	for i++; i < len(path); i++ {
		switch c := path[i]; {
		case c == quote:
			return b.String(), i + 1, true
		case c == '\\' && i+1 < len(path):
			i++
			b.WriteByte(path[i])
		case c == '\\':
		default:
			b.WriteByte(c)
		}
	}
	return "", 0, false
}

type parser struct {
	tokens []token
	pos    int
	depth  int
}

func parse(path string) (node, error) {
	tokens, err := tokenize(path)
	if err != nil {
		return nil, err
	}
	p := parser{tokens: tokens}
	n, err := p.expression(0)
	if err != nil {
		return nil, err
	}
	if t := p.peek(); t.kind != tokenEnd {
		return nil, p.unexpected(t)
	}
	return n, nil
}

func (p *parser) peek() token { return p.tokens[p.pos] }

func (p *parser) next() token {
	t := p.tokens[p.pos]
	if t.kind != tokenEnd {
		p.pos++
	}
	return t
}

func (p *parser) accept(operator string) bool {
	if t := p.peek(); t.kind == tokenOperator && t.text == operator {
		p.pos++
		return true
	}
	return false
}

func (p *parser) unexpected(t token) error {
	if t.kind == tokenEnd {
		// The original asks for the line of the token that is missing.
		return failure(pyvalue.KindAttribute, t.at, "unexpected end")
	}
	return fail(t.at, "unexpected %q", t.text)
}

// binding returns how tight a binary operator binds, 0 for other tokens.
func binding(t token) int {
	if t.kind == tokenOperator {
		switch t.text {
		case "..":
			return 1
		case ".":
			return 2
		case "|":
			return 3
		case "&":
			return 4
		case "where":
			return 5
		}
	}
	return 0
}

// expression reads operands and operators that bind tighter than the given one.
func (p *parser) expression(than int) (node, error) {
	if p.depth++; p.depth > maxNesting {
		return nil, fail(p.peek().at, "nesting is deeper than %d levels", maxNesting)
	}
	defer func() { p.depth-- }()
	left, err := p.operand()
	if err != nil {
		return nil, err
	}
	for n := 0; ; n++ {
		operator := p.peek()
		tightness := binding(operator)
		if tightness <= than {
			return left, nil
		}
		if n > maxNesting {
			return nil, fail(operator.at, "more than %d steps", maxNesting)
		}
		p.next()
		right, err := p.expression(tightness)
		if err != nil {
			return nil, err
		}
		switch operator.text {
		case "..":
			left = descendantNode{left, right}
		case ".":
			left = childNode{left, right}
		case "|":
			left = unionNode{left, right}
		case "&":
			left = intersectNode{left, right}
		default:
			left = whereNode{left, right}
		}
	}
}

// operand reads one step with the brackets that follow it.
func (p *parser) operand() (node, error) {
	n, err := p.step()
	for i := 0; err == nil && p.accept("["); i++ {
		if i > maxNesting {
			return nil, fail(p.peek().at, "more than %d steps", maxNesting)
		}
		var inner node
		if inner, err = p.bracket(); err == nil {
			n = childNode{n, inner}
		}
	}
	return n, err
}

func (p *parser) step() (node, error) {
	t := p.next()
	switch t.kind {
	case tokenName:
		return p.fields(t)
	case tokenNamed:
		switch t.text {
		case "this":
			return thisNode{}, nil
		case "parent":
			return parentNode{}, nil
		}
		return nil, fail(t.at, "unknown operator `%s`", t.text)
	case tokenOperator:
		switch t.text {
		case "*":
			return fieldsNode{"*"}, nil
		case "$":
			return rootNode{}, nil
		case "[":
			return p.bracket()
		case "(":
			n, err := p.expression(0)
			if err == nil && !p.accept(")") {
				err = p.unexpected(p.peek())
			}
			return n, err
		}
	}
	return nil, p.unexpected(t)
}

func (p *parser) fields(first token) (node, error) {
	names := fieldsNode{first.text}
	for p.accept(",") {
		t := p.next()
		if t.kind != tokenName {
			return nil, p.unexpected(t)
		}
		names = append(names, t.text)
	}
	return names, nil
}

// bracket reads what follows an opening bracket.
func (p *parser) bracket() (node, error) {
	n, err := p.inBracket()
	if err == nil && !p.accept("]") {
		err = p.unexpected(p.peek())
	}
	return n, err
}

func (p *parser) inBracket() (node, error) {
	t := p.peek()
	switch {
	case t.kind == tokenName:
		return p.fields(p.next())
	case p.accept("*"):
		return sliceNode{}, nil
	}
	start := p.number()
	if start != nil && !p.accept(":") {
		return indexNode(start.(int64)), nil
	}
	if start == nil && !p.accept(":") {
		return nil, p.unexpected(t)
	}
	return sliceNode{start, p.number()}, nil
}

// number reads an optional number.
func (p *parser) number() any {
	t := p.peek()
	if t.kind != tokenNumber {
		return nil
	}
	p.next()
	n, err := strconv.ParseInt(t.text, 10, 64)
	if err != nil {
		n = farIndex
		if t.text[0] == '-' {
			n = -farIndex
		}
	}
	return n
}
