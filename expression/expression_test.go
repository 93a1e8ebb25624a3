package expression_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel/expression"
	"github.com/petrel-dev/petrel/jinja"
	"github.com/petrel-dev/petrel/pyvalue"
	"github.com/petrel-dev/petrel/yaql"
)

var safe = expression.NewEnvironment()

func evaluate(t *testing.T, env *expression.Environment, value any, scope *expression.Scope) any {
	t.Helper()
	v, err := env.Compile(value).Eval(context.Background(), scope)
	require.NoError(t, err, value)
	again, err := env.Evaluate(context.Background(), value, scope)
	require.NoError(t, err, value)
	require.True(t, pyvalue.Equal(v, again), "cached: %v", again)
	return v
}

func failure(t *testing.T, env *expression.Environment, value any, scope *expression.Scope) *expression.Error {
	t.Helper()
	_, err := env.Compile(value).Eval(context.Background(), scope)
	var e *expression.Error
	require.ErrorAs(t, err, &e, "%v", value)
	return e
}

func numbers() *expression.Scope {
	return &expression.Scope{Variables: map[string]any{"n": 3, "l": []any{1, "a", nil}, "s": "text", "t": true}}
}

func TestTextOrValue(t *testing.T) {
	for source, want := range map[string]any{
		"":                               "",
		"plain":                          "plain",
		"<% ctx(n) %>":                   int64(3),
		"{{ ctx().n }}":                  int64(3),
		"<% ctx(n) %> ":                  "3 ",
		" {{ ctx('n') }}":                " 3",
		"<%ctx(n)%><%ctx(n)%>":           "33",
		"a {{ ctx().l }} b":              "a [1, 'a', None] b",
		"a <% ctx().l %> b":              "a [1, 'a', None] b",
		"<% ctx(n)":                      "<% ctx(n)",
		"{{ ctx().n":                     "{{ ctx().n",
		"<%\nctx(n) %>":                  "<%\nctx(n) %>",
		"{{\nctx().n }}":                 "{{\nctx().n }}",
		"x <% \n <% ctx(n) %>":           "x <% \n 3",
		"<%> ctx(n) <%>":                 int64(3),
		"{{ ctx().n }} <% ctx(n) %>":     "3 <% ctx(n) %>",
		"{% if ctx().t %}yes{% endif %}": "yes",
		"{% raw %}{{ x }}{% endraw %}":   "{{ x }}",
		"{% raw %}{{ x }}{% endraw %} {{ ctx().n }}\n": "{{ x }} 3",
		"{{ 1 if false }}|":                            "|",
		"{# no comment #} {{ ctx().n }}":               "{# no comment #} 3",
	} {
		for _, env := range []*expression.Environment{safe, compatible} {
			require.Equal(t, want, evaluate(t, env, source, numbers()), source)
		}
		require.Equal(t, expression.Recognize(source) == "", safe.Compile(source).Constant(), source)
	}
}

func TestStructures(t *testing.T) {
	constant := map[string]any{"k": []any{"v"}}
	value := pyvalue.MapOf(
		"z", "<% ctx(n) %>",
		"{{ ctx().s }}", []any{"{{ ctx().n }}", 1.5, nil, "x<% ctx(n) %>"},
		"a", constant,
		int64(5), true,
	)
	got := evaluate(t, safe, value, numbers())
	require.Equal(t, `{'z': 3, 'text': [3, 1.5, None, 'x3'], 'a': {'k': ['v']}, 5: True}`, pyvalue.Str(got))

	// What has no expression comes back as it is.
	program := safe.Compile(constant)
	require.True(t, program.Constant())
	same, err := program.Eval(context.Background(), nil)
	require.NoError(t, err)
	require.Equal(t, any(constant), same)

	// A host's own types are lists and dicts, too.
	got = evaluate(t, safe, map[string][]string{"k": {"<% ctx(n) %>", "b"}}, numbers())
	require.Equal(t, `{'k': [3, 'b']}`, pyvalue.Str(got))

	e := failure(t, safe, map[string]any{"a": map[string]any{"<% ctx(l) %>": 1}}, numbers())
	require.Equal(t, pyvalue.KindType, e.Kind)
	require.Equal(t, `a["<% ctx(l) %>"]`, e.Path)
}

func TestDeepValues(t *testing.T) {
	var value any = "<% 1 %>"
	for range 5000 {
		value = []any{value}
	}
	program := safe.Compile(value)
	require.ErrorIs(t, program.Err(), expression.ErrLimit)
	_, err := program.Eval(context.Background(), nil)
	require.ErrorIs(t, err, expression.ErrLimit)
}

func TestDataIsNeverCode(t *testing.T) {
	scope := &expression.Scope{Variables: map[string]any{
		"yaql": "<% ctx(secret) %>", "jinja": "{{ ctx().secret }}", "mark": "{0}", "secret": "hush",
	}}
	for source, want := range map[string]string{
		"<% ctx(yaql) %>":                                         "<% ctx(secret) %>",
		"{{ ctx().jinja }}":                                       "{{ ctx().secret }}",
		"got <% ctx(yaql) %>":                                     "got <% ctx(secret) %>",
		"<% ctx(yaql) %>, <% ctx(secret) %>":                      "<% ctx(secret) %>, hush",
		"{{ ctx().jinja }}, {{ ctx().secret }}":                   "{{ ctx().secret }}, hush",
		"{% if true %}{{ ctx().jinja }}{% endif %}":               "{{ ctx().secret }}",
		"{% raw %}x{% endraw %}{{ ctx().jinja }}{{ ctx().mark }}": "x{{ ctx().secret }}{0}",
	} {
		require.Equal(t, want, evaluate(t, safe, source, scope), source)
	}
	for source, want := range map[string]string{
		"<% ctx(yaql) %>":                           "hush",
		"{{ ctx().jinja }}":                         "hush",
		"got {{ ctx().jinja }}":                     "got hush",
		"{% if true %}{{ ctx().jinja }}{% endif %}": "hush",
		"<% ctx(jinja) %>":                          "{{ ctx().secret }}",
	} {
		require.Equal(t, want, evaluate(t, compatible, source, scope), source)
	}
	require.Equal(t, expression.KindUnresolved, failure(t, compatible, "{{ ctx().yaql }}{{ ctx().nothing }}", scope).Kind)
}

func TestReevaluationEnds(t *testing.T) {
	doubling := map[string]any{"a0": "", "b0": ""}
	for i := range 30 {
		doubling[fmt.Sprint("a", i+1)] = fmt.Sprintf("<%% ctx(a%d) %%><%% ctx(a%d) %%>", i, i)
		doubling[fmt.Sprint("b", i+1)] = fmt.Sprintf("{{ ctx().b%d }}{{ ctx().b%d }}", i, i)
	}
	doubling["x"] = "<% ctx(x) %>"
	doubling["y"] = "{{ ctx().y }}{{ ctx().y }}"
	scope := &expression.Scope{Variables: doubling}
	for source, kind := range map[string]expression.Kind{
		"<% ctx(x) %>":    expression.KindRecursion,
		"{{ ctx().y }}":   expression.KindRecursion,
		"<% ctx(a30) %>":  expression.KindLimit,
		"{{ ctx().b30 }}": expression.KindLimit,
	} {
		e := failure(t, compatible, source, scope)
		require.Equal(t, kind, e.Kind, source)
		require.ErrorIs(t, e, expression.ErrLimit)
		require.Less(t, len(e.Error()), 500, source)
	}
}

func TestErrorsHaveAPlace(t *testing.T) {
	for _, c := range []struct {
		value   any
		kind    expression.Kind
		text    string
		excerpt string
	}{
		{"<% ctx(m) %>", expression.KindUndefinedVariable, `1:4: yaql: the variable "m" is undefined`, "<% ctx(m) %>\n   ^"},
		{"{{ ctx('m') }}", expression.KindUndefinedVariable, `1:7: jinja: the variable "m" is undefined`, "{{ ctx('m') }}\n      ^"},
		{"a\nb <% 1 + %>", expression.KindSyntax, `2:`, "b <% 1 + %>\n        ^"},
		{"a\nb {{ 1 + }} c", expression.KindSyntax, `2:`, "b {{ 1 + }} c\n        ^"},
		{[]any{"x", pyvalue.MapOf("k k", "ü {{ nope.x }}")}, "undefined", `[1]["k k"]: 1:10: jinja: `, "ü {{ nope.x }}\n         ^"},
		{pyvalue.MapOf("a", pyvalue.MapOf("b", "<% 1/0 %>")), "zero_division", `a.b: 1:5: yaql: `, "<% 1/0 %>\n    ^"},
		{"{{ nope }}", expression.KindUnresolved, "1:1: jinja: without a value: nope", "{{ nope }}\n^"},
		{"{% raw %}\t{% endraw %} {{ 1 / 0 }}", "zero_division", "1:27: jinja: ", "{% raw %}\t{% endraw %} {{ 1 / 0 }}\n         \t                ^"},
		{"{% if true %}\n\n{{ 1 / 0 }}{% endif %}", "zero_division", "3:4: jinja: ", "{{ 1 / 0 }}{% endif %}\n   ^"},
	} {
		for _, env := range []*expression.Environment{safe, compatible} {
			e := failure(t, env, c.value, numbers())
			require.Equal(t, c.kind, e.Kind, "%v", e)
			require.Equal(t, c.kind, pyvalue.KindOf(e))
			require.True(t, strings.HasPrefix(e.Error(), c.text), "%v", e)
			require.Equal(t, c.excerpt, e.Excerpt(), "%v", e)
		}
	}
	require.Contains(t, failure(t, safe, "{{ ctx('nn') }}", numbers()).Error(), `did you mean "n"?`)
	require.Contains(t, failure(t, safe, "<% ctx(nn) %>", numbers()).Error(), `did you mean "n"?`)

	var y *yaql.Error
	require.ErrorAs(t, failure(t, safe, "<% ctx(m) %>", nil), &y)
	var j *jinja.Error
	require.ErrorAs(t, failure(t, safe, "{{ ctx('m') }}", nil), &j)
}

func TestErrorInAValue(t *testing.T) {
	scope := &expression.Scope{Variables: map[string]any{"x": "see <% 1/0 %>", "y": "<% ctx(x) %>"}}
	e := failure(t, compatible, "v: <% ctx(y) %>", scope)
	require.Equal(t, pyvalue.KindZeroDivision, e.Kind)
	require.Equal(t, "v: <% ctx(y) %>", e.Text)
	require.Equal(t, 3, e.Offset)
	var inner *expression.Error
	require.ErrorAs(t, e.Err, &inner)
	require.Equal(t, "see <% 1/0 %>", inner.Text)
}

func TestCancellation(t *testing.T) {
	ctx, cancel := context.WithCancelCause(context.Background())
	reason := errors.New("enough")
	cancel(reason)
	for _, source := range []string{"<% ctx() %>", "{{ ctx() }}", "{% if 1 %}{% endif %}"} {
		_, err := safe.Compile(source).Eval(ctx, nil)
		require.Equal(t, expression.KindCanceled, pyvalue.KindOf(err), source)
		require.ErrorIs(t, err, reason)
	}
}

func TestProblems(t *testing.T) {
	program := safe.Compile(pyvalue.MapOf(
		"good", "<% ctx(x) %> {{",
		"yaql", "<% 1 + %> and <% ok %> and <% 'x %>",
		"jinja", "a {{ 1 + }} b {{ [ }}",
		"both", "<% ctx(x) %> {{ ctx().x }}",
		"unknown", "{{ 1 | unknown }} {{ unknown() }}",
		"{% if %}", 1,
	))
	var got []string
	for _, e := range program.Problems() {
		require.NotEmpty(t, e.Message)
		require.Positive(t, e.Line)
		got = append(got, e.Path+" "+string(e.Kind)+" "+e.Expression)
	}
	require.Equal(t, []string{
		"yaql syntax <% 1 + %>",
		"yaql lexical <% 'x %>",
		"jinja syntax a {{ 1 + }} b {{ [ }}",
		"jinja syntax {{ 1 + }}",
		"jinja syntax {{ [ }}",
		"both mixed_languages <% ctx(x) %> {{ ctx().x }}",
		`["{% if %}"] syntax {% if %}`,
	}, got)
	require.Error(t, program.Err())
	require.NoError(t, safe.Compile("<% fine %>").Err())
}

func TestVariablesHavePlaces(t *testing.T) {
	program := safe.Compile(pyvalue.MapOf("a", []any{"ä\n<% ctx().b + ctx(a) %>{{ ctx('b') }}", "<% ctx(b) + ctx(b) %>"}))
	var got []string
	for _, v := range program.Variables() {
		require.Equal(t, v.Name, v.Text[v.Offset:][:len(v.Name)])
		e := expression.Error{Path: v.Path, Line: v.Line, Column: v.Column, Language: v.Language, Message: v.Name}
		got = append(got, e.Error())
	}
	require.Equal(t, []string{
		"a[0]: 2:18: yaql: a", "a[0]: 2:31: jinja: b", "a[0]: 2:10: yaql: b", "a[1]: 1:8: yaql: b", "a[1]: 1:17: yaql: b",
	}, got)
}

func TestPrograms_InParallel(t *testing.T) {
	scope := numbers()
	program := compatible.Compile([]any{"<% ctx(n) %>", "{{ ctx() }}", "<% ctx() %> {{ 1 }}", "<% $__vars %>", "{{ __vars }}"})
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 50 {
				if _, err := program.Eval(context.Background(), scope); err != nil {
					t.Error(err)
				}
				if _, err := compatible.Evaluate(context.Background(), "x <% ctx(n) %>", scope); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
}

func TestCacheIsBounded(t *testing.T) {
	env := expression.NewEnvironment(expression.WithCacheSize(2))
	for i := range 20 {
		require.Equal(t, int64(i%5), evaluate(t, env, "<% "+pyvalue.Str(int64(i%5))+" %>", nil))
	}
	long := "<% 1 %>" + strings.Repeat(" ", 1<<16)
	require.Equal(t, "1"+long[7:], evaluate(t, env, long, nil))
}

func TestHostFunctions(t *testing.T) {
	set, err := yaql.NewFunctionSet(yaql.Function{Name: "answer", Call: func(yaql.Invocation, []any) (any, error) { return 42, nil }})
	require.NoError(t, err)
	env := expression.NewEnvironment(
		expression.WithYAQL(yaql.WithFunctions(set)),
		expression.WithJinja(jinja.WithFunction("answer", func(context.Context, *jinja.Call) (any, error) { return 42, nil })),
	)
	require.Equal(t, int64(42), evaluate(t, env, "<% answer() %>", nil))
	require.Equal(t, int64(42), evaluate(t, env, "{{ answer() }}", nil))
}
