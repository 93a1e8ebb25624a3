package orquesta_test

import (
	"context"
	"slices"

	"github.com/petrel-dev/petrel/expression"
	"github.com/petrel-dev/petrel/pyvalue"
)

// Latest answers the function task.
func (r *replay) Latest(_ context.Context, _, task string, route int) (*expression.TaskExecution, error) {
	for _, rec := range slices.Backward(r.history) {
		if rec.task != task || rec.route != route {
			continue
		}
		out := &expression.TaskExecution{ID: "task-execution", Task: task, Route: route, Status: string(rec.status), Result: rec.result}
		if len(rec.items) > 0 {
			items := make([]any, len(rec.items))
			for i, status := range rec.items {
				if status.Completed() {
					items[i] = pyvalue.MapOf("status", string(status), "result", rec.results[i])
				}
			}
			out.Result = pyvalue.MapOf("items", pyvalue.NewList(items...))
		}
		return out, nil
	}
	return nil, nil
}

// Get answers st2kv.
func (r *replay) Get(_ context.Context, user, key string, decrypt bool) (any, bool, error) {
	full := user + ":" + key
	if len(key) > 7 && key[:7] == "system." {
		full = key[7:]
	}
	value, ok := pyvalue.LookupString(at(r.script, "kv"), full)
	if secret := at(value, "secret"); secret != nil {
		value = secret
		if !decrypt {
			value = "encrypted"
		}
	}
	return value, ok, nil
}
