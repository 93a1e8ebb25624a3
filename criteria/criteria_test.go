package criteria_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/petrel-dev/petrel/criteria"
	"github.com/petrel-dev/petrel/pyregexp"
	"github.com/petrel-dev/petrel/pyvalue"
	"github.com/stretchr/testify/require"
)

func TestCompileReportsAllProblems(t *testing.T) {
	_, err := criteria.Compile([]criteria.Criterion{
		{Key: "trigger.hosts", Type: "equalz", Pattern: "x"},
		{Key: "trigger.a", Type: "equals"},
		{Key: "trigger.b", Pattern: 1},
		{Key: "trigger.c", Type: "=="},
		{Key: "trigger.d", Type: "exists"},
		{Key: "trigger.e", Type: "NExists"},
		{Key: "trigger.f", Type: "EQUALS", Pattern: false},
	}, criteria.When("trigger.a ==", nil))
	require.ErrorIs(t, err, criteria.ErrInvalid)
	var all *criteria.Error
	require.ErrorAs(t, err, &all)
	lines := strings.Split(err.Error(), "\n")
	require.Equal(t, []string{
		`criteria.trigger.hosts: unknown operator "equalz" (did you mean "equals"?)`,
		`criteria.trigger.a: operator "equals" needs a pattern that is not null`,
		`criteria.trigger.b: type is missing (name an operator, such as "equals")`,
		`criteria.trigger.c: unknown operator "=="`,
	}, lines[:4])
	require.Len(t, all.Problems, 5)
	require.Equal(t, "when", all.Problems[4].Key)
}

func TestWarnings(t *testing.T) {
	program, err := criteria.Compile([]criteria.Criterion{
		{Key: "trigger.", Type: "equals", Pattern: "x"},
		{Key: "trigger.a", Type: "regex", Pattern: "("},
		{Key: "trigger.b", Type: "equals", Pattern: "{{ x"},
		{Key: "trigger.c", Type: "equals", Pattern: "{{ trigger.n }"},
		{Key: "trigger.d", Type: "Search", Pattern: "x"},
		{Key: "trigger.e", Type: "search", Pattern: map[string]any{
			"item.a": map[string]any{"type": "bogus", "pattern": "x"},
			"item.b": "type",
			"item.c": map[string]any{"type": "iequals", "pattern": 1},
		}},
		{Key: "trigger.f", Type: "timediff_lt", Pattern: "soon"},
		{Key: "trigger.g", Type: "equals", Pattern: "fine"},
	})
	require.NoError(t, err)
	var keys []string
	for _, w := range program.Warnings() {
		keys = append(keys, w.Key)
	}
	require.Equal(t, []string{
		"trigger.", "trigger.a", "trigger.b", "trigger.c", "trigger.d",
		"trigger.e", "trigger.e > item.a", "trigger.e", "trigger.e > item.c", "trigger.f",
	}, keys)
}

func TestDecode(t *testing.T) {
	list, err := criteria.Decode(pyvalue.MapOf(
		"trigger.b", pyvalue.MapOf("type", "search", "condition", "any", "pattern", pyvalue.NewMap(0), "extra", true),
		"trigger.a", map[string]any{"pattern": int64(1)},
	))
	require.NoError(t, err)
	require.Equal(t, []string{"trigger.b", "trigger.a"}, []string{list[0].Key, list[1].Key})
	require.Equal(t, "any", list[0].Condition)
	require.Equal(t, criteria.Criterion{Key: "trigger.a", Pattern: int64(1)}, list[1])

	_, err = criteria.Decode(pyvalue.MapOf("a", "text", "b", nil, "c", pyvalue.MapOf("type", nil), "d", pyvalue.MapOf("type", "eq")))
	require.EqualError(t, err, strings.Join([]string{
		"criteria.a: must be a mapping with type and pattern",
		"criteria.b: must be a mapping with type and pattern, not NoneType",
		"criteria.c: type must be the name of an operator, not None",
	}, "\n"))
	_, err = criteria.Decode([]any{})
	require.EqualError(t, err, "criteria: must be a mapping of keys to criteria, not list")
}

func evaluate(t *testing.T, in *criteria.Input, list []criteria.Criterion, options ...criteria.Option) criteria.Result {
	t.Helper()
	program, err := criteria.Compile(list, options...)
	require.NoError(t, err)
	result, err := program.Evaluate(context.Background(), in)
	require.NoError(t, err)
	return result
}

func TestHostOperators(t *testing.T) {
	errOdd := errors.New("odd")
	options := criteria.Operators(map[string]criteria.Operator{
		"IsEven": func(_ context.Context, value, pattern any) (bool, error) {
			n, ok := value.(int64)
			if !ok {
				return false, errOdd
			}
			return (n%2 == 0) == pattern, nil
		},
		"equals": func(context.Context, any, any) (bool, error) { return true, nil },
	})
	in := &criteria.Input{Payload: map[string]any{"n": int64(4), "s": "x"}}
	require.True(t, evaluate(t, in, []criteria.Criterion{{Key: "trigger.n", Type: "iseven", Pattern: true}}, options).Matched)
	require.True(t, evaluate(t, in, []criteria.Criterion{{Key: "trigger.s", Type: "equals", Pattern: "y"}}, options).Matched)
	failed := evaluate(t, in, []criteria.Criterion{{Key: "trigger.s", Type: "isEven", Pattern: true}}, options)
	require.False(t, failed.Matched)
	require.ErrorIs(t, failed.Failures[0], errOdd)
	panics := criteria.Operators(map[string]criteria.Operator{
		"panics": func(context.Context, any, any) (bool, error) { panic("oops") },
	})
	failed = evaluate(t, in, []criteria.Criterion{{Key: "trigger.s", Type: "panics", Pattern: true}}, panics)
	require.ErrorContains(t, failed.Failures[0], "oops")
	_, err := criteria.Compile([]criteria.Criterion{{Key: "trigger.n", Type: "iseven", Pattern: true}})
	require.ErrorContains(t, err, "unknown operator")
}

func TestReplacedOperatorIsNotIndexed(t *testing.T) {
	m := criteria.NewMatcher()
	compiler := criteria.NewCompiler(criteria.Operators(map[string]criteria.Operator{
		"equals": func(context.Context, any, any) (bool, error) { return true, nil },
	}))
	for _, id := range []string{"a", "b", "c", "d", "e"} {
		program, err := compiler.Compile([]criteria.Criterion{{Key: "trigger.s", Type: "equals", Pattern: id}})
		require.NoError(t, err)
		m.Put(criteria.Rule{ID: id, Program: program})
	}
	got, err := m.Match(context.Background(), &criteria.Input{Payload: map[string]any{"s": "z"}})
	require.NoError(t, err)
	require.Len(t, got.Rules, 5)
}

func TestRegexTimeout(t *testing.T) {
	in := &criteria.Input{Payload: map[string]any{"s": strings.Repeat("a", 60) + "b"}}
	list := []criteria.Criterion{{Key: "trigger.s", Type: "regex", Pattern: `^(a|aa)+$`}}
	result := evaluate(t, in, list, criteria.RegexTimeout(20*time.Millisecond))
	require.False(t, result.Matched)
	require.ErrorIs(t, result.Failures[0], pyregexp.ErrTimeout)
}

func TestDatastoreFailureFailsTheCriterion(t *testing.T) {
	broken := errors.New("store is down")
	in := &criteria.Input{
		Payload:   map[string]any{"s": "x"},
		Datastore: func(context.Context, string) (string, bool, error) { return "", false, broken },
	}
	for _, pattern := range []string{"{{ st2kv.system.a }}", "{{ st2kv.system.a | string }}", "a{{ system.b }}", "{% if st2kv.system.a | string %}x{% endif %}"} {
		result := evaluate(t, in, []criteria.Criterion{{Key: "trigger.s", Type: "equals", Pattern: pattern}})
		require.Len(t, result.Failures, 1, pattern)
		require.Equal(t, criteria.FailureRender, result.Failures[0].Kind)
		require.ErrorIs(t, result.Failures[0], broken)
	}
}

func TestSearchReportsItsChildren(t *testing.T) {
	in := &criteria.Input{Payload: map[string]any{"l": []any{
		map[string]any{"a": int64(1)}, map[string]any{"a": "x"},
	}}}
	result := evaluate(t, in, []criteria.Criterion{{
		Key: "trigger.l", Type: "search", Condition: "any",
		Pattern: map[string]any{"item.a": map[string]any{"type": "startswith", "pattern": "x"}},
	}})
	require.True(t, result.Matched)
	require.Len(t, result.Failures, 1)
	require.Equal(t, "trigger.l > item.a", result.Failures[0].Key)
}

func TestSearchPatternFromPayloadCannotNestForever(t *testing.T) {
	pattern := "{{ trigger.p }}"
	child := map[string]any{"item": map[string]any{"type": "exists"}}
	for range 200 {
		child = map[string]any{"item": map[string]any{"type": "search", "condition": "any", "pattern": child}}
	}
	in := &criteria.Input{Payload: map[string]any{"p": child, "l": []any{map[string]any{}}}}
	result := evaluate(t, in, []criteria.Criterion{{Key: "trigger.l", Type: "search", Condition: "any", Pattern: pattern}})
	require.False(t, result.Matched)
	require.NotEmpty(t, result.Failures)
}

func TestExplain(t *testing.T) {
	program, err := criteria.Compile([]criteria.Criterion{
		{Key: "trigger.a", Type: "equals", Pattern: "{{ trigger.b }}"},
		{Key: "trigger.c", Type: "startswith", Pattern: "x"},
		{Key: "trigger.d", Type: "exists"},
	}, criteria.When("trigger.a == 1", nil))
	require.NoError(t, err)
	e, err := program.Explain(context.Background(), &criteria.Input{Payload: map[string]any{"a": int64(1), "b": int64(1)}})
	require.NoError(t, err)
	require.False(t, e.Matched)
	require.Len(t, e.Failures, 1)
	require.Equal(t, []criteria.Verdict{
		{Key: "trigger.a", Operator: "equals", Reached: true, Pattern: int64(1), Value: int64(1), Matched: true},
		{Key: "trigger.c", Operator: "startswith", Reached: true, Pattern: "x", Failures: e.Failures},
		{Key: "trigger.d", Operator: "exists"},
		{Key: "when"},
	}, e.Verdicts)

	e, err = program.Explain(context.Background(), &criteria.Input{Payload: map[string]any{}})
	require.NoError(t, err)
	require.True(t, e.EmptyPayload)
	require.False(t, e.Matched)
}

func TestKeysOfTheDatastore(t *testing.T) {
	in := &criteria.Input{
		Payload:   map[string]any{"a": "x"},
		Datastore: func(context.Context, string) (string, bool, error) { return "x", true, nil },
	}
	for _, c := range []struct {
		key, operator string
		matched       bool
	}{
		{"st2kv.system.a", "exists", true}, // the pattern is a text
		{"system.a", "exists", true},
		{"system.a", "equals", false},
		{"system['a'].b", "nequals", true},
		{"st2kv.user.a", "exists", false},
		{"other.a", "exists", false},
	} {
		result := evaluate(t, in, []criteria.Criterion{{Key: c.key, Type: c.operator, Pattern: "x"}})
		require.Equal(t, c.matched, result.Matched, c.key)
	}
	result := evaluate(t, in, []criteria.Criterion{{Key: "st2kv.system.a", Type: "exists", Pattern: int64(1)}})
	require.False(t, result.Matched, "no text pattern was rendered")
	result = evaluate(t, in, []criteria.Criterion{{Key: "system.a", Type: "contains", Pattern: "x"}})
	require.Len(t, result.Failures, 1)
}
