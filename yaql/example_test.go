package yaql_test

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/petrel-dev/petrel/pyvalue"
	"github.com/petrel-dev/petrel/yaql"
)

func Example() {
	inventory := map[string]any{"hosts": []any{
		map[string]any{"name": "web2", "up": true, "load": 0.7},
		map[string]any{"name": "web1", "up": true, "load": 0.2},
		map[string]any{"name": "db1", "up": false, "load": 0.0},
	}}
	p, err := yaql.Compile("$.hosts.where($.up).orderBy($.load).select($.name)")
	if err != nil {
		fmt.Println(err)
		return
	}
	names, err := p.Eval(context.Background(), yaql.Env{Data: inventory})
	fmt.Println(names, err)
	// Output: [web1 web2] <nil>
}

func ExampleCompile() {
	_, err := yaql.Compile("$.price * 1.2 && true")
	var e *yaql.Error
	if errors.As(err, &e) {
		fmt.Println(e)
		fmt.Println(e.Excerpt())
	}
	// Output:
	// 1:15: illegal character '&' (did you mean "and"?)
	// $.price * 1.2 && true
	//               ^
}

func ExampleProgram_Eval() {
	for _, source := range []string{
		"switch($ < 10 => low, $ < 100 => middle, true => high)",
		"let(limit => 5) -> range($).where($ > $limit).sum()",
		"{half => $ / 2, text => 'n=' + str($)}",
		"[$, null].first() in [12, 13]",
		"$.name",
	} {
		p, err := yaql.Compile(source)
		if err != nil {
			fmt.Println(err)
			continue
		}
		v, err := p.Eval(context.Background(), yaql.Env{Data: 12})
		if err != nil {
			fmt.Println("error:", err)
			continue
		}
		fmt.Println(pyvalue.Str(v))
	}
	// Output:
	// middle
	// 51
	// {'half': 6, 'text': 'n=12'}
	// True
	// error: 1:2: integer has no attribute "name"
}

func ExampleProgram_Variables() {
	p, _ := yaql.Compile("ctx().hosts.where($.zone = ctx(zone)).select($.name + $suffix)")
	fmt.Println(p.Variables())
	// Output: [$ $suffix hosts zone]
}

func ExampleNewFunctionSet() {
	slug, err := yaql.NewFunctionSet(yaql.Function{
		Name:   "slug",
		Params: []yaql.Param{{Name: "text", Type: yaql.String}, {Name: "separator", Type: yaql.String, Optional: true, Default: "-"}},
		Call: func(_ yaql.Invocation, args []any) (any, error) {
			return strings.Join(strings.Fields(strings.ToLower(args[0].(string))), args[1].(string)), nil
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	p, _ := yaql.Compile("$.select(slug($, separator => _))", yaql.WithFunctions(slug))
	fmt.Println(p.Eval(context.Background(), yaql.Env{Data: []any{"Hello World", "A b C"}}))
	// Output: [hello_world a_b_c] <nil>
}

func ExampleNewText() {
	env := yaql.Env{Context: map[string]any{"name": "web1", "ports": []any{80, 443}}}
	for _, source := range []string{
		"restart <% ctx().name %> on <% ctx(ports) %>",
		"<% ctx(ports).first() %>",
	} {
		v, err := yaql.NewText(source, yaql.WithFunctions(yaql.Orquesta())).Eval(context.Background(), env)
		fmt.Printf("%#v %v\n", v, err)
	}
	// Output:
	// "restart web1 on [80, 443]" <nil>
	// 80 <nil>
}

func ExampleWithReevaluation() {
	env := yaql.Env{Context: map[string]any{"greeting": "Hello, <% ctx(name) %>", "name": "Ann"}}
	for _, opts := range [][]yaql.Option{nil, {yaql.WithReevaluation()}} {
		opts = append(opts, yaql.WithFunctions(yaql.Orquesta()))
		fmt.Println(yaql.NewText("<% ctx(greeting) %>", opts...).Eval(context.Background(), env))
	}
	// Output:
	// Hello, <% ctx(name) %> <nil>
	// Hello, Ann <nil>
}

func ExampleWithLimits() {
	limits := yaql.DefaultLimits()
	limits.Steps = 1000
	p, _ := yaql.Compile("sequence().select($ * 2)", yaql.WithLimits(limits))
	_, err := p.Eval(context.Background(), yaql.Env{})
	fmt.Println(errors.Is(err, yaql.ErrLimit), err)
	// Output: true 1:21: more than 1000 steps
}

func ExampleWalk() {
	tree, err := yaql.Parse("$.items.where($.ok).len() + 1")
	if err != nil {
		fmt.Println(err)
		return
	}
	for n := range yaql.Walk(tree) {
		if call, ok := n.(*yaql.Call); ok {
			fmt.Println(call.Name, len(call.Args))
		}
	}
	// Output:
	// where 1
	// len 0
}

func ExampleProgram_Check() {
	p, _ := yaql.Compile("$.hosts.selct($.name)")
	for _, problem := range p.Check() {
		fmt.Println(problem)
	}
	// Output: 1:9: unknown method "selct" (did you mean "select"?)
}

func ExampleStackStorm() {
	p, _ := yaql.Compile("json_parse('{\"version\": \"1.2.3\"}').version", yaql.WithFunctions(yaql.StackStorm()))
	fmt.Println(p.Eval(context.Background(), yaql.Env{}))
	// Output: 1.2.3 <nil>
}

func ExampleOrquesta() {
	env := yaql.Env{Context: map[string]any{
		"threshold": 3,
		"__current_task": map[string]any{
			"id": "check", "route": 0, "result": map[string]any{"count": 5},
		},
		"__state": map[string]any{
			"tasks":    map[string]any{"check__r0": 0},
			"sequence": []any{map[string]any{"id": "check", "route": 0, "status": "succeeded"}},
		},
	}}
	p, _ := yaql.Compile("succeeded() and result().count > ctx().threshold", yaql.WithFunctions(yaql.Orquesta()))
	fmt.Println(p.Eval(context.Background(), env))
	// Output: true <nil>
}

// settings is a datastore in memory.
type settings map[string]string

func (s settings) Get(_ context.Context, user, key string, _ bool) (any, bool, error) {
	v, ok := s[user+"/"+key]
	return v, ok, nil
}

func ExampleDatastore() {
	env := yaql.Env{
		Context:   map[string]any{"st2": map[string]any{"user": "ann"}},
		Datastore: settings{"ann/region": "eu-north"},
	}
	p, _ := yaql.Compile("[st2kv(region), st2kv(missing, default => none)]", yaql.WithFunctions(yaql.StackStorm()))
	fmt.Println(p.Eval(context.Background(), env))
	// Output: [eu-north none] <nil>
}
