package jinja_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel/jinja"
	"github.com/petrel-dev/petrel/pyvalue"
)

func render(t *testing.T, env *jinja.Environment, source string, vars jinja.Vars) (string, error) {
	t.Helper()
	tmpl, err := env.Compile(source)
	require.NoError(t, err, source)
	return tmpl.Render(context.Background(), vars)
}

func TestVariables(t *testing.T) {
	t.Parallel()
	for source, want := range map[string][]string{
		"":                                 nil,
		"{{ x }}":                          {"x"},
		"{{ x.y[z] }}{{ a | default(b) }}": {"a", "b", "x", "z"},
		"{% set x = y %}{{ x }}":           {"y"},
		"{{ x }}{% set x = y %}":           {"x", "y"},
		"{% if a %}{% set x = 1 %}{% endif %}{{ x }}":                              {"a", "x"},
		"{% if a %}{% set x = 1 %}{% else %}{% set x = 2 %}{% endif %}{{ x }}":     {"a"},
		"{% for i in l if i > m %}{{ i }}{{ loop.index }}{{ k }}{% endfor %}":      {"k", "l", "m"},
		"{% for i in l %}{% endfor %}{{ i }}":                                      {"i", "l"},
		"{% macro m(a, b=c) %}{{ a }}{{ d }}{{ caller() }}{% endmacro %}{{ m() }}": {"c", "d"},
		"{% with a = b %}{{ a }}{{ c }}{% endwith %}":                              {"b", "c"},
		"{{ range(n) }}{{ dict() }}{{ namespace() }}":                              {"n"},
		"{% raw %}{{ x }}{% endraw %}{# {{ y }} #}":                                nil,
		"{{ st2kv.system.key }}{{ x if y else z }}":                                {"st2kv", "x", "y", "z"},
		"{% call(v) f(w) %}{{ v }}{{ q }}{% endcall %}":                            {"f", "q", "w"},
	} {
		tmpl, err := jinja.Compile(source)
		require.NoError(t, err, source)
		require.Equal(t, want, tmpl.Variables(), source)
	}
}

func TestEvalKeepsTypes(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]any{
		"{{ 1 }}":                         int64(1),
		"{{ n }}":                         int64(7),
		"{{ 1.0 }}":                       1.0,
		"{{ none }}":                      nil,
		"{{ x == 'a' }}":                  true,
		"{{ (1, 2) }}":                    pyvalue.Tuple{int64(1), int64(2)},
		"{{ 'a' | map('upper') }}":        pyvalue.NewList("A"),
		"{{ 'a' | e }}":                   "a",
		"{{ 1 }} ":                        "1 ",
		"{% if true %}{{ 1 }}{% endif %}": "1",
		"{{ 10 ** 20 // 10 ** 10 }}":      int64(10_000_000_000),
	} {
		tmpl, err := jinja.Compile(source)
		require.NoError(t, err, source)
		got, err := tmpl.Eval(context.Background(), jinja.Map{"x": "a", "n": 7})
		require.NoError(t, err, source)
		require.Equal(t, want, got, source)
	}
	tmpl, err := jinja.StackStorm().CompileExpression(" x | upper ")
	require.NoError(t, err)
	require.True(t, tmpl.IsExpression())
	got, err := tmpl.Eval(context.Background(), jinja.Map{"x": "a"})
	require.NoError(t, err)
	require.Equal(t, "A", got)
	tmpl, err = jinja.Compile("{{ nope }}")
	require.NoError(t, err)
	got, err = tmpl.Eval(context.Background(), nil)
	require.NoError(t, err)
	require.IsType(t, &jinja.Undefined{}, got)
	require.Equal(t, "'nope' is undefined", got.(*jinja.Undefined).Message())
}

func TestErrorsSayWhereAndWhy(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		source    string
		kind      jinja.Kind
		line, col int
		hint      string
	}{
		{"a\nb {{ x | uper }}", jinja.KindTemplateAssertion, 2, 10, `did you mean "upper"?`},
		{"{{ x is definde }}", jinja.KindTemplateAssertion, 1, 9, `did you mean "defined"?`},
		{"{% fro x in y %}", jinja.KindSyntax, 1, 4, `did you mean "for"?`},
		{"ab\n{{ 1 + }}", jinja.KindSyntax, 2, 8, ""},
		{"{{ 'abc }}", jinja.KindSyntax, 1, 4, ""},
		{"{% if x %}", jinja.KindSyntax, 1, 11, ""},
		{"é {{ nope }}", jinja.KindUndefined, 1, 6, ""},
		{"{{ rnage(3) }}", jinja.KindUndefined, 1, 4, `did you mean "range"?`},
		{"\n{{ 1 // 0 }}", pyvalue.KindZeroDivision, 2, 4, ""},
		{"{{ 1 + 'a' }}", pyvalue.KindType, 1, 4, ""},
		{"{% for a in 5 %}{% endfor %}", pyvalue.KindType, 1, 13, ""},
	} {
		tmpl, err := jinja.Compile(c.source)
		if err == nil {
			_, err = tmpl.Render(context.Background(), nil)
		}
		var e *jinja.Error
		require.True(t, errors.As(err, &e), c.source)
		require.Equal(t, c.kind, e.Kind, c.source)
		require.Equal(t, []int{c.line, c.col}, []int{e.Line, e.Column}, c.source)
		require.Equal(t, c.hint, e.Hint, c.source)
		require.ErrorIs(t, err, &jinja.Error{Kind: c.kind})
		lines := strings.Split(e.Snippet(), "\n")
		require.Len(t, lines, 2)
		require.True(t, strings.HasSuffix(lines[1], "^"))
		require.Contains(t, lines[0], strings.Split(c.source, "\n")[c.line-1])
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		source string
		limits jinja.Limits
		kind   jinja.Kind
	}{
		{strings.Repeat("x", 101), jinja.Limits{Source: 100}, jinja.KindLimit},
		{"{{ ((((((((1)))))))) }}", jinja.Limits{Nesting: 5}, pyvalue.KindRecursion},
		{"{% for i in range(1000) %}{% endfor %}", jinja.Limits{Steps: 100}, jinja.KindLimit},
		{"{% for i in range(1000) %}abc{% endfor %}", jinja.Limits{Output: 100}, jinja.KindLimit},
		{"{{ 'abc' * 100 }}", jinja.Limits{Output: 100}, jinja.KindLimit},
		{"{{ 'abc' * 100 }}", jinja.Limits{Memory: 100}, jinja.KindLimit},
		{"{% macro m(n) %}{% if n %}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(20) }}", jinja.Limits{Calls: 10}, pyvalue.KindRecursion},
	} {
		_, err := func() (string, error) {
			tmpl, err := jinja.StackStorm(jinja.WithLimits(c.limits)).Compile(c.source)
			if err != nil {
				return "", err
			}
			return tmpl.Render(context.Background(), nil)
		}()
		require.Equal(t, c.kind, jinja.KindOf(err), c.source)
		tmpl, err := jinja.StackStorm().Compile(c.source)
		require.NoError(t, err, c.source)
		_, err = tmpl.Render(context.Background(), nil)
		require.NoError(t, err, "the default limits allow it: %s", c.source)
	}
}

func TestRenderingStopsWithItsContext(t *testing.T) {
	t.Parallel()
	tmpl, err := jinja.Compile("{% for a in range(100000) %}{% for b in range(100000) %}{{ b is odd }}{% endfor %}{% endfor %}")
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	_, err = tmpl.Render(ctx, nil)
	require.Equal(t, jinja.KindCanceled, jinja.KindOf(err))
	require.ErrorIs(t, err, context.DeadlineExceeded)

	canceled, stop := context.WithCancel(context.Background())
	stop()
	_, err = tmpl.Render(canceled, nil)
	require.ErrorIs(t, err, context.Canceled)
}

func TestHostFunctions(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	env := jinja.StackStorm(
		jinja.WithFilter("twice", func(_ context.Context, c *jinja.Call) (any, error) {
			a, err := c.Bind("value", "sep?")
			if err != nil {
				return nil, err
			}
			sep, _ := a[1].(string)
			return fmt.Sprint(a[0], sep, a[0]), nil
		}),
		jinja.WithTest("short", func(_ context.Context, c *jinja.Call) (any, error) {
			return len(c.Args[0].(string)) < 4, nil
		}),
		jinja.WithGlobal("boom", jinja.Func(func(context.Context, *jinja.Call) (any, error) { return nil, boom })),
		jinja.WithGlobal("x_of", jinja.Func(func(_ context.Context, c *jinja.Call) (any, error) {
			v, _ := c.Lookup("x")
			return v, nil
		})),
	)
	text, err := render(t, env, "{{ 'a' | twice }} {{ 'a' | twice(sep='-') }} {{ 'abc' is short }} {{ 'abcd' is short }} {{ x_of() + 1 }}", jinja.Map{"x": 4})
	require.NoError(t, err)
	require.Equal(t, "aa a-a True False 5", text)
	_, err = render(t, env, "{{ boom() }}", nil)
	require.ErrorIs(t, err, boom)
	require.Equal(t, jinja.KindHost, jinja.KindOf(err))
	for source, kind := range map[string]jinja.Kind{
		"{{ 'a' | twice(1, 2) }}": pyvalue.KindType, "{{ 'a' | twice(foo=1) }}": pyvalue.KindType,
		"{{ nope | twice }}": jinja.KindUndefined, "{{ 'a' | twice('b', sep='c') }}": pyvalue.KindType,
	} {
		_, err = render(t, env, source, nil)
		require.Equal(t, kind, jinja.KindOf(err), source)
	}
}

func TestHostNumbersAreInt64Everywhere(t *testing.T) {
	t.Parallel()
	env := jinja.StackStorm(jinja.WithGlobal("type", jinja.Func(func(_ context.Context, c *jinja.Call) (any, error) {
		return fmt.Sprintf("%T", c.Args[0]), nil
	})))
	host := pyvalue.MapOf("n", 5, "list", pyvalue.NewList(7), "pairs", pyvalue.NewList(pyvalue.Tuple{8, 9}), "m", map[string]any{"n": uint8(4)})
	for _, source := range []string{
		"{{ type(m.n) }}", "{{ type(m['n']) }}", "{{ type(m.get('n')) }}", "{{ type(m.m.n) }}", "{{ type(m.list[0]) }}",
		"{{ type(*m.list) }}", "{{ type(m.values() | first) }}", "{{ type([m] | map(attribute='n') | first) }}",
		"{% for x in m.list %}{{ type(x) }}{% endfor %}", "{% for x, _ in m.pairs %}{{ type(x) }}{% endfor %}",
		"{% for k, x in m.m.items() %}{{ type(x) }}{% endfor %}", "{% set x, y = m.pairs[0] %}{{ type(y) }}",
		"{{ type(cycler(*m.list).next()) }}", "{{ type((m | dictsort)[2][1]) }}",
	} {
		text, err := render(t, env, source, jinja.Map{"m": host})
		require.NoError(t, err, source)
		require.Equal(t, "int64", text, source)
	}
}

// secretive is a Go value with methods and fields that templates must not
// reach.
type secretive struct{ Secret string }

func (secretive) Leak() string { return "leaked" }

func TestGoValuesAreOpaque(t *testing.T) {
	t.Parallel()
	for _, source := range []string{"{{ v.Leak() }}", "{{ v.Secret }}", "{{ v['Secret'] }}", "{{ v | attr('Leak') }}", "{{ f.Leak }}"} {
		text, err := render(t, jinja.StackStorm(), source, jinja.Map{"v": secretive{"hidden"}, "f": &secretive{"hidden"}})
		require.Error(t, err, source)
		require.NotContains(t, text, "hidden")
	}
}

func TestResultsAreNotEvaluatedAgainUnlessAsked(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	vars := jinja.Map{"user": "{{ secret }}", "secret": "s3cr3t", "block": "{% if true %}{{ secret }}{% endif %}"}
	safe := jinja.NewInterpolator(jinja.Orquesta())
	original := jinja.NewInterpolator(jinja.Orquesta(), jinja.WithReevaluation(0))
	for _, c := range []struct{ text, safe, original string }{
		{"{{ user }}", "{{ secret }}", "s3cr3t"},
		{"hello {{ user }}", "hello {{ secret }}", "hello s3cr3t"},
		{"{% if true %}{{ user }}{% endif %}", "{{ secret }}", "s3cr3t"},
		{"{{ block }}", "{% if true %}{{ secret }}{% endif %}", "s3cr3t"},
		{"{{ user }} {% raw %}{{ x }}{% endraw %}", "{{ secret }} {{ x }}", "s3cr3t {{ x }}"},
		{"{{ user ~ user }}", "{{ secret }}{{ secret }}", "s3cr3ts3cr3t"},
	} {
		got, err := safe.Evaluate(ctx, c.text, vars)
		require.NoError(t, err, c.text)
		require.Equal(t, c.safe, got, c.text)
		got, err = original.Evaluate(ctx, c.text, vars)
		require.NoError(t, err, c.text)
		require.Equal(t, c.original, got, c.text)
	}
	for _, p := range []*jinja.Interpolator{safe, original} {
		_, err := p.Evaluate(ctx, "a {{ nope }} {{ none }}", vars)
		require.Equal(t, jinja.KindUnresolved, jinja.KindOf(err))
		require.Contains(t, err.Error(), "nope")
	}
	_, err := original.Evaluate(ctx, "{{ loop }}", jinja.Map{"loop": "{{ loop }}"})
	require.Equal(t, pyvalue.KindRecursion, jinja.KindOf(err))
}

func TestHasExpression(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"": false, "a": false, "{{": false, "{{ a": false, "{{ a }}": true, "x {% if %}": true, "{{ a\n}}": false,
		"{{\n{{ a }}": true, "{# c #}": false, "<% a %>": false,
	} {
		require.Equal(t, want, jinja.HasExpression(text), text)
	}
}

func TestRenderValue(t *testing.T) {
	t.Parallel()
	cache := jinja.NewCache(jinja.StackStorm(), 10)
	vars := jinja.Map{"n": 3, "s": "a"}
	for _, c := range []struct{ value, want any }{
		{5, 5}, {nil, nil}, {"plain", "plain"}, {"{{ n }}", "3"},
		{[]any{1, "x"}, []any{1, "x"}},
		{[]any{1, "{{ n }}"}, pyvalue.NewList(int64(1), "3")},
		{"{{ __context.s }}", "a"},
	} {
		got, err := jinja.RenderValue(context.Background(), cache, c.value, vars)
		require.NoError(t, err)
		require.Equal(t, c.want, got)
	}
	got, err := jinja.RenderValue(context.Background(), cache, "{{ n }}", nil)
	require.NoError(t, err)
	require.Equal(t, "{{ n }}", got, "without variables nothing is rendered")
}
