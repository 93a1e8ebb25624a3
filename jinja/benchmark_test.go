package jinja_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel/jinja"
	"github.com/petrel-dev/petrel/jinja/gonja"
)

// typical are templates as packs have them.
var typical = []struct{ name, source string }{
	{"variable", `{{ s }}`},
	{"path", `{{ a.b.c[0].d }}`},
	{"text", `host={{ host }} port={{ port }} user={{ user }}`},
	{"filters", `{{ people | selectattr('active') | map(attribute='name') | sort | join(', ') }}`},
	{"if", `{% if port == 22 %}ssh {{ host }}{% elif port == 80 %}curl {{ host }}{% else %}none{% endif %}`},
	{"for", `{% for p in people %}{{ loop.index }}. {{ p.name }}{% if not loop.last %}, {% endif %}{% endfor %}`},
	{"method", `{{ stamp.split('T')[0] }}`},
	{"default", `{{ user | default('nobody', true) | upper }}`},
	{"inlineif", `{{ 'big' if port > 10 and host in hosts else 'small' }}`},
	{"replace", `{{ (host ~ ':' ~ port) | replace('.', '-') | lower }}`},
}

// benchmarkVars are as many names as a workflow has.
func benchmarkVars() jinja.Map {
	vars := jinja.Map{
		"s":     "some text",
		"a":     map[string]any{"b": map[string]any{"c": []any{map[string]any{"d": "deep"}}}},
		"host":  "web1.example.com",
		"hosts": []any{"web1.example.com", "web2.example.com"},
		"port":  int64(22),
		"user":  "stanley",
		"stamp": "2024-01-01T10:11:12",
		"people": []any{
			map[string]any{"name": "Cid", "active": true},
			map[string]any{"name": "Ann", "active": true},
			map[string]any{"name": "Bob", "active": false},
		},
	}
	for i := range 36 {
		vars[fmt.Sprintf("other%d", i)] = i
	}
	return vars
}

// BenchmarkRender compares this engine with gonja, compiled templates both.
func BenchmarkRender(b *testing.B) {
	vars := benchmarkVars()
	ctx := context.Background()
	for _, c := range typical {
		for _, engine := range []struct {
			name string
			jinja.Engine
		}{{"petrel", jinja.StackStorm()}, {"gonja", gonja.New()}} {
			b.Run(c.name+"/"+engine.name, func(b *testing.B) {
				t, err := engine.CompileRenderer(c.source)
				require.NoError(b, err)
				b.ReportAllocs()
				for b.Loop() {
					if _, err := t.Render(ctx, vars); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// BenchmarkCompile measures compiling alone.
func BenchmarkCompile(b *testing.B) {
	for _, c := range typical {
		for _, engine := range []struct {
			name string
			jinja.Engine
		}{{"petrel", jinja.StackStorm()}, {"gonja", gonja.New()}} {
			b.Run(c.name+"/"+engine.name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if _, err := engine.CompileRenderer(c.source); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// BenchmarkCached measures what a host with a cache pays for a text it has
// seen before.
func BenchmarkCached(b *testing.B) {
	cache := jinja.NewCache(jinja.StackStorm(), 100)
	vars := benchmarkVars()
	b.ReportAllocs()
	for b.Loop() {
		t, err := cache.Compile(typical[0].source)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := t.Render(context.Background(), vars); err != nil {
			b.Fatal(err)
		}
	}
}
