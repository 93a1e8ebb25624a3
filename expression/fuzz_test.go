package expression_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/petrel-dev/petrel/expression"
	"github.com/petrel-dev/petrel/internal/conformance"
	"github.com/petrel-dev/petrel/jinja"
	"github.com/petrel-dev/petrel/pyvalue"
	"github.com/petrel-dev/petrel/yaql"
)

// FuzzText evaluates texts, in which data may be code, and looks for panics,
// errors of the wrong type and places outside of the text.
func FuzzText(f *testing.F) {
	for _, file := range []string{"inspect.json", "jinja-orquesta.json", "yaql.json"} {
		for i, c := range conformance.Load(f, "expressions", file) {
			for _, name := range []string{"statement", "expr"} {
				if text := c.String(name); text != "" && i%5 == 0 {
					f.Add(text, i%2 == 0)
				}
			}
		}
	}
	f.Add("{% raw %}{{ 1 }}{% endraw %}\r\n{% raw %}{0}{1}{% endraw %}{{ ctx().code }}<% 1 %>", true)
	f.Add("{% raw %}ä{% endraw %}{{ 1 / 0 }} {{ ctx('code') }}", false)
	limits := yaql.DefaultLimits()
	limits.Steps, limits.Elements, limits.Bytes, limits.Memory = 20_000, 5_000, 1<<18, 4<<20
	options := []expression.Option{
		expression.WithYAQL(yaql.WithLimits(limits)),
		expression.WithJinja(jinja.WithLimits(jinja.Limits{Steps: 20_000, Output: 1 << 18, Memory: 4 << 20})),
		expression.WithCacheSize(10),
	}
	environments := map[bool]*expression.Environment{
		false: expression.NewEnvironment(options...),
		true:  expression.NewEnvironment(append(options, expression.WithReevaluation())...),
	}
	scope := workflow()
	scope.Variables.(map[string]any)["code"] = "<% ctx(name) %>{{ ctx().name }}"
	f.Fuzz(func(t *testing.T, source string, again bool) {
		program := environments[again].Compile(map[string]any{"k": source})
		for _, v := range program.Variables() {
			if !strings.HasPrefix(v.Text[v.Offset:], v.Name) || v.Line < 1 || v.Column < 1 {
				t.Fatalf("variable %+v", v)
			}
		}
		for _, e := range program.Problems() {
			checkPlace(t, e, source)
		}
		start := time.Now()
		v, err := program.Eval(context.Background(), scope)
		if took := time.Since(start); took > 10*time.Second {
			t.Fatalf("took %v", took)
		}
		if err == nil {
			_ = pyvalue.Repr(v)
			return
		}
		e, ok := errors.AsType[*expression.Error](err)
		if !ok {
			t.Fatalf("error of type %T: %v", err, err)
		}
		if strings.Contains(e.Message, "internal error") {
			t.Fatal(e)
		}
		checkPlace(t, e, source)
	})
}

func checkPlace(t *testing.T, e *expression.Error, source string) {
	t.Helper()
	if e.Kind == "" || e.Text != source || e.Offset < 0 || e.Offset > len(source) || e.Line < 1 || e.Column < 1 || e.Path != "k" {
		t.Fatalf("place of %+v", *e)
	}
	if _, caret, ok := strings.Cut(e.Excerpt(), "\n"); !ok || !strings.HasSuffix(caret, "^") {
		t.Fatalf("excerpt of %+v", *e)
	}
}
