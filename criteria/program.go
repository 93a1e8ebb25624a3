package criteria

import (
	"context"

	"github.com/petrel-dev/petrel/pyvalue"
)

// Program is the compiled form of one rule's criteria and expression. It is
// immutable and safe for concurrent use.
type Program struct {
	// steps are the criteria in the form that is evaluated.
	steps    []step
	when     *when
	compiler *Compiler
	source   *programSource
}

// programSource is the part of a program that most evaluations do not touch.
type programSource struct {
	criteria  []condition
	selectors []selector
	warnings  []Problem
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
func (p *Program) Warnings() []Problem { return p.source.warnings }

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

// step is a criterion in the form that is evaluated. Steps of one program lie
// side by side and hold what most events need, because an event that is matched
// against rules of many thousands finds none of them in the processor's caches.
type step struct {
	// address leads from the payload to the value. Rules share addresses.
	address *address
	// text is what the value must equal if kind is equalsText.
	text string
	// holds decides if kind is not slow, and for values that are not texts.
	holds func(r *run, value any) (bool, error)
	kind  stepKind
}

type stepKind uint8

const (
	slow stepKind = iota // see the condition
	plain
	equalsText
)

// evaluate evaluates the program in a run.
func (p *Program) evaluate(r *run) bool {
	if len(p.steps) > 0 && !pyvalue.Truth(r.in.Payload) {
		return false
	}
	r.compiler = p.compiler
	for i := range p.steps {
		st := &p.steps[i]
		if st.kind == slow {
			if !p.source.criteria[i].met(r, rootTrigger, r.in.Payload) {
				return false
			}
			continue
		}
		value := fieldOf(r.in.Payload, st.address.steps)
		if st.kind == equalsText {
			if text, ok := value.(string); ok {
				if text != st.text {
					return false
				}
				continue
			}
		}
		met, err := st.holds(r, value)
		if err != nil {
			c := &p.source.criteria[i]
			return r.fail(FailureOperator, c.key, c.operator+": "+err.Error(), err)
		}
		if !met {
			return false
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
	// holds decides if the pattern is constant; else bind makes what decides.
	holds func(r *run, value any) (bool, error)
	bind  func(c *Compiler, pattern any) test
	// search is set for the operator search.
	search *search
	// unknown is why there is no such operator.
	unknown error
	// withoutPattern is set if the operator takes a null pattern.
	withoutPattern bool
	// untyped is set for a criterion without operator: it is not met.
	untyped bool
	// st2kv is set if the key can start with st2kv, which is so once a text
	// pattern was rendered in the same evaluation.
	st2kv bool
}

// met evaluates the criterion on the value that its key starts from, and
// records its failures.
func (c *condition) met(r *run, root string, value any) bool {
	if c.untyped {
		return false
	}
	s := scope{run: r, root: root, value: value, st2kv: c.st2kv}
	pattern, value, ok := c.operands(&s)
	return ok && c.decide(&s, pattern, value)
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
	case c.holds != nil:
		return c.holds(s.run, value)
	}
	o := operator{bind: c.bind, withoutPattern: c.withoutPattern}
	return bound(o, s.run.compiler, pattern).holds(s.run, value)
}

// step returns the form that is evaluated; t is the test of a constant pattern.
func (c *condition) step(t *test) step {
	if c.untyped || c.holds == nil || !c.address.inPayload() {
		return step{}
	}
	st := step{kind: plain, address: c.address, holds: c.holds}
	if len(t.values) == 1 && !t.fold {
		if text, ok := t.values[0].(string); ok {
			st.kind, st.text = equalsText, text
		}
	}
	return st
}

// bound makes a test of an operator and a rendered pattern.
func bound(o operator, c *Compiler, pattern any) test {
	if pattern == nil && !o.withoutPattern {
		return never()
	}
	return o.bind(c, pattern)
}
