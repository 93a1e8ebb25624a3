package jinja_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/petrel-dev/petrel/internal/conformance"
	"github.com/petrel-dev/petrel/jinja"
	"github.com/petrel-dev/petrel/pyvalue"
)

func seeds(f *testing.F) {
	for _, file := range []string{"jinja-orquesta.json", "jinja-st2.json"} {
		for i, c := range conformance.Load(f, "expressions", file) {
			if text := c.String("expr"); text != "" && i%5 == 0 {
				f.Add(text)
			}
		}
	}
	for _, c := range typical {
		f.Add(c.source)
	}
	for _, source := range hostile {
		f.Add(source)
	}
}

// FuzzCompile checks that every text compiles or is refused, and that what
// compiles is described without trouble.
func FuzzCompile(f *testing.F) {
	seeds(f)
	environments := plainEnvironments()
	f.Fuzz(func(t *testing.T, source string) {
		for _, env := range environments {
			tmpl, err := env.Compile(source)
			if err != nil {
				if e, ok := errors.AsType[*jinja.Error](err); !ok || e.Error() == "" || e.Kind == "" {
					t.Fatalf("%q: unexpected error %#v", source, err)
				} else {
					_ = e.Snippet()
				}
				continue
			}
			_ = tmpl.Variables()
		}
		_, _ = environments["strict"].CompileExpression(source)
	})
}

// FuzzRender checks that every template ends within its limits and leaves the
// host's data alone.
func FuzzRender(f *testing.F) {
	seeds(f)
	limits := jinja.Limits{Steps: 20_000, Memory: 4 << 20, Output: 1 << 20, Calls: 50}
	strict := jinja.StackStorm(jinja.WithLimits(limits))
	evaluator := jinja.NewInterpolator(jinja.Orquesta(jinja.WithLimits(limits), jinja.WithUndefined(jinja.Strict)), jinja.WithReevaluation(5))
	f.Fuzz(func(t *testing.T, source string) {
		data := func() jinja.Map {
			return jinja.Map{
				"x": int64(5), "y": 3, "s": "Hello World", "l": []any{int64(3), 1, int64(2)}, "n": nil,
				"d":      map[string]any{"a": int64(1), "b": []any{"x"}},
				"people": []any{map[string]any{"name": "Ann", "age": 30}, map[string]any{"name": "Bob", "age": 25}},
			}
		}
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		vars := data()
		before := pyvalue.Repr(map[string]any(vars))
		start := time.Now()
		if tmpl, err := strict.Compile(source); err == nil {
			_, _ = tmpl.Render(ctx, vars)
			if v, err := tmpl.Eval(ctx, vars); err == nil {
				_, _ = pyvalue.ReprWithin(v, 1<<20)
			}
		}
		_, _ = evaluator.Evaluate(ctx, source, vars)
		if after := pyvalue.Repr(map[string]any(vars)); after != before {
			t.Fatalf("%q changed the data of the host", source)
		}
		if took := time.Since(start); took > 15*time.Second {
			t.Fatalf("%q took %v", source, took)
		}
	})
}
