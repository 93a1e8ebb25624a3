package petrel

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/petrel-dev/petrel/criteria"
)

// RuleTest is what a rule would have made of an event.
type RuleTest struct {
	// Matched reports whether the rule meets the event. Whether the rule is
	// enabled, or a backstop, does not count.
	Matched bool
	// Verdicts tell what each criterion saw and decided.
	Verdicts []criteria.Verdict
	// Parameters are those the action would have been requested with, a JSON
	// object; nil if the rule does not match or they cannot be rendered.
	Parameters json.RawMessage
	// Refusal says why the action could not have been requested, or is nil.
	Refusal error
}

// TestRule evaluates a rule, registered or not, against a stored trigger
// instance, without any effect. It fails with [ErrInvalid] if the rule is
// malformed or wants another trigger, with [ErrNotFound] if there is no such
// trigger instance.
func (e *Engine) TestRule(ctx context.Context, rule Rule, triggerInstance string) (RuleTest, error) {
	instance, err := e.store.TriggerInstance(ctx, triggerInstance)
	if err != nil {
		return RuleTest{}, err
	}
	r, t, program, err := e.catalog.compileRule(rule)
	if err != nil {
		return RuleTest{}, err
	}
	if t.Ref != instance.Trigger {
		return RuleTest{}, fmt.Errorf("%w: rule %s wants events of %s, trigger instance %s is one of %s",
			ErrInvalid, rule.Ref(), t.Ref, instance.ID, instance.Trigger)
	}
	payload, err := decode(instance.Payload)
	if err != nil {
		return RuleTest{}, err
	}
	o := &occurrence{instance: instance, trigger: t, payload: payload}
	input := e.criteriaInput(o)
	input.Config = func(ctx context.Context, _ string) (any, error) { return e.PackConfig(ctx, rule.packName()) }
	explanation, err := program.Explain(ctx, input)
	if err != nil {
		return RuleTest{}, err
	}
	test := RuleTest{Matched: explanation.Matched, Verdicts: explanation.Verdicts}
	if test.Matched {
		x, refusal := e.newExecution(ctx, e.ruleRequest(o, r))
		test.Refusal = refusal
		if refusal == nil {
			test.Parameters = x.Parameters
		}
	}
	return test, nil
}
