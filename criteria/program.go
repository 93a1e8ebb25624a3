package criteria

import (
	"context"

	"github.com/petrel-dev/petrel/pyvalue"
)

// Program is the compiled form of one rule's criteria and expression. It is
// immutable and safe for concurrent use.
type Program struct {
	compiler *Compiler
	criteria []*condition
	when     *when
	warnings []Problem
	selected []selector
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
	r := &run{ctx: ctx, in: in}
	matched := p.evaluate(r)
	return Result{Matched: matched, Failures: r.failures}, ctx.Err()
}

// Warnings returns what will make criteria fail on every event, although it
// does not keep a rule from being stored: malformed keys, templates and regular
// expressions, and defects of the criteria inside a search.
func (p *Program) Warnings() []Problem { return p.warnings }

// run is one evaluation of one or more programs against one event. It is used
// by one goroutine.
type run struct {
	ctx  context.Context
	in   *Input
	rule string // ID of the rule, for Input.Config
	// compiler is that of the program under evaluation.
	compiler *Compiler
	// failures of the program under evaluation.
	failures []*Failure
	// datastoreErr is the first failure to read the datastore while a template
	// was rendered.
	datastoreErr error
	// depth counts searches inside searches.
	depth      int
	expression whenRun
}

func (p *Program) evaluate(r *run) bool {
	r.compiler = p.compiler
	if len(p.criteria) > 0 {
		if !pyvalue.Truth(r.in.Payload) {
			return false
		}
		s := scope{run: r, root: rootTrigger, value: r.in.Payload}
		for _, c := range p.criteria {
			if !c.met(&s) {
				return false
			}
		}
	}
	return p.when == nil || p.when.met(r)
}

// fail records a failure and returns the verdict that follows from it.
func (r *run) fail(kind FailureKind, key, message string, err error) bool {
	r.failures = append(r.failures, &Failure{Kind: kind, Key: key, Message: message, Err: err})
	return false
}

// condition is a compiled criterion.
type condition struct {
	key      string
	operator string // as written
	address  *address
	pattern  pattern
	// bind and withoutPattern are those of the operator if the pattern is a
	// template.
	bind           func(c *Compiler, pattern any) test
	withoutPattern bool
	// test is the operator bound to a constant pattern.
	test test
	// search is set for the operator search.
	search *search
	// constant is set if test is: the pattern is not a template.
	constant bool
	// untyped is set for a criterion without operator: it is not met.
	untyped bool
	// unknown is why there is no such operator.
	unknown error
}

// met evaluates the criterion and records its failures.
func (c *condition) met(s *scope) bool {
	if c.untyped {
		return false
	}
	pattern, value, ok := c.operands(s)
	return ok && c.decide(s, pattern, value)
}

// operands renders the pattern and looks the key up. If that fails, the failure
// is recorded and ok is false.
func (c *condition) operands(s *scope) (pattern, value any, ok bool) {
	pattern, err := s.render(&c.pattern)
	if err != nil {
		return nil, nil, s.run.fail(FailureRender, c.key, "the pattern cannot be rendered: "+err.Error(), err)
	}
	value, err = s.find(c.address)
	if err != nil {
		return pattern, nil, s.run.fail(FailureLookup, c.key, "the key cannot be looked up: "+err.Error(), err)
	}
	return pattern, value, true
}

// decide applies the operator and records its failure.
func (c *condition) decide(s *scope, pattern, value any) bool {
	met, err := c.apply(s, pattern, value)
	if err != nil {
		return s.run.fail(FailureOperator, c.key, c.operator+": "+err.Error(), err)
	}
	return met
}

func (c *condition) apply(s *scope, pattern, value any) (bool, error) {
	switch {
	case c.unknown != nil:
		return false, c.unknown
	case c.search != nil:
		return c.search.holds(s, c.key, value, pattern)
	case c.constant:
		return c.test.holds(s.run, value)
	}
	return bound(operator{bind: c.bind, withoutPattern: c.withoutPattern}, s.run.compiler, pattern).holds(s.run, value)
}

// bound makes a test of an operator and a rendered pattern.
func bound(o operator, c *Compiler, pattern any) test {
	if pattern == nil && !o.withoutPattern {
		return never()
	}
	return o.bind(c, pattern)
}
