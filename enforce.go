package petrel

import (
	"context"
	"fmt"
	"runtime/debug"

	"github.com/petrel-dev/petrel/criteria"
	"github.com/petrel-dev/petrel/pyvalue"
)

// enforced is what follows from one event.
type enforced struct {
	transition Transition
	documents  []Document
}

// match asks the rules and builds the enforcements and executions. A panic of
// an operator or template ends the event as failed and nothing else.
func (d *dispatcher) match(ctx context.Context, o *occurrence) (out enforced, err error) {
	e := d.engine
	move := InstanceMove{ID: o.instance.ID, From: InstancePending, To: InstanceProcessed}
	defer func() {
		if p := recover(); p != nil {
			e.logger.Error("matching panicked", "trigger_instance", o.instance.ID, "panic", p, "stack", string(debug.Stack()))
			move.To, move.Reason = InstanceFailed, fmt.Sprintf("panic: %v", p)
			out, err = enforced{}, nil
		}
		out.transition.InstanceMoves = []InstanceMove{move}
	}()
	result, err := o.trigger.matcher.Match(ctx, e.criteriaInput(o))
	if err != nil {
		return enforced{}, err
	}
	for _, f := range result.Failures {
		if rule := e.catalog.rule(f.Rule); rule != nil {
			out.transition.Enforcements = append(out.transition.Enforcements, e.failedEnforcement(o, rule,
				fmt.Sprintf("criterion %s: %s", f.Key, f.Message)))
		}
	}
	for _, id := range result.Rules {
		if rule := e.catalog.rule(id); rule != nil {
			e.enforce(ctx, o, rule, &out)
		}
	}
	return out, nil
}

// criteriaInput is what rules are evaluated against.
func (e *Engine) criteriaInput(o *occurrence) *criteria.Input {
	return &criteria.Input{Payload: o.payload, Now: e.now(), Datastore: e.keyLookup, Config: e.configLookup}
}

// ruleConfig returns what a rule's expression sees as config: that of its own pack.
func (e *Engine) ruleConfig(ctx context.Context, id string) (any, error) {
	rule := e.catalog.rule(id)
	if rule == nil {
		return pyvalue.NewMap(0), nil
	}
	return e.PackConfig(ctx, rule.packName())
}

// enforce requests the action of one rule that matched.
func (e *Engine) enforce(ctx context.Context, o *occurrence, rule *registeredRule, out *enforced) {
	x, err := e.newExecution(ctx, e.ruleRequest(o, rule))
	if x != nil {
		out.transition.Executions = append(out.transition.Executions, x.Execution)
		out.transition.Documents = append(out.transition.Documents, e.documents.unknown(x.documents)...)
		out.documents = append(out.documents, x.documents...)
	}
	if err != nil {
		out.transition.Enforcements = append(out.transition.Enforcements, e.failedEnforcement(o, rule, err.Error()))
		return
	}
	enforcement := e.newEnforcement(o, rule)
	enforcement.Execution = x.ID
	out.transition.Enforcements = append(out.transition.Enforcements, enforcement)
}

// ruleRequest is what a rule asks for when an event meets it.
func (e *Engine) ruleRequest(o *occurrence, rule *registeredRule) executionRequest {
	return executionRequest{
		action:     rule.Action.Ref,
		given:      rule.parameters,
		user:       e.systemUser,
		trace:      o.instance.Trace,
		rule:       rule,
		occurrence: o,
	}
}

func (e *Engine) newEnforcement(o *occurrence, rule *registeredRule) Enforcement {
	now := e.now()
	return Enforcement{
		ID: e.ids.next(now), Rule: rule.link, TriggerInstance: o.instance.ID, EnforcedAt: now, Trace: o.instance.Trace,
	}
}

func (e *Engine) failedEnforcement(o *occurrence, rule *registeredRule, reason string) Enforcement {
	enforcement := e.newEnforcement(o, rule)
	enforcement.FailureReason = reason
	e.logger.Warn("rule could not be enforced", "rule", rule.link.Ref, "trigger_instance", o.instance.ID, "reason", reason)
	return enforcement
}
