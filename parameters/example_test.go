package parameters_test

import (
	"context"
	"fmt"

	"github.com/petrel-dev/petrel/jinja"
	"github.com/petrel-dev/petrel/parameters"
	"github.com/petrel-dev/petrel/pyvalue"
	"github.com/petrel-dev/petrel/schema"
)

func ExampleRenderer() {
	runner := schema.MustParseParameters(`{"cmd": {"type": "string"}, "timeout": {"type": "integer", "default": 60}}`)
	action := schema.MustParseParameters(`{
		"cmd": {"immutable": true, "default": "ping -c {{ count }} {{ host }}"},
		"host": {"type": "string", "required": true},
		"count": {"type": "integer", "default": 3}
	}`)
	r := parameters.New(jinja.NewCache(jinja.StackStorm(), 0), runner, action)

	ctx := context.Background()
	vars := jinja.Map{"trigger": map[string]any{"machine": "web1"}}
	stored, err := r.Live(ctx, pyvalue.MapOf("host", "{{ trigger.machine }}"), vars)
	fmt.Println(pyvalue.Repr(stored), err)

	forRunner, forAction, err := r.Final(ctx, stored, nil)
	fmt.Println(pyvalue.Repr(forRunner), pyvalue.Repr(forAction), err)
	// Output:
	// {'host': 'web1'} <nil>
	// {'timeout': 60, 'cmd': 'ping -c 3 web1'} {'host': 'web1', 'count': 3} <nil>
}

func ExampleArguments() {
	action := schema.MustParseParameters(`{"file": {"type": "string", "position": 0}, "verbose": {"type": "boolean"}}`)
	arguments, err := parameters.Arguments(action, pyvalue.MapOf("file", "a b.txt", "verbose", true), "--")
	fmt.Printf("%q %v\n", arguments, err)
	// Output: ["--verbose" "a b.txt"] <nil>
}
