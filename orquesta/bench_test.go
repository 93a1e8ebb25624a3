package orquesta_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel/orquesta"
)

// chainOf is a workflow of n tasks after each other, each publishing.
func chainOf(n int) string {
	var b strings.Builder
	b.WriteString("vars:\n  - n: 0\ntasks:\n")
	for i := range n {
		fmt.Fprintf(&b, "  t%d:\n    action: core.noop\n    input: {n: <%% ctx().n %%>}\n", i)
		if i < n-1 {
			fmt.Fprintf(&b, "    next:\n      - when: <%% succeeded() %%>\n        publish: n=<%% ctx().n + 1 %%>\n        do: t%d\n", i+1)
		}
	}
	return b.String()
}

// forkOf is a workflow of n tasks beside each other and one that joins them.
func forkOf(n int) string {
	var b strings.Builder
	b.WriteString("tasks:\n  start:\n    next:\n      - do:\n")
	for i := range n {
		fmt.Fprintf(&b, "          - t%d\n", i)
	}
	for i := range n {
		fmt.Fprintf(&b, "  t%d:\n    action: core.noop\n    next:\n      - publish: v%d=1\n        do: join\n", i, i)
	}
	b.WriteString("  join:\n    join: all\n    action: core.noop\n")
	return b.String()
}

// itemsOf is a workflow of one task with n items.
func itemsOf(n int) string {
	return fmt.Sprintf("tasks:\n  t:\n    with: {items: i in <%% range(%d) %%>, concurrency: 10}\n    action: core.noop n=<%% item(i) %%>\n", n)
}

// conduct runs a workflow in which every action succeeds, first in, first out,
// and returns the number of actions.
func conduct(tb testing.TB, c *orquesta.Conductor) int {
	tb.Helper()
	ctx := context.Background()
	var queue []orquesta.Event
	results := map[string][]any{}
	count := 0
	dispatch := func() {
		for _, t := range c.Next(ctx) {
			for _, a := range t.Actions {
				ev := orquesta.Event{Task: t.Task, Route: t.Route, Status: orquesta.Running}
				if t.Itemized {
					if results[t.Task] == nil {
						results[t.Task] = make([]any, t.ItemsCount)
					}
					ev.Item, ev.Results = &a.Item, results[t.Task]
				}
				require.NoError(tb, c.Report(ctx, ev))
				ev.Status = orquesta.Succeeded
				queue = append(queue, ev)
			}
		}
	}
	require.NoError(tb, c.Request(orquesta.Requested))
	require.NoError(tb, c.Request(orquesta.Running))
	for dispatch(); len(queue) > 0; dispatch() {
		ev := queue[0]
		queue = queue[1:]
		require.NoError(tb, c.Report(ctx, ev))
		count++
	}
	c.RenderOutput(ctx)
	require.Equal(tb, orquesta.Succeeded, c.Status(), c.Errors())
	return count
}

func BenchmarkConductor(b *testing.B) {
	for _, shape := range []struct {
		name string
		text func(int) string
	}{{"chain", chainOf}, {"fork", forkOf}, {"items", itemsOf}} {
		for _, n := range []int{100, 1000, 10000} {
			b.Run(fmt.Sprintf("%s-%d", shape.name, n), func(b *testing.B) {
				def, err := orquesta.Parse("bench.yaml", []byte(shape.text(n)))
				require.NoError(b, err)
				w := orquesta.Compile(def)
				for b.Loop() {
					conduct(b, w.Start(context.Background(), nil, nil, orquesta.Host{}))
				}
				b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*n), "µs/task")
			})
		}
	}
}

func BenchmarkInspect(b *testing.B) {
	for _, n := range []int{100, 1000} {
		for name, text := range map[string]string{"chain": chainOf(n), "fork": forkOf(n)} {
			b.Run(fmt.Sprintf("%s-%d", name, n), func(b *testing.B) {
				def, err := orquesta.Parse("bench.yaml", []byte(text))
				require.NoError(b, err)
				for b.Loop() {
					def.Inspect()
				}
				b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*n), "µs/task")
			})
		}
	}
}
