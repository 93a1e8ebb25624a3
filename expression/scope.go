package expression

import (
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"time"

	"github.com/petrel-dev/petrel/pyvalue"
	"github.com/petrel-dev/petrel/yaql"
)

// Scope is what expressions can see. The host fills the fields it has and
// passes the scope to any number of evaluations. Everything in it is read in
// place and never written.
//
// A Scope must not be copied or changed once it has been used. Evaluations in
// several goroutines may share one, unless Random is set, which only one of
// them may use at a time. The zero value is an empty scope.
type Scope struct {
	// Variables are the context variables, which ctx gives: a dict
	// (map[string]any or *pyvalue.Map), or nil for none. Those whose names begin
	// with two underscores stay hidden. The entry "st2" tells st2kv and task
	// the user and the workflow execution.
	Variables any
	// Task is the current task, or nil if there is none.
	Task *Task
	// Item is the current element of a loop over items, which item gives.
	Item any
	// State answers questions about other tasks; nil knows of no task.
	State State

	// Datastore answers st2kv; nil means that there is no datastore.
	Datastore Datastore
	// Tasks answers the function task; nil means that there are no executions.
	Tasks TaskReader

	// Now is the clock of YAQL's now(); nil makes now() an error.
	Now func() time.Time
	// Location is the zone of YAQL's localtz(); nil means UTC.
	Location *time.Location
	// Random is the source of YAQL's random(); nil makes random() an error.
	Random *rand.Rand

	visible cached[any]
	whole   cached[any]
	task    cached[map[string]any]
	all     cached[map[string]any]
}

// Task is the current task of a workflow.
type Task struct {
	ID    string
	Route int
	// Result is what the function result gives.
	Result any
}

// State is where a workflow stands, as far as expressions can ask. It must be
// safe for use by several goroutines.
type State interface {
	// Status returns the status of the latest run of a task on exactly that
	// route, and false if there is none.
	Status(task string, route int) (status string, ok bool)
	// Steps returns what led to a route, and false if there is no such route.
	Steps(route int) (steps []string, ok bool)
	// Dict returns the state in Orquesta's form, a dict with the entries
	// tasks, sequence and routes: the value of the variable __state.
	Dict() any
}

// Datastore answers the function st2kv.
type Datastore = yaql.Datastore

// TaskReader answers the function task.
type TaskReader = yaql.TaskReader

// TaskExecution is what the function task tells of an execution.
type TaskExecution = yaql.TaskExecution

// cached is a part of a scope that is computed when it is first needed, at
// worst by several goroutines at once.
type cached[T any] struct{ value atomic.Pointer[T] }

func (c *cached[T]) get(s *Scope, compute func(*Scope) T) T {
	if p := c.value.Load(); p != nil {
		return *p
	}
	v := compute(s)
	if !c.value.CompareAndSwap(nil, &v) {
		return *c.value.Load()
	}
	return v
}

// The names under which expressions see the parts of a scope.
const (
	nameVariables = "__vars"
	nameTask      = "__current_task"
	nameItem      = "__current_item"
	nameState     = "__state"
)

func private(name string) bool { return strings.HasPrefix(name, "__") }

// visibleVariables returns the dict of variables that are not hidden.
func (s *Scope) visibleVariables() any { return s.visible.get(s, withoutPrivate) }

func withoutPrivate(s *Scope) any {
	if s.Variables == nil {
		return map[string]any(nil)
	}
	if !hasPrivate(s.Variables) {
		return s.Variables
	}
	m := pyvalue.NewMap(0)
	for k, v := range pyvalue.Entries(s.Variables) {
		if name, ok := k.(string); !ok || !private(name) {
			_ = m.Set(k, v) // it was a key before
		}
	}
	return m
}

func hasPrivate(dict any) bool {
	switch d := dict.(type) {
	case map[string]any:
		for name := range d {
			if private(name) {
				return true
			}
		}
	case *pyvalue.Map:
		for k := range d.Keys() {
			if name, ok := k.(string); ok && private(name) {
				return true
			}
		}
	}
	return false
}

// wholeContext returns the variables together with what else the scope knows,
// as Orquesta keeps them in one dict.
func (s *Scope) wholeContext() any { return s.whole.get(s, withPrivate) }

func withPrivate(s *Scope) any {
	if s.Task == nil && s.Item == nil && s.State == nil {
		if s.Variables == nil {
			return map[string]any(nil)
		}
		return s.Variables
	}
	n, _ := pyvalue.Len(s.Variables)
	m := pyvalue.NewMap(n + 3)
	for k, v := range pyvalue.Entries(s.Variables) {
		_ = m.Set(k, v) // it was a key before
	}
	if s.Task != nil {
		m.SetString(nameTask, s.currentTask())
	}
	if s.Item != nil {
		m.SetString(nameItem, pyvalue.Canonical(s.Item))
	}
	if s.State != nil {
		m.SetString(nameState, s.State.Dict())
	}
	return m
}

// currentTask returns the current task as a dict, or nil.
func (s *Scope) currentTask() any {
	if s.Task == nil {
		return nil
	}
	m := pyvalue.MapOf("id", s.Task.ID, "route", int64(s.Task.Route))
	if s.Task.Result != nil {
		m.SetString("result", pyvalue.Canonical(s.Task.Result))
	}
	return m
}

func (s *Scope) state() any {
	if s.State == nil {
		return nil
	}
	return s.State.Dict()
}

// variable returns what a name stands for outside of ctx.
func (s *Scope) variable(name string) (any, bool) {
	switch name {
	case nameVariables:
		return s.wholeContext(), true
	case nameTask:
		return s.currentTask(), true
	case nameItem:
		return s.Item, true
	case nameState:
		return s.state(), true
	}
	return nil, false
}

// entry finds the latest run of a task on a route or, if it did not run there,
// on the nearest earlier route whose steps are all steps of this one.
func (s *Scope) entry(task string, route int) (status string, at int, ok bool, err error) {
	if s.State == nil {
		return "", 0, false, nil
	}
	for {
		if status, ok := s.State.Status(task, route); ok {
			return status, route, true, nil
		}
		if route <= 0 {
			return "", 0, false, nil
		}
		steps, ok := s.State.Steps(route)
		if !ok {
			return "", 0, false, pyvalue.Errorf(pyvalue.KindIndex, "the workflow has no route %d", route)
		}
		known := make(map[string]bool, len(steps))
		for _, step := range steps {
			known[step] = true
		}
		if route = s.earlier(route, known); route < 0 {
			return "", 0, false, nil
		}
	}
}

func (s *Scope) earlier(route int, known map[string]bool) int {
	for route--; route >= 0; route-- {
		steps, _ := s.State.Steps(route)
		contained := true
		for _, step := range steps {
			contained = contained && known[step]
		}
		if contained {
			break
		}
	}
	return route
}
