package expression

import (
	"strconv"
	"strings"

	"github.com/petrel-dev/petrel/jinja"
	"github.com/petrel-dev/petrel/pyvalue"
)

// jinjaText is a text with Jinja expressions or statements.
type jinjaText struct {
	source string
	cut    string // the source with a mark in the place of each raw block
	raw    []rawBlock

	// A text with statements is one template.
	template *jinja.Template
	// One without is a text with expressions in it.
	blocks []jinjaBlock
	// frame is the text as a template that has raw blocks, and variables in
	// the places of expressions. It is used unless results are evaluated again.
	frame *jinja.Template

	err *Error // if template or frame does not compile
}

type jinjaBlock struct {
	span         // in cut
	inner   span // in cut
	program *jinja.Template
	err     *Error // if it does not compile
}

// rawBlock is where a raw block was in the source, and where its mark is.
type rawBlock struct{ source, mark span }

var rawDelimiters = delimiters{open: "{% raw %}", end: "{% endraw %}"}

// compileJinja compiles a text. Only a text of the host has raw blocks of its
// own; in the result of an expression they are statements like others.
func (env *Environment) compileJinja(source string, raw bool) text {
	t := &jinjaText{source: source, cut: source}
	if raw && strings.Contains(source, rawDelimiters.open) {
		t.cutRaw()
	}
	if blockJinja.in(t.cut) {
		if !env.reevaluate {
			// Raw blocks need no care if nothing is evaluated twice.
			t.cut, t.raw = source, nil
		}
		t.template = t.compile(env, t.cut)
		return t
	}
	spans := inlineJinja.all(t.cut)
	t.blocks = make([]jinjaBlock, len(spans))
	for i, s := range spans {
		b := jinjaBlock{span: s, inner: inlineJinja.inner(t.cut, s)}
		expr := b.inner.of(t.cut)
		var err error
		if b.program, err = env.jinja.CompileExpression(expr); err != nil {
			b.err = t.blockError(&b, err)
		}
		t.blocks[i] = b
	}
	if t.raw != nil && !env.reevaluate {
		t.frame = t.compile(env, t.framed())
	}
	return t
}

func (t *jinjaText) cutRaw() {
	var b strings.Builder
	pos := 0
	for i, s := range rawDelimiters.all(t.source) {
		b.WriteString(t.source[pos:s.from])
		from := b.Len()
		b.WriteString(mark(i))
		t.raw = append(t.raw, rawBlock{s, span{from, b.Len()}})
		pos = s.to
	}
	b.WriteString(t.source[pos:])
	t.cut = b.String()
}

// mark stands for a raw block while the rest is evaluated.
func mark(i int) string { return "{" + strconv.Itoa(i) + "}" }

// framed returns the source with variables instead of expressions.
func (t *jinjaText) framed() string {
	var b strings.Builder
	pos := 0
	for i, block := range t.blocks {
		s := span{t.origin(block.from), t.origin(block.to)}
		b.WriteString(t.source[pos:s.from])
		b.WriteString("{{ " + frameName(i) + " }}")
		pos = s.to
	}
	b.WriteString(t.source[pos:])
	return b.String()
}

func frameName(i int) string { return "v" + strconv.Itoa(i) }

// origin returns the place in the source of a place in the cut text.
func (t *jinjaText) origin(offset int) int {
	shift := 0
	for _, r := range t.raw {
		if offset < r.mark.to {
			if offset > r.mark.from {
				return r.source.from
			}
			break
		}
		shift = r.source.to - r.mark.to
	}
	return offset + shift
}

func (t *jinjaText) compile(env *Environment, source string) *jinja.Template {
	template, err := env.jinja.Compile(source)
	if err != nil {
		t.err = t.templateError(err)
	}
	return template
}

func (t *jinjaText) templateError(err error) *Error {
	return fromJinja(err, t.source, span{0, len(t.source)}, t.cut, t.origin)
}

func (t *jinjaText) blockError(b *jinjaBlock, err error) *Error {
	whole := span{t.origin(b.from), t.origin(b.to)}
	return fromJinja(err, t.source, whole, b.inner.of(t.cut), func(offset int) int {
		return t.origin(b.inner.from + offset)
	})
}

func (t *jinjaText) eval(e *evaluation) (any, error) {
	if t.raw != nil && !e.env.reevaluate {
		return t.evalFrame(e)
	}
	v, err := t.expand(e, 0)
	if err != nil || !e.env.reevaluate {
		return v, err
	}
	output, ok := v.(string)
	if !ok || strings.IndexByte(output, '{') < 0 {
		return v, nil
	}
	if left := inlineJinja.all(output); left != nil {
		return nil, t.unresolved(output, left)
	}
	if t.raw == nil {
		return output, nil
	}
	for i, r := range t.raw {
		output = strings.ReplaceAll(output, mark(i), r.source.of(t.source))
		if len(output) > pyvalue.MaxTextBytes {
			return nil, unprintable(errTextTooLong, Jinja, t.source, r.source)
		}
	}
	template, err := e.env.jinja.Compile(output)
	if err == nil {
		output, err = template.Render(e.ctx, (*jinjaScope)(e.scope))
	}
	if err != nil {
		return nil, fromJinja(err, t.source, span{0, len(t.source)}, output, func(int) int { return 0 })
	}
	return output, nil
}

func (t *jinjaText) expand(e *evaluation, depth int) (any, error) {
	if t.err != nil {
		return nil, t.err
	}
	if t.template != nil {
		output, err := t.template.Render(e.ctx, (*jinjaScope)(e.scope))
		if err != nil {
			return nil, t.templateError(err)
		}
		if e.env.reevaluate && hasJinja(output) {
			return t.again(e, output, depth, span{0, len(t.cut)})
		}
		return output, nil
	}
	if len(t.blocks) == 1 && t.blocks[0].span == (span{0, len(t.cut)}) {
		v, defined, err := t.value(e, &t.blocks[0], depth)
		if err != nil || defined {
			return v, err
		}
		if e.env.reevaluate {
			return t.cut, nil
		}
		return nil, t.unresolved(t.cut, []span{t.blocks[0].span})
	}
	out := assembly{source: t.cut, everywhere: e.env.reevaluate}
	var undefined []span
	for i := range t.blocks {
		b := &t.blocks[i]
		v, defined, err := t.value(e, b, depth)
		if err != nil {
			return nil, err
		}
		if !defined {
			undefined = append(undefined, b.span)
			continue
		}
		if err := out.put(b.span, v); err != nil {
			return nil, unprintable(err, Jinja, t.cut, b.span)
		}
	}
	if undefined != nil && !e.env.reevaluate {
		return nil, t.unresolved(t.cut, undefined)
	}
	return out.String(), nil
}

// evalFrame renders the text around raw blocks, with the values as variables.
func (t *jinjaText) evalFrame(e *evaluation) (any, error) {
	if t.err != nil {
		return nil, t.err
	}
	values := make(jinja.Map, len(t.blocks))
	var undefined []span
	for i := range t.blocks {
		v, defined, err := t.value(e, &t.blocks[i], 0)
		if err != nil {
			return nil, err
		}
		if !defined {
			undefined = append(undefined, t.blocks[i].span)
		}
		values[frameName(i)] = v
	}
	if undefined != nil {
		return nil, t.unresolved(t.cut, undefined)
	}
	output, err := t.frame.Render(e.ctx, values)
	if err != nil {
		return nil, fromJinja(err, t.source, span{0, len(t.source)}, t.source, func(int) int { return 0 })
	}
	return output, nil
}

// value returns the value of one expression, and whether it is defined.
func (t *jinjaText) value(e *evaluation, b *jinjaBlock, depth int) (any, bool, error) {
	if b.err != nil {
		return nil, false, b.err
	}
	v, err := b.program.Eval(e.ctx, (*jinjaScope)(e.scope))
	if err != nil {
		return nil, false, t.blockError(b, err)
	}
	switch v := v.(type) {
	case *jinja.Undefined:
		// One that an "if" without "else" leaves is a value, with empty text.
		return v, v.TypeName() != strictUndefined, nil
	case string:
		if e.env.reevaluate && hasJinja(v) {
			again, err := t.again(e, v, depth, b.span)
			return again, true, err
		}
	}
	return v, true, nil
}

const strictUndefined = "StrictUndefined"

// again evaluates what came out of a part of the text.
func (t *jinjaText) again(e *evaluation, output string, depth int, part span) (any, error) {
	v, err := e.result(Jinja, output, depth+1)
	if err != nil {
		return nil, within(err, Jinja, t.source, span{t.origin(part.from), t.origin(part.to)})
	}
	return v, nil
}

// unresolved is the error of a text that still holds expressions.
func (t *jinjaText) unresolved(output string, left []span) *Error {
	names := make([]string, len(left))
	for i, s := range left {
		names[i] = inlineJinja.inner(output, s).of(output)
	}
	e := &Error{
		Kind: KindUnresolved, Language: Jinja, Expression: left[0].of(output),
		Message:    "without a value: " + strings.Join(names, ", "),
		Suggestion: "read variables of the workflow with ctx('name')",
	}
	return e.at(t.source, max(0, strings.Index(t.source, e.Expression)))
}
