package parameters_test

import (
	"testing"
	"unicode/utf8"

	"github.com/petrel-dev/petrel/parameters"
	"github.com/petrel-dev/petrel/pyvalue"
	"github.com/petrel-dev/petrel/schema"
)

// FuzzRender renders arbitrary requests for arbitrary specifications. Rendering
// never changes what is given, and what is not a template stays as it is.
func FuzzRender(f *testing.F) {
	f.Add(`{"a": {"type": "string", "default": "{{ b }}"}}`, `{"cmd": {"default": "x {{ a }}"}}`, `{"b": "{{ action_context.user }}"}`)
	f.Add(`{"a": {"type": "object"}, "b": {"default": 1}}`, `{}`, `{"a": {"x": "{{b}}", "y": ["{% if b %}1{% endif %}"]}}`)
	f.Add(`{"a": {}}`, `{"a": {"immutable": true, "default": "{{ a }}"}}`, `{"a": "{{ x y"}`)
	f.Fuzz(func(t *testing.T, action, runner, given string) {
		if !utf8.ValidString(given) {
			return
		}
		a, err := schema.ParseParameters(action)
		if err != nil {
			return
		}
		r, err := schema.ParseParameters(runner)
		if err != nil {
			return
		}
		value, _ := pyvalue.DecodeJSON(given, pyvalue.PythonJSON)
		values, ok := value.(*pyvalue.Map)
		if !ok {
			return
		}
		before := pyvalue.Repr(values)
		render := parameters.New(newCompiler(), r, a)
		live, err := render.Live(t.Context(), values, standardVars)
		if err == nil {
			_, final, err := render.Final(t.Context(), live, standardVars)
			if err == nil {
				_, _ = parameters.Arguments(a, final, "--")
			}
		}
		_, _ = render.Cast(values)
		if after := pyvalue.Repr(values); after != before {
			t.Fatalf("%s became %s", before, after)
		}
	})
}
