package jinja

import (
	"context"
	"strconv"
	"strings"

	"github.com/petrel-dev/petrel/pyvalue"
)

// Interpolator evaluates texts with Jinja expressions in them as Orquesta does:
// a text that is exactly one {{ expression }} gives its value with the type
// kept, any other text has its expressions replaced by the text of their
// values, and a text with a {% statement %} is rendered as a template. An
// expression must stand on one line and ends at the first }}. It is safe for
// concurrent use.
type Interpolator struct {
	compiler   Compiler
	reevaluate bool
	maxDepth   int
}

// InterpolatorOption configures an [Interpolator].
type InterpolatorOption func(*Interpolator)

// WithReevaluation makes expressions found in results be evaluated in turn, as
// Orquesta does. It turns data into code: whoever controls a value that an
// expression yields controls what is evaluated. maxDepth bounds the recursion;
// below 1 means 20.
func WithReevaluation(maxDepth int) InterpolatorOption {
	return func(p *Interpolator) {
		p.reevaluate = true
		if maxDepth >= 1 {
			p.maxDepth = maxDepth
		}
	}
}

// NewInterpolator returns an interpolator that compiles with compiler, usually
// a [Cache].
func NewInterpolator(compiler Compiler, options ...InterpolatorOption) *Interpolator {
	p := &Interpolator{compiler: compiler, maxDepth: 20}
	for _, o := range options {
		o(p)
	}
	return p
}

// HasExpression reports whether text contains a {{ }} or {% %} on one line,
// which is what makes Orquesta evaluate it.
func HasExpression(text string) bool {
	if strings.IndexByte(text, '{') < 0 {
		return false
	}
	_, _, inline := nextInline(text, 0, "{{", "}}")
	if inline {
		return true
	}
	_, _, block := nextInline(text, 0, "{%", "%}")
	return block
}

// nextInline finds the first open from pos on that is closed on its line.
func nextInline(text string, pos int, open, end string) (start, stop int, ok bool) {
	for {
		i := strings.Index(text[pos:], open)
		if i < 0 {
			return 0, 0, false
		}
		start = pos + i
		rest := text[start+2:]
		if j := strings.Index(rest, end); j >= 0 && strings.IndexByte(rest[:j], '\n') < 0 {
			return start, start + 2 + j + 2, true
		}
		pos = start + 1
	}
}

func allInline(text, open, end string) []string {
	var found []string
	for pos := 0; ; {
		start, stop, ok := nextInline(text, pos, open, end)
		if !ok {
			return found
		}
		found = append(found, text[start:stop])
		pos = stop
	}
}

const (
	rawOpen  = "{% raw %}"
	rawClose = "{% endraw %}"
)

// cutRaw replaces the raw blocks of a text by {0}, {1} and so on.
func cutRaw(text string) (string, []string) {
	if !strings.Contains(text, rawOpen) {
		return text, nil
	}
	var b strings.Builder
	var raw []string
	for {
		start := strings.Index(text, rawOpen)
		if start < 0 {
			break
		}
		length := strings.Index(text[start:], rawClose)
		if length < 0 {
			break
		}
		end := start + length + len(rawClose)
		b.WriteString(text[:start])
		b.WriteString("{" + strconv.Itoa(len(raw)) + "}")
		raw = append(raw, text[start:end])
		text = text[end:]
	}
	b.WriteString(text)
	return b.String(), raw
}

// Evaluate returns the value of text. Errors are of type *[Error].
func (p *Interpolator) Evaluate(ctx context.Context, text string, vars Vars) (any, error) {
	cut, raw := cutRaw(text)
	value, err := p.expand(ctx, cut, vars, 0)
	if err != nil {
		return nil, err
	}
	result, ok := value.(string)
	if !ok {
		return value, nil
	}
	if p.reevaluate {
		if left := allInline(result, "{{", "}}"); left != nil {
			return nil, unresolvedError(left)
		}
	}
	if raw == nil {
		return result, nil
	}
	if !p.reevaluate {
		// What the expressions yielded must not become part of a template.
		return restoreRaw(result, raw, func(block string) string {
			return strings.TrimSuffix(strings.TrimPrefix(block, rawOpen), rawClose)
		}), nil
	}
	t, err := p.compiler.Compile(restoreRaw(result, raw, func(block string) string { return block }))
	if err != nil {
		return nil, err
	}
	return orNil(t.Render(ctx, vars))
}

func restoreRaw(text string, raw []string, form func(string) string) string {
	for i, block := range raw {
		text = strings.ReplaceAll(text, "{"+strconv.Itoa(i)+"}", form(block))
	}
	return text
}

func unresolvedError(expressions []string) *Error {
	names := make([]string, len(expressions))
	for i, e := range expressions {
		names[i] = inner(e)
	}
	return newError(KindUnresolved, "these expressions have no value: %s", strings.Join(names, ", "))
}

// inner returns an expression without its delimiters.
func inner(expression string) string {
	return strings.TrimFunc(strings.Trim(expression, "{}"), isSpace)
}

func (p *Interpolator) expand(ctx context.Context, text string, vars Vars, depth int) (any, error) {
	if strings.IndexByte(text, '{') < 0 {
		return text, nil
	}
	if depth > p.maxDepth {
		return nil, newError(pyvalue.KindRecursion, "the result of an expression holds an expression, and so on, more than %d times", p.maxDepth)
	}
	if _, _, block := nextInline(text, 0, "{%", "%}"); block {
		t, err := p.compiler.Compile(text)
		if err != nil {
			return nil, err
		}
		out, err := t.Render(ctx, vars)
		if err != nil {
			return nil, err
		}
		if p.reevaluate {
			return p.expand(ctx, out, vars, depth+1)
		}
		return out, nil
	}
	expressions := allInline(text, "{{", "}}")
	if len(expressions) == 1 && len(expressions[0]) == len(text) {
		v, err := p.value(ctx, text, vars, depth)
		if err != nil {
			return nil, err
		}
		if isStrictUndefined(v) {
			if !p.reevaluate {
				return nil, unresolvedError(expressions)
			}
			return text, nil
		}
		return v, nil
	}
	return p.replace(ctx, text, expressions, vars, depth)
}

// replace puts the texts of values in the places of their expressions.
func (p *Interpolator) replace(ctx context.Context, text string, expressions []string, vars Vars, depth int) (any, error) {
	var unresolved []string
	var b strings.Builder
	rest := text
	for _, e := range expressions {
		v, err := p.value(ctx, e, vars, depth)
		if err != nil {
			return nil, err
		}
		if isStrictUndefined(v) {
			unresolved = append(unresolved, e)
			if p.reevaluate {
				continue
			}
		}
		printed, err := pyvalue.StrWithin(v, 0)
		if err != nil {
			return nil, place(0, err)
		}
		if p.reevaluate {
			// Every occurrence is replaced, also in values put in before.
			if n := strings.Count(text, e); len(text)+n*len(printed) > pyvalue.MaxTextBytes {
				return nil, newError(KindLimit, "the text is longer than %d bytes", pyvalue.MaxTextBytes)
			}
			text = strings.ReplaceAll(text, e, printed)
			continue
		}
		i := strings.Index(rest, e)
		b.WriteString(rest[:i])
		b.WriteString(printed)
		rest = rest[i+len(e):]
		if b.Len() > pyvalue.MaxTextBytes {
			return nil, newError(KindLimit, "the text is longer than %d bytes", pyvalue.MaxTextBytes)
		}
	}
	if p.reevaluate {
		return text, nil
	}
	if unresolved != nil {
		return nil, unresolvedError(unresolved)
	}
	b.WriteString(rest)
	return b.String(), nil
}

// value returns the value of one expression with its delimiters.
func (p *Interpolator) value(ctx context.Context, expression string, vars Vars, depth int) (any, error) {
	t, err := p.compiler.CompileExpression(inner(expression))
	if err != nil {
		return nil, err
	}
	v, err := t.Eval(ctx, vars)
	if err != nil {
		return nil, err
	}
	if text, ok := v.(string); ok && p.reevaluate {
		return p.expand(ctx, text, vars, depth+1)
	}
	return v, nil
}

// EvaluateValue evaluates every string in a value: the elements of lists, the
// keys and values of mappings. Other values are returned as they are.
func (p *Interpolator) EvaluateValue(ctx context.Context, value any, vars Vars) (any, error) {
	return p.evaluateValue(ctx, value, vars, 0)
}

func (p *Interpolator) evaluateValue(ctx context.Context, value any, vars Vars, depth int) (any, error) {
	if depth > pyvalue.MaxDepth {
		return nil, newError(pyvalue.KindRecursion, "the value is nested too deep")
	}
	if text, ok := value.(string); ok {
		return p.Evaluate(ctx, text, vars)
	}
	if pyvalue.IsDict(value) {
		n, _ := pyvalue.Len(value)
		m := pyvalue.NewMap(n)
		for k, v := range pyvalue.Entries(value) {
			key, err := p.evaluateValue(ctx, k, vars, depth+1)
			if err != nil {
				return nil, err
			}
			item, err := p.evaluateValue(ctx, v, vars, depth+1)
			if err != nil {
				return nil, err
			}
			if err := m.Set(key, item); err != nil {
				return nil, place(0, err)
			}
		}
		return m, nil
	}
	if items, ok := pyvalue.Elements(value); ok && pyvalue.IsList(value) {
		list := make([]any, len(items))
		for i, item := range items {
			v, err := p.evaluateValue(ctx, item, vars, depth+1)
			if err != nil {
				return nil, err
			}
			list[i] = v
		}
		return pyvalue.NewList(list...), nil
	}
	return value, nil
}

func isStrictUndefined(v any) bool {
	u, ok := v.(*Undefined)
	return ok && u.mode == Strict
}
