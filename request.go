package petrel

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/petrel-dev/petrel/jinja"
	"github.com/petrel-dev/petrel/parameters"
	"github.com/petrel-dev/petrel/pyvalue"
)

// Execute requests an execution of an action and returns its record as soon as
// it is stored; [Engine.Wait] waits for its end. Parameters are a map or struct;
// texts in them may be templates.
//
// The error is [ErrUnknownAction], [ErrDisabled], [ErrInvalidParameters],
// [ErrStopped], [ErrStoreFull], that of ctx or of the store. Parameters that
// cannot be rendered leave a failed execution in the history, which is
// returned beside the error.
func (e *Engine) Execute(ctx context.Context, action string, parameters any, opts ...RequestOption) (Execution, error) {
	r := request{user: e.systemUser}
	for _, set := range opts {
		set(&r)
	}
	release, err := e.accept(r.trace)
	if err != nil {
		return Execution{}, err
	}
	defer release()
	given, err := objectOf(parameters)
	if err != nil {
		return Execution{}, fmt.Errorf("%w of %s: %w", ErrInvalidParameters, action, err)
	}
	x, refusal := e.newExecution(ctx, executionRequest{
		action: action, given: given, user: r.user, trace: r.trace, traceTag: r.traceTag, delay: r.delay,
	})
	if x == nil {
		return Execution{}, refusal
	}
	t := Transition{Executions: []Execution{x.Execution}, Documents: e.documents.unknown(x.documents)}
	if err := e.store.Commit(ctx, t); err != nil {
		return Execution{}, fmt.Errorf("storing the request for %s: %w", action, err)
	}
	e.documents.remember(x.documents)
	requested := x.Execution
	e.publishExecution(ctx, &requested)
	if !requested.Status.Completed() {
		e.scheduler.submit(&x.Execution) // which owns the record from here on
	}
	return requested, refusal
}

// executionRequest is all that decides about a new execution.
type executionRequest struct {
	action   string
	given    *pyvalue.Map
	user     string
	trace    Trace // empty begins a new one
	traceTag string
	delay    time.Duration
	// rule and occurrence are set together, when a rule asks.
	rule       *registeredRule
	occurrence *occurrence
}

// requestedExecution is a new execution with the documents it refers to.
type requestedExecution struct {
	Execution
	documents []Document
}

// newExecution builds the record of an execution: it renders and checks the
// parameters. Parameters that cannot be rendered give both a failed execution
// and an error; whatever else is wrong gives an error only.
func (e *Engine) newExecution(ctx context.Context, r executionRequest) (*requestedExecution, error) {
	action, err := e.catalog.action(r.action)
	if err != nil {
		return nil, err
	}
	if action.Disabled {
		return nil, fmt.Errorf("action %q: %w", r.action, ErrDisabled)
	}
	now := e.now()
	id := e.ids.next(now)
	if r.trace.ID == "" {
		r.trace = Trace{ID: e.ids.next(now), Tag: r.traceTag}
		if r.trace.Tag == "" {
			r.trace.Tag = "execution-" + id
		}
	}
	origin := r.origin(action)
	stored, renderErr := action.renderer.Live(ctx, r.given, e.parameterNames(ctx, action, origin, r))
	if renderErr != nil {
		if !errors.Is(renderErr, parameters.ErrRender) {
			return nil, fmt.Errorf("%w of %s: %w", ErrInvalidParameters, r.action, renderErr)
		}
		stored = r.given // recorded as given
	}
	if err := action.schema.ValidateRequest(stored); err != nil {
		return nil, fmt.Errorf("%w of %s: %w", ErrInvalidParameters, r.action, errors.Join(renderErr, err))
	}
	x := &requestedExecution{documents: []Document{action.document, action.runnerDocument}}
	x.Execution = Execution{
		ID: id, Action: r.action, Runner: action.runnerSpec.Name, User: r.user,
		RequestedAt: now, Delay: r.delay, Trace: r.trace,
		ActionDocument: action.document.Digest, RunnerDocument: action.runnerDocument.Digest,
		ExecutionState: ExecutionState{DueAt: now.Add(r.delay)},
	}
	if r.rule != nil {
		x.Rule, x.RuleDocument = r.rule.link, r.rule.document.Digest
		x.Trigger, x.TriggerInstance = r.occurrence.instance.Trigger, r.occurrence.instance.ID
		x.documents = append(x.documents, r.rule.document)
	}
	if x.Parameters, err = encode(stored); err != nil {
		return nil, fmt.Errorf("%w of %s: %w", ErrInvalidParameters, r.action, err)
	}
	x.Context = origin
	through := []Status{StatusRequested}
	switch {
	case renderErr != nil:
		through = append(through, StatusFailed)
		if x.Result, err = encode(failure(renderErr, "")); err != nil {
			return nil, err
		}
	case r.delay > 0:
		through = append(through, StatusDelayed)
	}
	if x.ExecutionState, err = x.advance(now, through...); err != nil {
		return nil, err
	}
	if renderErr != nil {
		return x, fmt.Errorf("%w of %s: %w", ErrInvalidParameters, r.action, renderErr)
	}
	return x, nil
}

// origin builds the context of an execution: who asked for it, and why. It is
// written as JSON at once, as templates rarely read it.
func (r executionRequest) origin(action *registeredAction) json.RawMessage {
	text := make([]byte, 0, 320)
	member := func(before, value string) {
		text = pyvalue.AppendJSONText(append(text, before...), value, pyvalue.CompactStyle())
	}
	text = append(text, '{')
	if r.rule != nil {
		member(`"trigger_instance":{"id":`, r.occurrence.instance.ID)
		member(`,"name":null},"rule":{"id":`, r.rule.link.ID)
		member(`,"name":`, r.rule.Name)
		text = append(text, `},`...)
	}
	member(`"user":`, r.user)
	member(`,"pack":`, action.Pack)
	member(`,"trace_context":{"id_":`, r.trace.ID)
	member(`,"trace_tag":`, r.trace.Tag)
	return append(text, `}}`...)
}

// parameterNames returns what templates in parameters can refer to, beside the
// other parameters.
func (e *Engine) parameterNames(ctx context.Context, action *registeredAction, origin json.RawMessage, r executionRequest) jinja.Vars {
	return jinja.VarsFunc(func(name string) (any, bool) {
		switch name {
		case "trigger":
			if r.occurrence != nil {
				return r.occurrence.payload, true
			}
		case "st2kv":
			return e.keyLookups(r.user), true
		case "action_context":
			value, err := decode(origin)
			return value, err == nil
		case "config_context":
			return e.configOrEmpty(ctx, action.Pack, r.user), true
		}
		return nil, false
	})
}

// failure is the result of an execution that failed before or beside its action.
func failure(err error, traceback string) *pyvalue.Map {
	return pyvalue.MapOf("error", err.Error(), "traceback", traceback)
}
