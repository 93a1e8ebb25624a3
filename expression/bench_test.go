package expression_test

import (
	"context"
	"testing"

	"github.com/petrel-dev/petrel/expression"
)

// benchmarkScope has as many variables as a workflow in the middle of its way.
func benchmarkScope() *expression.Scope {
	s := workflow()
	variables := s.Variables.(map[string]any)
	delete(variables, "__own")
	for _, name := range []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p"} {
		variables[name] = []any{1, 2, 3}
	}
	variables["x"] = "value"
	return s
}

var typical = []struct {
	name  string
	value any
}{
	{"yaql_variable", "<% ctx().x %>"},
	{"jinja_variable", "{{ ctx().x }}"},
	{"yaql_ctx_call", "<% ctx(x) %>"},
	{"jinja_ctx_call", "{{ ctx('x') }}"},
	{"yaql_succeeded", "<% succeeded() %>"},
	{"jinja_succeeded", "{{ succeeded() }}"},
	{"yaql_result", "<% result().out %>"},
	{"jinja_result", "{{ result().out }}"},
	{"yaql_text", "deploy <% ctx().name %> on <% ctx().x %>"},
	{"jinja_text", "deploy {{ ctx().name }} on {{ ctx().x }}"},
	{"jinja_statement", "{% if ctx().x %}yes{% else %}no{% endif %}"},
	{"structure", map[string]any{"host": "<% ctx().x %>", "port": 80, "tags": []any{"a", "{{ ctx().name }}"}}},
	{"constant", map[string]any{"host": "web1", "port": 80}},
}

func BenchmarkEval(b *testing.B) {
	ctx := context.Background()
	for _, c := range typical {
		b.Run(c.name, func(b *testing.B) {
			scope, program := benchmarkScope(), compatible.Compile(c.value)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := program.Eval(ctx, scope); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkFreshScope measures what a scope costs that is used once.
func BenchmarkFreshScope(b *testing.B) {
	ctx, fields := context.Background(), benchmarkScope()
	for _, c := range typical[:6] {
		b.Run(c.name, func(b *testing.B) {
			program := compatible.Compile(c.value)
			b.ReportAllocs()
			for b.Loop() {
				scope := &expression.Scope{Variables: fields.Variables, Task: fields.Task, State: fields.State}
				if _, err := program.Eval(ctx, scope); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkEvaluateCached(b *testing.B) {
	ctx, scope := context.Background(), benchmarkScope()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := safe.Evaluate(ctx, "<% ctx().x %>", scope); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCompile(b *testing.B) {
	for _, c := range typical {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				safe.Compile(c.value)
			}
		})
	}
}

func BenchmarkInspect(b *testing.B) {
	program := safe.Compile(typical[11].value)
	b.ReportAllocs()
	for b.Loop() {
		_, _ = program.Variables(), program.Problems()
	}
}
