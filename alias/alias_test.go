package alias_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel/alias"
	"github.com/petrel-dev/petrel/jinja"
	"github.com/petrel-dev/petrel/parameters"
	"github.com/petrel-dev/petrel/pyregexp"
	"github.com/petrel-dev/petrel/pyvalue"
	"github.com/petrel-dev/petrel/schema"
)

func plain(ref string, formats ...string) alias.Definition {
	pack, name, _ := strings.Cut(ref, ".")
	d := alias.Definition{Pack: pack, Name: name, ActionRef: "core.local"}
	for _, f := range formats {
		d.Formats = append(d.Formats, alias.Simple(f))
	}
	return d
}

func compiled(tb testing.TB, d alias.Definition, options ...alias.Option) *alias.Alias {
	tb.Helper()
	a, err := alias.Compile(d, options...)
	require.NoError(tb, err)
	return a
}

func indexOf(tb testing.TB, definitions ...alias.Definition) *alias.Index {
	tb.Helper()
	list := make([]*alias.Alias, len(definitions))
	for i, d := range definitions {
		list[i] = compiled(tb, d)
	}
	return alias.NewIndex(list...)
}

func manyAliases(n int) []alias.Definition {
	list := make([]alias.Definition, n)
	for i := range list {
		list[i] = plain(fmt.Sprintf("p.a%d", i), fmt.Sprintf("task%d {{name}} on {{host=localhost}}", i))
	}
	return list
}

func TestCompileReportsAllProblems(t *testing.T) {
	_, err := alias.Compile(alias.Definition{
		Pack: "a.b", Name: "x", ActionRef: "local",
		Formats: []alias.Format{
			alias.Simple("go {{my-param}} {{x}} {{x=1}}"),
			{Display: "d", Representations: []string{"fine {{a}}", "open ( {{a}}", "(?i)go {{x}}", "go {{x=}}", "* {{a}}"}},
		},
	})
	require.ErrorIs(t, err, alias.ErrInvalid)
	var invalid *alias.Error
	require.ErrorAs(t, err, &invalid)
	places := make([]string, len(invalid.Problems))
	for i, p := range invalid.Problems {
		places[i] = p.Path.String()
	}
	require.Equal(t, []string{
		"pack", "action_ref", "formats[0]", "formats[0]",
		"formats[1].representation[1]", "formats[1].representation[2]", "formats[1].representation[3]", "formats[1].representation[4]",
	}, places, err)
	text := err.Error()
	for _, part := range []string{
		"alias a.b.x: pack: ",
		"did you mean {{my_param}}?",
		"position 16: {{x}}: the format has this parameter already",
		"unterminated subpattern at position 5",
		"flags cannot stand at the start",
		"for an empty default write {{x=''}}",
		"nothing to repeat at position 0",
	} {
		require.Contains(t, text, part)
	}

	_, err = alias.Compile(alias.Definition{})
	require.ErrorIs(t, err, alias.ErrInvalid)
	require.Equal(t, 3, strings.Count(err.Error(), "\n")+1, err)
}

func TestDecode(t *testing.T) {
	file, err := pyvalue.DecodeJSON(`{
		"name": "deploy", "pack": "ops", "action_ref": "ops.deploy", "description": "Deploys",
		"formats": ["deploy {{app}}", {"display": "ship it", "representation": "ship {{app}}", "match_multiple": true}, {"display": "empty"}],
		"ack": {"format": "ok", "append_url": false, "extra": {"a": 1}},
		"result": {"enabled": false}, "extra": {"slack": {}}, "immutable_parameters": {"env": "prod"}
	}`, pyvalue.PythonJSON)
	require.NoError(t, err)
	d, err := alias.Decode(file)
	require.NoError(t, err)
	require.Equal(t, alias.Definition{
		Pack: "ops", Name: "deploy", Description: "Deploys", ActionRef: "ops.deploy",
		Formats: []alias.Format{
			alias.Simple("deploy {{app}}"),
			{Display: "ship it", Representations: []string{"ship {{app}}"}, MatchMultiple: true},
			{Display: "empty"},
		},
		Ack:    &alias.Ack{HideURL: true, Format: "ok", Extra: pyvalue.MapOf("a", int64(1))},
		Result: &alias.Result{Disabled: true},
		Extra:  pyvalue.MapOf("slack", &pyvalue.Map{}), Immutable: pyvalue.MapOf("env", "prod"),
	}, d)
	again, err := alias.Decode(d.Value())
	require.NoError(t, err)
	require.Equal(t, d, again)
}

func TestDecodeReportsAllProblems(t *testing.T) {
	_, err := alias.Decode(map[string]any{
		"name": "x", "pack": "p", "action-ref": "a.b", "enabled": "no", "description": int64(1), "extra": "x",
		"formats": []any{int64(1), map[string]any{"representation": []any{"ok", nil}, "match_multiple": "yes"}},
		"ack":     map[string]any{"extra": []any{}}, "result": "text",
	})
	require.ErrorIs(t, err, alias.ErrInvalid)
	text := err.Error()
	for _, part := range []string{
		"action-ref: is not known (action_ref)", "enabled: must be true or false", "description: must be a text",
		"extra: must be a mapping", "formats[0]: must be", "formats[1].representation[1]: must be a text",
		"formats[1].match_multiple", "ack.extra", "result: must be",
	} {
		require.Contains(t, text, part)
	}
	for _, value := range []any{nil, "x", []any{}, map[string]any{"formats": "run"}} {
		_, err := alias.Decode(value)
		require.ErrorIs(t, err, alias.ErrInvalid)
	}
}

func TestExtract(t *testing.T) {
	a := compiled(t, alias.Definition{Name: "a", ActionRef: "p.a", Formats: []alias.Format{
		{Display: "run {{cmd}}", Representations: []string{"run {{cmd}}", "exec {{cmd}}"}},
		{Representations: []string{`(?:\b|^)fix (?P<key>\w+)(?:\b|$)`}, MatchMultiple: true},
		alias.Simple("({{x=''}})?"),
	}})
	sets, err := a.Extract("exec {{cmd}}", "exec date x=1")
	require.NoError(t, err)
	require.Equal(t, []*pyvalue.Map{pyvalue.MapOf("cmd", "date", "x", "1")}, sets)

	sets, err = a.Extract(`(?:\b|^)fix (?P<key>\w+)(?:\b|$)`, "fix A and fix B")
	require.NoError(t, err)
	require.Equal(t, []*pyvalue.Map{pyvalue.MapOf("key", "A"), pyvalue.MapOf("key", "B")}, sets)

	_, err = a.Extract(`(?:\b|^)fix (?P<key>\w+)(?:\b|$)`, "nothing")
	require.ErrorIs(t, err, alias.ErrNoMatch)
	_, err = a.Extract("run {{cmd}}", "walk")
	require.ErrorIs(t, err, alias.ErrNoMatch)
	_, err = a.Extract("({{x=''}})?", "")
	require.ErrorIs(t, err, alias.ErrNoValue)
	_, err = a.Extract("run {{cmds}}", "run x")
	require.ErrorIs(t, err, alias.ErrUnknownFormat)
	require.ErrorContains(t, err, "run {{cmd}}")
}

func TestIndexMatch(t *testing.T) {
	off := plain("p.off", "run {{cmd}}")
	off.Disabled = true
	twice := plain("p.twice", "twice {{a}}", "twice {{a}}")
	multiple := alias.Definition{Pack: "p", Name: "multiple", ActionRef: "p.a", Formats: []alias.Format{
		{Display: "fix", Representations: []string{`(?:\b|^)run (?P<key>\w+)(?:\b|$)`, `(?:\b|^)mend (?P<key>\w+)(?:\b|$)`}, MatchMultiple: true},
	}}
	index := indexOf(t, plain("p.run", "run {{cmd}}"), off, twice, multiple, plain("p.list", "list"), plain("q.list", "list {{all=no}}"))

	m, err := index.Match(t.Context(), "run date")
	require.NoError(t, err)
	require.Equal(t, "p.run", m.Alias.Ref())
	require.Equal(t, []*pyvalue.Map{pyvalue.MapOf("cmd", "date")}, m.Parameters)

	m, err = index.Match(t.Context(), "mend a mend b")
	require.NoError(t, err)
	require.Equal(t, "p.multiple", m.Alias.Ref())
	require.Len(t, m.Parameters, 2)

	m, err = index.Match(t.Context(), "twice 1")
	require.NoError(t, err)
	require.Equal(t, "twice {{a}}", m.Representation)

	_, err = index.Match(t.Context(), "list")
	require.ErrorIs(t, err, alias.ErrSeveralMatches)
	require.ErrorContains(t, err, "q.list")

	_, err = index.Match(t.Context(), "rnu date")
	require.ErrorIs(t, err, alias.ErrNoMatch)
	require.ErrorContains(t, err, "run")

	ended, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = index.Match(ended, "run date")
	require.ErrorIs(t, err, context.Canceled)

	_, err = (*alias.Index)(nil).Match(t.Context(), "run date")
	require.ErrorIs(t, err, alias.ErrNoMatch)
}

func TestSlowFormatLeavesOthersAlone(t *testing.T) {
	slow := compiled(t, plain("p.slow", `(?:(?:a|aa)+)+!`), alias.TimeLimit(5*time.Millisecond))
	index := alias.NewIndex(slow, compiled(t, plain("p.say", "{{what}}")))
	hostile := strings.Repeat("a", 60)
	m, err := index.Match(t.Context(), hostile)
	require.NoError(t, err)
	require.Equal(t, "p.say", m.Alias.Ref())
	found, err := index.Matches(t.Context(), hostile)
	require.ErrorIs(t, err, pyregexp.ErrTimeout)
	require.Len(t, found, 1)
	_, err = alias.NewIndex(slow).Match(t.Context(), hostile)
	require.ErrorIs(t, err, alias.ErrNoMatch)
	require.ErrorIs(t, err, pyregexp.ErrTimeout)
}

func TestIndexFind(t *testing.T) {
	replaced := plain("p.one", "second")
	index := indexOf(t, plain("p.one", "first"), plain("p.same", "a"), plain("q.same", "b"), replaced)
	require.Len(t, index.All(), 3)
	for _, name := range []string{"one", "p.one"} {
		a, err := index.Find(name)
		require.NoError(t, err)
		require.Equal(t, "second", a.Definition().Formats[0].Display)
	}
	a, err := index.Find("q.same")
	require.NoError(t, err)
	require.Equal(t, "q.same", a.Ref())
	_, err = index.Find("same")
	require.ErrorIs(t, err, alias.ErrAmbiguousName)
	require.ErrorContains(t, err, "p.same, q.same")
	_, err = index.Find("oen")
	require.ErrorIs(t, err, alias.ErrNotFound)
	require.ErrorContains(t, err, "one")
	_, err = new(alias.Index).Find("x")
	require.ErrorIs(t, err, alias.ErrNotFound)
}

func TestHelpEncoding(t *testing.T) {
	help, err := indexOf(t, plain("p.a", "x")).Help(alias.HelpQuery{Offset: 5})
	require.NoError(t, err)
	text, err := json.Marshal(help)
	require.NoError(t, err)
	require.JSONEq(t, `{"available": 1, "helpstrings": []}`, string(text))
}

func TestWithImmutable(t *testing.T) {
	d := plain("p.a", "go {{x}}")
	d.Immutable = pyvalue.MapOf("env", "prod", "by", "{{ user }}", "n", int64(3), "who", pyvalue.MapOf("u", "{{ api_user }}"))
	a := compiled(t, d)
	templates := jinja.StackStorm()
	vars := jinja.Map{"user": "stanley", "api_user": "ada"}

	given := pyvalue.MapOf("x", "1")
	all, err := a.WithImmutable(t.Context(), templates, given, vars)
	require.NoError(t, err)
	require.Equal(t, pyvalue.MapOf("x", "1", "env", "prod", "by", "stanley", "n", int64(3), "who", pyvalue.MapOf("u", "ada")), all)
	require.Equal(t, 1, given.Len())

	_, err = a.WithImmutable(t.Context(), templates, pyvalue.MapOf("by", "me", "x", "1", "env", nil), vars)
	require.ErrorIs(t, err, alias.ErrImmutable)
	require.ErrorContains(t, err, "env, by")
	_, err = a.WithImmutable(t.Context(), templates, given, jinja.Map{"user": "stanley"})
	require.Equal(t, jinja.Kind("undefined"), jinja.KindOf(err))
	require.ErrorContains(t, err, "immutable_parameters")
}

func TestCast(t *testing.T) {
	runner := schema.MustParseParameters(`{"timeout": {"type": "integer"}, "cmd": {"type": "integer"}}`)
	action := schema.MustParseParameters(`{"hosts": {"type": "array"}, "cmd": {"type": "string"}, "dry": {"type": "boolean"},
		"data": {"type": "object"}, "token": {"type": "integer", "secret": true}}`)
	got, err := alias.Cast(runner, action, pyvalue.MapOf(
		"hosts", "a, b ,c", "cmd", "7", "dry", "true", "data", `{"a": 1}`, "timeout", "30", "token", nil, "other", "1"))
	require.NoError(t, err)
	require.Equal(t, pyvalue.MapOf(
		"hosts", []any{"a", "b", "c"}, "cmd", "7", "dry", true, "data", pyvalue.MapOf("a", int64(1)),
		"timeout", int64(30), "token", nil, "other", "1"), got)

	got, err = alias.Cast(nil, action, pyvalue.MapOf("hosts", []any{"a"}))
	require.NoError(t, err)
	require.Equal(t, pyvalue.MapOf("hosts", []any{"a"}), got)

	_, err = alias.Cast(runner, action, pyvalue.MapOf("timeout", "soon", "token", "hunter2", "cmd", "x"))
	require.ErrorIs(t, err, parameters.ErrCast)
	require.ErrorContains(t, err, "timeout")
	require.ErrorContains(t, err, "token")
	require.NotContains(t, err.Error(), "hunter2")
}

func TestAcknowledge(t *testing.T) {
	d := plain("p.a", "go")
	d.Ack = &alias.Ack{Format: "Started {{ execution.id }} of {{ actionalias.ref }}", Extra: pyvalue.MapOf("id", "{{ execution.id }}")}
	templates := jinja.StackStorm()
	m, err := compiled(t, d).Acknowledge(t.Context(), templates, map[string]any{"id": "e1"})
	require.NoError(t, err)
	require.Equal(t, alias.Message{Text: "Started e1 of p.a", Extra: pyvalue.MapOf("id", "e1")}, m)

	m, err = compiled(t, d).Acknowledge(t.Context(), templates, map[string]any{})
	require.NoError(t, err)
	require.Contains(t, m.Text, `Cannot render "format" in field "ack"`)
	require.Contains(t, m.Extra, `Cannot render "extra" in field "ack"`)

	m, err = compiled(t, plain("p.a", "go")).Acknowledge(t.Context(), templates, nil)
	require.NoError(t, err)
	require.Zero(t, m)
}

func TestReport(t *testing.T) {
	templates := jinja.StackStorm(jinja.WithUndefined(jinja.Lenient))
	execution := func(result any) any {
		return map[string]any{"id": "e1", "status": "succeeded", "action": map[string]any{"ref": "ops.go"}, "result": result}
	}
	head := "ops.go: succeeded (execution e1)"
	for _, c := range []struct {
		result any
		want   string
	}{
		{nil, head},
		{map[string]any{"stdout": "line", "stderr": ""}, head + "\nline"},
		{map[string]any{"stdout": "", "stderr": "oops"}, head + "\noops"},
		{map[string]any{"stdout": "", "result": "text"}, head},
		{map[string]any{"result": "text"}, head + "\ntext"},
		{map[string]any{"result": []any{int64(1)}}, head + "\n[\n  1\n]"},
		{map[string]any{"error": "broken", "traceback": "x"}, head + "\nbroken"},
		{map[string]any{"output": int64(1)}, head + "\n{\n  \"output\": 1\n}"},
		{"plain", head + "\nplain"},
	} {
		m, said, err := compiled(t, plain("p.a", "go")).Report(t.Context(), templates, execution(c.result))
		require.NoError(t, err)
		require.True(t, said)
		require.Equal(t, c.want, m.Text)
	}

	d := plain("p.a", "go")
	d.Result = &alias.Result{Format: "{{ alias.name }}{{ execution.nothing }}: {{ execution.status }}", Extra: pyvalue.MapOf("k", "{{ execution.id }}")}
	m, said, err := compiled(t, d).Report(t.Context(), templates, execution(nil))
	require.NoError(t, err)
	require.True(t, said)
	require.Equal(t, alias.Message{Text: "a: succeeded", Extra: pyvalue.MapOf("k", "e1")}, m)

	d.Result = &alias.Result{Format: "{{ execution."}
	_, _, err = compiled(t, d).Report(t.Context(), templates, execution(nil))
	require.ErrorContains(t, err, "alias p.a: result.format")

	d.Result = &alias.Result{Disabled: true}
	_, said, err = compiled(t, d).Report(t.Context(), templates, execution(nil))
	require.NoError(t, err)
	require.False(t, said)
}
