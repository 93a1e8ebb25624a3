package orquesta

import (
	"cmp"
	"context"
	"slices"

	"github.com/petrel-dev/petrel/expression"
	"github.com/petrel-dev/petrel/pyvalue"
)

// NextTask is a task that is due.
type NextTask struct {
	Task  string
	Route int
	// Variables are what the task sees. They must not be changed.
	Variables *pyvalue.Map
	// Actions are to be started now. A task without action has one whose name
	// is nil; it is completed as soon as it is reported Running and Succeeded.
	Actions []Action
	// Delay is the number of seconds to wait before the actions.
	Delay int64
	// Itemized is set if the task runs once for each item, ItemsCount being
	// the number of all items. A task of no items has no actions and must be
	// reported like one without action.
	Itemized   bool
	ItemsCount int
	// Concurrency bounds the number of items under way; 0 is no bound.
	Concurrency int64
}

// Action is a call that the host makes.
type Action struct {
	// Action is the reference; nil for a task without action.
	Action any
	// Input is the parameters, usually a dict; nil if the task gives none.
	Input any
	// Item is the index of the item, or 0.
	Item int
}

// Next returns the tasks that are due, sorted by name and route. The host must
// report each Running before it asks again. If one of the tasks cannot be
// rendered, the errors of all are logged, the run fails, and there is none.
func (c *Conductor) Next(ctx context.Context) []NextTask {
	s := &c.state
	if s.status != Failed && !s.status.Dispatching() {
		return nil
	}
	var out []NextTask
	failed := false
	due := slices.Collect(s.staged.all())
	slices.SortStableFunc(due, func(a, b *staged) int {
		return cmp.Or(cmp.Compare(a.task, b.task), cmp.Compare(a.route, b.route))
	})
	for _, t := range due {
		if !t.ready || t.completed || s.status == Failed && !t.runOnFail {
			continue
		}
		next, err := c.render(ctx, t)
		if err != nil {
			c.Log(err, t.task, t.route)
			failed = true
			continue
		}
		if len(next.Actions) > 0 || next.Itemized && next.ItemsCount == 0 {
			out = append(out, next)
		}
	}
	if failed {
		c.fail()
		return nil
	}
	return out
}

func (c *Conductor) render(ctx context.Context, t *staged) (NextTask, error) {
	p := c.workflow.plans[t.task]
	variables := t.in.variables(c.state.contexts)
	scope := c.taskScope(variables, t.key, nil)
	next := NextTask{Task: t.task, Route: t.route, Variables: variables}
	var err error
	if p.items != nil {
		err = c.renderItems(ctx, t, p, scope, &next)
	} else {
		var action Action
		action, err = p.render(ctx, scope)
		next.Actions = []Action{action}
	}
	if err != nil {
		return next, err
	}
	if p.delay != nil {
		if next.Delay, err = evalDelay(ctx, p.delay, scope); err != nil {
			return next, err
		}
	}
	if t.retry != nil {
		next.Delay, _ = t.retry.delay.(int64)
	}
	return next, nil
}

func (c *Conductor) taskScope(variables *pyvalue.Map, k key, result any) *expression.Scope {
	scope := c.scope(variables)
	scope.Task = &expression.Task{ID: k.task, Route: k.route, Result: result}
	return scope
}

func (p *plan) render(ctx context.Context, scope *expression.Scope) (Action, error) {
	var out Action
	var err error
	if p.action != nil {
		if out.Action, err = p.action.Eval(ctx, scope); err != nil {
			return out, evaluationError(err)
		}
	}
	if p.input != nil {
		if out.Input, err = p.input.Eval(ctx, scope); err != nil {
			return out, evaluationError(err)
		}
	}
	return out, nil
}

func evalDelay(ctx context.Context, delay *expression.Program, scope *expression.Scope) (int64, error) {
	value, err := delay.Eval(ctx, scope)
	if err != nil {
		return 0, evaluationError(err)
	}
	if seconds, ok := integerOf(value); ok {
		return seconds, nil
	}
	return 0, errorf("TypeError", "The value of task delay is not type of integer.")
}

// integerOf returns v as an integer; true is 1, as in Python.
func integerOf(v any) (int64, bool) {
	switch v := pyvalue.Canonical(v).(type) {
	case int64:
		return v, true
	case bool:
		if v {
			return 1, true
		}
		return 0, true
	}
	return 0, false
}
