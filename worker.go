package petrel

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/petrel-dev/petrel/jinja"
	"github.com/petrel-dev/petrel/pyvalue"
)

// execute claims one execution, runs its action and stores how it ended.
func (s *scheduler) execute(x *Execution) {
	e := s.engine
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	s.mu.Lock()
	s.running[x.ID] = cancel
	s.mu.Unlock()

	if err := s.claim(ctx, x); err != nil {
		// Someone else has it, or the store is out of order: the next sweep looks again.
		if !errors.Is(err, ErrConflict) {
			e.logger.Error("execution cannot be claimed", "execution", x, "error", err)
		}
		s.forget(x.ID, false)
		return
	}
	outcome := e.perform(ctx, x)
	behind := s.finish(ctx, x, outcome)
	s.forget(x.ID, behind)
}

// claim stores that this engine runs the execution from now on.
func (s *scheduler) claim(ctx context.Context, x *Execution) error {
	e := s.engine
	now := e.now()
	move, err := x.move(now, StatusScheduled, StatusRunning)
	if err != nil {
		return err
	}
	move.To.Owner, move.To.LeaseUntil = e.name, now.Add(e.lease)
	if err := e.store.Commit(ctx, Transition{ExecutionMoves: []ExecutionMove{move}}); err != nil {
		return err
	}
	x.ExecutionState = move.To
	e.publishExecution(ctx, x)
	return nil
}

// perform runs the action and returns how it ended, whatever happens inside.
func (e *Engine) perform(ctx context.Context, x *Execution) (outcome Outcome) {
	defer func() {
		if p := recover(); p != nil {
			e.logger.Error("action panicked", "execution", x, "panic", p)
			outcome = Outcome{Status: StatusFailed, Result: failure(fmt.Errorf("panic: %v", p), string(debug.Stack()))}
		}
	}()
	action, err := e.catalog.action(x.Action)
	if err == nil {
		var call *Call
		if call, err = e.newCall(ctx, x, action); err == nil {
			outcome, err = action.runner.Run(ctx, call)
		}
	}
	switch {
	case err != nil && outcome.Result == nil:
		outcome = Outcome{Status: StatusFailed, Result: failure(err, "")}
	case err != nil && (outcome.Status == "" || outcome.Status == StatusSucceeded):
		outcome.Status = StatusFailed
	case outcome.Status == "":
		outcome.Status = StatusSucceeded
	}
	return outcome
}

// newCall renders the final parameters and gathers what the runner may use.
func (e *Engine) newCall(ctx context.Context, x *Execution, action *registeredAction) (*Call, error) {
	stored, err := decodeObject(x.Parameters)
	if err != nil {
		return nil, err
	}
	runnerParameters, actionParameters, err := action.renderer.Final(ctx, stored, jinja.VarsFunc(func(name string) (any, bool) {
		switch name {
		case "st2kv":
			return e.keyLookups(x.User), true
		case "action_context":
			origin, err := decodeObject(x.Context)
			return origin, err == nil
		case "config_context":
			return e.configOrEmpty(ctx, action.Pack, x.User), true
		}
		return nil, false
	}))
	if err != nil {
		return nil, fmt.Errorf("%w of %s: %w", ErrInvalidParameters, x.Action, err)
	}
	return &Call{
		Execution:        *x,
		Action:           action.Action,
		Pack:             action.pack,
		Parameters:       actionParameters,
		RunnerParameters: runnerParameters,
		Datastore:        e.Datastore(),
		Logger:           e.loggerOf(ctx, x),
		Output: func(stream string, data []byte) {
			e.publish(ctx, Event{Kind: EventOutput, ID: x.ID, Ref: x.Action, Parent: x.Parent,
				Time: e.now(), Stream: stream, Data: string(data)})
		},
		Dispatch: func(ctx context.Context, trigger string, payload any) error {
			_, err := e.Dispatch(ctx, trigger, payload, withTrace(x.Trace))
			return err
		},
	}, nil
}

// loggerOf returns the logger that a running action writes to.
func (e *Engine) loggerOf(ctx context.Context, x *Execution) *slog.Logger {
	if !e.logger.Enabled(ctx, slog.LevelError) {
		return e.logger // nobody listens
	}
	return e.logger.With("execution", x.ID, "action", x.Action)
}

// finish stores the end of an execution. It keeps trying while the store
// fails, and gives up when the engine ends; the lease then runs out and the
// execution counts as lost. It reports whether the store should be swept.
func (s *scheduler) finish(ctx context.Context, x *Execution, outcome Outcome) (behind bool) {
	e := s.engine
	result, err := encodeResult(outcome.Result)
	if err != nil {
		outcome.Status = StatusFailed
		result, _ = encode(failure(fmt.Errorf("the result cannot be stored: %w", err), ""))
	}
	store := context.WithoutCancel(ctx)
	for pause := 10 * time.Millisecond; ; pause = min(2*pause, 5*time.Second) {
		move, err := x.move(e.now(), endStatus(ctx, x.Status, outcome.Status))
		if err != nil {
			e.logger.Error("runner ended an execution in a way the life cycle does not have", "execution", x, "error", err)
			outcome.Status = StatusFailed
			continue
		}
		move.To.Result = result
		err = e.store.Commit(store, Transition{ExecutionMoves: []ExecutionMove{move}})
		if err == nil {
			x.ExecutionState = move.To
			e.logger.Debug("execution ended", "execution", x)
			e.publishExecution(store, x)
			return false
		}
		if errors.Is(err, ErrConflict) {
			stored, readErr := e.store.Execution(store, x.ID)
			if readErr == nil && stored.Status.Completed() {
				return false // ended by another engine that took it for lost
			}
			if readErr == nil && stored.Revision != x.Revision {
				*x = stored // somebody asked to cancel it
				continue
			}
		}
		e.logger.Error("end of an execution cannot be stored; trying again", "execution", x, "error", err)
		if errors.Is(context.Cause(ctx), errDrained) || !e.sleep(store, pause) {
			return true
		}
	}
}

// endStatus decides how an execution ended, given its stored status and what the runner said.
func endStatus(ctx context.Context, stored, said Status) Status {
	switch {
	case stored == StatusCanceling:
		return StatusCanceled
	case errors.Is(context.Cause(ctx), errDrained) && said != StatusSucceeded:
		return StatusAbandoned
	}
	return said
}

// encodeResult writes a result as JSON. A text that itself is JSON is taken as the value it holds.
func encodeResult(result any) (json.RawMessage, error) {
	if text, isText := result.(string); isText {
		if value, err := pyvalue.DecodeJSON(text, pyvalue.StrictJSON); err == nil {
			result = value
		}
	}
	return encode(result)
}

// move builds the transition of an execution through the given statuses.
func (x *Execution) move(now time.Time, through ...Status) (ExecutionMove, error) {
	state, err := x.advance(now, through...)
	return ExecutionMove{ID: x.ID, From: x.Status, To: state}, err
}

// repeat returns a new request for the same as a lost execution.
func (x *Execution) repeat(id string, now time.Time) *Execution {
	again := *x
	again.ID, again.RequestedAt, again.Delay = id, now, 0
	again.ExecutionState = ExecutionState{
		Revision: 1, Status: StatusRequested, DueAt: now, Log: []LogEntry{{Time: now, Status: StatusRequested}},
	}
	if origin, err := decodeObject(x.Context); err == nil {
		origin.SetString("policies", pyvalue.MapOf("lost", pyvalue.MapOf("repeats", x.ID)))
		again.Context, _ = encode(origin)
	}
	return &again
}
