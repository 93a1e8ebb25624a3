package yaql

import (
	"context"
	"errors"
	"strings"

	"github.com/petrel-dev/petrel/pyvalue"
)

// Text is a string in which expressions stand between the delimiters <% and
// %>. It is immutable and safe for use by any number of goroutines.
//
// If a text is one expression and nothing else, its value is that of the
// expression; otherwise each expression is replaced by the text of its value,
// as Python prints it. An expression lies within one line, and ends at the
// first closing delimiter, even inside a string literal; delimiters without a
// partner are plain text.
type Text struct {
	source  string
	blocks  []block
	options *options
	library *library
}

type block struct {
	text    string // with delimiters
	program *Program
	err     *Error // if it does not compile
}

// HasExpressions reports whether text contains an expression.
func HasExpressions(text string) bool {
	_, _, ok := findBlock(text, 0)
	return ok
}

// findBlock finds the first expression at or after start.
func findBlock(text string, start int) (from, to int, ok bool) {
	for {
		i := strings.Index(text[start:], "<%")
		if i < 0 {
			return 0, 0, false
		}
		from = start + i
		line := text[from+2:]
		if end := strings.IndexByte(line, '\n'); end >= 0 {
			line = line[:end]
		}
		if j := strings.Index(line, "%>"); j >= 0 {
			return from, from + 2 + j + 2, true
		}
		start = from + 1
	}
}

// NewText compiles the expressions of a text. It never fails: expressions
// that do not compile are found by [Text.Problems], and fail when they are
// evaluated.
func NewText(text string, opts ...Option) *Text {
	o := newOptions(opts)
	return newText(text, o, newLibrary(o.functions))
}

func newText(text string, o *options, functions *library) *Text {
	t := &Text{source: text, options: o, library: functions}
	for pos := 0; ; {
		from, to, ok := findBlock(text, pos)
		if !ok {
			return t
		}
		b := block{text: text[from:to]}
		b.program, b.err = compileWith(StripDelimiters(b.text), o, functions)
		t.blocks = append(t.blocks, b)
		pos = to
	}
}

// StripDelimiters returns the expression of a block: without the characters
// <, % and > and then without the white space at both ends.
func StripDelimiters(block string) string {
	return strings.TrimFunc(strings.Trim(block, "<%>"), isSpace)
}

// String returns the source.
func (t *Text) String() string { return t.source }

// Constant reports whether the text has no expression.
func (t *Text) Constant() bool { return len(t.blocks) == 0 }

// Programs returns the expressions that compile, in order.
func (t *Text) Programs() []*Program {
	var out []*Program
	for _, b := range t.blocks {
		if b.program != nil {
			out = append(out, b.program)
		}
	}
	return out
}

// Problem is an expression of a text that does not compile.
type Problem struct {
	Expression string // with delimiters
	Err        *Error
}

// Problems returns the expressions that do not compile, in order.
func (t *Text) Problems() []Problem {
	var out []Problem
	for _, b := range t.blocks {
		if b.err != nil {
			out = append(out, Problem{b.text, b.err})
		}
	}
	return out
}

// Eval evaluates the text. The errors are those of [Program.Eval], and those
// of [Compile] for an expression that does not compile.
func (t *Text) Eval(ctx context.Context, env Env) (any, error) {
	return t.eval(ctx, &env, 0)
}

// maxReevaluations bounds texts whose values contain expressions whose
// values contain expressions.
const maxReevaluations = 100

func (t *Text) eval(ctx context.Context, env *Env, depth int) (any, error) {
	if t.Constant() {
		return t.source, nil
	}
	if depth > maxReevaluations {
		return nil, fail(KindRecursion, "values evaluated again more than %d times", maxReevaluations).at(t.source, 0)
	}
	output := t.source
	for _, b := range t.blocks {
		if b.err != nil {
			return nil, b.err
		}
		ev := evaluator{prog: b.program, env: *env, ctx: ctx, limits: &b.program.limits}
		v, err := ev.result()
		if err != nil {
			return nil, err
		}
		if s, ok := v.(string); ok && t.options.reevaluate && HasExpressions(s) {
			if v, err = newText(s, t.options, t.library).eval(ctx, env, depth+1); err != nil {
				return nil, err
			}
		}
		if len(t.blocks) == 1 && len(t.source) == len(b.text) {
			return v, nil
		}
		text, err := pyvalue.StrWithin(v, t.options.limits.Bytes)
		if err != nil {
			return nil, wrap(err).at(b.program.source, 0)
		}
		if size := len(output) + strings.Count(output, b.text)*(len(text)-len(b.text)); t.options.limits.Bytes > 0 && size > t.options.limits.Bytes {
			return nil, fail(KindLimit, "a text of more than %d bytes", t.options.limits.Bytes).at(b.program.source, 0)
		}
		output = strings.ReplaceAll(output, b.text, text)
	}
	return output, nil
}

// Err joins the problems of the text into one error, or returns nil.
func (t *Text) Err() error {
	var errs []error
	for _, p := range t.Problems() {
		errs = append(errs, p.Err)
	}
	return errors.Join(errs...)
}
