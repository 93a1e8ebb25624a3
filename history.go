package petrel

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Execution returns one execution. It fails with [ErrNotFound].
func (e *Engine) Execution(ctx context.Context, id string) (Execution, error) {
	return e.store.Execution(ctx, id)
}

// Executions returns the executions that the query selects.
func (e *Engine) Executions(ctx context.Context, q ExecutionQuery) ([]Execution, error) {
	return e.store.Executions(ctx, q)
}

// TriggerInstance returns one trigger instance. It fails with [ErrNotFound].
func (e *Engine) TriggerInstance(ctx context.Context, id string) (TriggerInstance, error) {
	return e.store.TriggerInstance(ctx, id)
}

// TriggerInstances returns the trigger instances that the query selects.
func (e *Engine) TriggerInstances(ctx context.Context, q TriggerInstanceQuery) ([]TriggerInstance, error) {
	return e.store.TriggerInstances(ctx, q)
}

// Enforcements returns the enforcements that the query selects.
func (e *Engine) Enforcements(ctx context.Context, q EnforcementQuery) ([]Enforcement, error) {
	return e.store.Enforcements(ctx, q)
}

// Document returns the metadata of an action, runner or rule as it was when an
// execution was requested. It fails with [ErrNotFound].
func (e *Engine) Document(ctx context.Context, digest string) (Document, error) {
	return e.store.Document(ctx, digest)
}

// Watch returns the events that the filter selects, as they happen, until ctx
// ends or the engine stops. A watcher that falls behind loses events; the
// subscription counts them.
func (e *Engine) Watch(ctx context.Context, f EventFilter) (Subscription, error) {
	return e.transport.Subscribe(ctx, f)
}

// waitPoll is how often Wait looks at the store on its own, in case an event got lost.
const waitPoll = 2 * time.Second

// Wait returns the execution once it has ended. It fails with [ErrNotFound],
// with [ErrStopped] when the engine stops first, or with the error of ctx.
func (e *Engine) Wait(ctx context.Context, id string) (Execution, error) {
	watch, cancel := context.WithCancel(ctx)
	defer cancel()
	news, err := e.transport.Subscribe(watch, EventFilter{Kind: EventExecution, ID: id})
	if err != nil {
		return Execution{}, fmt.Errorf("waiting for execution %s: %w", id, err)
	}
	for {
		x, err := e.store.Execution(ctx, id)
		if err != nil || x.Status.Completed() {
			return x, err
		}
		if err := e.nextEvent(ctx, news); err != nil {
			return x, fmt.Errorf("waiting for execution %s: %w", id, err)
		}
	}
}

// nextEvent waits for an event that may have ended an execution, or a while.
func (e *Engine) nextEvent(ctx context.Context, news Subscription) error {
	timer := e.clock.NewTimer(waitPoll)
	defer timer.Stop()
	for {
		select {
		case event, open := <-news.Events():
			if !open {
				return errors.Join(ctx.Err(), ErrStopped)
			}
			if Status(event.Status).Completed() {
				return nil
			}
		case <-timer.C():
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Cancel asks an execution to end. One that has not begun is cancelled at
// once; one that runs gets its context cancelled and is "canceling" until its
// action has returned. Cancelling twice does no harm. It fails with
// [ErrNotFound], and with [ErrIllegalTransition] if the execution has ended or
// cannot be cancelled.
func (e *Engine) Cancel(ctx context.Context, id string) (Execution, error) {
	for {
		x, err := e.store.Execution(ctx, id)
		if err != nil || x.Status == StatusCanceling {
			return x, err
		}
		if !x.Status.Cancelable() {
			return x, fmt.Errorf("%w: execution %s is %s", ErrIllegalTransition, id, x.Status)
		}
		next := StatusCanceled
		if x.Status == StatusRunning {
			next = StatusCanceling
		}
		move, err := x.move(e.now(), next)
		if err != nil {
			return x, err
		}
		if next == StatusCanceled {
			move.To.Result, _ = encode(failure(errCanceled, ""))
		}
		err = e.store.Commit(ctx, Transition{ExecutionMoves: []ExecutionMove{move}})
		if errors.Is(err, ErrConflict) {
			continue // it moved on meanwhile
		}
		if err != nil {
			return x, fmt.Errorf("cancelling execution %s: %w", id, err)
		}
		x.ExecutionState = move.To
		e.publishExecution(ctx, &x)
		e.scheduler.interrupt(id, errCanceled)
		return x, nil
	}
}

// TraceRecords is everything that belongs to one trace, oldest first.
type TraceRecords struct {
	Trace            Trace
	TriggerInstances []TriggerInstance
	Enforcements     []Enforcement
	Executions       []Execution
}

// Trace returns all that followed from one event or request. It fails with
// [ErrNotFound] if nothing carries the trace.
func (e *Engine) Trace(ctx context.Context, id string) (TraceRecords, error) {
	all := Page{Limit: -1, OldestFirst: true}
	var t TraceRecords
	var err error
	if t.TriggerInstances, err = e.store.TriggerInstances(ctx, TriggerInstanceQuery{TraceID: id, Page: all}); err != nil {
		return t, err
	}
	if t.Enforcements, err = e.store.Enforcements(ctx, EnforcementQuery{TraceID: id, Page: all}); err != nil {
		return t, err
	}
	if t.Executions, err = e.store.Executions(ctx, ExecutionQuery{TraceID: id, Page: all}); err != nil {
		return t, err
	}
	switch {
	case len(t.TriggerInstances) > 0:
		t.Trace = t.TriggerInstances[0].Trace
	case len(t.Executions) > 0:
		t.Trace = t.Executions[0].Trace
	default:
		return t, fmt.Errorf("trace %s: %w", id, ErrNotFound)
	}
	return t, nil
}
