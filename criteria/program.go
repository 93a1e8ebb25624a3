package criteria

import "context"

// Program is the compiled form of one rule's criteria and expression. It is
// immutable and safe for concurrent use.
type Program struct {
	criteria []Criterion
	settings settings
}

// Result is the verdict on one rule.
type Result struct {
	Matched bool
	// Failures are what could not be checked, in order. A rule can match in
	// spite of failures: those of a search's children do not decide alone.
	Failures []*Failure
}

// Evaluate decides whether the event meets the criteria. They are evaluated in
// order up to the first that is not met. A program with criteria is never met
// by an empty payload; one without criteria always is. The error is that of
// ctx, if it ended before the verdict; everything else is a failure.
func (p *Program) Evaluate(ctx context.Context, in *Input) (Result, error) {
	return Result{}, ctx.Err()
}

// Explain evaluates like [Program.Evaluate] and tells what every criterion saw.
func (p *Program) Explain(ctx context.Context, in *Input) (Explanation, error) {
	return Explanation{}, ctx.Err()
}

// Warnings returns what will make criteria fail on every event, although it
// does not keep a rule from being stored: malformed keys, templates and regular
// expressions, and defects of the criteria inside a search.
func (p *Program) Warnings() []Problem { return nil }

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
