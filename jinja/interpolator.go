package jinja

import "context"

// Interpolator evaluates texts with Jinja expressions in them as Orquesta does:
// a text that is exactly one {{ expression }} gives its value with the type
// kept, any other text has its expressions replaced by the text of their
// values, and a text with a {% statement %} is rendered as a template. It is
// safe for concurrent use.
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
func HasExpression(text string) bool { return false }

// Evaluate returns the value of text. Errors are of type *[Error].
func (p *Interpolator) Evaluate(ctx context.Context, text string, vars Vars) (any, error) {
	return nil, &Error{Kind: KindRuntime, Message: "not implemented"}
}

// EvaluateValue evaluates every string in a value: the elements of lists, the
// keys and values of mappings. Other values are returned as they are.
func (p *Interpolator) EvaluateValue(ctx context.Context, value any, vars Vars) (any, error) {
	return nil, &Error{Kind: KindRuntime, Message: "not implemented"}
}
