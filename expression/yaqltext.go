package expression

import "github.com/petrel-dev/petrel/yaql"

// yaqlText is a text with YAQL expressions.
type yaqlText struct {
	source string
	blocks []yaqlBlock
}

type yaqlBlock struct {
	span
	inner   span
	program *yaql.Program
	need    need
	err     *Error // if it does not compile
}

func (env *Environment) compileYAQL(source string) text {
	spans := inlineYAQL.all(source)
	t := &yaqlText{source: source, blocks: make([]yaqlBlock, len(spans))}
	for i, s := range spans {
		b := yaqlBlock{span: s, inner: inlineYAQL.inner(source, s)}
		p, err := yaql.Compile(b.inner.of(source), env.yaql...)
		if err != nil {
			b.err = fromYAQL(err, source, b.span, b.inner)
		} else {
			b.program, b.need = p, needOf(p)
		}
		t.blocks[i] = b
	}
	return t
}

func (t *yaqlText) eval(e *evaluation) (any, error) { return t.expand(e, 0) }

func (t *yaqlText) expand(e *evaluation, depth int) (any, error) {
	if len(t.blocks) == 1 && t.blocks[0].span == (span{0, len(t.source)}) {
		return t.value(e, &t.blocks[0], depth)
	}
	out := assembly{source: t.source, everywhere: e.env.reevaluate}
	for i := range t.blocks {
		b := &t.blocks[i]
		v, err := t.value(e, b, depth)
		if err != nil {
			return nil, err
		}
		if err := out.put(b.span, v); err != nil {
			return nil, unprintable(err, YAQL, t.source, b.span)
		}
	}
	return out.String(), nil
}

func (t *yaqlText) value(e *evaluation, b *yaqlBlock, depth int) (any, error) {
	if b.err != nil {
		return nil, b.err
	}
	v, err := b.program.Eval(e.ctx, e.scope.yaqlEnv(b.need))
	if err != nil {
		return nil, fromYAQL(err, t.source, b.span, b.inner)
	}
	if !e.env.reevaluate {
		return v, nil
	}
	if s, ok := v.(string); ok && hasYAQL(s) {
		if v, err = e.result(YAQL, s, depth+1); err != nil {
			return nil, within(err, YAQL, t.source, b.span)
		}
	}
	return v, nil
}

func (t *yaqlText) problems(*Environment) []*Error {
	var found []*Error
	for i := range t.blocks {
		if err := t.blocks[i].err; err != nil {
			found = append(found, err)
		}
	}
	return found
}
