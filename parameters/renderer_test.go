package parameters_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel/internal/conformance"
	"github.com/petrel-dev/petrel/jinja"
	"github.com/petrel-dev/petrel/parameters"
	"github.com/petrel-dev/petrel/pyvalue"
)

func decoded(t testing.TB, text string) *pyvalue.Map {
	t.Helper()
	value, err := pyvalue.DecodeJSON(text, pyvalue.PythonJSON)
	require.NoError(t, err)
	return value.(*pyvalue.Map)
}

// equal compares values with their types and the order of their keys.
func equal(t testing.TB, want string, got *pyvalue.Map) {
	t.Helper()
	require.True(t, conformance.Same(decoded(t, want), got, false), "want %s, got %s", want, pyvalue.Repr(got))
}

func newRenderer(t testing.TB, action, runner string) *parameters.Renderer {
	t.Helper()
	r, err := renderer(decoded(t, action), decoded(t, runner))
	require.NoError(t, err)
	return r
}

var standardVars = jinja.Map{
	"st2kv": pyvalue.MapOf("system", pyvalue.MapOf("key", "value")), "action_context": pyvalue.MapOf("user", "stanley"),
	"config_context": pyvalue.MapOf("port", int64(22)),
}

func TestRendering(t *testing.T) {
	const runner = `{"cmd": {"type": "string"}, "timeout": {"type": "integer", "default": 60}}`
	tests := map[string]struct {
		specs, runner, given string
		live                 string // "" if an error
		kind                 error
		finalRunner, final   string
	}{
		"one reads the other": {
			`{"a": {"type": "string"}, "b": {"type": "string"}}`, `{}`, `{"a": "x", "b": "{{a}}y"}`,
			`{"a": "x", "b": "xy"}`, nil, `{}`, `{"a": "x", "b": "xy"}`},
		"templated default": {
			`{"a": {"type": "string", "default": "{{b}}!"}, "b": {"type": "string", "default": "B"}}`, `{}`, `{}`,
			`{"a": "B!"}`, nil, `{}`, `{"a": "B!", "b": "B"}`},
		"templated default of a given value": {
			`{"a": {"type": "string", "default": "{{b}}!"}, "b": {"type": "string", "default": "B"}}`, `{}`, `{"b": "Z"}`,
			`{"b": "Z", "a": "Z!"}`, nil, `{}`, `{"b": "Z", "a": "Z!"}`},
		"immutable template": {
			`{"cmd": {"immutable": true, "default": "echo \"{{m}}\""}, "m": {"type": "string"}}`, runner, `{"m": "hi"}`,
			`{"m": "hi"}`, nil, `{"timeout": 60, "cmd": "echo \"hi\""}`, `{"m": "hi"}`},
		"the default's template wins": {
			`{"a": {"type": "string", "default": "{{b}}"}, "b": {"default": "B"}, "c": {"default": "C"}}`, `{}`, `{"a": "{{c}}"}`,
			`{"a": "B"}`, nil, `{}`, `{"a": "B", "b": "B", "c": "C"}`},
		"a given template beats a plain default": {
			`{"a": {"type": "string", "default": "plain"}, "c": {"default": "C"}}`, `{}`, `{"a": "{{c}}"}`,
			`{"a": "C"}`, nil, `{}`, `{"a": "C", "c": "C"}`},
		"integers": {
			`{"a": {"type": "integer"}, "b": {"type": "integer"}}`, `{}`, `{"a": 5, "b": "{{a}}"}`,
			`{"a": 5, "b": 5}`, nil, `{}`, `{"a": 5, "b": 5}`},
		"an object as text": {
			`{"a": {"type": "string"}, "b": {"type": "object"}}`, `{}`, `{"a": "{{b}}", "b": {"x": "y"}}`,
			`{"a": "{'x': 'y'}", "b": {"x": "y"}}`, nil, `{}`, ``},
		"an object as object": {
			`{"a": {"type": "object"}, "b": {"type": "object"}}`, `{}`, `{"a": "{{b}}", "b": {"x": "y", "z": null, "t": true}}`,
			`{"a": {"x": "y", "z": null, "t": true}, "b": {"x": "y", "z": null, "t": true}}`, nil, `{}`, ``},
		"an array as array": {
			`{"a": {"type": "array"}, "b": {"type": "array"}}`, `{}`, `{"a": "{{b}}", "b": [1, "é", {"q": 1}]}`,
			`{"a": [1, "é", {"q": 1}], "b": [1, "é", {"q": 1}]}`, nil, `{}`, ``},
		"without value": {
			`{"a": {"type": "string"}, "b": {"type": "string"}}`, `{}`, `{"a": "{{b}}"}`,
			`{"a": "None"}`, nil, `{}`, `{"a": "None", "b": null}`},
		"template in the default of an object": {
			`{"a": {"type": "object", "default": {"x": "{{b}}"}}, "b": {"type": "integer", "default": 4}}`, `{}`, `{}`,
			`{}`, nil, `{}`, `{"b": 4, "a": {"x": 4}}`},
		"default of the wrong type": {
			`{"a": {"type": "string", "default": 5}}`, `{}`, `{}`, `{}`, nil, ``, ``},
		"default that casts": {
			`{"a": {"type": "integer", "default": "5"}}`, `{}`, `{}`, `{}`, nil, `{}`, `{"a": 5}`},
		"syntax error is plain text": {
			`{"a": {"type": "string"}}`, `{}`, `{"a": "{{ foo bar }}"}`, `{"a": "{{ foo bar }}"}`, nil, `{}`, `{"a": "{{ foo bar }}"}`},
		"raw": {
			`{"a": {"type": "string"}}`, `{}`, `{"a": "{% raw %}{{x}}{% endraw %}"}`, `{"a": "{{x}}"}`, nil, `{}`, `{"a": "{{x}}"}`},
		"YAQL is not evaluated": {
			`{"a": {"type": "string"}}`, `{}`, `{"a": "<% ctx().x %>"}`, `{"a": "<% ctx().x %>"}`, nil, `{}`, `{"a": "<% ctx().x %>"}`},
		"overridden default": {
			`{"timeout": {"default": 5}}`, runner, `{}`, `{}`, nil, `{"timeout": 5, "cmd": null}`, `{}`},
		"overridden description": {
			`{"timeout": {"description": "d"}}`, runner, `{}`, `{}`, nil, `{"timeout": 60, "cmd": null}`, `{}`},
		"null takes the default": {
			`{"a": {"default": "d"}}`, `{}`, `{"a": null}`, `{"a": "d"}`, nil, `{}`, `{"a": "d"}`},
		"empty text stays": {
			`{"a": {"default": "d"}}`, `{}`, `{"a": ""}`, `{"a": ""}`, nil, `{}`, `{"a": ""}`},
		"the immutable default of the runner wins": {
			`{"dir": {"default": "/action"}}`, `{"dir": {"type": "string", "immutable": true, "default": "/runner"}}`, `{}`,
			`{}`, nil, `{"dir": "/runner"}`, `{}`},
		"names of the context": {
			`{"a": {"type": "integer"}, "b": {"type": "string"}}`, `{}`,
			`{"a": "{{ config_context.port }}", "b": "{{ action_context.user }}@{{ st2kv.system.key }}"}`,
			`{"a": 22, "b": "stanley@value"}`, nil, `{}`, `{"a": 22, "b": "stanley@value"}`},
		"unknown name in spite of default": {
			`{"a": {"type": "string"}}`, `{}`, `{"a": "{{ nope | default('q') }}"}`, ``, parameters.ErrRender, ``, ``},
		"unknown filter": {
			`{"a": {"type": "string"}}`, `{}`, `{"a": "{{ st2kv | nope }}"}`, ``, parameters.ErrRender, ``, ``},
		"cycle": {
			`{"a": {"default": "{{b}}"}, "b": {"default": "{{c}}"}, "c": {"default": "{{b}}"}}`, `{}`, `{}`, ``, parameters.ErrRender, ``, ``},
		"reading itself":     {`{"a": {}}`, `{}`, `{"a": "{{ a }}"}`, ``, parameters.ErrRender, ``, ``},
		"failing attribute":  {`{"a": {}}`, `{}`, `{"a": "{{ action_context.x.y }}"}`, ``, parameters.ErrRender, ``, ``},
		"wrong type":         {`{"a": {"type": "integer"}}`, `{}`, `{"a": "x"}`, ``, parameters.ErrCast, ``, ``},
		"quotes in a string": {`{"a": {}, "s": {}}`, `{}`, `{"a": {"x": "pre {{ s }}"}, "s": "\"q\"\n"}`, `{"a": {"x": "pre \"q\"\n"}, "s": "\"q\"\n"}`, nil, `{}`, ``},
		"quotes in a template inside an object": {
			`{"a": {}, "s": {}}`, `{}`, `{"a": {"x": "{{ s | default(\"q\") }}", "y": 1.0}, "s": "t"}`, `{"a": {"x": "t", "y": 1.0}, "s": "t"}`, nil, `{}`, ``},
		"values are rendered once": {
			`{"a": {}, "b": {}}`, `{}`, `{"a": "{{ b }}", "b": "{{ '{{' }} c }}"}`, `{"a": "{{ c }}", "b": "{{ c }}"}`, nil, `{}`, `{"a": "{{ c }}", "b": "{{ c }}"}`},
		"unknown parameters are rendered and then left out": {
			`{"a": {"type": "integer"}}`, `{}`, `{"x": "{{ a }}", "a": 1}`, `{"x": "1", "a": 1}`, nil, `{}`, `{"a": 1}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := newRenderer(t, test.specs, test.runner)
			given := decoded(t, test.given)
			live, err := r.Live(t.Context(), given, standardVars)
			require.Equal(t, pyvalue.Repr(decoded(t, test.given)), pyvalue.Repr(given))
			if test.kind != nil {
				require.ErrorIs(t, err, test.kind)
				return
			}
			require.NoError(t, err)
			equal(t, test.live, live)
			runner, action, err := r.Final(t.Context(), live, standardVars)
			if test.finalRunner == "" {
				require.ErrorIs(t, err, parameters.ErrCast)
				return
			}
			require.NoError(t, err)
			equal(t, test.finalRunner, runner)
			if test.final != "" {
				equal(t, test.final, action)
			}
		})
	}
}

func TestErrorsNameEveryProblem(t *testing.T) {
	r := newRenderer(t, `{"a": {}, "Host": {}, "n": {"type": "integer"}, "s": {"type": "integer", "secret": true}}`, `{}`)
	_, err := r.Live(t.Context(), decoded(t, `{"a": "{{ host }}{{ system.x }}", "n": "{{ nope }}"}`), standardVars)
	require.EqualError(t, err, "a: uses host, which is neither a parameter nor known here (did you mean \"Host\"?)\n"+
		"a: uses system, which is neither a parameter nor known here (datastore values are in st2kv.system)\n"+
		"n: uses nope, which is neither a parameter nor known here")

	_, err = r.Live(t.Context(), decoded(t, `{"n": "seven", "s": "hunter2"}`), standardVars)
	require.EqualError(t, err, "n: \"seven\" is not an integer\ns: does not have the type integer")
	require.Equal(t, pyvalue.KindValue, pyvalue.KindOf(err))

	_, err = r.Live(t.Context(), decoded(t, `{"a": "{{ x }}", "x": "{{ y }}", "y": "{{ x }}"}`), standardVars)
	require.EqualError(t, err, "x: depends on itself: x reads y reads x")

	_, err = r.Live(t.Context(), decoded(t, `{"a": "{{ 1 / 0 }}", "b": "{{ a }}", "n": "{{ [] | first | upper }}"}`), standardVars)
	var problems *parameters.Error
	require.ErrorAs(t, err, &problems)
	require.Len(t, problems.Problems, 2, "what depends on a failed parameter is not a problem of its own: %v", err)
	var cause *jinja.Error
	require.ErrorAs(t, err, &cause)
}

func TestCanceledRendering(t *testing.T) {
	r := newRenderer(t, `{}`, `{}`)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	given := pyvalue.MapOf(
		"a", "{% for i in l %}{% for j in l %}{{ j }}{% endfor %}{% endfor %}",
		"l", make([]any, 1000))
	_, err := r.Live(ctx, given, standardVars)
	require.ErrorIs(t, err, context.Canceled)
	require.NotErrorIs(t, err, parameters.ErrRender)
}

func TestVarsAreAskedOnlyForUsedNames(t *testing.T) {
	r := newRenderer(t, `{"a": {"default": "d"}, "b": {}}`, `{"timeout": {"type": "integer", "default": 1}}`)
	vars := jinja.VarsFunc(func(name string) (any, bool) {
		t.Errorf("asked for %s", name)
		return nil, false
	})
	_, err := r.Live(t.Context(), decoded(t, `{"b": "x"}`), vars)
	require.NoError(t, err)
	_, _, err = r.Final(t.Context(), decoded(t, `{"b": "{{ x }}"}`), vars)
	require.NoError(t, err)
}

func TestNothingAtAll(t *testing.T) {
	r := parameters.New(newCompiler(), nil, nil)
	live, err := r.Live(t.Context(), nil, nil)
	require.NoError(t, err)
	require.Zero(t, live.Len())
	_, err = r.Live(t.Context(), decoded(t, `{"a": "{{ b }}"}`), nil)
	require.ErrorIs(t, err, parameters.ErrRender)
}

func TestCastOfGivenParameters(t *testing.T) {
	r := newRenderer(t, `{"a": {"type": "integer"}, "timeout": {"default": 5}}`, `{"timeout": {"type": "integer"}, "sudo": {"type": "boolean"}}`)
	got, err := r.Cast(decoded(t, `{"a": "5", "timeout": "7", "sudo": "true", "x": "9", "n": null}`))
	require.NoError(t, err)
	equal(t, `{"a": 5, "timeout": "7", "sudo": true, "x": "9", "n": null}`, got)
	_, err = r.Cast(decoded(t, `{"a": "x"}`))
	require.ErrorIs(t, err, parameters.ErrCast)
}
