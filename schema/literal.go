package schema

import (
	"github.com/petrel-dev/petrel/pyvalue"
)

// maxLiteralDepth is how deep expressions may be nested.
const maxLiteralDepth = 200

// parseLiteral reads a text as a Python literal: numbers, texts, bytes, tuples,
// lists, dicts, sets, True, False and None. As in Python a text that is no
// expression at all is an error of kind literal_syntax, and an expression that
// is not a literal one of kind value; so expressions are parsed to their end,
// but only literals have a value.
func parseLiteral(text string) (any, error) {
	tokens, err := scanLiteral(text)
	if err != nil {
		return nil, err
	}
	p := &literalParser{tokens: tokens}
	result := p.expressions(tokenEnd, "")
	if p.err == nil && !p.at(tokenEnd, "") {
		p.fail()
	}
	switch {
	case p.err != nil:
		return nil, p.err
	case !result.known:
		return nil, pyvalue.Errorf(pyvalue.KindValue, "%s is neither JSON nor a literal", shortened(text))
	default:
		return result.value, result.err
	}
}

// operand is the result of an expression. Only a literal has a known value.
type operand struct {
	value any
	known bool
	// unsigned says that the value is a number written without a sign.
	unsigned bool
	// err is why a literal cannot be built: a key that is not hashable.
	err error
}

func literal(value any) operand { return operand{value: value, known: true} }

// literalParser parses the expressions of Python 3.11.
type literalParser struct {
	tokens []token
	next   int
	depth  int
	err    error
}

func (p *literalParser) token() *token { return &p.tokens[p.next] }

func (p *literalParser) at(kind tokenKind, text string) bool {
	t := p.token()
	return t.kind == kind && t.text == text
}

func (p *literalParser) atOperator(text string) bool { return p.at(tokenOperator, text) }
func (p *literalParser) atWord(text string) bool     { return p.at(tokenName, text) }

func (p *literalParser) advance() *token {
	t := p.token()
	if t.kind != tokenEnd {
		p.next++
	}
	return t
}

func (p *literalParser) take(kind tokenKind, text string) bool {
	if p.err == nil && p.at(kind, text) {
		p.advance()
		return true
	}
	return false
}

func (p *literalParser) takeOperator(text string) bool { return p.take(tokenOperator, text) }
func (p *literalParser) takeWord(text string) bool     { return p.take(tokenName, text) }

func (p *literalParser) expectOperator(text string) {
	if !p.takeOperator(text) {
		p.fail()
	}
}

// fail records the first error and makes all further parsing end.
func (p *literalParser) fail() {
	if p.err == nil {
		p.err = syntaxError(p.token().at)
	}
	p.next = len(p.tokens) - 1
}

func syntaxError(at int) error {
	return pyvalue.Errorf(pyvalue.KindLiteral, "character %d: the text is neither JSON nor a literal", at+1)
}

func (p *literalParser) enter() bool {
	if p.depth++; p.depth > maxLiteralDepth {
		p.fail()
		return false
	}
	return true
}

// expressions parses one expression, or a tuple of several, up to a token that
// is left alone.
func (p *literalParser) expressions(end tokenKind, endText string) operand {
	first := p.expression()
	if !p.atOperator(",") {
		return first
	}
	items := []operand{first}
	for p.takeOperator(",") && !p.at(end, endText) {
		items = append(items, p.expression())
	}
	return collect(items, func(values []any) (any, error) { return pyvalue.Tuple(values), nil })
}

// collect builds the value of a display item by item, so that of several errors
// the first counts.
func collect(items []operand, build func(values []any) (any, error)) operand {
	values := make([]any, len(items))
	for i, item := range items {
		if !item.known || item.err != nil {
			return operand{known: item.known, err: item.err}
		}
		values[i] = item.value
	}
	value, err := build(values)
	return operand{value: value, known: true, err: err}
}

// expression parses a conditional expression or a lambda.
func (p *literalParser) expression() operand {
	if !p.enter() {
		return operand{}
	}
	defer func() { p.depth-- }()
	if p.takeWord("lambda") {
		p.lambdaParameters()
		p.expression()
		return operand{}
	}
	result := p.binary(levelOr)
	if p.takeWord("if") {
		p.binary(levelOr)
		if !p.takeWord("else") {
			p.fail()
		}
		p.expression()
		return operand{}
	}
	return result
}

func (p *literalParser) lambdaParameters() {
	for p.err == nil && !p.takeOperator(":") {
		switch {
		case p.takeOperator("*"), p.takeOperator("**"), p.takeOperator("/"), p.takeOperator(","):
		case p.token().isIdentifier():
			p.advance()
			if p.takeOperator("=") {
				p.expression()
			}
		default:
			p.fail()
		}
	}
}

// Levels of binary operators, the loosest first.
const (
	levelNone = iota
	levelOr
	levelAnd
	levelNot
	levelCompare
	levelBitOr
	levelBitXor
	levelBitAnd
	levelShift
	levelSum
	levelProduct
	levelUnary
)

// binaryLevel returns the level of an operator, levelNone for other tokens.
func binaryLevel(operator string) int {
	switch operator {
	case "or":
		return levelOr
	case "and":
		return levelAnd
	case "<", ">", "==", ">=", "<=", "!=", "in", "is", "not":
		return levelCompare
	case "|":
		return levelBitOr
	case "^":
		return levelBitXor
	case "&":
		return levelBitAnd
	case "<<", ">>":
		return levelShift
	case "+", "-":
		return levelSum
	case "*", "/", "//", "%", "@":
		return levelProduct
	}
	return levelNone
}

func (p *literalParser) binary(level int) operand {
	if level == levelUnary {
		return p.unary()
	}
	if level == levelNot {
		negated := false
		for p.takeWord("not") {
			negated = true
		}
		result := p.binary(level + 1)
		if negated {
			return operand{}
		}
		return result
	}
	result := p.binary(level + 1)
	for p.err == nil {
		t := p.token()
		if t.level != level {
			return result
		}
		p.advance()
		switch {
		case t.text == "is":
			p.takeWord("not")
		case t.text == "not" && !p.takeWord("in"):
			p.fail()
		}
		p.binary(level + 1)
		result = operand{}
	}
	return result
}

func (p *literalParser) unary() operand {
	var signs []string
	for p.atOperator("+") || p.atOperator("-") || p.atOperator("~") {
		signs = append(signs, p.advance().text)
	}
	result := p.power()
	switch {
	case len(signs) == 0:
		return result
	case len(signs) > 1 || signs[0] == "~" || !result.unsigned:
		return operand{}
	case signs[0] == "-":
		negative, err := pyvalue.Neg(result.value)
		return operand{value: negative, known: true, err: err}
	default:
		return literal(result.value)
	}
}

func (p *literalParser) power() operand {
	awaits := p.takeWord("await")
	result := p.primary()
	if p.takeOperator("**") {
		if p.enter() {
			p.unary()
			p.depth--
		}
		return operand{}
	}
	if awaits {
		return operand{}
	}
	return result
}

// primary parses an atom and what is applied to it.
func (p *literalParser) primary() operand {
	isSet := p.atWord("set")
	result := p.atom()
	for p.err == nil {
		switch {
		case p.takeOperator("."):
			if !p.token().isIdentifier() {
				p.fail()
			}
			p.advance()
			result, isSet = operand{}, false
		case p.takeOperator("("):
			empty := p.atOperator(")")
			p.arguments()
			result = operand{}
			if empty && isSet {
				set, err := pyvalue.NewSet()
				result = operand{value: set, known: true, err: err}
			}
			isSet = false
		case p.takeOperator("["):
			p.subscripts()
			result, isSet = operand{}, false
		default:
			return result
		}
	}
	return result
}

func (p *literalParser) arguments() {
	for p.err == nil && !p.takeOperator(")") {
		switch {
		case p.takeOperator("*"), p.takeOperator("**"):
			p.expression()
		case p.token().isIdentifier() && p.tokens[p.next+1].text == "=" && p.tokens[p.next+1].kind == tokenOperator:
			p.advance()
			p.advance()
			p.expression()
		default:
			p.element()
			p.comprehension()
		}
		if !p.atOperator(")") {
			p.expectOperator(",")
		}
	}
}

func (p *literalParser) subscripts() {
	for first := true; p.err == nil && (first || !p.atOperator("]")); first = false {
		if p.atOperator("]") || p.atOperator(",") {
			p.fail()
		}
		colons := 0
		for p.err == nil && !p.atOperator("]") && !p.atOperator(",") {
			if p.takeOperator(":") {
				if colons++; colons > 2 {
					p.fail()
				}
				continue
			}
			p.takeOperator("*")
			p.element()
			if !p.atOperator(":") && !p.atOperator("]") && !p.atOperator(",") {
				p.fail()
			}
		}
		if !p.atOperator("]") {
			p.expectOperator(",")
		}
	}
	p.expectOperator("]")
}
