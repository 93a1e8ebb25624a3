package yaql

import "fmt"

// parser is an operator-precedence parser with one token of look-ahead.
type parser struct {
	lex      lexer
	tok      token
	depth    int
	height   int // of the tree of the node parsed last
	maxDepth int
}

// binding is how tightly a binary operator binds; a higher level wins.
type binding struct {
	level int
	right bool // right-associative
}

const (
	levelArrow = 10 * (iota + 1)
	levelOr
	levelAnd
	levelNot
	levelCompare
	levelAdd
	levelMultiply
	levelMatch
	levelSign
	levelIndex
	levelDot
)

func bindingOf(op string) (binding, bool) {
	switch op {
	case ".", "?.":
		return binding{level: levelDot}, true
	case "=~", "!~":
		return binding{level: levelMatch}, true
	case "*", "/", "mod":
		return binding{level: levelMultiply}, true
	case "+", "-":
		return binding{level: levelAdd}, true
	case ">", "<", ">=", "<=", "!=", "=", "in":
		return binding{level: levelCompare}, true
	case "and":
		return binding{level: levelAnd}, true
	case "or":
		return binding{level: levelOr}, true
	case "->":
		return binding{level: levelArrow, right: true}, true
	}
	return binding{}, false
}

// Parse returns the syntax tree of an expression (the text without
// delimiters). Errors are *[Error] of kind [KindSyntax], [KindLexical],
// [KindUnicode], [KindValue] (an integer with too many digits),
// [KindRecursion] or [KindLimit].
func Parse(source string) (Node, error) {
	n, err := parse(source, DefaultLimits())
	if err != nil {
		return nil, err
	}
	return n, nil
}

func parse(source string, limits Limits) (Node, *Error) {
	if limits.SourceBytes > 0 && len(source) > limits.SourceBytes {
		return nil, fail(KindLimit, "an expression of %d bytes, the limit is %d", len(source), limits.SourceBytes)
	}
	p := parser{lex: lexer{src: source}, maxDepth: limits.Nesting}
	if err := p.advance(); err != nil {
		return nil, err
	}
	n, err := p.expression(0)
	if err != nil {
		return nil, err
	}
	if p.tok.kind != tokEnd {
		return nil, p.unexpected("an operator or the end")
	}
	return n, nil
}

func (p *parser) advance() *Error {
	t, err := p.lex.next()
	p.tok = t
	return err
}

func (p *parser) unexpected(expected string) *Error {
	e := fail(KindSyntax, "unexpected end of the expression")
	if p.tok.kind == tokEnd {
		e.AtEnd = true
	} else {
		what := p.tok.text
		if p.tok.kind == tokFunction {
			what += "("
		}
		e.Message = fmt.Sprintf("unexpected %q", what)
		switch what {
		case "=", "==":
			e.Suggestion = "="
		case "and(", "or(", "in(", "mod(":
			e.Suggestion = p.tok.text + " ("
		}
	}
	e.Expected = expected
	return e.at(p.lex.src, p.tok.pos)
}

func (p *parser) is(punct string) bool { return p.tok.kind == tokPunct && p.tok.text == punct }

func (p *parser) expect(punct string) *Error {
	if !p.is(punct) {
		return p.unexpected(fmt.Sprintf("%q or an operator", punct))
	}
	return p.advance()
}

// expression parses operators of at least the given level.
func (p *parser) expression(level int) (Node, *Error) {
	p.depth++
	defer func() { p.depth-- }()
	if p.maxDepth > 0 && p.depth > p.maxDepth {
		return nil, fail(KindRecursion, "nested deeper than %d", p.maxDepth).at(p.lex.src, p.tok.pos)
	}
	left, err := p.operand()
	height := p.height
	for err == nil {
		var next Node
		pos := offset(p.tok.pos)
		if p.is("[") && levelIndex >= level {
			if err = p.advance(); err != nil {
				break
			}
			var args []Node
			if args, err = p.arguments("]"); err == nil {
				next = &Index{pos, left, args}
			}
		} else {
			if p.tok.kind != tokOperator {
				break
			}
			b, ok := bindingOf(p.tok.text)
			if !ok || b.level < level {
				break
			}
			op := p.tok.text
			if err = p.advance(); err != nil {
				break
			}
			inner := b.level + 1
			if b.right {
				inner = b.level
			}
			var right Node
			if right, err = p.expression(inner); err == nil {
				next = &Binary{pos, op, left, right}
			}
		}
		left = next
		height = 1 + max(height, p.height)
		if p.maxDepth > 0 && height > 2*p.maxDepth {
			return nil, fail(KindRecursion, "a chain of more than %d operators", 2*p.maxDepth).at(p.lex.src, int(pos))
		}
	}
	p.height = height
	return left, err
}

const operandExpected = "a value"

func (p *parser) operand() (Node, *Error) {
	t := p.tok
	p.height = 1
	pos := offset(t.pos)
	switch t.kind {
	case tokLiteral:
		return &Literal{pos, t.value}, p.advance()
	case tokWord:
		return &Word{pos, t.text}, p.advance()
	case tokVariable:
		return &Variable{pos, t.text}, p.advance()
	case tokFunction:
		if err := p.advance(); err != nil {
			return nil, err
		}
		args, err := p.arguments(")")
		return &Call{pos, t.text, args}, err
	case tokOperator:
		var level int
		switch t.text {
		case "+", "-":
			level = levelSign
		case "not":
			level = levelNot
		default:
			return nil, p.unexpected(operandExpected)
		}
		if err := p.advance(); err != nil {
			return nil, err
		}
		operand, err := p.expression(level + 1)
		return &Unary{pos, t.text, operand}, err
	case tokPunct:
		switch t.text {
		case "(", "[", "{":
		default:
			return nil, p.unexpected(operandExpected)
		}
		if err := p.advance(); err != nil {
			return nil, err
		}
		switch t.text {
		case "[":
			items, err := p.arguments("]")
			return &List{pos, items}, err
		case "{":
			items, err := p.arguments("}")
			return &Map{pos, items}, err
		}
		inner, err := p.expression(0)
		if err != nil {
			return nil, err
		}
		return &Group{pos, inner}, p.expect(")")
	}
	return nil, p.unexpected(operandExpected)
}

// arguments parses up to and including the closing bracket. Positional
// arguments come first and may be empty, except the last one of all; pairs
// follow, after at most one empty argument.
func (p *parser) arguments(closing string) ([]Node, *Error) {
	var args []Node
	if p.is(closing) {
		return args, p.advance()
	}
	pairs, values, empty := false, 0, 0
	height := 0
	for {
		if p.is(",") && !pairs {
			args = append(args, &Omitted{offset(p.tok.pos)})
			empty++
			if err := p.advance(); err != nil {
				return nil, err
			}
			continue
		}
		arg, err := p.expression(0)
		if err != nil {
			return nil, err
		}
		startsPairs := !pairs && (len(args) == 0 || values > 0 && empty <= 1)
		if p.tok.kind == tokPair && (pairs || startsPairs) {
			pairs = true
			pos := offset(p.tok.pos)
			if err := p.advance(); err != nil {
				return nil, err
			}
			height = max(height, p.height)
			value, err := p.expression(0)
			if err != nil {
				return nil, err
			}
			arg = &Pair{pos, arg, value}
		} else if pairs {
			return nil, p.unexpected(`"=>"`)
		}
		args = append(args, arg)
		height = max(height, p.height)
		p.height = height + 1
		values++
		empty = 0
		if p.is(closing) {
			return args, p.advance()
		}
		if !p.is(",") {
			return nil, p.unexpected(fmt.Sprintf(`",", %q or an operator`, closing))
		}
		if err := p.advance(); err != nil {
			return nil, err
		}
	}
}
