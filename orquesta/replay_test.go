package orquesta_test

import (
	"context"
	"fmt"
	"slices"

	"github.com/petrel-dev/petrel/orquesta"
	"github.com/petrel-dev/petrel/pyvalue"
)

// started is an action in the queue of the recorded scheduler.
type started struct {
	task   string
	route  int
	item   *int
	steps  []any
	record *record
}

// record is what a host keeps of one start of a task.
type record struct {
	task    string
	route   int
	status  orquesta.Status
	items   []orquesta.Status
	results []any
	result  any
}

// replay drives a conductor as the scheduler of the traces does.
type replay struct {
	ctx      context.Context
	workflow *orquesta.Workflow
	host     orquesta.Host
	c        *orquesta.Conductor
	script   *pyvalue.Map
	restore  bool
	queue    []*started
	done     int
	ops      []any
	visits   map[string]int
	records  map[string]*record
	history  []*record
	events   []*pyvalue.Map
	last     *pyvalue.Map
	stuck    bool
}

func at(v any, path ...string) any {
	for _, name := range path {
		v, _ = pyvalue.LookupString(v, name)
	}
	return v
}

func list(v any) []any {
	items, _ := pyvalue.Elements(v)
	return items
}

func text(v any) string {
	s, _ := v.(string)
	return s
}

func number(v any) int {
	n, _ := v.(int64)
	return int(n)
}

func (r *replay) snapshot() *pyvalue.Map {
	data, err := r.c.MarshalJSON()
	if err != nil {
		panic(err)
	}
	v, err := pyvalue.DecodeJSON(string(data), pyvalue.PythonJSON)
	if err != nil {
		panic(err)
	}
	if r.restore {
		r.load(data)
	}
	return v.(*pyvalue.Map)
}

func (r *replay) load(data []byte) {
	c, err := r.workflow.Restore(data, r.host)
	if err != nil {
		panic(err)
	}
	r.c = c
}

func name(s orquesta.Status) string {
	if s == orquesta.Unset {
		return "null"
	}
	return string(s)
}

// record notes an event and what changed since the one before.
func (r *replay) note(kind string, always bool, fields ...any) {
	now := r.snapshot()
	ev := pyvalue.MapOf(append([]any{"ev", kind, "wf", name(r.c.Status())}, fields...)...)
	changed := always
	set := func(field string, v any) {
		ev.SetString(field, v)
	}
	var tasks []any
	before := list(at(r.last, "state", "sequence"))
	for i, e := range list(at(now, "state", "sequence")) {
		if i >= len(before) || !pyvalue.Equal(at(before[i], "status"), at(e, "status")) {
			tasks = append(tasks, pyvalue.MapOf("i", int64(i), "id", at(e, "id"), "route", at(e, "route"), "status", at(e, "status")))
		}
	}
	if tasks != nil {
		set("tasks", pyvalue.NewList(tasks...))
	}
	if staged := stagedForm(now); !pyvalue.Equal(staged, stagedForm(r.last)) {
		set("staged", staged)
	}
	oldErrors, errors := list(at(r.last, "errors")), list(at(now, "errors"))
	switch {
	case len(errors) < len(oldErrors):
		set("errors_now", pyvalue.NewList(errors...))
		changed = true
	case len(errors) > len(oldErrors):
		set("errors_added", pyvalue.NewList(errors[len(oldErrors):]...))
		changed = true
	}
	if old, contexts := list(at(r.last, "state", "contexts")), list(at(now, "state", "contexts")); len(contexts) > len(old) {
		set("contexts_added", pyvalue.NewList(contexts[len(old):]...))
	}
	if !pyvalue.Equal(at(r.last, "output"), at(now, "output")) {
		set("output", at(now, "output"))
		changed = true
	}
	if !pyvalue.Equal(at(r.last, "state", "status"), at(now, "state", "status")) {
		changed = true
	}
	if changed {
		r.last = now
		r.events = append(r.events, ev)
	}
}

func stagedForm(v *pyvalue.Map) any {
	out := []any{}
	for _, t := range list(at(v, "state", "staged")) {
		m := pyvalue.MapOf("id", at(t, "id"), "route", at(t, "route"), "in", at(t, "ctxs", "in"), "ready", at(t, "ready"))
		for _, field := range []string{"completed", "run_on_fail", "retry"} {
			if value := at(t, field); value != nil {
				m.SetString(field, value)
			}
		}
		if items := at(t, "items"); items != nil {
			statuses := []any{}
			for _, item := range list(items) {
				statuses = append(statuses, at(item, "status"))
			}
			m.SetString("items", pyvalue.NewList(statuses...))
		}
		out = append(out, m)
	}
	return pyvalue.NewList(out...)
}

// run follows the script to its end.
func (r *replay) run() {
	r.ops = slices.Clone(list(at(r.script, "ops")))
	r.visits, r.records = map[string]int{}, map[string]*record{}
	r.last = pyvalue.NewMap(0)
	r.note("create", true)
	if r.c.Status().Completed() {
		return
	}
	r.request(orquesta.Requested, "")
	r.guarded(nil, func() error { return r.dispatchAll() })
	for range 2000 {
		i := slices.IndexFunc(r.ops, func(op any) bool { return number(at(op, "at")) <= r.done })
		if i < 0 && len(r.queue) == 0 && len(r.ops) > 0 {
			i = 0
		}
		if i >= 0 {
			op := r.ops[i]
			r.ops = slices.Delete(r.ops, i, i+1)
			r.operate(op)
			continue
		}
		if len(r.queue) == 0 {
			return
		}
		r.step()
	}
}

func (r *replay) lifo() bool { return at(r.script, "order") == "lifo" }

func (r *replay) step() {
	i := 0
	if r.lifo() {
		i = len(r.queue) - 1
	}
	s := r.queue[i]
	r.queue = slices.Delete(r.queue, i, i+1)
	r.done++
	ending := s.steps[0]
	s.steps = s.steps[1:]
	if len(s.steps) > 0 {
		if r.lifo() {
			r.queue = slices.Insert(r.queue, 0, s)
		} else {
			r.queue = append(r.queue, s)
		}
	}
	answer := text(at(ending, "answer"))
	if answer == "before" && r.c.Status() == orquesta.Paused {
		r.resume()
	}
	r.report(s, orquesta.Status(text(at(ending, "status"))), at(ending, "result"))
	if answer == "after" && r.c.Status() == orquesta.Paused {
		r.resume()
	}
}

func (r *replay) report(s *started, status orquesta.Status, result any) {
	rec := s.record
	if rec.status.Completed() || status == orquesta.Paused && rec.status == orquesta.Paused {
		r.note("skipped", true, "task", s.task)
		return
	}
	via := "script"
	ev := orquesta.Event{Task: s.task, Route: s.route, Status: status, Result: result}
	if status == "resumed" {
		if !r.request(orquesta.Running, "task_resumed") {
			return
		}
		via = "resumed"
		ev.Status = orquesta.Running
	} else if s.item != nil {
		ev.Item = s.item
		rec.items[*s.item] = status
		if status.Completed() {
			rec.results[*s.item] = result
		}
		ev.Results = slices.Clone(rec.results)
		if !slices.ContainsFunc(rec.items, func(s orquesta.Status) bool { return !s.Completed() }) {
			rec.status = orquesta.Succeeded
			if slices.ContainsFunc(rec.items, func(s orquesta.Status) bool { return s != orquesta.Succeeded }) {
				rec.status = orquesta.Failed
			}
		}
	}
	if s.item == nil {
		rec.status, rec.result = ev.Status, result
	}
	r.guarded(s, func() error {
		if err := r.tell(ev, via); err != nil {
			return err
		}
		if ev.Status.Completed() {
			return r.dispatchAll()
		}
		return nil
	})
}

// guarded does as the host does when the conductor raises.
func (r *replay) guarded(s *started, do func() error) {
	data, err := r.c.MarshalJSON()
	if err != nil {
		panic(err)
	}
	queue := slices.Clone(r.queue)
	if err = do(); err == nil {
		return
	}
	if s != nil {
		r.queue = queue
		r.load(data)
	}
	r.note("exception", true, "raised", err.Error())
	task, route := "", 0
	if s != nil {
		task, route = s.task, s.route
		inner := r.c.Report(r.ctx, orquesta.Event{Task: task, Route: route, Status: orquesta.Failed})
		if inner == nil {
			r.note("action", true, "task", task, "route", int64(route), "status", "failed", "via", "handler")
		} else {
			r.load(data)
			r.note("exception", true, "in_handler", true, "raised", inner.Error())
			r.stuck = true
		}
	}
	_ = r.c.Request(orquesta.Failed)
	r.c.Log(err, task, route)
	r.note("request", true, "status", "failed", "op", "handler")
	r.finish()
}

func (r *replay) tell(ev orquesta.Event, via string) error {
	if err := r.c.Report(r.ctx, ev); err != nil {
		return err
	}
	fields := []any{"task", ev.Task, "route", int64(ev.Route), "status", string(ev.Status), "via", via}
	if ev.Item != nil {
		fields = append(fields, "item", int64(*ev.Item))
	}
	r.note("action", true, fields...)
	if via != "mark" {
		r.finish()
	}
	return nil
}

func (r *replay) finish() {
	r.c.RenderOutput(r.ctx)
	r.note("output", false)
}

func (r *replay) request(status orquesta.Status, op string) bool {
	err := r.c.Request(status)
	fields := []any{"status", string(status)}
	if op != "" {
		fields = append(fields, "op", op)
	}
	if err != nil {
		fields = append(fields, "raised", err.Error())
	}
	r.note("request", true, fields...)
	return err == nil
}

func (r *replay) resume() {
	if r.c.Status().Dispatching() {
		r.note("request", true, "status", "resuming", "op", "resume", "ignored", true)
		return
	}
	r.request(orquesta.Resuming, "resume")
	r.guarded(nil, r.dispatchAll)
}

func (r *replay) operate(op any) {
	switch kind := text(at(op, "op")); kind {
	case "pause":
		r.request(orquesta.Paused, kind)
	case "cancel":
		r.request(orquesta.Canceled, kind)
	case "resume":
		r.resume()
	case "status":
		r.request(orquesta.Status(text(at(op, "status"))), kind)
		r.guarded(nil, r.dispatchAll)
	case "rerun":
		r.rerun(op)
	default:
		panic("unknown operation " + kind)
	}
}

func (r *replay) rerun(op any) {
	reset := map[string]bool{}
	for _, task := range list(at(op, "reset")) {
		reset[text(task)] = true
	}
	var tasks []orquesta.RerunTask
	for _, task := range list(at(op, "tasks")) {
		id, ok := task.(string)
		if !ok {
			id = text(at(task, "task_id"))
			tasks = append(tasks, orquesta.RerunTask{Task: id, Route: number(at(task, "route")), ResetItems: reset[id]})
			continue
		}
		var routes []int
		for _, e := range list(at(r.last, "state", "sequence")) {
			if route := number(at(e, "route")); at(e, "id") == id && !slices.Contains(routes, route) {
				routes = append(routes, route)
			}
		}
		slices.Sort(routes)
		for _, route := range routes {
			tasks = append(tasks, orquesta.RerunTask{Task: id, Route: route, ResetItems: reset[id]})
		}
		if routes == nil {
			tasks = append(tasks, orquesta.RerunTask{Task: id, ResetItems: reset[id]})
		}
	}
	if err := r.c.Rerun(tasks...); err != nil {
		r.note("rerun", true, "raised", err.Error())
	} else {
		r.note("rerun", true)
	}
	r.guarded(nil, r.dispatchAll)
}

func (r *replay) dispatchAll() error {
	if s := r.c.Status(); s == orquesta.Requested || s == orquesta.Scheduled {
		r.request(orquesta.Running, "")
	}
	for tasks := r.next(); ; tasks = r.next() {
		if len(tasks) == 0 {
			r.finish()
			return nil
		}
		for _, t := range tasks {
			if err := r.mark(t); err != nil {
				return err
			}
		}
		r.finish()
		for _, t := range tasks {
			if t.Itemized && t.ItemsCount == 0 || !t.Itemized && t.Actions[0].Action == nil {
				r.records[recordKey(t)].status = orquesta.Succeeded
				if err := r.tell(orquesta.Event{Task: t.Task, Route: t.Route, Status: orquesta.Succeeded}, "auto"); err != nil {
					return err
				}
				continue
			}
			for _, a := range t.Actions {
				if r.start(t, a) {
					return nil
				}
			}
		}
	}
}

func recordKey(t orquesta.NextTask) string { return fmt.Sprintf("%s %d", t.Task, t.Route) }

func (r *replay) mark(t orquesta.NextTask) error {
	k := recordKey(t)
	fresh := true
	staged := list(at(r.last, "state", "staged"))
	if old := r.records[k]; old != nil && t.Itemized {
		for _, s := range staged {
			if at(s, "id") == t.Task && number(at(s, "route")) == t.Route {
				for _, item := range list(at(s, "items")) {
					if at(item, "status") != "null" {
						fresh = false
					}
				}
			}
		}
		if !fresh {
			kept := *old
			if kept.status.Completed() {
				kept.status = orquesta.Running
				kept.items = slices.Clone(old.items)
				kept.results = slices.Clone(old.results)
				r.records[k] = &kept
				r.history = append(r.history, &kept)
			}
			for _, a := range t.Actions {
				r.records[k].items[a.Item] = orquesta.Running
				r.records[k].results[a.Item] = nil
			}
		}
	}
	if fresh {
		rec := &record{
			task: t.Task, route: t.Route, status: orquesta.Running,
			items: make([]orquesta.Status, t.ItemsCount), results: make([]any, t.ItemsCount),
		}
		r.records[k] = rec
		r.history = append(r.history, rec)
	}
	if t.Itemized && t.ItemsCount == 0 {
		return r.tell(orquesta.Event{Task: t.Task, Route: t.Route, Status: orquesta.Running}, "mark")
	}
	for _, a := range t.Actions {
		ev := orquesta.Event{Task: t.Task, Route: t.Route, Status: orquesta.Running}
		if t.Itemized {
			item := a.Item
			ev.Item = &item
			ev.Results = make([]any, t.ItemsCount)
		}
		if err := r.tell(ev, "mark"); err != nil {
			return err
		}
	}
	return nil
}

func (r *replay) next() []orquesta.NextTask {
	tasks := r.c.Next(r.ctx)
	var out []any
	for _, t := range tasks {
		var actions []any
		for _, a := range t.Actions {
			m := pyvalue.MapOf("action", a.Action, "input", recorded(a.Input))
			if t.Itemized {
				m.SetString("item_id", int64(a.Item))
			}
			actions = append(actions, m)
		}
		m := pyvalue.MapOf("id", t.Task, "route", int64(t.Route), "ctx", t.Variables, "actions", pyvalue.NewList(actions...))
		if t.Delay != 0 {
			m.SetString("delay", t.Delay)
		}
		if t.Itemized {
			m.SetString("items_count", int64(t.ItemsCount))
		}
		if t.Concurrency != 0 {
			m.SetString("concurrency", t.Concurrency)
		}
		out = append(out, m)
	}
	r.note("next", len(tasks) > 0, "next", pyvalue.NewList(out...))
	return tasks
}

// recorded gives a value the form that it has in a trace.
func recorded(v any) any {
	if text, err := pyvalue.EncodeJSON(v, pyvalue.PythonStyle()); err == nil {
		if out, err := pyvalue.DecodeJSON(text, pyvalue.PythonJSON); err == nil {
			return out
		}
	}
	return v
}

// start puts an action into the queue; it reports whether the host could not.
func (r *replay) start(t orquesta.NextTask, a orquesta.Action) bool {
	s := &started{task: t.Task, route: t.Route, record: r.records[recordKey(t)]}
	key := t.Task
	if t.Itemized {
		s.item = &a.Item
		key = fmt.Sprintf("%s %d", t.Task, a.Item)
	}
	r.visits[key]++
	ending := r.ending(s, r.visits[key])
	if failure := at(ending, "dispatch_error"); failure != nil {
		_ = r.c.Request(orquesta.Failed)
		r.c.Log(fmt.Errorf("%s: %s", text(at(failure, "type")), text(at(failure, "message"))), t.Task, t.Route)
		r.note("dispatch_error", true, "task", t.Task)
		r.finish()
		return true
	}
	s.steps = slices.Clone(list(at(ending, "steps")))
	if len(s.steps) == 0 {
		s.steps = []any{ending}
	}
	for i, step := range s.steps {
		if at(step, "echo") == true {
			m := step.(*pyvalue.Map).Clone()
			m.SetString("result", a.Input)
			s.steps[i] = m
		}
	}
	r.queue = append(r.queue, s)
	return false
}

func (r *replay) ending(s *started, visit int) any {
	for _, entry := range list(at(r.script, "results")) {
		matches := at(entry, "task") == s.task
		if v := at(entry, "visit"); v != nil {
			matches = matches && number(v) == visit
		}
		if v := at(entry, "item"); v != nil {
			matches = matches && s.item != nil && number(v) == *s.item
		}
		if v := at(entry, "route"); v != nil {
			matches = matches && number(v) == s.route
		}
		if matches {
			return entry
		}
	}
	if d := at(r.script, "default"); d != nil {
		return d
	}
	return pyvalue.MapOf("status", "succeeded")
}
