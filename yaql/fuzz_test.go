package yaql_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/petrel-dev/petrel/pyvalue"
	"github.com/petrel-dev/petrel/yaql"
)

func addSources(f *testing.F) {
	var cases []parseCase
	readCorpus(f, "yaql-parse.json", &cases)
	for i, c := range cases {
		if i%7 == 0 {
			f.Add(c.Source)
		}
	}
}

func FuzzParse(f *testing.F) {
	addSources(f)
	f.Fuzz(func(t *testing.T, source string) {
		_, err := yaql.Parse(source)
		if err == nil {
			return
		}
		var e *yaql.Error
		if !errors.As(err, &e) {
			t.Fatalf("error of type %T", err)
		}
		if e.Offset < 0 || e.Offset > len(source) || e.Line < 1 || e.Column < 1 {
			t.Fatalf("position %d, %d:%d of %d bytes", e.Offset, e.Line, e.Column, len(source))
		}
		_, _ = e.Error(), e.Excerpt()
	})
}

func FuzzEval(f *testing.F) {
	addSources(f)
	env := yaql.Env{
		Context: map[string]any{
			"x": 5, "n": nil, "s": "Hello World", "l": []any{3, 1, 2}, "t": true, "f": 2.5,
			"d":      map[string]any{"a": 1, "b": map[string]any{"c": []any{"x"}}},
			"people": []any{map[string]any{"name": "Ann", "age": 30}, map[string]any{"name": "Bob", "age": nil}},
		},
		Data:   []any{1, "a", nil, []any{2}},
		Now:    func() time.Time { return time.Unix(0, 0) },
		Random: rand.New(rand.NewPCG(1, 2)),
	}
	limits := yaql.DefaultLimits()
	limits.Steps, limits.Elements, limits.Bytes, limits.Memory = 20_000, 5_000, 1<<18, 4<<20
	f.Fuzz(func(t *testing.T, source string) {
		p, err := yaql.Compile(source, yaql.WithFunctions(yaql.Orquesta(), yaql.StackStorm()), yaql.WithLimits(limits))
		if err != nil {
			return
		}
		start := time.Now()
		v, err := p.Eval(context.Background(), env)
		if took := time.Since(start); took > 5*time.Second {
			t.Fatalf("took %v", took)
		}
		if err == nil {
			_ = pyvalue.Str(v)
			return
		}
		var e *yaql.Error
		if !errors.As(err, &e) {
			t.Fatalf("error of type %T: %v", err, err)
		}
		if len(e.Message) > 14 && e.Message[:14] == "internal error" {
			t.Fatal(e.Message)
		}
		if e.Line < 1 || utf8.ValidString(source) && !utf8.ValidString(e.Source) {
			t.Fatalf("no position: %+v", e)
		}
	})
}
