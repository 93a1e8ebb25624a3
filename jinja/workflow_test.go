package jinja_test

import (
	"context"
	"strconv"
	"strings"

	"github.com/petrel-dev/petrel/internal/conformance"
	"github.com/petrel-dev/petrel/jinja"
	"github.com/petrel-dev/petrel/pyvalue"
)

// The functions below stand for the ones that hosts give to Orquesta's
// environment: they read the state of a recorded case.

// host is what a recorded case has outside of the template's variables.
type host struct{ kv, taskExecutions any }

func evaluationError(format string, args ...any) error {
	return pyvalue.Errorf("evaluation", format, args...)
}

func lookup(v any, path ...string) any {
	for _, name := range path {
		v, _ = pyvalue.LookupString(v, name)
	}
	return v
}

// caseVars holds the context of a case as Orquesta hands it to Jinja.
type caseVars struct {
	all  *pyvalue.Map
	host host
}

func (v caseVars) Lookup(name string) (any, bool) {
	switch name {
	case "__vars":
		return v.all, true
	case "__state", "__current_task", "__current_item":
		return v.all.GetString(name)
	}
	return nil, false
}

func orquestaVars(c conformance.Case) (jinja.Vars, error) {
	decoded, err := conformance.Decode(c.Value("context"))
	if err != nil {
		return nil, err
	}
	all, ok := decoded.(*pyvalue.Map)
	if !ok {
		all = pyvalue.NewMap(0)
	}
	return hostVars{caseVars{all, host{c.Value("kv"), c.Value("task_executions")}}}, nil
}

// hostVars smuggles the host of a case to the functions below.
type hostVars struct{ caseVars }

func (v hostVars) Lookup(name string) (any, bool) {
	if name == "host of the case" {
		return &v.host, true
	}
	return v.caseVars.Lookup(name)
}

func hostOf(c *jinja.Call) *host {
	v, _ := c.Lookup("host of the case")
	h, ok := v.(*host)
	if !ok {
		return &host{}
	}
	return h
}

func orquestaEnvironment() *jinja.Environment {
	var options []jinja.Option
	for name, f := range map[string]jinja.Func{
		"ctx": ctxFunc, "item": itemFunc, "result": resultFunc,
		"succeeded":   statusFunc("succeeded"),
		"failed":      statusFunc("failed"),
		"completed":   statusFunc("succeeded", "failed", "timeout", "abandoned", "canceled"),
		"task_status": taskStatusFunc, "task": taskFunc, "st2kv": st2kvFunc,
	} {
		// As filters these functions exist, but take the piped value for the
		// context and fail.
		misused := func(context.Context, *jinja.Call) (any, error) {
			return nil, pyvalue.Errorf(pyvalue.KindType, "the context is no mapping")
		}
		options = append(options, jinja.WithGlobal(name, f), jinja.WithFilter(name, misused))
	}
	return jinja.Orquesta(options...)
}

func ctxFunc(_ context.Context, c *jinja.Call) (any, error) {
	a, err := c.Bind("key?")
	if err != nil {
		return nil, err
	}
	vars, _ := c.Lookup("__vars")
	if pyvalue.Truth(a[0]) {
		if name, ok := a[0].(string); ok && strings.HasPrefix(name, "__") {
			return nil, pyvalue.Errorf("inaccessible_variable", "%s", name)
		}
		v, ok := pyvalue.Lookup(vars, a[0])
		if !ok {
			return nil, pyvalue.Errorf("undefined_variable", "the variable %s is undefined", pyvalue.Repr(a[0]))
		}
		return v, nil
	}
	visible := pyvalue.NewMap(0)
	for k, v := range pyvalue.Entries(vars) {
		if name, ok := k.(string); !ok || !strings.HasPrefix(name, "__") {
			if err := visible.Set(k, v); err != nil {
				return nil, err
			}
		}
	}
	return visible, nil
}

func itemFunc(_ context.Context, c *jinja.Call) (any, error) {
	a, err := c.Bind("key?")
	if err != nil {
		return nil, err
	}
	item, _ := c.Lookup("__current_item")
	if !pyvalue.Truth(a[0]) {
		return item, nil
	}
	if !pyvalue.IsDict(item) {
		return nil, evaluationError("the item is no mapping")
	}
	v, ok := pyvalue.Lookup(item, a[0])
	if !ok {
		return nil, evaluationError("the item has no key %s", pyvalue.Repr(a[0]))
	}
	return v, nil
}

func currentTask(c *jinja.Call) (any, error) {
	task, _ := c.Lookup("__current_task")
	if !pyvalue.Truth(task) {
		return nil, evaluationError("there is no current task")
	}
	return task, nil
}

func resultFunc(_ context.Context, c *jinja.Call) (any, error) {
	if _, err := c.Bind(); err != nil {
		return nil, err
	}
	task, err := currentTask(c)
	return lookup(task, "result"), err
}

func route(v any) int64 { n, _ := v.(int64); return n }

// statusOf returns the status of a task on a route, or on the nearest earlier
// route that led to it.
func statusOf(c *jinja.Call, task string, r int64) any {
	state, _ := c.Lookup("__state")
	routes, _ := pyvalue.Elements(lookup(state, "routes"))
	find := func(r int64) (any, bool) {
		i, ok := pyvalue.LookupString(lookup(state, "tasks"), task+"__r"+strconv.FormatInt(r, 10))
		if !ok {
			return nil, false
		}
		entry, err := pyvalue.Index(lookup(state, "sequence"), i)
		return lookup(entry, "status"), err == nil
	}
	steps := func(r int64) []any {
		if r < 0 || r >= int64(len(routes)) {
			return nil
		}
		items, _ := pyvalue.Elements(routes[r])
		return items
	}
	if status, ok := find(r); ok {
		return status
	}
	for earlier := r - 1; earlier >= 0; earlier-- {
		contained := true
		for _, step := range steps(earlier) {
			if in, _ := pyvalue.Contains(pyvalue.NewList(steps(r)...), step); !in {
				contained = false
			}
		}
		if !contained {
			continue
		}
		if status, ok := find(earlier); ok {
			return status
		}
	}
	return "null"
}

func statusFunc(want ...string) jinja.Func {
	return func(_ context.Context, c *jinja.Call) (any, error) {
		if _, err := c.Bind(); err != nil {
			return nil, err
		}
		task, err := currentTask(c)
		if err != nil {
			return nil, err
		}
		id, _ := lookup(task, "id").(string)
		status := statusOf(c, id, route(lookup(task, "route")))
		for _, w := range want {
			if status == w {
				return true, nil
			}
		}
		return false, nil
	}
}

func taskStatusFunc(_ context.Context, c *jinja.Call) (any, error) {
	a, err := c.Bind("task_id", "route?")
	if err != nil {
		return nil, err
	}
	r := a[1]
	if r == nil {
		task, _ := c.Lookup("__current_task")
		r = lookup(task, "route")
	}
	id, _ := a[0].(string)
	return statusOf(c, id, route(r)), nil
}

func taskFunc(_ context.Context, c *jinja.Call) (any, error) {
	a, err := c.Bind("task_id?", "route?")
	if err != nil {
		return nil, err
	}
	vars, _ := c.Lookup("__vars")
	workflow := lookup(vars, "st2", "workflow_execution_id")
	if workflow == nil {
		return nil, evaluationError("there is no workflow execution")
	}
	task, _ := c.Lookup("__current_task")
	if a[0] == nil {
		a[0] = lookup(task, "id")
	}
	if a[1] == nil {
		a[1] = route(lookup(task, "route"))
	}
	workflowID, _ := workflow.(string)
	taskID, _ := a[0].(string)
	last := conformance.LatestTask(hostOf(c).taskExecutions, workflowID, taskID, int(route(a[1])))
	if last == nil {
		return nil, evaluationError("there is no task execution for %v", a[0])
	}
	return pyvalue.MapOf("task_execution_id", lookup(last, "id"), "workflow_execution_id", workflow, "task_name", a[0],
		"task_id", a[0], "route", a[1], "result", lookup(last, "result"), "status", lookup(last, "status"),
		"start_timestamp", lookup(last, "start_timestamp"), "end_timestamp", lookup(last, "end_timestamp")), nil
}

func st2kvFunc(ctx context.Context, c *jinja.Call) (any, error) {
	a, err := c.Bind("key", "decrypt?", "default?")
	if err != nil {
		return nil, err
	}
	key, ok := a[0].(string)
	if !ok {
		return nil, pyvalue.Errorf(pyvalue.KindType, "the key is no string")
	}
	if _, ok := a[1].(bool); a[1] != nil && !ok {
		return nil, pyvalue.Errorf(pyvalue.KindType, "decrypt is no boolean")
	}
	vars, _ := c.Lookup("__vars")
	user, ok := lookup(vars, "st2", "user").(string)
	if !ok {
		return nil, pyvalue.Errorf(pyvalue.KindKey, "there is no user in the context")
	}
	value, ok, err := conformance.Datastore{Keys: hostOf(c).kv}.Get(ctx, user, key, a[1] == true)
	if err != nil || ok {
		return value, err
	}
	if d, given := c.Keyword("default"); given {
		return d, nil
	}
	return nil, evaluationError("the key %q does not exist", key)
}

// datastore is a view of the datastore whose attributes build dotted keys.
type datastore struct {
	items       any
	prefix, key string
	text        string
}

func (d datastore) TypeName() string { return "KeyValueLookup" }
func (d datastore) Repr() string     { return "<KeyValueLookup>" }

func (d datastore) Text(context.Context) (string, error) {
	if d.key == "" {
		return "", pyvalue.Errorf(pyvalue.KindKey, "the datastore as a whole has no text")
	}
	return d.text, nil
}

func (d datastore) Str() string { return d.text }

func (d datastore) Attribute(_ context.Context, name string) (any, bool, error) {
	if strings.HasPrefix(name, "_") {
		return nil, false, nil
	}
	if d.key != "" {
		name = d.key + "." + name
	}
	d.key = name
	value, _ := pyvalue.LookupString(d.items, d.prefix+name)
	d.text, _ = value.(string)
	return d, true, nil
}

func (d datastore) Subscript(ctx context.Context, key any) (any, bool, error) {
	name, ok := key.(string)
	if !ok {
		name = pyvalue.Str(key)
	}
	return d.Attribute(ctx, name)
}

func stackStormEnvironment(options ...jinja.Option) *jinja.Environment {
	return jinja.StackStorm(append(options, jinja.WithDecrypt(decrypt))...)
}

func stackStormVars(c conformance.Case) (jinja.Vars, error) {
	decoded, err := conformance.Decode(c.Value("context"))
	if err != nil {
		return nil, err
	}
	vars, ok := decoded.(*pyvalue.Map)
	if !ok {
		vars = pyvalue.NewMap(0)
	}
	vars = vars.Clone()
	if c.Has("kv") {
		system := datastore{items: lookup(c.Value("kv"), "st2kv.system")}
		user := datastore{items: lookup(c.Value("kv"), "st2kv.user"), prefix: "stanley:"}
		vars.SetString("st2kv", pyvalue.MapOf("system", system, "user", user))
		vars.SetString("system", system)
	}
	return jinja.Dict(vars), nil
}

// decrypt reads the encrypted values of the fixtures.
func decrypt(_ context.Context, text string) (string, error) { return conformance.Decrypt(text) }
