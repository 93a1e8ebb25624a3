package orquesta_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel/orquesta"
	"github.com/petrel-dev/petrel/pyvalue"
)

// FuzzDefinition runs whatever can be read, with mistakes or without.
func FuzzDefinition(f *testing.F) {
	files, err := filepath.Glob(filepath.Join("testdata", "orquesta", "*.json"))
	require.NoError(f, err)
	for _, file := range files {
		data, err := os.ReadFile(file)
		require.NoError(f, err)
		trace, err := pyvalue.DecodeJSON(string(data), pyvalue.PythonJSON)
		require.NoError(f, err)
		f.Add(text(at(trace, "workflow")))
	}
	f.Fuzz(func(t *testing.T, definition string) {
		def, err := orquesta.Parse("fuzz.yaml", []byte(definition))
		if err != nil {
			return
		}
		def.Inspect("st2")
		workflow := orquesta.Compile(def)
		ctx := context.Background()
		c := workflow.Start(ctx, nil, nil, orquesta.Host{})
		_ = c.Request(orquesta.Running)
		for range 8 {
			for _, task := range c.Next(ctx) {
				if len(task.Actions) > 20 {
					return
				}
				for _, a := range task.Actions {
					ev := orquesta.Event{Task: task.Task, Route: task.Route, Status: orquesta.Running}
					if task.Itemized {
						ev.Item = &a.Item
					}
					_ = c.Report(ctx, ev)
					ev.Status = orquesta.Succeeded
					_ = c.Report(ctx, ev)
				}
			}
		}
		c.RenderOutput(ctx)
		stored, err := c.MarshalJSON()
		require.NoError(t, err)
		restored, err := workflow.Restore(stored, orquesta.Host{})
		require.NoError(t, err)
		again, err := restored.MarshalJSON()
		require.NoError(t, err)
		require.JSONEq(t, string(stored), string(again))
	})
}

func FuzzRestore(f *testing.F) {
	def, err := orquesta.Parse("fuzz.yaml", []byte(greeting))
	require.NoError(f, err)
	workflow := orquesta.Compile(def)
	c := workflow.Start(context.Background(), map[string]any{"names": []any{"a", 1.5}}, nil, orquesta.Host{})
	require.NoError(f, c.Request(orquesta.Running))
	c.Next(context.Background())
	stored, err := c.MarshalJSON()
	require.NoError(f, err)
	f.Add(string(stored))
	f.Fuzz(func(t *testing.T, data string) {
		c, err := workflow.Restore([]byte(data), orquesta.Host{})
		if err != nil {
			return
		}
		ctx := context.Background()
		for _, task := range c.Next(ctx) {
			for _, a := range task.Actions {
				_ = c.Report(ctx, orquesta.Event{Task: task.Task, Route: task.Route, Status: orquesta.Running, Item: &a.Item})
			}
		}
		_ = c.Rerun()
		c.RenderOutput(ctx)
	})
}
