package jinja_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/petrel-dev/petrel/jinja"
	"github.com/petrel-dev/petrel/pyvalue"
)

// mutating are templates that change what they are given, and their output.
var mutating = []struct{ source, want string }{
	{`{{ l.append(4) }}{{ l }}`, `None[1, 2, 3, 4]`},
	{`{{ l['append'](4) }}{{ l }}`, `None[1, 2, 3, 4]`},
	{`{{ (l | attr('app' ~ 'end'))(4) }}{{ l }}`, `None[1, 2, 3, 4]`},
	{`{{ l['app' ~ 'end'](4) }}{{ l }}`, `None[1, 2, 3, 4]`},
	{`{% set m = l %}{{ m.pop() }}{{ l }}`, `3[1, 2]`},
	{`{{ d.update({'z': 1}) }}{{ d | length }}`, `None3`},
	{`{{ d.inner.append(9) }}{{ d['inner'] }}`, `None['x', 9]`},
	{`{% for row in rows %}{{ row.append(0) }}{% endfor %}{{ rows }}`, `NoneNone[[1, 0], [2, 0]]`},
	{`{{ (rows | first).append(0) }}{{ rows }}`, `None[[1, 0], [2]]`},
	{`{{ (rows | map('first') | list).append(0) }}{{ rows }}`, `None[[1], [2]]`},
	{`{{ ordered.items2.append(1) }}{{ ordered }}`, `None{'items2': [1]}`},
	{`{{ list.append(1) }}{{ list }}`, `None[5, 1]`},
	{`{{ get().append(1) }}{{ get() }}{{ l }}`, `None[1, 2, 3, 1][1, 2, 3, 1]`},
	{`{% set x = [1] %}{{ x.append(2) }}{{ x }}`, `None[1, 2]`},
	{`{% for i in range(2) %}{% set x = [1] %}{{ x.append(2) }}{{ x }}{% endfor %}`, `None[1, 2]None[1, 2]`},
	{`{{ l.sort(reverse=true) }}{{ l.reverse() }}{{ l }}`, `NoneNone[1, 2, 3]`},
	{`{{ d.setdefault('q', []).append(1) }}{{ d.q }}`, `None[1]`},
	{`{{ d.pop('a') }}{{ d.clear() }}{{ d }}`, `1None{}`},
}

func sharedData() jinja.Map {
	l := []any{1, int64(2), 3}
	return jinja.Map{
		"l":       l,
		"d":       map[string]any{"a": 1, "inner": []any{"x"}},
		"rows":    []any{[]any{1}, []any{2}},
		"ordered": pyvalue.MapOf("items2", []any{}),
		"list":    pyvalue.NewList(5),
		"get":     jinja.Func(func(context.Context, *jinja.Call) (any, error) { return l, nil }),
		"s":       "text",
	}
}

func fingerprint(vars jinja.Map) string {
	copied := make(map[string]any)
	for name, v := range vars {
		if name != "get" {
			copied[name] = v
		}
	}
	return pyvalue.Repr(copied)
}

func TestTemplatesNeverChangeTheHostsData(t *testing.T) {
	t.Parallel()
	vars := sharedData()
	before := fingerprint(vars)
	for _, c := range mutating {
		tmpl, err := jinja.Compile(c.source)
		require.NoError(t, err, c.source)
		for range 2 {
			got, err := tmpl.Render(context.Background(), vars)
			require.NoError(t, err, c.source)
			require.Equal(t, c.want, got, c.source)
			require.Equal(t, before, fingerprint(vars), c.source)
		}
	}
}

func TestResultsOfTemplatesBelongToTheCaller(t *testing.T) {
	t.Parallel()
	tmpl, err := jinja.Compile(`{{ [1, {'a': []}] }}`)
	require.NoError(t, err)
	first, err := tmpl.Eval(context.Background(), nil)
	require.NoError(t, err)
	first.(*pyvalue.List).Append("changed")
	second, err := tmpl.Eval(context.Background(), nil)
	require.NoError(t, err)
	require.Equal(t, "[1, {'a': []}]", pyvalue.Repr(second))
}

func TestOneTemplateServesManyGoroutines(t *testing.T) {
	t.Parallel()
	vars := sharedData()
	env := jinja.StackStorm()
	cache := jinja.NewCache(env, 4)
	sources := append([]struct{ source, want string }{
		{`{{ s | upper }}{% for i in l %}{{ loop.index }}{{ i }}{% endfor %}`, `TEXT112233`},
		{`{% macro m(a) %}{{ a }}{{ nope | default('-') }}{% endmacro %}{{ m(1) }}{{ m(2) }}`, `1-2-`},
		{`{{ rows | map('first') | map('string') | join(',') }}`, `1,2`},
	}, mutating...)
	templates := make([]*jinja.Template, len(sources))
	for i, c := range sources {
		var err error
		templates[i], err = env.Compile(c.source)
		require.NoError(t, err)
	}
	errs := make(chan error, 64)
	var wg sync.WaitGroup
	for g := range 64 {
		wg.Go(func() {
			for i := range 20 {
				k := (g + i) % len(sources)
				got, err := templates[k].Render(context.Background(), vars)
				if err == nil && got != sources[k].want {
					err = fmt.Errorf("%s: %s", sources[k].source, got)
				}
				if cached, cacheErr := cache.Compile(sources[k].source); err == nil && cacheErr == nil {
					_, err = cached.Eval(context.Background(), vars)
				}
				if err != nil {
					errs <- err
					return
				}
			}
		})
	}
	wg.Wait()
	close(errs)
	for err := range errs {
		require.NoError(t, err)
	}
	require.Equal(t, 4, cache.Len())
}

// Two renderings of one template, one after the other, never see each other:
// memory that is used again holds nothing of the rendering before.
func TestRenderingsAreIndependent(t *testing.T) {
	t.Parallel()
	env := jinja.StackStorm()
	pool := []string{
		`{{ a | default('none') }}{% set b = 1 %}{{ b }}`, `{{ b | default('none') }}`, `{{ a ~ b }}`, `{{ 1 / 0 }}`,
		`{% set ns = namespace(x=a | d(0)) %}{{ ns.x }}`, `{% for i in [1, 2] %}{{ i }}{{ a | d }}{% endfor %}`, `{{ [nope] }}`,
	}
	rapid.Check(t, func(t *rapid.T) {
		source := rapid.SampledFrom(pool).Draw(t, "source")
		other := rapid.SampledFrom(pool).Draw(t, "other")
		vars := jinja.Map{}
		if rapid.Bool().Draw(t, "with a") {
			vars["a"] = "A"
		}
		render := func(source string, vars jinja.Vars) string {
			tmpl, err := env.Compile(source)
			require.NoError(t, err)
			text, err := tmpl.Render(context.Background(), vars)
			return fmt.Sprint(text, err)
		}
		first := render(source, vars)
		render(other, jinja.Map{"a": "other", "b": "other"})
		require.Equal(t, first, render(source, vars))
	})
}
