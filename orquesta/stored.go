package orquesta

import (
	"encoding/json"
	"fmt"

	"github.com/petrel-dev/petrel/pyvalue"
)

// MarshalJSON writes the run as StackStorm stores it, without definition and
// graph. Values that JSON does not have, such as sets, are written as dicts with
// a key like $set, which [Workflow.Restore] understands.
func (c *Conductor) MarshalJSON() ([]byte, error) {
	errs := make([]any, len(c.errors))
	for i, e := range c.errors {
		errs[i] = e.dict()
	}
	var output any
	if c.output != nil {
		output = c.output
	}
	return pyvalue.AppendJSON(nil, portable(pyvalue.MapOf(
		"input", c.inputs,
		"context", c.context,
		"state", c.stateDict(),
		"errors", errs,
		"output", output,
	)), pyvalue.JSONStyle{})
}

func (e LogEntry) dict() *pyvalue.Map {
	out := pyvalue.MapOf("type", "error", "message", e.Message)
	if e.Task != "" {
		out.SetString("task_id", e.Task)
	}
	if e.Route != nil {
		out.SetString("route", int64(*e.Route))
	}
	if e.Transition != "" {
		out.SetString("task_transition_id", e.Transition)
	}
	if e.Result != nil {
		out.SetString("result", e.Result)
	}
	return out
}

func (c *Conductor) stateDict() *pyvalue.Map {
	s := &c.state
	contexts := make([]any, len(s.contexts))
	for i, m := range s.contexts {
		contexts[i] = m
	}
	routes := make([]any, len(s.routes))
	for i, path := range s.routes {
		steps := make([]any, len(path))
		for j, step := range path {
			steps[j] = step
		}
		routes[i] = steps
	}
	sequence := make([]any, len(s.sequence))
	tasks := pyvalue.NewMap(len(s.latest))
	for i, e := range s.sequence {
		sequence[i] = e.dict()
		tasks.SetString(e.text(), int64(e.index))
	}
	waiting := []any{}
	for t := range s.staged.all() {
		waiting = append(waiting, t.dict())
	}
	out := pyvalue.MapOf("contexts", contexts, "routes", routes, "sequence", sequence,
		"tasks", tasks, "staged", waiting, "status", s.status.text())
	if len(s.reruns) > 0 {
		reruns := make([]any, len(s.reruns))
		for i, indices := range s.reruns {
			reruns[i] = integers(indices)
		}
		out.SetString("reruns", reruns)
	}
	return out
}

func integers(in []int) []any {
	out := make([]any, len(in))
	for i, n := range in {
		out[i] = int64(n)
	}
	return out
}

func (e *entry) dict() *pyvalue.Map {
	contexts := pyvalue.MapOf("in", integers(e.in.indices()))
	if len(e.out) > 0 {
		contexts.SetString("out", intDict(e.out))
	}
	next := map[string]any{}
	for id, fired := range e.next {
		next[id] = fired
	}
	out := pyvalue.MapOf("id", e.task, "route", int64(e.route), "ctxs", contexts, "prev", intDict(e.prev), "next", next)
	if e.status != Unset {
		out.SetString("status", string(e.status))
	}
	if e.terminal {
		out.SetString("term", true)
	}
	if e.retry != nil {
		out.SetString("retry", e.retry.dict())
	}
	return out
}

func intDict(in map[string]int) map[string]any {
	out := make(map[string]any, len(in))
	for key, n := range in {
		out[key] = int64(n)
	}
	return out
}

func (r *retryState) dict() *pyvalue.Map {
	var when any
	if r.when != nil {
		when = *r.when
	}
	return pyvalue.MapOf("when", when, "count", r.count, "delay", r.delay, "tally", r.tally)
}

func (t *staged) dict() *pyvalue.Map {
	out := pyvalue.MapOf("id", t.task, "route", int64(t.route),
		"ctxs", pyvalue.MapOf("in", integers(t.in.indices())), "prev", intDict(t.prev), "ready", t.ready)
	if t.items != nil {
		items := make([]any, len(t.items.statuses))
		for i, status := range t.items.statuses {
			items[i] = pyvalue.MapOf("status", status.text())
		}
		out.SetString("items", items)
	}
	if t.completed {
		out.SetString("completed", true)
	}
	if t.runOnFail {
		out.SetString("run_on_fail", true)
	}
	if t.retry != nil {
		out.SetString("retry", t.retry.dict())
	}
	return out
}

// Restore reads a run that [Conductor.MarshalJSON] wrote. The definition must
// be the one that the run began with.
func (w *Workflow) Restore(data []byte, host Host) (*Conductor, error) {
	value, err := pyvalue.DecodeJSON(string(data), pyvalue.PythonJSON)
	if err != nil {
		return nil, fmt.Errorf("orquesta: the stored run is no JSON: %w", err)
	}
	root := dict(fromPortable(value))
	var form storedRun
	if err := json.Unmarshal(data, &form); err != nil {
		return nil, fmt.Errorf("orquesta: the stored run has not the right form: %w", err)
	}
	c := &Conductor{workflow: w, host: host, state: newState(), logged: map[string]bool{}}
	c.inputs, c.context = dict(valueAt(root, "input")), dict(valueAt(root, "context"))
	if output, ok := valueAt(root, "output").(*pyvalue.Map); ok {
		c.output = output
	}
	contexts, _ := pyvalue.Elements(valueAt(root, "state", "contexts"))
	for _, m := range contexts {
		c.state.contexts = append(c.state.contexts, dict(m))
	}
	results, _ := pyvalue.Elements(valueAt(root, "errors"))
	for i, e := range form.Errors {
		c.log(LogEntry{e.Message, e.Task, e.Route, e.Transition, valueAt(dict(results[i]), "result")})
	}
	if err := c.restoreState(form.State); err != nil {
		return nil, err
	}
	return c, nil
}

func valueAt(m *pyvalue.Map, path ...string) any {
	var value any = m
	for _, name := range path {
		value, _ = pyvalue.LookupString(value, name)
	}
	return value
}
