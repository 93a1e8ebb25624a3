package gonja_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel/jinja"
	"github.com/petrel-dev/petrel/jinja/gonja"
)

func Example() {
	var engine jinja.Engine = gonja.New()
	t, err := engine.CompileRenderer("Hello {{ name | title }}!")
	if err != nil {
		panic(err)
	}
	fmt.Println(t.Render(context.Background(), jinja.Map{"name": "ada"}))
	// Output: Hello Ada! <nil>
}

// agreed are templates that avoid what gonja is known to do differently.
var agreed = []string{
	"plain text", "{{ s }}", "{{ s | upper }}", "{{ n + 1 }}", "{{ n * 2 - 1 }}", "{{ d.a }}", "{{ d['a'] }}", "{{ l[0] }}",
	"{{ l | length }}", "{{ l | join(', ') }}", "{{ l | first }}{{ l | last }}", "{{ s | replace('o', '0') }}", "{{ s | length }}",
	"{{ s | lower | trim }}", "{{ s | title }}", "{{ l | sum }}", "{{ n == 5 }}", "{{ n > 3 and n < 9 }}", "{{ 'e' in s }}",
	"{{ 'x' ~ n ~ 'y' }}", "{% if n > 3 %}a{% elif n %}b{% else %}c{% endif %}", "{% if s == 'no' %}a{% else %}c{% endif %}",
	"{% for i in l %}{{ i }};{% endfor %}", "{% for i in l %}{{ loop.index }}{{ loop.first }}{{ loop.last }}{% endfor %}",
	"{% for i in [] %}x{% else %}empty{% endfor %}", "{% set x = n + 1 %}{{ x }}", "{% macro m(a) %}<{{ a }}>{% endmacro %}{{ m(1) }}{{ m('q') }}",
	"{% raw %}{{ x }}{% endraw %}", "{# comment #}a", "{{ people | map(attribute='name') | join('/') }}", "{{ n is defined }}", "{{ nope is defined }}",
	"{{ s | default('x') }}", "{{ nope | default('x') }}", "{% filter upper %}abc{% endfilter %}", "{{ l | min }}{{ l | max }}", "{{ s[0] }}",
	"{% with a = 1 %}{{ a }}{% endwith %}", "{{ n / 2 }}", "{{ n % 3 }}", "{{ s is string }}",
}

func vars() jinja.Map {
	return jinja.Map{
		"s": "hello World", "n": 5, "l": []any{3, 1, 2}, "d": map[string]any{"a": "b"},
		"people": []any{map[string]any{"name": "Ann"}, map[string]any{"name": "Bob"}},
	}
}

func TestBothEnginesAgree(t *testing.T) {
	t.Parallel()
	ours, theirs := jinja.StackStorm(), gonja.New()
	for _, source := range agreed {
		var texts []string
		for _, engine := range []jinja.Engine{ours, theirs} {
			r, err := engine.CompileRenderer(source)
			require.NoError(t, err, source)
			text, err := r.Render(context.Background(), vars())
			require.NoError(t, err, source)
			texts = append(texts, text)
		}
		require.Equal(t, texts[0], texts[1], source)
	}
}

func TestReadsNoFiles(t *testing.T) {
	t.Parallel()
	for _, source := range []string{"{% include '/etc/passwd' %}", "{% include 'gonja.go' %}", "{% import '/etc/hosts' as h %}", "{% extends '/etc/passwd' %}"} {
		tmpl, err := gonja.New().Compile(source)
		if err != nil {
			continue
		}
		text, err := tmpl.Render(context.Background(), nil)
		require.Error(t, err, source)
		require.Empty(t, text)
	}
}

func TestFailuresAreErrors(t *testing.T) {
	t.Parallel()
	for _, source := range []string{
		"{{ 1 % 0 }}", "{{ 'a' | int(base=1) }}", "{% raw %}", "{{", "{% if", "{{ none | max }}", "{{ '1' | int(base=1) }}",
		strings.Repeat("(", 100_000), "{{ " + strings.Repeat("[", 100_000), "{{ nope.x }}", "{{ 1 is divisibleby }}",
	} {
		tmpl, err := gonja.New().Compile(source)
		if err == nil {
			_, err = tmpl.Render(context.Background(), nil)
		}
		if err != nil {
			require.NotEmpty(t, jinja.KindOf(err), source)
		}
	}
}
