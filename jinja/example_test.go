package jinja_test

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/petrel-dev/petrel/jinja"
	"github.com/petrel-dev/petrel/pyvalue"
)

func Example() {
	tmpl, err := jinja.Compile("Hello {{ name | title }}{% if urgent %}!{% endif %}")
	if err != nil {
		panic(err)
	}
	text, err := tmpl.Render(context.Background(), jinja.Map{"name": "ada lovelace", "urgent": true})
	fmt.Println(text, err)
	// Output: Hello Ada Lovelace! <nil>
}

func ExampleTemplate_Eval() {
	tmpl, _ := jinja.Compile("{{ hosts | selectattr('up') | map(attribute='name') | list }}")
	value, _ := tmpl.Eval(context.Background(), jinja.Map{"hosts": []any{
		map[string]any{"name": "web1", "up": true},
		map[string]any{"name": "web2", "up": false},
	}})
	data, _ := pyvalue.ToGo(value)
	fmt.Printf("%T %v\n", data, data)
	// Output: []interface {} [web1]
}

func ExampleTemplate_Variables() {
	tmpl, _ := jinja.Compile("{% set port = port | default(22) %}{{ user }}@{{ host }}:{{ port }}")
	fmt.Println(tmpl.Variables())
	// Output: [host port user]
}

func ExampleNewEnvironment() {
	env := jinja.NewEnvironment(
		jinja.WithUndefined(jinja.Strict),
		jinja.WithFilter("shout", func(_ context.Context, call *jinja.Call) (any, error) {
			args, err := call.Bind("text", "mark?")
			if err != nil {
				return nil, err
			}
			mark, ok := args[1].(string)
			if !ok {
				mark = "!"
			}
			return strings.ToUpper(pyvalue.Str(args[0])) + mark, nil
		}),
		jinja.WithLimits(jinja.Limits{Steps: 10_000}),
	)
	tmpl, _ := env.Compile("{{ 'hey' | shout }} {{ 'you' | shout(mark='?') }}")
	fmt.Println(tmpl.Render(context.Background(), nil))
	// Output: HEY! YOU? <nil>
}

func ExampleError() {
	_, err := jinja.Compile("port: {{ port | defualt(22) }}")
	var e *jinja.Error
	if errors.As(err, &e) {
		fmt.Println(e)
		fmt.Println(e.Snippet())
	}
	// Output:
	// line 1, column 17: there is no filter named 'defualt' (did you mean "default"?)
	// 1 | port: {{ port | defualt(22) }}
	//                     ^
}

func ExampleCache() {
	cache := jinja.NewCache(jinja.StackStorm(), 100)
	for _, name := range []string{"a", "b"} {
		tmpl, _ := cache.Compile("{{ name }}!") // compiled once
		fmt.Println(tmpl.Render(context.Background(), jinja.Map{"name": name}))
	}
	fmt.Println(cache.Len())
	// Output:
	// a! <nil>
	// b! <nil>
	// 1
}

func ExampleInterpolator() {
	p := jinja.NewInterpolator(jinja.NewCache(jinja.Orquesta(), 100))
	vars := jinja.Map{"port": 8080, "host": "web1"}
	value, _ := p.Evaluate(context.Background(), "{{ port }}", vars)
	fmt.Printf("%T %v\n", value, value)
	value, _ = p.Evaluate(context.Background(), "{{ host }}:{{ port }}", vars)
	fmt.Printf("%T %v\n", value, value)
	// Output:
	// int64 8080
	// string web1:8080
}

func ExampleRenderValue() {
	value, _ := jinja.RenderValue(context.Background(), jinja.StackStorm(),
		map[string]any{"cmd": "ping {{ host }}", "count": 3}, jinja.Map{"host": "web1"})
	fmt.Println(pyvalue.Repr(value))
	// Output: {'cmd': 'ping web1', 'count': 3}
}

// settings is a view of a store: attributes build dotted keys.
type settings struct{ key string }

func (s settings) TypeName() string { return "settings" }
func (s settings) Repr() string     { return "<" + s.key + ">" }

func (s settings) Attribute(_ context.Context, name string) (any, bool, error) {
	return settings{strings.TrimPrefix(s.key+"."+name, ".")}, true, nil
}

func (s settings) Subscript(ctx context.Context, key any) (any, bool, error) {
	return s.Attribute(ctx, pyvalue.Str(key))
}

func ExampleObject() {
	tmpl, _ := jinja.Compile("{{ settings.db.host }} {{ settings['db']['port'] }}")
	fmt.Println(tmpl.Render(context.Background(), jinja.Map{"settings": settings{}}))
	// Output: <db.host> <db.port> <nil>
}

func ExampleLayers() {
	defaults := jinja.Map{"user": "stanley", "port": 22}
	given := jinja.Dict(pyvalue.MapOf("port", 2222))
	tmpl, _ := jinja.Compile("{{ user }}:{{ port }}")
	fmt.Println(tmpl.Render(context.Background(), jinja.Layers(given, defaults)))
	// Output: stanley:2222 <nil>
}
