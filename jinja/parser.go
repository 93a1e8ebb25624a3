package jinja

import (
	"fmt"

	"github.com/petrel-dev/petrel/pyvalue"
)

// parser turns tokens into a syntax tree.
type parser struct {
	tokens []token
	pos    int
	limits Limits
	depth  int
	tags   []string // open tags, innermost last
	blocks []*blockStmt
	loops  int
	ext    extensions
}

// extensions are the statements that Jinja2 has only on request.
type extensions struct {
	do, loopControls bool
}

func syntaxError(pos int, format string, args ...any) *Error {
	return &Error{Kind: KindSyntax, Message: fmt.Sprintf(format, args...), offset: pos}
}

// bail carries a syntax error out of the parser; see parse.
type bail struct{ err *Error }

func (p *parser) fail(pos int, format string, args ...any) {
	panic(bail{syntaxError(pos, format, args...)})
}

// parse calls f and returns the error that f ended with.
func (p *parser) parse(f func()) (err *Error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case bail:
			err = r.err
		default:
			panic(r)
		}
	}()
	f()
	return nil
}

func (p *parser) current() *token { return &p.tokens[p.pos] }

func (p *parser) peek() *token {
	if p.pos+1 < len(p.tokens) {
		return &p.tokens[p.pos+1]
	}
	return &p.tokens[p.pos]
}

func (p *parser) next() *token {
	t := &p.tokens[p.pos]
	if t.kind != tokEOF {
		p.pos++
	}
	return t
}

func (p *parser) is(kind tokenKind) bool { return p.tokens[p.pos].kind == kind }

func (p *parser) isName(name string) bool { return p.tokens[p.pos].isName(name) }

func (p *parser) skipIf(kind tokenKind) bool {
	if p.is(kind) {
		p.pos++
		return true
	}
	return false
}

func (p *parser) skipName(name string) bool {
	if p.isName(name) {
		p.pos++
		return true
	}
	return false
}

func (p *parser) expect(kind tokenKind) *token {
	t := p.current()
	if t.kind != kind {
		p.fail(int(t.pos), "expected %s, got %s", kind, t.describe())
	}
	return p.next()
}

func (p *parser) expectName(name string) *token {
	t := p.current()
	if !t.isName(name) {
		p.fail(int(t.pos), "expected '%s', got %s", name, t.describe())
	}
	return p.next()
}

// enter counts one level of nesting; the caller lowers depth again.
func (p *parser) enter() {
	p.depth++
	if p.depth > p.limits.Nesting {
		panic(bail{&Error{Kind: pyvalue.KindRecursion, offset: int(p.current().pos),
			Message: fmt.Sprintf("the template is nested deeper than %d levels", p.limits.Nesting)}})
	}
}

// link counts one link of a chain such as a + b + c, which nests without
// brackets.
func (p *parser) link(n int) {
	if n > 20*p.limits.Nesting {
		panic(bail{&Error{Kind: pyvalue.KindRecursion, offset: int(p.current().pos),
			Message: fmt.Sprintf("the expression has more than %d links in one chain", 20*p.limits.Nesting)}})
	}
}

func (p *parser) at() at { return at(p.current().pos) }
