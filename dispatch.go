package petrel

import (
	"context"
	"fmt"
	"time"

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
