package jinja_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel/jinja"
)

// hostile are templates that try to take more than they may.
var hostile = []string{
	`{{ 'a' * 3000000000 }}`,
	`{{ 3000000000 * 'a' }}`,
	`{{ [0] * 1000000000 }}`,
	`{{ 'a'.center(4000000000) }}`,
	`{{ 'a'.ljust(400000000) | length }}`,
	`{{ 'a' | center(4000000000) }}`,
	`{{ '%4000000000d' % 1 }}`,
	`{{ '{:4000000000}'.format(1) }}`,
	`{{ 'a'.zfill(4000000000) }}`,
	`{{ ('a' * 1000000).replace('a', 'b' * 1000000) | length }}`,
	`{{ ('a' * 1000000) | replace('a', 'b' * 1000000) | length }}`,
	`{{ ('b' * 100000).join('a' * 100000) | length }}`,
	`{{ ('a' * 100000) | join('b' * 100000) | length }}`,
	`{{ 'a\n' * 1000000 | indent(1000000) }}`,
	`{{ ('a\n' * 1000000) | indent(1000000) | length }}`,
	`{{ 9 ** 9 ** 9 }}`,
	`{{ 9 ** 999999999 }}`,
	`{{ (2 ** 60) ** (2 ** 60) }}`,
	`{{ lipsum(10000000) | length }}`,
	`{{ lipsum(1, min=100000000, max=1000000000) | length }}`,
	`{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}`,
	`{% macro m(n) %}{{ m(n) }}{{ m(n) }}{% endmacro %}{{ m(1) }}`,
	`{% for i in [[1]] recursive %}{{ loop([[1]]) }}{% endfor %}`,
	`{% block b %}{{ self.b() }}{% endblock %}`,
	`{% for a in range(100000) %}{% for b in range(100000) %}{% for c in range(100000) %}{% endfor %}{% endfor %}{% endfor %}`,
	`{% for a in range(100000) %}{% for b in range(100000) %}{% if a is odd and b is odd %}{% endif %}{% endfor %}{% endfor %}`,
	`{% set l = [1] %}{% for i in l %}{% set _ = l.append(i) %}{% endfor %}`,
	`{% set ns = namespace(s='aaaaaaaaaa') %}{% for i in range(1000) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}`,
	`{% set ns = namespace(s=[1]) %}{% for i in range(1000) %}{% set ns.s = ns.s + ns.s %}{% endfor %}`,
	`{% set l = [] %}{% set _ = l.append(l) %}{{ l }}`,
	`{% set l = [] %}{% set _ = l.append(l) %}{{ l == l }}{{ l | tojson }}`,
	`{% set l = [] %}{% set _ = l.append(l) %}{{ l | pprint }}`,
	`{% set d = {} %}{% set _ = d.update(a=d) %}{{ d | string }}`,
	`{% set ns = namespace(l=[]) %}{% for i in range(100000) %}{% set ns.l = [ns.l] %}{% endfor %}{{ ns.l }}`,
	`{% set ns = namespace(l=[]) %}{% for i in range(5000) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l | length }}{{ ns.l == ns.l }}`,
	`{% set ns = namespace(l=[1]) %}{% for i in range(60) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l | string | length }}`,
	`{% set ns = namespace(l=[1], m=[1]) %}{% for i in range(60) %}{% set ns.l = [ns.l, ns.l] %}{% set ns.m = [ns.m, ns.m] %}{% endfor %}{{ ns.l == ns.m }}`,
	`{% set ns = namespace(l=[1], m=[1]) %}{% for i in range(60) %}{% set ns.l = [ns.l, ns.l] %}{% set ns.m = [ns.m, ns.m] %}{% endfor %}{{ ns.l < ns.m }}`,
	`{% set ns = namespace(l=[1], m=[1]) %}{% for i in range(60) %}{% set ns.l = [ns.l, ns.l] %}{% set ns.m = [ns.m, ns.m] %}{% endfor %}{{ ns.l in [ns.m] }}`,
	`{% set ns = namespace(l=[1], m=[1]) %}{% for i in range(60) %}{% set ns.l = [ns.l, ns.l] %}{% set ns.m = [ns.m, ns.m] %}{% endfor %}{{ [ns.l].count(ns.m) }}`,
	`{% set ns = namespace(l=[1], m=[1]) %}{% for i in range(60) %}{% set ns.l = [ns.l, ns.l] %}{% set ns.m = [ns.m, ns.m] %}{% endfor %}{{ [ns.l, ns.m] | sort | length }}`,
	`{% set ns = namespace(l={'a': 1}, m={'a': 1}) %}{% for i in range(60) %}{% set ns.l = {'a': ns.l, 'b': ns.l} %}{% set ns.m = {'a': ns.m, 'b': ns.m} %}{% endfor %}{{ ns.l is eq ns.m }}`,
	`{% set ns = namespace(t=(1,)) %}{% for i in range(60) %}{% set ns.t = (ns.t, ns.t) %}{% endfor %}{{ {ns.t: 1} | length }}`,
	`{% set ns = namespace(t=(1,)) %}{% for i in range(60) %}{% set ns.t = (ns.t, ns.t) %}{% endfor %}{{ {}[ns.t] is defined }}`,
	`{% set ns = namespace(t=(1,)) %}{% for i in range(60) %}{% set ns.t = (ns.t, ns.t) %}{% endfor %}{{ {}.get(ns.t) }}`,
	`{% set ns = namespace(t=(1,)) %}{% for i in range(60) %}{% set ns.t = (ns.t, ns.t) %}{% endfor %}{{ [ns.t] | unique | list | length }}`,
	`{% set ns = namespace(t=(1,)) %}{% for i in range(60) %}{% set ns.t = (ns.t, ns.t) %}{% endfor %}{{ dict([(ns.t, 1)]) | length }}`,
	`{% set ns = namespace(t=(1,)) %}{% for i in range(60) %}{% set ns.t = (ns.t, ns.t) %}{% endfor %}{{ dict.fromkeys([ns.t]) }}`,
	`{% set ns = namespace(t=(1,)) %}{% for i in range(60) %}{% set ns.t = (ns.t, ns.t) %}{% endfor %}{{ ns.t in {} }}`,
	`{% set ns = namespace(t=[1]) %}{% for i in range(60) %}{% set ns.t = [ns.t, ns.t] %}{% endfor %}{{ ns.t | to_yaml_string | length }}`,
	`{% set ns = namespace(t=[1]) %}{% for i in range(60) %}{% set ns.t = [ns.t, ns.t] %}{% endfor %}{{ ns.t | jsonpath_query('$..a') }}`,
	`{% set ns = namespace(t=[1]) %}{% for i in range(60) %}{% set ns.t = [ns.t, ns.t] %}{% endfor %}{{ '%s' % (ns.t,) | length }}`,
	`{% set ns = namespace(t=[1]) %}{% for i in range(60) %}{% set ns.t = [ns.t, ns.t] %}{% endfor %}{{ '{}'.format(ns.t) | length }}`,
	`{% set ns = namespace(l=[1]) %}{% for i in range(60) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l | tojson | length }}`,
	`{% set ns = namespace(l=[1]) %}{% for i in range(40) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l | pprint | length }}`,
	`{{ range(100000) | map('string') | map('center', 100000) | join | length }}`,
	`{{ [1] | batch(1000000000, 0) | list }}`,
	`{{ [1] | slice(1000000000) | list }}`,
	`{{ 1.5 | round(1000000000) }}`,
	`{{ 15 | round(-1000000000) }}`,
	`{{ 'a' | truncate(1000000000000) }}`,
	`{{ {'a': 1} | tojson(indent=1000000000) }}`,
	`{{ ('a' * 30) | regex_match('(a+)+$b') }}`,
	`{{ ('a' * 100000) | wordwrap(1) | length }}`,
	`{{ ('http://a.b ' * 100000) | urlize | length }}`,
	`{{ ('(' * 100000) | urlize | length }}`,
	`{{ '%s' * 100000 % (1,) }}`,
	`{{ (1, 2).__class__.__mro__ }}`,
	`{{ 'a'.encode().__class__ }}`,
	`{{ ''|attr('__class__')|attr('__mro__') }}`,
	`{{ '{0.__class__.__mro__}'.format('a') }}`,
	`{{ '{a.__class__}'.format_map({'a': 1}) }}`,
	`{{ range.__globals__.os }}`,
	`{{ cycler.__init__.__globals__.os.popen('id').read() }}`,
	`{{ self.__init__.__globals__ }}`,
	`{{ joiner.__init__ }}{{ x() }}`,
	`{% include '/etc/passwd' %}`,
	`{% import '/etc/passwd' as p %}`,
	`{% extends '/etc/passwd' %}`,
}

func TestHostileTemplatesEnd(t *testing.T) {
	t.Parallel()
	env := jinja.StackStorm(jinja.WithLimits(jinja.Limits{Steps: 300_000, Memory: 64 << 20, Output: 4 << 20}))
	for _, source := range hostile {
		start := time.Now()
		tmpl, err := env.Compile(source)
		if err == nil {
			_, err = tmpl.Render(context.Background(), jinja.Map{"x": 1})
		}
		took := time.Since(start)
		require.Less(t, took, 30*time.Second, source)
		if err != nil {
			var e *jinja.Error
			require.True(t, errors.As(err, &e), source)
		}
		t.Logf("%8.1f ms %-90.90s %v", float64(took.Microseconds())/1000, source, err)
	}
}

func TestDeepSourcesAreRefused(t *testing.T) {
	t.Parallel()
	for _, source := range []string{
		"{{ " + strings.Repeat("(", 200_000) + strings.Repeat(")", 200_000) + " }}",
		"{{ " + strings.Repeat("[", 200_000) + " }}",
		"{{ " + strings.Repeat("not ", 200_000) + "x }}",
		"{{ " + strings.Repeat("-", 200_000) + "x }}",
		"{{ " + strings.Repeat("1+", 200_000) + "1 }}",
		"{{ " + strings.Repeat("1 if x else ", 50_000) + "1 }}",
		"{{ x" + strings.Repeat("|e", 200_000) + " }}",
		"{{ x" + strings.Repeat(".a", 200_000) + " }}",
		"{{ x" + strings.Repeat("()", 200_000) + " }}",
		"{{ x" + strings.Repeat(" is none", 100_000) + " }}",
		strings.Repeat("{% if x %}", 50_000),
		"{% if x %}" + strings.Repeat("{% elif x %}", 50_000) + "{% endif %}",
		strings.Repeat("{% for x in y %}", 50_000),
		"{% set " + strings.Repeat("(", 100_000) + "a" + strings.Repeat(",)", 100_000) + " = 1 %}",
		"{{ " + strings.Repeat("{1:", 200_000) + " }}",
		strings.Repeat("{% raw %}", 100_000),
		strings.Repeat("{#", 400_000),
		strings.Repeat("{{", 400_000),
	} {
		start := time.Now()
		_, err := jinja.Compile(source)
		require.Error(t, err, "%.40s", source)
		require.Less(t, time.Since(start), 20*time.Second, "%.40s", source)
	}
}
