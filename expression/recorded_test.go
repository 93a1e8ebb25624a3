package expression_test

import (
	"context"
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/petrel-dev/petrel/expression"
	"github.com/petrel-dev/petrel/internal/conformance"
	"github.com/petrel-dev/petrel/pyvalue"
)

// recordedScope turns the context of a recorded case into a scope.
func recordedScope(c conformance.Case) (*expression.Scope, error) {
	decoded, err := conformance.Decode(c.Value("context"))
	if err != nil {
		return nil, err
	}
	s := &expression.Scope{
		Now:    func() time.Time { return time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC) },
		Random: rand.New(rand.NewPCG(1, 2)),
	}
	variables := pyvalue.NewMap(0)
	for k, v := range pyvalue.Entries(decoded) {
		switch k {
		case "__current_task":
			s.Task = recordedTask(v)
		case "__current_item":
			s.Item = v
		case "__state":
			s.State = recordedState{v}
		default:
			if err := variables.Set(k, v); err != nil {
				return nil, err
			}
		}
	}
	if pyvalue.IsDict(decoded) {
		s.Variables = variables
	}
	if kv := c.Value("kv"); kv != nil {
		s.Datastore = conformance.Datastore{Keys: kv}
	}
	if rows := c.Value("task_executions"); rows != nil {
		s.Tasks = recordedTasks{rows}
	}
	return s, nil
}

func field(v any, name string) any {
	v, _ = pyvalue.LookupString(v, name)
	return v
}

func number(v any) int {
	n, _ := v.(int64)
	return int(n)
}

func recordedTask(v any) *expression.Task {
	if v == nil {
		return nil
	}
	return &expression.Task{ID: pyvalue.Str(field(v, "id")), Route: number(field(v, "route")), Result: field(v, "result")}
}

// recordedState reads Orquesta's own form.
type recordedState struct{ state any }

func (s recordedState) Status(task string, route int) (string, bool) {
	index, ok := field(field(s.state, "tasks"), task+"__r"+strconv.Itoa(route)).(int64)
	if !ok {
		return "", false
	}
	sequence, _ := pyvalue.Elements(field(s.state, "sequence"))
	return pyvalue.Str(field(sequence[index], "status")), true
}

func (s recordedState) Steps(route int) ([]string, bool) {
	routes, _ := pyvalue.Elements(field(s.state, "routes"))
	if route < 0 || route >= len(routes) {
		return nil, false
	}
	steps, _ := pyvalue.Elements(routes[route])
	names := make([]string, len(steps))
	for i, step := range steps {
		names[i] = pyvalue.Str(step)
	}
	return names, true
}

func (s recordedState) Dict() any { return s.state }

type recordedTasks struct{ rows any }

func (r recordedTasks) Latest(_ context.Context, workflowExecution, task string, route int) (*expression.TaskExecution, error) {
	row := conformance.LatestTask(r.rows, workflowExecution, task, route)
	if row == nil {
		return nil, nil
	}
	return &expression.TaskExecution{
		ID: pyvalue.Str(field(row, "id")), WorkflowExecution: workflowExecution, Task: task, Route: route,
		Result: field(row, "result"), Status: pyvalue.Str(field(row, "status")),
		Start: pyvalue.Str(field(row, "start_timestamp")), End: pyvalue.Str(field(row, "end_timestamp")),
	}, nil
}
