package orquesta

import (
	"context"
	"slices"

	"github.com/petrel-dev/petrel/expression"
	"github.com/petrel-dev/petrel/pyvalue"
)

// Conductor is one run of a workflow. It must not be used by several
// goroutines at once.
//
// A method that returns an error has changed nothing, unless it says otherwise.
// A context bounds the evaluation of expressions. If it ends during a call,
// expressions fail as they would for any other reason; the host then drops the
// conductor and restores it from what it stored last.
type Conductor struct {
	workflow *Workflow
	host     Host
	inputs   *pyvalue.Map
	context  *pyvalue.Map
	state    state
	errors   []LogEntry
	logged   map[string]bool
	output   *pyvalue.Map
}

// Start begins a run with the values that a caller gives to the inputs, and
// the variables of the host (in StackStorm st2 and parent); both are dicts or
// nil. Nothing is due until [Conductor.Request] asks for the status Running.
// If an input or variable cannot be evaluated the run has failed already.
func (w *Workflow) Start(ctx context.Context, inputs, variables any, host Host) *Conductor {
	c := &Conductor{workflow: w, host: host, state: newState(), logged: map[string]bool{}}
	c.inputs, c.context = dict(inputs), dict(variables)
	initial, errs := c.initialContext(ctx)
	if len(errs) > 0 {
		for _, err := range errs {
			c.log(LogEntry{Message: logMessage(err)})
		}
		c.state.status = Failed
		return c
	}
	c.state.contexts = []*pyvalue.Map{initial}
	c.state.routes = [][]string{{}}
	for _, node := range w.graph.Nodes {
		if len(node.sources) == 0 {
			c.state.staged.add(&staged{key: key{node.Name, 0}, in: c.state.root.with(0), ready: true})
		}
	}
	return c
}

func dict(v any) *pyvalue.Map {
	if m, ok := pyvalue.ToMap(v); ok {
		return m
	}
	return pyvalue.NewMap(0)
}

func (c *Conductor) initialContext(ctx context.Context) (*pyvalue.Map, []error) {
	w, d := c.workflow, c.workflow.definition
	seen := c.context.Clone()
	var errs []error
	for _, input := range d.Inputs {
		value, given := c.inputs.GetString(input.Name)
		if !given {
			value = input.Value
		}
		if !given || w.runtime {
			var err error
			if value, err = w.env.Evaluate(ctx, value, c.scope(seen)); err != nil {
				errs = append(errs, evaluationError(err))
				continue
			}
		}
		seen = seen.Clone()
		seen.SetString(input.Name, value)
	}
	merged := c.context.Clone()
	mergeInto(merged, seen)
	seen = merged
	values, failed := bind(ctx, w.vars, seen, c.scope)
	errs = append(errs, failed...)
	out := seen.Clone()
	mergeInto(out, values)
	initial, _ := storable(out).(*pyvalue.Map)
	return initial, errs
}

// scope is what expressions see that concern no single task.
func (c *Conductor) scope(variables *pyvalue.Map) *expression.Scope {
	return &expression.Scope{
		Variables: variables, State: stateView{c: c},
		Datastore: c.host.Datastore, Tasks: c.host.Tasks,
		Now: c.host.Now, Location: c.host.Location, Random: c.host.Random,
	}
}

// Status returns where the run stands.
func (c *Conductor) Status() Status { return c.state.status }

// Errors returns the error log, oldest first.
func (c *Conductor) Errors() []LogEntry { return slices.Clone(c.errors) }

// Output returns what [Conductor.RenderOutput] made, or nil.
// It must not be changed.
func (c *Conductor) Output() *pyvalue.Map { return c.output }

// Request asks for a status of the whole run: Running to begin, Paused,
// Resuming, Canceled, Failed. Where tasks are under way the run first becomes
// Pausing or Canceling. It is an *Error if the present status does not allow it.
func (c *Conductor) Request(status Status) error {
	if !status.Valid() {
		return errorf("InvalidStatus", "Status %q is not valid.", status)
	}
	s := &c.state
	if status == Pausing || status == Paused || status == Canceling || status == Canceled {
		c.haltItems(status)
	}
	event := string(status)
	switch status {
	case Pausing, Paused, Canceling, Canceled:
		event += c.activity()
	case Running, Resuming:
		if s.status == Paused && !s.anyActive() && !s.staged.anyReady() && !s.anyLatest(Paused, Pending) {
			event += "_workflow_completed"
		}
	}
	before := s.status
	if next, ok := requestTransitions[event][before]; ok {
		s.status = next
	}
	onItsWay := before == Pausing && status == Paused || before == Canceling && status == Canceled
	if s.status == before && before != status && !onItsWay {
		return errorf("InvalidWorkflowStatusTransition",
			"Unable to process event \"workflow_%s\" for workflow in %q status.", status, before.text())
	}
	return nil
}

func (c *Conductor) activity() string {
	if c.state.anyActive() {
		return "_workflow_active"
	}
	return "_workflow_dormant"
}

// haltItems stops tasks from starting further items.
func (c *Conductor) haltItems(status Status) {
	for t := range c.state.staged.all() {
		e := c.state.latest[t.key]
		if e == nil || e.status != Running || t.items == nil || t.items.count(Status.Completed) == len(t.items.statuses) {
			continue
		}
		pausing := status == Pausing || status == Paused
		switch active := t.items.anyActive(); {
		case pausing && active:
			c.state.setStatus(e, Pausing)
		case pausing:
			c.state.setStatus(e, Paused)
		case active:
			c.state.setStatus(e, Canceling)
		default:
			c.state.setStatus(e, Canceled)
		}
	}
}

// fail makes the run failed, whatever it did.
func (c *Conductor) fail() { _ = c.Request(Failed) }

// stateView answers what expressions ask about tasks. A status that is about
// to be set counts as set.
type stateView struct {
	c      *Conductor
	at     key
	status Status
}

// Status returns the status of a task on a route.
func (v stateView) Status(task string, route int) (string, bool) {
	k := key{task, route}
	if v.status != Unset && k == v.at {
		return v.status.text(), true
	}
	if e := v.c.state.latest[k]; e != nil {
		return e.status.text(), true
	}
	return "", false
}

// Steps returns the transitions that a route consists of.
func (v stateView) Steps(route int) ([]string, bool) {
	if route < 0 || route >= len(v.c.state.routes) {
		return nil, false
	}
	return v.c.state.routes[route], true
}

// Dict returns the stored form of the state.
func (v stateView) Dict() any { return v.c.stateDict() }
