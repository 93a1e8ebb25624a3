package alias_test

import (
	"context"
	"fmt"

	"github.com/petrel-dev/petrel/alias"
	"github.com/petrel-dev/petrel/jinja"
	"github.com/petrel-dev/petrel/pyvalue"
	"github.com/petrel-dev/petrel/schema"
)

func Example() {
	deploy, err := alias.Compile(alias.Definition{
		Pack: "ops", Name: "deploy", ActionRef: "ops.deploy",
		Formats: []alias.Format{alias.Simple("deploy {{apps}} to {{env=staging}}")},
		Ack:     &alias.Ack{Format: "Deploying to {{ execution.parameters.env }}"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	match, err := alias.NewIndex(deploy).Match(ctx, "deploy web,db to production wait=30")
	if err != nil {
		fmt.Println(err)
		return
	}
	action := schema.MustParseParameters(`{"apps": {"type": "array"}, "env": {"type": "string"}, "wait": {"type": "integer"}}`)
	values, err := alias.Cast(nil, action, match.Parameters[0])
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(match.Alias.Definition().ActionRef, pyvalue.Repr(values))
	ack, err := match.Alias.Acknowledge(ctx, jinja.StackStorm(), pyvalue.MapOf("parameters", values))
	fmt.Println(ack.Text, err)
	// Output:
	// ops.deploy {'apps': ['web', 'db'], 'env': 'production', 'wait': 30}
	// Deploying to production <nil>
}

func ExampleCompile() {
	_, err := alias.Compile(alias.Definition{
		Pack: "ops", Name: "deploy", ActionRef: "ops.deploy",
		Formats: []alias.Format{alias.Simple("deploy {{my-app}}"), alias.Simple("ship (it|{{app}}")},
	})
	fmt.Println(err)
	// Output:
	// alias ops.deploy: formats[0]: "deploy {{my-app}}": position 7: {{my-app}}: a parameter's name consists of letters, digits and underscores (did you mean {{my_app}}?)
	// alias ops.deploy: formats[1]: "ship (it|{{app}}": invalid regular expression: missing ), unterminated subpattern at position 5
}

func ExampleDecode() {
	file, _ := pyvalue.DecodeJSON(`{"name": "list", "pack": "ops", "action_ref": "ops.list", "formats": ["list {{what=apps}}"]}`, pyvalue.PythonJSON)
	definition, err := alias.Decode(file)
	fmt.Println(definition.Ref(), definition.Formats[0].Display, err)
	// Output: ops.list list {{what=apps}} <nil>
}

func ExampleCompilePattern() {
	pattern, err := alias.CompilePattern("(run|execute) {{cmd}}( on {{hosts=localhost}})?", 0)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, command := range []string{"run date", `execute "ls -l" on web1 env={"A": "B C"}`} {
		values, err := pattern.Extract(command)
		fmt.Println(pyvalue.Repr(values), err)
	}
	// Output:
	// {'cmd': 'date', 'hosts': 'localhost'} <nil>
	// {'cmd': 'ls -l', 'hosts': 'web1', 'env': '{"A": "B C"}'} <nil>
}

func ExampleIndex_Help() {
	list, err := alias.Compile(alias.Definition{
		Pack: "ops", Name: "list", Description: "Lists things", ActionRef: "ops.list",
		Formats: []alias.Format{alias.Simple("list apps"), alias.Simple("list hosts"), alias.Simple("show all")},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	help, err := alias.NewIndex(list).Help(alias.HelpQuery{Filter: "^LIST", Limit: 1})
	fmt.Println(help.Available, help.Formats[0].Display, err)
	// Output: 2 list apps <nil>
}
