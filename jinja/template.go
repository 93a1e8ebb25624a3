package jinja

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/petrel-dev/petrel/pyvalue"
)

// Template is a compiled template. It is immutable and safe for concurrent use.
type Template struct {
	env    *Environment
	source string
	text   string // the source with its line breaks made equal

	body  []stmt
	frame frame
	fn    *function
	// single is the expression of a template that is nothing else.
	single expr
	// names are the outside variables by their place.
	names   []string
	free    []string
	blocks  map[string]*blockStmt
	self    reference
	hasSelf bool
	mutates bool
}

// Compile compiles a template in the environment that [StackStorm] returns
// without options.
func Compile(source string) (*Template, error) { return defaultEnvironment.Compile(source) }

// Compile compiles the text of a template. Errors are of type *[Error].
func (e *Environment) Compile(source string) (*Template, error) {
	return e.compile(source, (*lexer).template, func(p *parser, t *Template) {
		t.body = p.template()
		if len(t.body) == 1 {
			if out, ok := t.body[0].(*outputStmt); ok {
				t.single = out.value
			}
		}
	})
}

// CompileExpression compiles a single expression, written without braces.
// Rendering it prints the value. Errors are of type *[Error].
func (e *Environment) CompileExpression(source string) (*Template, error) {
	return e.compile(source, (*lexer).expression, func(p *parser, t *Template) {
		t.single = p.expression(true)
		if !p.is(tokEOF) {
			p.fail(int(p.current().pos), "expected the end of the expression, got %s", p.current().describe())
		}
		t.body = []stmt{&outputStmt{t.single}}
	})
}

func (e *Environment) compile(source string, tokenize func(*lexer) ([]token, *Error), build func(*parser, *Template)) (*Template, error) {
	if len(source) > e.limits.Source {
		return nil, newError(KindLimit, "the template is longer than %d bytes", e.limits.Source)
	}
	t := &Template{env: e, source: source, text: normalizeSource(source, e.keepTrailingNewline)}
	tokens, err := tokenize(&lexer{src: t.text, trimBlocks: e.trimBlocks, lstripBlocks: e.lstripBlocks})
	if err != nil {
		return nil, err.locate(t.text)
	}
	p := &parser{tokens: tokens, limits: e.limits, ext: e.extensions}
	if err := p.parse(func() { build(p, t); t.resolve(p) }); err != nil {
		return nil, err.locate(t.text)
	}
	return t, nil
}

func (t *Template) resolve(p *parser) {
	r := &resolver{env: t.env, hasBlocks: len(p.blocks) > 0}
	sc := &scope{symbols: newSymbols(nil), fn: &function{}, toplevel: true}
	if r.hasBlocks {
		t.blocks = make(map[string]*blockStmt, len(p.blocks))
		for _, b := range p.blocks {
			t.blocks[b.name] = b
		}
	}
	t.hasSelf = strings.Contains(t.text, "self") && undeclared(t.body, "self")["self"]
	sc.statements(t.body)
	if t.hasSelf {
		sc.param("self")
	}
	t.frame = r.enter(sc)
	t.fn = sc.fn
	if t.hasSelf {
		t.self = r.reference(sc, sc.find("self"))
	}
	r.statements(t.body, sc)
	t.names = r.variables.names
	t.mutates = r.mutates
	t.free = r.free
	if len(t.free) > 1 {
		slices.Sort(t.free)
		t.free = slices.Compact(t.free)
	}
}

// Source returns the text that was compiled.
func (t *Template) Source() string { return t.source }

// IsExpression reports whether the template is one expression without text
// around it, so that [Template.Eval] keeps the type of its value.
func (t *Template) IsExpression() bool { return t.single != nil }

// Variables returns the names, sorted, that the template needs from outside:
// those it reads without having defined them on every way that leads there.
// Globals of the environment are not among them.
func (t *Template) Variables() []string { return slices.Clone(t.free) }

// Render returns the text of the template. A nil vars has no variables. Errors
// are of type *[Error]; if the context ended, they wrap its error.
func (t *Template) Render(ctx context.Context, vars Vars) (string, error) {
	var text string
	err := t.evaluate(ctx, vars, func(s *evaluation) error {
		if t.single != nil {
			v, err := t.single.eval(s)
			if err != nil {
				return err
			}
			if !s.autoescape {
				text, err = s.text(v)
				if err == nil && len(text) > s.env.limits.Output {
					err = newError(KindLimit, "the output is longer than %d bytes", s.env.limits.Output)
				}
				return placed(at(t.single.position()), err)
			}
			err = placed(at(t.single.position()), s.print(v))
			text = string(s.out)
			return err
		}
		if s.out == nil {
			s.out = make([]byte, 0, min(len(t.text)+64, 4096))
		}
		err := s.run(t.body)
		text = string(s.out)
		return err
	})
	if err != nil {
		return "", err
	}
	return text, nil
}

// Eval returns the value of a template that is a single expression with its
// type kept, and the rendered text of any other. Iterators arrive as lists.
// The value may share memory with vars. An undefined result is an [*Undefined].
func (t *Template) Eval(ctx context.Context, vars Vars) (any, error) {
	if t.single == nil {
		return orNil(t.Render(ctx, vars))
	}
	var value any
	err := t.evaluate(ctx, vars, func(s *evaluation) error {
		s.exposed = true
		v, err := t.single.eval(s)
		if err != nil {
			return err
		}
		value, err = s.result(v)
		return placed(at(t.single.position()), s.settle(err))
	})
	if err != nil {
		return nil, err
	}
	return value, nil
}

func orNil(text string, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return text, nil
}

// evaluate runs f with the state of a new rendering.
func (t *Template) evaluate(ctx context.Context, vars Vars, f func(*evaluation) error) error {
	err := t.attempt(ctx, vars, t.mutates, f)
	if errors.Is(err, errNeedsOwnership) {
		err = t.attempt(ctx, vars, true, f)
	}
	if err == nil {
		return nil
	}
	e := templateError(err)
	if e.placed {
		e = e.locate(t.text)
	}
	return e
}

func (t *Template) attempt(ctx context.Context, vars Vars, owned bool, f func(*evaluation) error) error {
	s := t.env.evaluations.Get().(*evaluation)
	s.ctx, s.env, s.template, s.vars = ctx, t.env, t, vars
	s.autoescape = t.env.autoescape
	s.checkAt = min(checkInterval, t.env.limits.Steps+1)
	slots := s.few[:]
	if n := len(t.names) + t.fn.slots; n > len(slots) {
		slots = make([]any, n)
	}
	s.variables = slots[:len(t.names):len(t.names)]
	for i := range s.variables {
		s.variables[i] = unresolved
	}
	s.root.slots = slots[len(t.names):]
	s.act = &s.root
	if owned {
		s.owned = newOwner()
	}
	if ctx.Err() != nil {
		return s.check()
	}
	s.enter(&t.frame)
	if t.hasSelf {
		s.assign(t.self, &templateSelf{t})
	}
	err := s.settle(f(s))
	s.release()
	return err
}

// keptOutput is the size of the largest output whose memory is used again.
const keptOutput = 64 << 10

// release gives the memory of a rendering back, unless a value that refers to
// it may live on.
func (s *evaluation) release() {
	if s.referenced && s.exposed {
		s.done = true
		return
	}
	out := s.out[:0]
	if cap(out) > keptOutput {
		out = nil
	}
	pool := s.env.evaluations
	*s = evaluation{out: out, spare: s.spare}
	pool.Put(s)
}

// result makes a value fit to leave the evaluation.
func (s *evaluation) result(v any) (any, error) {
	switch t := v.(type) {
	case *generator:
		items, err := s.collect(t)
		return pyvalue.NewList(items...), err
	case Markup:
		return string(t), nil
	}
	return v, nil
}

// templateSelf is the variable "self": the blocks of the template as functions.
type templateSelf struct{ template *Template }

// TypeName returns the name of the type in messages.
func (*templateSelf) TypeName() string { return "TemplateReference" }

// Repr returns the text that Jinja2 prints for a template without a name.
func (*templateSelf) Repr() string { return "<TemplateReference None>" }

func (t *templateSelf) member(s *evaluation, name string) (any, bool, error) {
	b, ok := t.template.blocks[name]
	if !ok || b.fn == nil {
		return nil, false, nil
	}
	return &builtin{name, func(s *evaluation, c *Call) (any, error) {
		text, err := s.capture(func() error { return b.exec(s) })
		return s.markupIfEscaping(text), err
	}}, true, nil
}
