package yaql_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/petrel-dev/petrel/internal/conformance"
	"github.com/petrel-dev/petrel/pyvalue"
	"github.com/petrel-dev/petrel/yaql"
)

var workflowOptions = []yaql.Option{
	yaql.WithFunctions(yaql.Orquesta(), yaql.StackStorm()),
	yaql.WithReevaluation(),
}

func TestConformanceExpressions(t *testing.T) { runExpressions(t, "yaql.json") }

func TestConformanceMatrix(t *testing.T) { runExpressions(t, "yaql-matrix.json") }

func runExpressions(t *testing.T, file string) {
	conformance.Run(t, file, conformance.Load(t, "expressions", file), checkExpression, exception)
}

// exception names the classes of cases that may differ, with the reason.
func exception(c conformance.Case) string {
	switch {
	case c.Quirk() == "internal-type-leak":
		return "internal-type-leak: encoding dictionaries nested in lists works here"
	case c.Quirk() == "named-group-bug":
		return "named-group-bug: named groups work here, as $name"
	case hasJinja(c.Value("expr")):
		return "the text is a Jinja template, which wins over YAQL"
	}
	return ""
}

func hasJinja(v any) bool {
	text := pyvalue.Str(v)
	return strings.Contains(text, "{{") && strings.Contains(text, "}}") || strings.Contains(text, "{%") && strings.Contains(text, "%}")
}

func checkExpression(c conformance.Case) error {
	env := yaql.Env{
		Context: c.Value("context"),
		Now:     func() time.Time { return time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC) },
		Random:  rand.New(rand.NewPCG(1, 2)),
	}
	if kv := c.Value("kv"); kv != nil {
		env.Datastore = conformance.Datastore{Keys: kv}
	}
	if rows := c.Value("task_executions"); rows != nil {
		env.Tasks = recordedTasks{rows}
	}
	valid := true
	got, err := evaluateAll(c.Value("expr"), env, &valid)
	if recorded, ok := c.Value("valid").(bool); ok && recorded != valid && !hasJinja(c.Value("expr")) {
		return fmt.Errorf("%s: valid is %v", c.String("expr"), valid)
	}
	var e *yaql.Error
	if errors.As(err, &e) {
		err = pyvalue.Errorf(pyvalue.Kind(e.Kind), "%s", e.Error())
	}
	return conformance.Verdict(c, got, err)
}

// evaluateAll evaluates the strings of a structure.
func evaluateAll(v any, env yaql.Env, valid *bool) (any, error) {
	switch v := v.(type) {
	case string:
		text := yaql.NewText(v, workflowOptions...)
		*valid = *valid && len(text.Problems()) == 0
		return text.Eval(context.Background(), env)
	case *pyvalue.List:
		out := []any{}
		for _, x := range v.Items {
			y, err := evaluateAll(x, env, valid)
			if err != nil {
				return nil, err
			}
			out = append(out, y)
		}
		return out, nil
	case *pyvalue.Map:
		out := pyvalue.NewMap(0)
		for k, x := range v.All() {
			y, err := evaluateAll(x, env, valid)
			if err != nil {
				return nil, err
			}
			if err := out.Set(k, y); err != nil {
				return nil, err
			}
		}
		return out, nil
	}
	return v, nil
}

type recordedTasks struct{ rows any }

func (r recordedTasks) Latest(_ context.Context, workflowExecution, task string, route int) (*yaql.TaskExecution, error) {
	row := conformance.LatestTask(r.rows, workflowExecution, task, route)
	if row == nil {
		return nil, nil
	}
	field := func(name string) any { v, _ := row.GetString(name); return v }
	return &yaql.TaskExecution{
		ID: pyvalue.Str(field("id")), WorkflowExecution: workflowExecution, Task: task, Route: route,
		Result: field("result"), Status: pyvalue.Str(field("status")),
		Start: pyvalue.Str(field("start_timestamp")), End: pyvalue.Str(field("end_timestamp")),
	}, nil
}
