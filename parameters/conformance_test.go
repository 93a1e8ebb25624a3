package parameters_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel/internal/conformance"
	"github.com/petrel-dev/petrel/jinja"
	"github.com/petrel-dev/petrel/parameters"
	"github.com/petrel-dev/petrel/pyvalue"
	"github.com/petrel-dev/petrel/schema"
)

func specs(definition any) (*schema.Parameters, error) { return schema.NewParameters(definition) }

func renderer(action, runner any) (*parameters.Renderer, error) {
	a, err := specs(action)
	if err != nil {
		return nil, err
	}
	r, err := specs(runner)
	if err != nil {
		return nil, err
	}
	return parameters.New(newCompiler(), r, a), nil
}

// escapedContainer is why a case may fail: StackStorm renders lists and objects
// as JSON text and fails if a value breaks it. Here such a value is inserted as
// a text.
const escapedContainer = "defect 19: a value with quotes, line breaks or backslashes inside a list or an object"

// isEscapedContainer reports whether a case is of that class: StackStorm failed
// to read the JSON of a container again, and rendering it as StackStorm does
// fails here as well.
func isEscapedContainer(given *pyvalue.Map, vars jinja.Vars) bool {
	for _, value := range given.All() {
		if !pyvalue.IsList(value) && !pyvalue.IsDict(value) {
			continue
		}
		if err := parameters.RenderContainerAsJSON(context.Background(), newCompiler(), value, vars); pyvalue.KindOf(err) == pyvalue.KindJSONDecode {
			return true
		}
	}
	return false
}

func object(value any) *pyvalue.Map {
	m, ok := pyvalue.ToMap(value)
	if !ok {
		return &pyvalue.Map{}
	}
	return m
}

// TestConformanceRuleParameters replays the parameters of matched rules.
func TestConformanceRuleParameters(t *testing.T) {
	const file = "rule-params.json"
	document := conformance.Document(t, "rules", file)
	fixed, _ := pyvalue.LookupString(document, "context")
	field := func(name string) any {
		value, ok := pyvalue.LookupString(fixed, name)
		require.True(t, ok, name)
		return value
	}
	vars := jinja.Map{
		"trigger":        field("trigger_payload"),
		"st2kv":          datastore(field("datastore_system"), field("datastore_user_stanley"), ""),
		"config_context": field("pack_config"),
		"action_context": field("action_context"),
	}
	check := func(c conformance.Case) error {
		r, err := renderer(c.Value("action_parameters"), nil)
		if err != nil {
			return err
		}
		got, err := r.Live(t.Context(), object(c.Value("params")), vars)
		switch kind := c.Value("error_kind"); {
		case kind == nil && err != nil:
			return fmt.Errorf("got error %w, want %s", err, pyvalue.Repr(c.Value("result")))
		case kind == nil && !conformance.Same(c.Value("result"), got, false):
			return fmt.Errorf("got %s, want %s", pyvalue.Repr(got), pyvalue.Repr(c.Value("result")))
		case kind == "param" && !errors.Is(err, parameters.ErrRender), kind == "raised" && !errors.Is(err, parameters.ErrCast):
			return fmt.Errorf("got %s and error %w, want error %v: %v", pyvalue.Repr(got), err, kind, c.Value("error"))
		}
		return nil
	}
	conformance.Run(t, file, conformance.Load(t, "rules", file), check, func(c conformance.Case) string {
		if c.Value("error_kind") == "param" && isEscapedContainer(object(c.Value("params")), vars) {
			return escapedContainer
		}
		return ""
	})
}

// TestConformanceParameters replays both stages of rendering.
func TestConformanceParameters(t *testing.T) {
	const file = "jinja-st2.json"
	cases := map[string][]conformance.Case{}
	for _, c := range conformance.Load(t, "expressions", file) {
		mode := c.String("mode")
		cases[mode] = append(cases[mode], c)
	}
	vars := func(c conformance.Case) jinja.Vars {
		system, _ := pyvalue.LookupString(c.Value("kv"), "st2kv.system")
		user, _ := pyvalue.LookupString(c.Value("kv"), "st2kv.user")
		named := jinja.Map{
			"st2kv": datastore(system, user, "stanley:"), "config_context": object(c.Value("config")),
			"action_context": object(c.Value("action_context")),
		}
		for key, value := range object(c.Value("context")).All() {
			named[key.(string)] = value
		}
		return named
	}
	for _, mode := range []string{"live_params", "final_params"} {
		t.Run(mode, func(t *testing.T) {
			conformance.Run(t, file+" "+mode, cases[mode], func(c conformance.Case) error {
				r, err := renderer(c.Value("schema"), c.Value("runner_schema"))
				if err != nil {
					return err
				}
				given := object(c.Value("expr"))
				var got any
				if mode == "live_params" {
					got, err = r.Live(t.Context(), given, vars(c))
				} else {
					var runner, action *pyvalue.Map
					runner, action, err = r.Final(t.Context(), given, vars(c))
					got = []any{runner, action}
				}
				return conformance.Verdict(c, got, asVerdict(err))
			}, func(c conformance.Case) string {
				kind, _ := pyvalue.LookupString(c.Value("error"), "kind")
				if kind == "param" && isEscapedContainer(object(c.Value("expr")), vars(c)) {
					return escapedContainer
				}
				return ""
			})
		})
	}
}

// asVerdict gives a rendering error the kind it has in the verdicts.
func asVerdict(err error) error {
	if errors.Is(err, parameters.ErrRender) {
		return &pyvalue.Error{Kind: "param", Message: err.Error()}
	}
	return err
}
