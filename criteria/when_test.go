package criteria_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/petrel-dev/petrel/criteria"
	"github.com/petrel-dev/petrel/pyvalue"
	"github.com/stretchr/testify/require"
)

var pushSchema = map[string]any{
	"type": "object",
	"properties": map[string]any{
		"action": map[string]any{"type": "string"},
		"number": map[string]any{"type": "integer"},
		"score":  map[string]any{"type": []any{"number", "null"}},
		"draft":  map[string]any{"type": "boolean"},
		"repo": map[string]any{"type": "object", "properties": map[string]any{
			"name": map[string]any{"type": "string"},
		}},
		"labels": map[string]any{"type": "array", "items": map[string]any{
			"type": "object", "properties": map[string]any{"name": map[string]any{"type": "string"}},
		}},
		"free": map[string]any{"type": "object"},
	},
}

func TestWhenErrors(t *testing.T) {
	for name, c := range map[string]struct{ source, want string }{
		"unknown field": {
			`trigger.acton == "opened"`,
			"when:1:9: unknown field \"acton\" (did you mean \"action\"?)\n    trigger.acton == \"opened\"\n            ^",
		},
		"unknown field in a loop": {
			"trigger.draft and\nany(trigger.labels, .nam == 'bug')",
			"when:2:22: unknown field \"nam\" (did you mean \"name\"?)\n    any(trigger.labels, .nam == 'bug')\n                         ^",
		},
		"unknown name":     {`action == "opened"`, `when:1:1: unknown name "action" (the payload is under trigger)`},
		"mistyped name":    {`triger.action == "opened"`, `when:1:1: unknown name "triger" (did you mean "trigger"?)`},
		"mistyped builtin": {`uper(trigger.action) == "X"`, `when:1:1: unknown name "uper" (did you mean "upper"?)`},
		"wrong type":       {`trigger.number == "1"`, "when:1:16: invalid operation: == (mismatched types int and string)"},
		"not a condition":  {`trigger.action`, "expected bool"},
		"syntax":           {`trigger.action ==`, "unexpected token"},
		"bad regexp":       {`trigger.action matches "("`, "missing closing )"},
		"internal name":    {`__step()`, `unknown name "__step"`},
		"withheld":         {`toJSON(trigger) == ""`, `unknown name "toJSON"`},
		"arguments":        {`upper(1) == "X"`, "cannot use int as argument (type string)"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := criteria.Compile(nil, criteria.When(c.source, pushSchema))
			require.ErrorIs(t, err, criteria.ErrInvalid)
			require.Contains(t, err.Error(), c.want)
		})
	}
}

func TestWhen(t *testing.T) {
	now := time.Date(2024, 1, 10, 12, 0, 0, 0, time.UTC)
	payload := pyvalue.MapOf(
		"action", "opened", "number", int64(7), "score", nil, "draft", false,
		"repo", pyvalue.MapOf("name", "petrel"),
		"labels", pyvalue.NewList(pyvalue.MapOf("name", "bug"), pyvalue.MapOf("name", "p1")),
		"free", pyvalue.MapOf("x", 1.5),
	)
	for source, want := range map[string]bool{
		`trigger.action == "opened"`:                                      true,
		`trigger.action == "closed"`:                                      false,
		`trigger.repo.name startsWith "pet" and trigger.number > 5`:       true,
		`any(trigger.labels, .name == "bug") && !trigger.draft`:           true,
		`map(trigger.labels, .name) == ["bug", "p1"]`:                     true,
		`trigger.free.x + 1 == 2.5`:                                       true,
		`trigger.action + "!" == "opened!"`:                               true,
		`trigger.score == nil`:                                            true,
		`(trigger.score ?? 0) < 1`:                                        true,
		`st2kv.system.branch == "main"`:                                   true,
		`st2kv.system["dotted.name"] + "x" == "dx"`:                       true,
		`st2kv.system[trigger.action] == nil`:                             true,
		`config.team == "ops"`:                                            true,
		`config.missing == nil`:                                           true,
		`now() == date("2024-01-10T12:00:00Z")`:                           true,
		`join(map(trigger.labels, .name), "-") == "bug-p1"`:               true,
		`upper(trigger.action) == "OPENED" && lower("A") == "a"`:          true,
		`string(trigger.number) == "7"`:                                   true,
		`replace(trigger.action, "open", "clos") == "closed"`:             true,
		`repeat("ab", 2) == "abab"`:                                       true,
		`reduce(1..4, #acc + #, 0) == 10`:                                 true,
		`len(filter(trigger.labels, len(filter(1..3, # > 1)) == 2)) == 2`: true,
		`trigger.repo?.name == "petrel"`:                                  true,
		`trigger.action in ["opened", "reopened"]`:                        true,
		`"opened" == trigger.action`:                                      true,
	} {
		t.Run(source, func(t *testing.T) {
			program, err := criteria.Compile(nil, criteria.When(source, pushSchema))
			require.NoError(t, err)
			in := &criteria.Input{
				Payload: payload, Now: now,
				Datastore: func(_ context.Context, name string) (string, bool, error) {
					value, ok := map[string]string{"branch": "main", "dotted.name": "d"}[name]
					return value, ok, nil
				},
				Config: func(context.Context, string) (any, error) { return pyvalue.MapOf("team", "ops"), nil },
			}
			got, err := program.Evaluate(context.Background(), in)
			require.NoError(t, err)
			require.Empty(t, got.Failures)
			require.Equal(t, want, got.Matched)
		})
	}
}

func TestWhenFailures(t *testing.T) {
	broken := errors.New("store is down")
	for source, want := range map[string]string{
		`trigger.a.b.c == 1`:                     "1:13: cannot fetch c from <nil>",
		`trigger.n > "a"`:                        "1:11: ",
		`1 % trigger.zero == 1`:                  "divide by zero",
		`trigger.a`:                              "not true or false",
		`st2kv.system.x == "y"`:                  "store is down",
		`config.x == 1`:                          "the configuration cannot be read",
		`repeat("ab", 9999999999) == "x"`:        "longer than",
		`reduce(1..40, #acc + #acc, "ab") == ""`: "longer than",
		`let s = repeat("a", 1000000); join(map(1..1000, s), ",") == ""`: "longer than",
		`let s = repeat("a", 1000000); len(map(1..1000, upper(s))) == 1`: "longer than",
		`let s = repeat("a", 10000); replace(s, "a", s) == ""`:           "longer than",
		`len(map(1..100000, map(1..100000, #))) == 0`:                    "memory budget exceeded",
	} {
		t.Run(source, func(t *testing.T) {
			program, err := criteria.Compile(nil, criteria.When(source, nil))
			require.NoError(t, err)
			in := &criteria.Input{
				Payload:   map[string]any{"a": map[string]any{}, "n": int64(1), "zero": int64(0)},
				Datastore: func(context.Context, string) (string, bool, error) { return "", false, broken },
				Config:    func(context.Context, string) (any, error) { return nil, broken },
			}
			got, err := program.Evaluate(context.Background(), in)
			require.NoError(t, err)
			require.False(t, got.Matched)
			require.Len(t, got.Failures, 1)
			require.Equal(t, criteria.FailureWhen, got.Failures[0].Kind)
			require.Contains(t, got.Failures[0].Error(), want)
		})
	}
}

func TestWhenStopsWithContext(t *testing.T) {
	items := make([]any, 1000)
	program, err := criteria.Compile(nil, criteria.When(
		`any(trigger.l, any(trigger.l, any(trigger.l, any(trigger.l, false))))`, nil))
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	_, err = program.Evaluate(ctx, &criteria.Input{Payload: map[string]any{"l": items}})
	require.ErrorIs(t, err, context.DeadlineExceeded)
}

func TestWhenComesAfterCriteria(t *testing.T) {
	list := []criteria.Criterion{{Key: "trigger.a", Type: "equals", Pattern: int64(1)}}
	program, err := criteria.Compile(list, criteria.When(`trigger.b == 2`, nil))
	require.NoError(t, err)
	for _, c := range []struct {
		a, b any
		want bool
	}{{int64(1), int64(2), true}, {int64(0), int64(2), false}, {int64(1), int64(3), false}} {
		got, err := program.Evaluate(context.Background(), &criteria.Input{Payload: map[string]any{"a": c.a, "b": c.b}})
		require.NoError(t, err)
		require.Equal(t, c.want, got.Matched)
	}
	e, err := program.Explain(context.Background(), &criteria.Input{Payload: map[string]any{"a": int64(1), "b": int64(3)}})
	require.NoError(t, err)
	require.Len(t, e.Verdicts, 2)
	require.Equal(t, criteria.Verdict{Key: "when", Reached: true, Pattern: `trigger.b == 2`}, e.Verdicts[1])
}

func TestWhenSeesOpenSchemas(t *testing.T) {
	for _, schema := range []any{
		nil,
		map[string]any{"type": "object"},
		map[string]any{"type": "object", "additionalProperties": true, "properties": map[string]any{"a": map[string]any{}}},
		map[string]any{"anyOf": []any{}},
		"text",
	} {
		_, err := criteria.Compile(nil, criteria.When(`trigger.b.c == "x"`, schema))
		require.NoError(t, err, "%v", schema)
	}
}
