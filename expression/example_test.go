package expression_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/petrel-dev/petrel/expression"
	"github.com/petrel-dev/petrel/pyvalue"
)

func Example() {
	env := expression.NewEnvironment()
	input := env.Compile(pyvalue.MapOf(
		"host", "<% ctx().hosts.first() %>",
		"port", "{{ ctx('port') + 1 }}",
		"note", "<% ctx().hosts.len() %> hosts",
		"keep", 60,
	))
	if err := input.Err(); err != nil {
		fmt.Println(err)
	}
	scope := &expression.Scope{Variables: map[string]any{"hosts": []any{"web1", "web2"}, "port": 80}}
	value, err := input.Eval(context.Background(), scope)
	fmt.Println(pyvalue.Str(value), err)
	// Output: {'host': 'web1', 'port': 81, 'note': '2 hosts', 'keep': 60} <nil>
}

func ExampleScope() {
	env := expression.NewEnvironment()
	when := env.Compile("<% succeeded() and result().code = 0 %>")
	publish := env.Compile("{{ item().host }}: {{ result().out }}")
	scope := &expression.Scope{
		Variables: map[string]any{"deployed": false},
		Task:      &expression.Task{ID: "deploy", Result: map[string]any{"code": 0, "out": "done"}},
		Item:      map[string]any{"host": "web1"},
		State:     finished{"deploy": "succeeded"},
	}
	ctx := context.Background()
	fmt.Println(when.Eval(ctx, scope))
	fmt.Println(publish.Eval(ctx, scope))
	// Output:
	// true <nil>
	// web1: done <nil>
}

// finished is the state of a workflow without branches.
type finished map[string]string

func (f finished) Status(task string, route int) (string, bool) {
	status, ok := f[task]
	return status, ok && route == 0
}

func (finished) Steps(route int) ([]string, bool) { return nil, route == 0 }

func (finished) Dict() any { return nil }

func ExampleEnvironment_Evaluate() {
	env := expression.NewEnvironment()
	for _, text := range []string{"<% ctx(n) %>", "{{ ctx().n * 2 }}", "n is <% ctx(n) %>", "plain"} {
		v, err := env.Evaluate(context.Background(), text, &expression.Scope{Variables: map[string]any{"n": 21}})
		fmt.Printf("%T %v %v\n", v, v, err)
	}
	// Output:
	// int64 21 <nil>
	// int64 42 <nil>
	// string n is 21 <nil>
	// string plain <nil>
}

func ExampleProgram_Variables() {
	p := expression.NewEnvironment().Compile(map[string]any{
		"a": "<% ctx(host) %>:<% ctx().port %>",
		"b": []any{"{{ ctx('host') }}"},
	})
	for _, v := range p.Variables() {
		fmt.Printf("%s %d:%d %s %s\n", v.Path, v.Line, v.Column, v.Language, v.Name)
	}
	// Output:
	// a 1:8 yaql host
	// b[0] 1:9 jinja host
	// a 1:26 yaql port
}

func ExampleProgram_Problems() {
	p := expression.NewEnvironment().Compile(map[string]any{"when": "<% succeeded( %>", "do": "{{ ctx( }}"})
	for _, problem := range p.Problems() {
		fmt.Println(problem.Path, problem.Language, problem.Kind, problem.Expression)
	}
	// Output:
	// do jinja syntax {{ ctx( }}
	// when yaql syntax <% succeeded( %>
}

func ExampleError() {
	env := expression.NewEnvironment()
	scope := &expression.Scope{Variables: map[string]any{"hostname": "web1"}}
	_, err := env.Compile([]any{"deploy to <% ctx(hostnme) %>"}).Eval(context.Background(), scope)
	var e *expression.Error
	if errors.As(err, &e) {
		fmt.Println(e)
		fmt.Println(e.Excerpt())
		fmt.Println(e.Kind == expression.KindUndefinedVariable)
	}
	// Output:
	// [0]: 1:14: yaql: the variable "hostnme" is undefined (did you mean "hostname"?)
	// deploy to <% ctx(hostnme) %>
	//              ^
	// true
}

func ExampleWithReevaluation() {
	scope := &expression.Scope{Variables: map[string]any{"comment": "{{ ctx().password }}", "password": "hush"}}
	for _, env := range []*expression.Environment{
		expression.NewEnvironment(),
		expression.NewEnvironment(expression.WithReevaluation()),
	} {
		v, _ := env.Compile("{{ ctx().comment }}").Eval(context.Background(), scope)
		fmt.Println(v)
	}
	// Output:
	// {{ ctx().password }}
	// hush
}

func ExampleRecognize() {
	for _, text := range []string{"<% ctx(x) %>", "{{ ctx().x }} <% ctx(x) %>", "{% if %}", "{{ one\nline }}"} {
		fmt.Printf("%q\n", expression.Recognize(text))
	}
	// Output:
	// "yaql"
	// "jinja"
	// "jinja"
	// ""
}
