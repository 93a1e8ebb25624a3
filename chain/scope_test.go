package chain_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel/chain"
	"github.com/petrel-dev/petrel/internal/conformance"
	"github.com/petrel-dev/petrel/jinja"
	"github.com/petrel-dev/petrel/pyvalue"
)

// keys is a view of recorded datastore keys.
type keys struct {
	stored any
	name   string
	text   string
}

func (k keys) TypeName() string { return "datastore key" }
func (k keys) Repr() string     { return k.text }
func (k keys) Str() string      { return k.text }

func (k keys) Attribute(_ context.Context, name string) (any, bool, error) {
	if k.name != "" {
		name = k.name + "." + name
	}
	text, _ := pyvalue.LookupString(k.stored, name)
	if text == nil {
		text = ""
	}
	return keys{k.stored, name, text.(string)}, true, nil
}

func (k keys) Subscript(ctx context.Context, key any) (any, bool, error) {
	return k.Attribute(ctx, pyvalue.Str(key))
}

// recordedScope builds the scope of a recorded case.
func recordedScope(c conformance.Case) (chain.Scope, error) {
	decoded, err := conformance.Decode(c.Value("context"))
	if err != nil {
		return chain.Scope{}, err
	}
	part := func(name string) *pyvalue.Map {
		value, _ := pyvalue.LookupString(decoded, name)
		object, _ := pyvalue.ToMap(value)
		return object
	}
	stored, _ := pyvalue.LookupString(c.Value("kv"), "st2kv.system")
	return chain.Scope{
		Parameters: part("params"), Results: part("results"), Vars: part("vars"),
		Datastore:     keys{stored: stored},
		ActionContext: pyvalue.MapOf("parent", pyvalue.MapOf("user", "stanley")),
		ConfigContext: c.Value("config"),
	}, nil
}

func TestConformanceTaskParameters(t *testing.T) {
	var cases []conformance.Case
	for _, c := range conformance.Load(t, "expressions", "jinja-st2.json") {
		if c.String("mode") == "chain_params" {
			cases = append(cases, c)
		}
	}
	compiler := jinja.NewCache(jinja.StackStorm(), 100)
	conformance.Run(t, "jinja-st2.json chain_params", cases, func(c conformance.Case) error {
		scope, err := recordedScope(c)
		if err != nil {
			return err
		}
		given, ok := pyvalue.ToMap(c.Value("expr"))
		if !ok {
			return errors.New("the case has no parameters")
		}
		got, err := scope.RenderParameters(t.Context(), compiler, "n", given)
		return conformance.Verdict(c, got, err)
	}, nil)
}

func TestRenderErrorSaysWhere(t *testing.T) {
	given := pyvalue.MapOf("cmd", "echo {{ task1.stdout }}")
	_, err := chain.Scope{}.RenderParameters(t.Context(), jinja.NewCache(jinja.StackStorm(), 10), "second", given)
	var rendering *chain.RenderError
	require.ErrorAs(t, err, &rendering)
	require.Equal(t, "second", rendering.Task)
	require.Equal(t, "cmd", rendering.Parameter)
	require.ErrorContains(t, err, "task second: parameters.cmd: ")
	require.ErrorContains(t, err, "task1")
}

func ExampleScope() {
	scope := chain.Scope{
		Parameters: pyvalue.MapOf("host", "db1"),
		Results:    pyvalue.MapOf("probe", pyvalue.MapOf("stdout", "up")),
		Vars:       pyvalue.MapOf("host", "db2"),
	}
	compiler := jinja.NewCache(jinja.StackStorm(), 100)
	given := pyvalue.MapOf("message", "{{ host }} is {{ probe.stdout }}", "retries", 3)
	rendered, err := scope.RenderParameters(context.Background(), compiler, "report", given)
	fmt.Println(pyvalue.Str(rendered), err)
	// Output: {'message': 'db2 is up', 'retries': 3} <nil>
}
