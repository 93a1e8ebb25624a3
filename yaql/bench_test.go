package yaql_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel/yaql"
)

func benchContext() map[string]any {
	hosts := []any{}
	for _, name := range []string{"web1", "web2", "db1", "db2", "cache"} {
		hosts = append(hosts, map[string]any{"name": name, "up": name != "db2", "load": int64(len(name))})
	}
	return map[string]any{
		"x": "value", "n": int64(7), "name": "Ann", "hosts": hosts,
		"config":         map[string]any{"db": map[string]any{"port": int64(5432)}},
		"__current_task": map[string]any{"id": "t1", "route": int64(0), "result": map[string]any{"stdout": "ok", "return_code": int64(0)}},
		"__state": map[string]any{
			"tasks":    map[string]any{"t1__r0": int64(0)},
			"sequence": []any{map[string]any{"id": "t1", "route": int64(0), "status": "succeeded"}},
			"routes":   []any{[]any{}},
		},
	}
}

var typical = []struct{ name, source string }{
	{"ctx_attribute", "ctx().x"},
	{"ctx_call", "ctx(x)"},
	{"ctx_deep", "ctx().config.db.port"},
	{"succeeded", "succeeded()"},
	{"succeeded_and", "succeeded() and result().return_code = 0"},
	{"result_field", "result().stdout"},
	{"compare", "ctx().n > 5 and ctx().name != 'Bob'"},
	{"arithmetic", "ctx().n * 2 + 1"},
	{"concat", "'Hello, ' + ctx().name + '!'"},
	{"method", "ctx().name.toUpper()"},
	{"get_default", "ctx().config.get(retries, 3)"},
	{"dict", "{name => ctx().name, n => ctx().n}"},
	{"switch", "switch(ctx().n < 3 => low, ctx().n < 10 => middle, true => high)"},
	{"where_select", "ctx().hosts.where($.up).select($.name)"},
	{"order_first", "ctx().hosts.orderBy($.load).first().name"},
	{"group", "ctx().hosts.groupBy($.up, $.name)"},
	{"let", "let(a => ctx().n, b => 2) -> $a * $b"},
	{"regex", "ctx().name =~ '^[A-Z]\\w+$'"},
}

func BenchmarkEval(b *testing.B) {
	env := yaql.Env{Context: benchContext()}
	for _, c := range typical {
		b.Run(c.name, func(b *testing.B) {
			p, err := yaql.Compile(c.source, workflowOptions...)
			require.NoError(b, err)
			_, err = p.Eval(context.Background(), env)
			require.NoError(b, err)
			b.ReportAllocs()
			for b.Loop() {
				_, _ = p.Eval(context.Background(), env)
			}
		})
	}
}

func BenchmarkCompile(b *testing.B) {
	for _, c := range typical {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = yaql.Compile(c.source, workflowOptions...)
			}
		})
	}
}

func BenchmarkText(b *testing.B) {
	env := yaql.Env{Context: benchContext()}
	text := yaql.NewText("deploy <% ctx().name %> on <% ctx().config.db.port %>", workflowOptions...)
	b.ReportAllocs()
	for b.Loop() {
		_, _ = text.Eval(context.Background(), env)
	}
}
