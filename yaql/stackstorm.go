package yaql

import (
	"sync"

	"github.com/petrel-dev/petrel/pyvalue"
)

// StackStorm returns the functions that StackStorm adds to workflow
// expressions, among them st2kv, which asks [Env.Datastore], and task, which
// asks [Env.Tasks].
func StackStorm() *FunctionSet { return stackstormSet() }

var stackstormSet = sync.OnceValue(func() *FunctionSet {
	s := newFunctionSet()
	s.define("st2kv", asFunction, "key:any, **kwargs:any", datastoreValue)
	s.define("task", asFunction, "taskId:any=null, route:any=null", latestExecution)
	s.define("use_none", asFunction, "value:any", noneForNull)
	defineConversions(s)
	return s
})

func datastoreValue(ev *evaluator, _ *scope, a []any) (any, error) {
	key, ok := a[0].(string)
	if !ok {
		return nil, fail(KindType, "the key of a datastore item must be a string, not %s", typeName(a[0]))
	}
	decrypt, fallback, hasFallback := false, any(nil), false
	for _, k := range a[1].([]variable) {
		switch k.name {
		case "decrypt":
			if decrypt, ok = k.value.(bool); !ok {
				return nil, fail(KindType, "decrypt must be a boolean, not %s", typeName(k.value))
			}
		case "default":
			fallback, hasFallback = k.value, true
		}
	}
	st2, ok := lookupName(ev.env.Context, "st2")
	if !ok {
		return nil, fail(KindKey, "the context has no user (st2.user)")
	}
	user, ok := lookupName(st2, "user")
	if !ok {
		return nil, fail(KindKey, "the context has no user (st2.user)")
	}
	if ev.env.Datastore == nil {
		return nil, fail(KindEvaluation, "no datastore")
	}
	v, found, err := ev.env.Datastore.Get(ev.ctx, strOf(user), key, decrypt)
	switch {
	case err != nil:
		return nil, &Error{Kind: KindEvaluation, Message: "datastore item \"" + key + "\": " + err.Error(), Offset: -1, Err: err}
	case found:
		return canonical(v), nil
	case hasFallback:
		return fallback, nil
	}
	return nil, fail(KindEvaluation, "the key %q does not exist in the datastore", key)
}

func latestExecution(ev *evaluator, _ *scope, a []any) (any, error) {
	current := ev.env.variable("__current_task")
	id, route := a[0], a[1]
	if id == nil {
		var ok bool
		if id, ok = lookupName(current, "id"); !ok {
			return nil, fail(KindKey, "there is no current task")
		}
	}
	if route == nil {
		route = int64(0)
		if r, ok := lookupName(current, "route"); ok {
			route = r
		}
	}
	entry, err := ev.taskEntry(id, route)
	if err != nil {
		return nil, err
	}
	missing := fail(KindEvaluation, "there is no execution of the task %s", quoteName(id))
	if entry == nil {
		return nil, missing
	}
	v, ok := lookupName(entry, "route")
	if !ok {
		return nil, fail(KindKey, "the entry of task %s has no route", quoteName(id))
	}
	n, err := intOf(v)
	if err != nil {
		return nil, err
	}
	st2, ok := lookupName(ev.env.Context, "st2")
	if !ok {
		return nil, fail(KindKey, "the context has no workflow execution (st2.workflow_execution_id)")
	}
	workflow, ok := lookupName(st2, "workflow_execution_id")
	if !ok {
		return nil, fail(KindKey, "the context has no workflow execution (st2.workflow_execution_id)")
	}
	if ev.env.Tasks == nil {
		return nil, missing
	}
	e, err := ev.env.Tasks.Latest(ev.ctx, strOf(workflow), strOf(id), n)
	if err != nil {
		return nil, &Error{Kind: KindEvaluation, Message: "task " + quoteName(id) + ": " + err.Error(), Offset: -1, Err: err}
	}
	if e == nil {
		return nil, missing
	}
	return &mutableDict{pyvalue.MapOf(
		"task_execution_id", e.ID,
		"workflow_execution_id", e.WorkflowExecution,
		"task_name", e.Task,
		"task_id", e.Task,
		"route", int64(e.Route),
		"result", canonical(e.Result),
		"status", e.Status,
		"start_timestamp", e.Start,
		"end_timestamp", e.End,
	)}, nil
}
