package yaql

import (
	"strings"
	"sync"

	"github.com/petrel-dev/petrel/pyvalue"
)

// Orquesta returns the functions of workflow expressions, which read
// [Env.Context]: ctx, item, result, succeeded, failed, completed,
// task_status, json and zip.
func Orquesta() *FunctionSet { return orquestaSet() }

var orquestaSet = sync.OnceValue(func() *FunctionSet {
	s := newFunctionSet()
	s.define("ctx", asFunction, "key:any=null", func(ev *evaluator, _ *scope, a []any) (any, error) {
		if !truth(a[0]) {
			return ev.publicContext()
		}
		return ev.contextVariable(a[0])
	})
	s.define("item", asFunction, "key:any=null", currentItem)
	s.define("result", asFunction, "", func(ev *evaluator, _ *scope, _ []any) (any, error) {
		task, err := ev.currentTask()
		if err != nil {
			return nil, err
		}
		v, _ := lookupName(task, "result")
		return v, nil
	})
	for name, statuses := range map[string][]string{
		"succeeded": {"succeeded"},
		"failed":    {"failed"},
		"completed": {"succeeded", "failed", "timeout", "abandoned", "canceled"},
	} {
		s.define(name, asFunction, "", func(ev *evaluator, _ *scope, _ []any) (any, error) {
			status, err := ev.currentStatus()
			if err != nil {
				return nil, err
			}
			for _, wanted := range statuses {
				if status == wanted {
					return true, nil
				}
			}
			return false, nil
		})
	}
	s.define("task_status", asFunction, "taskId:any, route:any=null", func(ev *evaluator, _ *scope, a []any) (any, error) {
		route := a[1]
		if route == nil {
			route = int64(0)
			if v, ok := lookupName(ev.env.variable("__current_task"), "route"); ok {
				route = v
			}
		}
		return ev.taskStatus(a[0], route)
	})
	s.define("json", asFunction, "s:any", func(ev *evaluator, _ *scope, a []any) (any, error) {
		if d, ok := a[0].(*mutableDict); ok {
			return d, nil
		}
		text, ok := a[0].(string)
		if !ok {
			return nil, fail(KindType, "json() needs a string, not %s", typeName(a[0]))
		}
		v, err := pyvalue.DecodeJSON(text, pyvalue.PythonJSON)
		return fresh(v), err
	})
	s.define("zip", asFunction, "*args:any, **kwargs:any", zipPadded)
	return s
})

// publicContext returns the workflow variables whose names are not private.
func (ev *evaluator) publicContext() (any, error) {
	all := ev.env.variable("__vars")
	private := false
	for k := range pyvalue.Entries(plainDict(all)) {
		if name, ok := k.(string); ok && strings.HasPrefix(name, "__") {
			private = true
			break
		}
	}
	if !private {
		return all, nil
	}
	m := pyvalue.NewMap(dictLen(all))
	for k, v := range pyvalue.Entries(plainDict(all)) {
		if name, ok := k.(string); ok && strings.HasPrefix(name, "__") {
			continue
		}
		if err := m.Set(k, canonical(v)); err != nil {
			return nil, err
		}
	}
	return &mutableDict{m}, ev.grow(m.Len(), 64*m.Len())
}

func (ev *evaluator) contextVariable(key any) (any, error) {
	vars := ev.env.variable("__vars")
	v, ok, err := ev.lookup(vars, key)
	if err != nil {
		return nil, err
	}
	name, _ := key.(string)
	if items, list := elements(key); list && len(items) != 1 {
		return nil, fail(KindType, "the name of a variable must be a string, not a list")
	}
	if !ok {
		e := fail(KindUndefinedVariable, "the variable %s is undefined", quoteName(key))
		if name != "" {
			e.Suggestion = closestKey(vars, name)
		}
		return nil, e
	}
	if strings.HasPrefix(name, "__") {
		return nil, fail(KindInaccessible, "the variable %q is for internal use and inaccessible", name)
	}
	return v, nil
}

func quoteName(v any) string {
	if s, ok := v.(string); ok {
		return `"` + s + `"`
	}
	return reprOf(v)
}

func currentItem(ev *evaluator, _ *scope, a []any) (any, error) {
	item := ev.env.variable("__current_item")
	if !truth(a[0]) {
		return item, nil
	}
	if !isMapping(item) {
		return nil, fail(KindEvaluation, "the current item is no dictionary but %s", typeName(item))
	}
	v, ok, err := ev.lookup(item, a[0])
	if err == nil && !ok {
		e := fail(KindEvaluation, "the current item has no key %s", quoteName(a[0]))
		if name, ok := a[0].(string); ok {
			e.Suggestion = closestKey(item, name)
		}
		return nil, e
	}
	return v, err
}

func (ev *evaluator) currentTask() (any, error) {
	task := ev.env.variable("__current_task")
	if !truth(task) {
		return nil, fail(KindEvaluation, "the current task is not set in the context")
	}
	return task, nil
}

func (ev *evaluator) currentStatus() (any, error) {
	task, err := ev.currentTask()
	if err != nil {
		return nil, err
	}
	id, ok := lookupName(task, "id")
	if !ok {
		return nil, fail(KindKey, "the current task has no id")
	}
	route, ok := lookupName(task, "route")
	if !ok {
		return nil, fail(KindKey, "the current task has no route")
	}
	return ev.taskStatus(id, route)
}

const unsetStatus = "null"

func (ev *evaluator) taskStatus(id, route any) (any, error) {
	entry, err := ev.taskEntry(id, route)
	if err != nil || entry == nil {
		return unsetStatus, err
	}
	if status, ok := lookupName(entry, "status"); ok {
		return status, nil
	}
	return unsetStatus, nil
}

// taskEntry returns the latest entry of a task in the workflow's state, or
// nil. If there is none on the route, the nearest earlier route counts whose
// steps are all steps of this one.
func (ev *evaluator) taskEntry(id, route any) (any, error) {
	state := ev.env.variable("__state")
	pointers, _ := lookupName(state, "tasks")
	for {
		if err := ev.step(); err != nil {
			return nil, err
		}
		if index, _ := lookupName(pointers, strOf(id)+"__r"+strOf(route)); index != nil {
			sequence, _ := lookupName(state, "sequence")
			entries, _ := elements(sequence)
			i, err := intOf(index)
			if err != nil {
				return nil, err
			}
			if i < 0 || i >= len(entries) {
				return nil, fail(KindIndex, "the workflow state has no entry %d", i)
			}
			return canonical(entries[i]), nil
		}
		n, err := intOf(route)
		if err != nil {
			return nil, err
		}
		if n <= 0 {
			return nil, nil
		}
		earlier, err := ev.earlierRoute(state, n)
		if err != nil || earlier < 0 {
			return nil, err
		}
		route = int64(earlier)
	}
}

func (ev *evaluator) earlierRoute(state any, route int) (int, error) {
	v, ok := lookupName(state, "routes")
	if !ok {
		return -1, fail(KindKey, "the workflow state has no routes")
	}
	routes, _ := elements(v)
	if route >= len(routes) {
		return -1, fail(KindIndex, "the workflow state has no route %d", route)
	}
	steps, err := ev.stepSet(routes[route])
	if err != nil {
		return -1, err
	}
	for earlier := route - 1; earlier >= 0; earlier-- {
		s, err := ev.stepSet(routes[earlier])
		if err != nil {
			return -1, err
		}
		if s.SubsetOf(steps) {
			return earlier, nil
		}
	}
	return -1, nil
}

func (ev *evaluator) stepSet(v any) (*pyvalue.Set, error) {
	items, _ := elements(v)
	return ev.newSet(items)
}

// zipPadded is the function zip; the method of that name truncates.
func zipPadded(ev *evaluator, _ *scope, a []any) (any, error) {
	lists, kwargs := a[:len(a)-1], a[len(a)-1].([]variable)
	for i, l := range lists {
		if l == nil {
			lists[i] = []any{}
		}
	}
	if len(lists) == 1 {
		return lists[0], nil
	}
	var pad any
	for _, k := range kwargs {
		if k.name == "pad" {
			pad = k.value
		}
	}
	rows, err := ev.zip(lists, true, pad)
	if err != nil {
		return nil, err
	}
	items, err := ev.collect(rows)
	return &mutableList{items}, err
}
