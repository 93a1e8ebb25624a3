package yaql_test

import (
	"context"
	"errors"
	"math/big"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel/pyvalue"
	"github.com/petrel-dev/petrel/yaql"
)

func eval(t *testing.T, source string, env yaql.Env, opts ...yaql.Option) (any, error) {
	t.Helper()
	p, err := yaql.Compile(source, opts...)
	require.NoError(t, err, source)
	return p.Eval(context.Background(), env)
}

func requireKind(t *testing.T, kind yaql.Kind, err error) *yaql.Error {
	t.Helper()
	var e *yaql.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, kind, e.Kind, "%v", err)
	return e
}

func TestEvalReadsHostData(t *testing.T) {
	env := yaql.Env{
		Data:      map[string]any{"n": 3, "list": []any{int32(1), float32(0.5), uint8(7)}},
		Variables: map[string]any{"name": "Ann"},
	}
	for source, want := range map[string]any{
		"$.n + 1":        int64(4),
		"$.list.sum()":   8.5,
		"$name":          "Ann",
		"$.list[2] = 7":  true,
		"$missing":       nil,
		"$.get(n) > 2.5": true,
		"len($.list)":    int64(3),
	} {
		got, err := eval(t, source, env)
		require.NoError(t, err, source)
		require.Equal(t, want, got, source)
	}
}

func TestEvalReadsGoTypes(t *testing.T) {
	type host struct {
		Name string `json:"name"`
		Tags []string
	}
	env := yaql.Env{Data: map[string]any{
		"hosts": []host{{"web1", []string{"a", "b"}}, {"db1", []string{}}},
		"env":   map[string]string{"HOME": "/root"},
	}}
	for source, want := range map[string]any{
		"$.hosts.name":                    []any{"web1", "db1"},
		"$.hosts.where(a in $.Tags).name": []any{"web1"},
		"$.env.HOME":                      "/root",
		"$.hosts.first()":                 pyvalue.MapOf("name", "web1", "Tags", pyvalue.NewList("a", "b")),
	} {
		got, err := eval(t, source, env)
		require.NoError(t, err, source)
		require.Equal(t, pyvalue.Str(want), pyvalue.Str(got), source)
	}
}

func TestEvalReturnsHostDataAsItIs(t *testing.T) {
	inner := map[string]any{"a": []any{1}}
	got, err := eval(t, "$.inner", yaql.Env{Data: map[string]any{"inner": inner}})
	require.NoError(t, err)
	got.(map[string]any)["mark"] = true
	require.Contains(t, inner, "mark")
}

func TestEvalNeverChangesHostData(t *testing.T) {
	data := map[string]any{"d": map[string]any{"a": int64(1)}, "l": []any{int64(3), int64(1)}}
	for _, source := range []string{
		"$.d.set(b, 2)", "$.d + {c => 3}", "$.d.delete(a)", "$.d.mergeWith({a => 9})",
		"$.l.insert(0, 9)", "$.l.orderBy($)", "$.l.reverse()", "$.l + [4]", "$.l.append(5).toList()",
	} {
		_, err := eval(t, source, yaql.Env{Data: data})
		require.NoError(t, err, source)
	}
	require.Equal(t, map[string]any{"d": map[string]any{"a": int64(1)}, "l": []any{int64(3), int64(1)}}, data)
}

func TestErrorsPointAtTheirPlace(t *testing.T) {
	for _, c := range []struct {
		source       string
		kind         yaql.Kind
		line, column int
		suggestion   string
	}{
		{"1 +\n  nope(2)", yaql.KindUnknownFunction, 2, 3, ""},
		{"'a'.toUper()", yaql.KindUnknownMethod, 1, 5, "toUpper"},
		{"coalese(1)", yaql.KindUnknownFunction, 1, 1, "coalesce"},
		{"{name => 1}.nme", yaql.KindKey, 1, 12, "name"},
		{"'ž' + 1", yaql.KindNoMatchingFunction, 1, 5, ""},
		{"[1][5]", yaql.KindIndex, 1, 4, ""},
		{"[1, 2].select(1 / 0)", yaql.KindZeroDivision, 1, 17, ""},
	} {
		_, err := eval(t, c.source, yaql.Env{})
		e := requireKind(t, c.kind, err)
		require.Equal(t, c.line, e.Line, "%s: %v", c.source, e)
		require.Equal(t, c.column, e.Column, "%s: %v", c.source, e)
		require.Equal(t, c.suggestion, e.Suggestion, c.source)
	}
	_, err := yaql.Compile("let(a => 1) ->\n\t$a && 2")
	e := requireKind(t, yaql.KindLexical, err)
	require.Equal(t, "\t$a && 2\n\t   ^", e.Excerpt())
	require.Equal(t, `2:5: illegal character '&' (did you mean "and"?)`, e.Error())
}

func TestWrongFormIsExplained(t *testing.T) {
	_, err := eval(t, "toUpper(abc)", yaql.Env{})
	require.Equal(t, "value.toUpper()", requireKind(t, yaql.KindUnknownFunction, err).Expected)
	_, err = eval(t, "abc.int()", yaql.Env{})
	require.Equal(t, "int(value)", requireKind(t, yaql.KindUnknownMethod, err).Expected)
}

func TestLimitsStopRunawayExpressions(t *testing.T) {
	limits := yaql.DefaultLimits()
	limits.Steps, limits.Elements, limits.Bytes, limits.Memory = 100_000, 10_000, 1<<20, 16<<20
	for _, source := range []string{
		"sequence().len()",
		"sequence()",
		"sequence().select($ * 2).where($ < 0).first()",
		"generateMany(1, [$, $])",
		"[1].cycle().toList()",
		"1.repeat().toSet()",
		"'a' * 1000000000",
		"[0] * 1000000000",
		"range(100000).toList()",
		"let(x => abcdefghij * 10000) -> [$x].repeat(10000).select($[0] + $[0]).toList()",
		"range(9000).select(range(9000).toList())",
		"'a'.replace('', 'b' * 1000000).replace('b', 'c' * 1000000)",
		"range(1000).aggregate($1 + $1, 'abc')",
		"range(100).aggregate($1 + $1, [1, 2])",
		"def(f, f($) + 1) -> f(1)",
		"def(f, f(f($))) -> f(1)",
		"range(100000).aggregate($1.select($), [1])",
		"range(9000).aggregate([$1], [])",
		"range(9000).aggregate({a => $1}, {}).mergeWith({})",
		"range(9000).aggregate([$1], []).flatten()",
		"range(5000).aggregate([$1], []) = range(5000).aggregate([$1], [])",
		"pow(10, pow(10, 10))",
		"shiftBitsLeft(1, 100000000000)",
		"call(call, [call, [call, [], {}], {}], {})",
		"def(g, call(g, [1], {})) -> g(1)",
		"set(range(100000))",
		"range(100000).groupBy($)",
		"(sequence() + [1]) = 1 or sequence().any($ < 0)",
		"range(9999).join('0123456789' * 1000)",
		"range(10000).orderBy(range(10000).orderBy(-$).first())",
	} {
		start := time.Now()
		_, err := eval(t, source, yaql.Env{}, yaql.WithLimits(limits))
		require.Less(t, time.Since(start), 10*time.Second, source)
		if err != nil {
			var e *yaql.Error
			require.ErrorAs(t, err, &e, source)
			require.NotContains(t, e.Message, "internal error", source)
		}
	}
	for _, source := range []string{"sequence().len()", "'a' * 1000000000", "def(f, f($)) -> f(1)", "range(100000).toList()"} {
		_, err := eval(t, source, yaql.Env{}, yaql.WithLimits(limits))
		require.ErrorIs(t, err, yaql.ErrLimit, source)
	}
}

func TestNestingOfTheSourceIsLimited(t *testing.T) {
	for _, source := range []string{
		strings.Repeat("(", 100_000) + "1" + strings.Repeat(")", 100_000),
		strings.Repeat("[", 100_000),
		strings.Repeat("-", 100_000) + "1",
		strings.Repeat("not ", 100_000) + "1",
		"1" + strings.Repeat(" + 1", 100_000),
		"1" + strings.Repeat(" -> 1", 100_000),
		"$" + strings.Repeat(".a", 100_000),
		"$" + strings.Repeat("[0]", 100_000),
		strings.Repeat("f(a => ", 100_000),
	} {
		_, err := yaql.Compile(source)
		require.ErrorIs(t, err, yaql.ErrLimit)
	}
	_, err := eval(t, "1"+strings.Repeat(" + 1", 900), yaql.Env{})
	require.NoError(t, err)
	_, err = yaql.Compile(strings.Repeat("a", 2<<20))
	require.ErrorIs(t, err, yaql.ErrLimit)
}

func TestDeepDataIsAnError(t *testing.T) {
	var deep any
	for range 100_000 {
		deep = []any{deep}
	}
	for _, source := range []string{"[$]", "str($)", "$ = [$]", "set($)", "$.flatten()", "json_dump($)", "{$ => 1}"} {
		_, err := eval(t, source, yaql.Env{Data: deep}, yaql.WithFunctions(yaql.StackStorm()))
		if err != nil {
			var e *yaql.Error
			require.ErrorAs(t, err, &e, source)
			require.NotContains(t, e.Message, "internal error", source)
		}
	}
}

func TestCancellation(t *testing.T) {
	p, err := yaql.Compile("sequence().len()", yaql.WithLimits(yaql.Limits{}))
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	_, err = p.Eval(ctx, yaql.Env{})
	requireKind(t, yaql.KindCanceled, err)
	require.ErrorIs(t, err, context.DeadlineExceeded)

	cause := errors.New("shutting down")
	canceled, stop := context.WithCancelCause(context.Background())
	stop(cause)
	_, err = p.Eval(canceled, yaql.Env{})
	require.ErrorIs(t, err, cause)
}

func TestProgramIsSafeForConcurrentUse(t *testing.T) {
	source := "ctx().people.where($.age > 20 and $.name =~ '^[A-Z]').orderBy($.age).select({n => $.name.toUpper(), d => str($.age)}).toList()"
	p, err := yaql.Compile(source, workflowOptions...)
	require.NoError(t, err)
	env := yaql.Env{Context: map[string]any{"people": []any{
		map[string]any{"name": "Bob", "age": 41}, map[string]any{"name": "Ann", "age": 30}, map[string]any{"name": "cid", "age": 50},
	}}}
	want, err := p.Eval(context.Background(), env)
	require.NoError(t, err)
	broken, err := yaql.Compile("nope(1 + 'a')")
	require.NoError(t, err)
	var wg sync.WaitGroup
	for range 64 {
		wg.Go(func() {
			for range 50 {
				got, err := p.Eval(context.Background(), env)
				if err != nil || pyvalue.Str(got) != pyvalue.Str(want) {
					t.Errorf("got %v, %v", pyvalue.Str(got), err)
					return
				}
				if _, err := broken.Eval(context.Background(), env); err == nil || err.Error() == "" {
					t.Error("no error")
					return
				}
			}
		})
	}
	wg.Wait()
}

func TestHostFunctions(t *testing.T) {
	set, err := yaql.NewFunctionSet(
		yaql.Function{
			Name:   "greet",
			Params: []yaql.Param{{Name: "name", Type: yaql.String}, {Name: "mark", Type: yaql.String, Optional: true, Default: "!"}},
			Call: func(_ yaql.Invocation, args []any) (any, error) {
				return "Hello, " + args[0].(string) + args[1].(string), nil
			},
		},
		yaql.Function{
			Name:   "total",
			Method: true,
			Params: []yaql.Param{{Name: "items", Type: yaql.Iterable}, {Name: "more", Type: yaql.Number, Variadic: true}},
			Call: func(_ yaql.Invocation, args []any) (any, error) {
				return len(args[0].([]any)) + len(args[1:]), nil
			},
		},
		yaql.Function{Name: "broken", Call: func(yaql.Invocation, []any) (any, error) { return nil, errors.New("out of order") }},
		yaql.Function{Name: "panics", Call: func(yaql.Invocation, []any) (any, error) { panic("boom") }},
	)
	require.NoError(t, err)
	for source, want := range map[string]any{
		"greet(Ann)":                    "Hello, Ann!",
		"greet(Ann, mark => '?')":       "Hello, Ann?",
		"[Ann, Bob].select(greet($))":   []any{"Hello, Ann!", "Hello, Bob!"},
		"range(3).total(1, 2.5)":        int64(5),
		"[1, 2].total() + 1":            int64(3),
		"greet('a' + greet(b)).len()":   int64(18),
		"call(greet, [a], {mark => x})": "Hello, ax",
	} {
		got, err := eval(t, source, yaql.Env{}, yaql.WithFunctions(set))
		require.NoError(t, err, source)
		require.Equal(t, want, got, source)
	}
	_, err = eval(t, "greet(1)", yaql.Env{}, yaql.WithFunctions(set))
	requireKind(t, yaql.KindNoMatchingFunction, err)
	_, err = eval(t, "broken()", yaql.Env{}, yaql.WithFunctions(set))
	require.Equal(t, "1:1: out of order", requireKind(t, yaql.KindException, err).Error())
	_, err = eval(t, "panics()", yaql.Env{}, yaql.WithFunctions(set))
	requireKind(t, yaql.KindException, err)

	_, err = yaql.NewFunctionSet(yaql.Function{Name: "x"})
	require.Error(t, err)
}

func TestClockAndRandomnessComeFromTheHost(t *testing.T) {
	_, err := eval(t, "now()", yaql.Env{})
	requireKind(t, yaql.KindEvaluation, err)
	_, err = eval(t, "random()", yaql.Env{})
	requireKind(t, yaql.KindEvaluation, err)
	zone := time.FixedZone("", 7200)
	env := yaql.Env{Now: func() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC) }, Location: zone}
	got, err := eval(t, "[now().year, now(localtz()).hour, localtz().hours, str(now())]", env)
	require.NoError(t, err)
	require.Equal(t, []any{int64(2026), int64(5), 2.0, "2026-01-02 03:04:05.000006+00:00"}, got)
}

func TestVariables(t *testing.T) {
	p, err := yaql.Compile("ctx().a + ctx(b) + ctx('c').d + $x.select($.y + ctx(name)) + ctx($z)")
	require.NoError(t, err)
	require.Equal(t, []string{"$", "$x", "$z", "a", "b", "c", "name"}, p.Variables())
}

func TestCheckFindsUnknownNames(t *testing.T) {
	p, err := yaql.Compile("def(mine, 1) -> mine() + coalese(1) + [1].selct($).len()")
	require.NoError(t, err)
	problems := p.Check()
	require.Len(t, problems, 2)
	require.Equal(t, "coalesce", problems[0].Suggestion)
	require.Equal(t, "select", problems[1].Suggestion)
}

func TestBigIntegers(t *testing.T) {
	got, err := eval(t, "9223372036854775807 + 1", yaql.Env{})
	require.NoError(t, err)
	require.Equal(t, new(big.Int).Lsh(big.NewInt(1), 63), got)
	got, err = eval(t, "9223372036854775807 + 1 - 1", yaql.Env{})
	require.NoError(t, err)
	require.Equal(t, int64(9223372036854775807), got)
}
