package petrel

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"github.com/petrel-dev/petrel/criteria"
	"github.com/petrel-dev/petrel/pyvalue"
)

// Dispatch sends an event. The payload is checked against the schema of the
// trigger's type; a nil payload counts as {} where there is no schema. When
// Dispatch returns without an error, the event is stored and will be matched
// against the rules, even if the process dies.
//
// The error is [ErrUnknownTrigger], [ErrInvalidPayload], [ErrStopped],
// [ErrStoreFull], that of ctx or of the store.
func (e *Engine) Dispatch(ctx context.Context, trigger string, payload any, opts ...RequestOption) (TriggerInstance, error) {
	var r request
	for _, set := range opts {
		set(&r)
	}
	release, err := e.accept(r.trace)
	if err != nil {
		return TriggerInstance{}, err
	}
	defer release()
	t, err := e.catalog.trigger(trigger)
	if err != nil {
		return TriggerInstance{}, err
	}
	o, err := e.newOccurrence(t, payload, r)
	if err != nil {
		return TriggerInstance{}, err
	}
	if err := e.store.Commit(ctx, Transition{Instances: []TriggerInstance{o.instance}}); err != nil {
		return TriggerInstance{}, fmt.Errorf("storing an event of %s: %w", trigger, err)
	}
	stored := o.instance
	e.publishInstance(ctx, stored)
	e.dispatcher.submit(ctx, o) // which owns the occurrence from here on
	return stored, nil
}

// occurrence is a stored event on its way through the rules.
type occurrence struct {
	instance TriggerInstance
	trigger  *registeredTrigger
	payload  any
}

func (e *Engine) newOccurrence(t *registeredTrigger, payload any, r request) (*occurrence, error) {
	text, err := encode(payload)
	if err != nil {
		return nil, fmt.Errorf("%w of %s: %w", ErrInvalidPayload, t.Ref, err)
	}
	// What the rules see is read from what is stored: the host may go on
	// changing its own value, and a restart must not make a difference.
	value, err := decode(text)
	if err != nil {
		return nil, fmt.Errorf("%w of %s: %w", ErrInvalidPayload, t.Ref, err)
	}
	if err := t.payload.Validate(value); err != nil {
		return nil, fmt.Errorf("%w of %s: %w", ErrInvalidPayload, t.Ref, err)
	}
	if value == nil {
		text, value = emptyObject, pyvalue.NewMap(0)
	}
	now := e.now()
	id := e.ids.next(now)
	trace := r.trace
	if trace.ID == "" {
		trace = Trace{ID: e.ids.next(now), Tag: r.traceTag}
		if trace.Tag == "" {
			trace.Tag = "trigger_instance-" + id
		}
	}
	return &occurrence{
		instance: TriggerInstance{ID: id, Trigger: t.Ref, Payload: text, OccurrenceTime: now, Status: InstancePending, Trace: trace},
		trigger:  t,
		payload:  value,
	}, nil
}

// now returns the time as it is stored: UTC, in microseconds.
func (e *Engine) now() time.Time { return e.clock.Now().UTC().Truncate(time.Microsecond) }

func (e *Engine) publishInstance(ctx context.Context, i TriggerInstance) {
	e.publish(ctx, Event{Kind: EventTriggerInstance, ID: i.ID, Ref: i.Trigger, Status: string(i.Status), Time: i.OccurrenceTime})
}

// dispatcher takes stored events through the rules. Its queue is a short cut:
// what does not fit, or comes from before a restart, is read from the store.
type dispatcher struct {
	engine   *Engine
	queue    chan *occurrence
	handoff  chan *occurrence // from the loop to idle matchers
	matchers int              // how many there are

	mu     sync.Mutex
	active map[string]struct{} // ids queued or being matched here
	behind bool                // the store may hold pending events that are not active
	wake   chan struct{}
	ended  chan struct{} // closed when nothing takes from the queue any more
}

const (
	dispatchQueue = 1024
	maxMatchers   = 256
	sweepBatch    = 500
)

func newDispatcher(e *Engine) *dispatcher {
	return &dispatcher{
		engine:  e,
		queue:   make(chan *occurrence, dispatchQueue),
		handoff: make(chan *occurrence),
		active:  map[string]struct{}{},
		behind:  true,
		wake:    make(chan struct{}, 1),
		ended:   make(chan struct{}),
	}
}

// submit hands over an event. It waits for room, so that senders do not run
// away from the rules, but not for an engine that does not run and not longer
// than ctx: the event is stored, and will be read from the store.
func (d *dispatcher) submit(ctx context.Context, o *occurrence) {
	d.mu.Lock()
	d.active[o.instance.ID] = struct{}{}
	d.mu.Unlock()
	select {
	case d.queue <- o:
		return
	default:
	}
	if d.engine.started.Load() {
		select {
		case d.queue <- o:
			return
		case <-ctx.Done():
		case <-d.ended:
		}
	}
	d.forget(o, true)
}

// forget ends an event's stay; the store still holds it as pending if behind is set.
func (d *dispatcher) forget(o *occurrence, behind bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.active, o.instance.ID)
	if behind {
		d.behind = true
		select {
		case d.wake <- struct{}{}:
		default:
		}
	}
}

// run matches events until ctx ends, then waits for those in progress.
func (d *dispatcher) run(ctx context.Context) {
	var matching sync.WaitGroup
	defer matching.Wait()
	defer close(d.handoff)
	defer close(d.ended)
	for {
		select {
		case o := <-d.queue:
			d.start(ctx, o, &matching)
			continue
		case <-ctx.Done():
			return
		default:
		}
		d.refill(ctx)
		timer := d.engine.clock.NewTimer(d.engine.lease)
		select {
		case o := <-d.queue:
			d.start(ctx, o, &matching)
		case <-d.wake:
		case <-timer.C():
			d.mu.Lock()
			d.behind = true // look again, in case another engine died
			d.mu.Unlock()
		case <-ctx.Done():
		}
		timer.Stop()
	}
}

// start gives one event to a matcher: an idle one, a new one, or the first
// that becomes idle. Matchers stay, as a grown stack is worth keeping.
func (d *dispatcher) start(ctx context.Context, o *occurrence, matching *sync.WaitGroup) {
	select {
	case d.handoff <- o:
		return
	default:
	}
	if d.matchers == maxMatchers {
		d.handoff <- o
		return
	}
	d.matchers++
	matching.Go(func() {
		d.process(ctx, o)
		for next := range d.handoff {
			d.process(ctx, next)
		}
	})
}

// refill puts pending events of the store into the queue.
func (d *dispatcher) refill(ctx context.Context) {
	d.mu.Lock()
	behind := d.behind
	d.behind = false
	d.mu.Unlock()
	if !behind {
		return
	}
	pending, err := d.engine.store.TriggerInstances(ctx, TriggerInstanceQuery{
		Status: InstancePending, Page: Page{Limit: sweepBatch, OldestFirst: true}})
	if err != nil {
		if ctx.Err() == nil {
			d.engine.logger.Error("pending events cannot be read", "error", err)
		}
		return
	}
	for _, i := range pending {
		d.mu.Lock()
		_, known := d.active[i.ID]
		d.mu.Unlock()
		if known {
			continue
		}
		o, err := d.restore(i)
		if err != nil {
			// The trigger may still be registered, by content that loads later.
			d.engine.logger.Debug("pending event waits", "trigger_instance", i.ID, "error", err)
			continue
		}
		d.resubmit(o)
	}
	if len(pending) == sweepBatch {
		d.mu.Lock()
		d.behind = true
		d.mu.Unlock()
	}
}

// resubmit queues an event read from the store, if there is room.
func (d *dispatcher) resubmit(o *occurrence) {
	d.mu.Lock()
	d.active[o.instance.ID] = struct{}{}
	d.mu.Unlock()
	select {
	case d.queue <- o:
	default:
		d.forget(o, true)
	}
}

func (d *dispatcher) restore(i TriggerInstance) (*occurrence, error) {
	t, err := d.engine.catalog.trigger(i.Trigger)
	if err != nil {
		return nil, err
	}
	payload, err := decode(i.Payload)
	if err != nil {
		return nil, err
	}
	return &occurrence{instance: i, trigger: t, payload: payload}, nil
}

// drain waits until all accepted events are matched, or ctx ends.
func (d *dispatcher) drain(ctx context.Context) {
	for {
		d.mu.Lock()
		left := len(d.active)
		d.mu.Unlock()
		if left == 0 || !d.engine.sleep(ctx, time.Millisecond) {
			return
		}
	}
}

// process takes one event through the rules and stores what follows, all in
// one transition. It keeps trying while the store fails.
func (d *dispatcher) process(ctx context.Context, o *occurrence) {
	for pause := 10 * time.Millisecond; ; pause = min(2*pause, 5*time.Second) {
		outcome, err := d.match(ctx, o)
		if err == nil {
			err = d.engine.store.Commit(ctx, outcome.transition)
		}
		if err == nil {
			d.forget(o, false)
			d.announce(ctx, o, outcome)
			return
		}
		if errors.Is(err, ErrConflict) { // another engine was faster
			d.forget(o, false)
			return
		}
		if ctx.Err() != nil {
			d.forget(o, true)
			return
		}
		d.engine.logger.Error("enforcements cannot be stored; trying again", "trigger_instance", o.instance.ID, "error", err)
		if !d.engine.sleep(ctx, pause) {
			d.forget(o, true)
			return
		}
	}
}

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

// announce publishes what was stored and hands the executions to the scheduler.
func (d *dispatcher) announce(ctx context.Context, o *occurrence, out enforced) {
	e := d.engine
	e.documents.remember(out.documents)
	o.instance.Status = out.transition.InstanceMoves[0].To
	e.publishInstance(ctx, o.instance)
	for _, x := range out.transition.Executions {
		e.publishExecution(ctx, &x)
		if !x.Status.Completed() {
			e.scheduler.submit(&x)
		}
	}
}
