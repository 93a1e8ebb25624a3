package criteria

import (
	"context"

	"github.com/petrel-dev/petrel/pyvalue"
)

// Explanation tells how a verdict came about.
type Explanation struct {
	Result
	// EmptyPayload is set if nothing was evaluated because the payload is empty.
	EmptyPayload bool
	// Verdicts holds one element for each criterion, then one for the
	// expression if there is one.
	Verdicts []Verdict
}

// Verdict is what one criterion saw and decided.
type Verdict struct {
	// Key is the key of the criterion, "when" for the expression.
	Key string
	// Operator is the criterion's type as written; "" for the expression.
	Operator string
	// Reached is false if an earlier criterion ended the evaluation; the
	// fields below then mean nothing.
	Reached bool
	// Pattern is the pattern after rendering; the source of the expression.
	Pattern any
	// Value is what the key led to, nil if it led nowhere.
	Value any
	// Matched is the decision.
	Matched bool
	// Failures are those of this criterion.
	Failures []*Failure
}

// Explain evaluates like [Program.Evaluate] and tells what every criterion saw.
func (p *Program) Explain(ctx context.Context, in *Input) (Explanation, error) {
	r := &run{ctx: ctx, in: in, compiler: p.compiler}
	e := Explanation{Verdicts: make([]Verdict, 0, len(p.source.criteria)+1)}
	e.EmptyPayload = len(p.source.criteria) > 0 && !pyvalue.Truth(in.Payload)
	e.Matched = !e.EmptyPayload
	for i := range p.source.criteria {
		c := &p.source.criteria[i]
		v := Verdict{Key: c.key, Operator: c.operator}
		if e.Matched {
			v.Reached = true
			before := len(r.failures)
			v.Matched, v.Pattern, v.Value = c.explain(r)
			v.Failures = r.failures[before:len(r.failures):len(r.failures)]
			e.Matched = v.Matched
		}
		e.Verdicts = append(e.Verdicts, v)
	}
	if p.when != nil {
		v := Verdict{Key: whenKey}
		if e.Matched {
			before := len(r.failures)
			v.Reached, v.Pattern = true, p.when.source
			v.Matched = p.when.met(r)
			v.Failures = r.failures[before:len(r.failures):len(r.failures)]
			e.Matched = v.Matched
		}
		e.Verdicts = append(e.Verdicts, v)
	}
	e.Failures = r.failures
	return e, ctx.Err()
}

// explain is met with what the verdict was based on. A reference to the
// datastore is shown as its text.
func (c *condition) explain(r *run) (met bool, pattern, value any) {
	if c.untyped {
		return false, c.pattern.constant, nil
	}
	s := scope{run: r, root: rootTrigger, value: r.in.Payload, st2kv: c.st2kv}
	pattern, value, ok := c.operands(&s)
	return ok && c.decide(&s, pattern, value), pattern, printed(value)
}
