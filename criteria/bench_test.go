package criteria_test

import (
	"context"
	"fmt"
	"runtime"
	"testing"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/types"
	"github.com/expr-lang/expr/vm"
	"github.com/petrel-dev/petrel/criteria"
	"github.com/stretchr/testify/require"
)

var ruleCounts = []int{1, 10, 100, 1_000, 10_000, 100_000}

// benchCriteria are one to three criteria, one of them an equality that no
// other rule shares.
func benchCriteria(i int) []criteria.Criterion {
	list := []criteria.Criterion{
		{Key: "trigger.repo", Type: "equals", Pattern: fmt.Sprint("org/repo-", i)},
		{Key: "trigger.title", Type: "startswith", Pattern: "Fix"},
		{Key: "trigger.count", Type: "gt", Pattern: int64(3)},
	}
	return list[:1+i%3]
}

func benchPayload(i int) map[string]any {
	return map[string]any{
		"action": "opened", "repo": fmt.Sprint("org/repo-", i), "title": "Fix the roof", "count": int64(7),
		"sender": map[string]any{"login": "ada", "id": int64(42)}, "labels": []any{"bug", "p1"}, "draft": false,
	}
}

// benchPayloads are events of which each matches one rule, spread over the rules.
func benchPayloads(rules int) []*criteria.Input {
	inputs := make([]*criteria.Input, min(rules, 4096))
	for i := range inputs {
		inputs[i] = &criteria.Input{Payload: benchPayload(i * 7919 % rules)}
	}
	return inputs
}

func benchMatcher(tb testing.TB, rules int, list func(i int) []criteria.Criterion, options ...criteria.Option) *criteria.Matcher {
	compiler := criteria.NewCompiler()
	m := criteria.NewMatcher()
	for i := range rules {
		program, err := compiler.Compile(list(i), options...)
		require.NoError(tb, err)
		m.Put(criteria.Rule{ID: fmt.Sprint("rule-", i), Program: program})
	}
	return m
}

func runMatcher(b *testing.B, m *criteria.Matcher, inputs []*criteria.Input, want int) {
	b.Helper()
	b.ReportAllocs()
	ctx := context.Background()
	runtime.GC() // what building the rules left behind
	i := 0
	for b.Loop() {
		got, err := m.Match(ctx, inputs[i%len(inputs)])
		if err != nil || len(got.Rules) != want {
			b.Fatalf("got %v, %v", got, err)
		}
		i++
	}
}

// BenchmarkMatch measures one event against rules of which one matches, beside
// a map written by hand and a loop over compiled expressions.
func BenchmarkMatch(b *testing.B) {
	for _, rules := range ruleCounts {
		inputs := benchPayloads(rules)
		b.Run(fmt.Sprintf("matcher/%d", rules), func(b *testing.B) {
			runMatcher(b, benchMatcher(b, rules, benchCriteria), inputs, 1)
		})
		b.Run(fmt.Sprintf("map/%d", rules), func(b *testing.B) { benchHandWritten(b, rules, inputs) })
		if rules <= 10_000 {
			b.Run(fmt.Sprintf("exprloop/%d", rules), func(b *testing.B) { benchExpressions(b, rules, inputs) })
		}
	}
}

// benchHandWritten is what a program without rules would do: a map from the
// value of the equality to functions.
func benchHandWritten(b *testing.B, rules int, inputs []*criteria.Input) {
	type rule struct {
		id    string
		match func(map[string]any) bool
	}
	index := map[string][]rule{}
	for i := range rules {
		matches := []func(map[string]any) bool{
			func(map[string]any) bool { return true },
			func(p map[string]any) bool {
				title, ok := p["title"].(string)
				return ok && len(title) >= 3 && title[:3] == "Fix"
			},
			func(p map[string]any) bool {
				title, ok := p["title"].(string)
				count, isInt := p["count"].(int64)
				return ok && len(title) >= 3 && title[:3] == "Fix" && isInt && count > 3
			},
		}
		repo := fmt.Sprint("org/repo-", i)
		index[repo] = append(index[repo], rule{fmt.Sprint("rule-", i), matches[i%3]})
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		payload := inputs[i%len(inputs)].Payload.(map[string]any)
		var matched []string
		if repo, ok := payload["repo"].(string); ok {
			for _, r := range index[repo] {
				if r.match(payload) {
					matched = append(matched, r.id)
				}
			}
		}
		if len(matched) != 1 {
			b.Fatal(matched)
		}
		i++
	}
}

func benchExpressions(b *testing.B, rules int, inputs []*criteria.Input) {
	programs := make([]*vm.Program, rules)
	for i := range programs {
		source := fmt.Sprintf(`trigger.repo == "org/repo-%d"`, i) +
			[]string{"", ` and trigger.title startsWith "Fix"`, ` and trigger.title startsWith "Fix" and trigger.count > 3`}[i%3]
		var err error
		programs[i], err = expr.Compile(source, expr.Env(types.Map{"trigger": types.Any}))
		require.NoError(b, err)
	}
	var machine vm.VM
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		env := map[string]any{"trigger": inputs[i%len(inputs)].Payload}
		matched := 0
		for _, program := range programs {
			result, err := machine.Run(program, env)
			if err != nil {
				b.Fatal(err)
			}
			if result == true {
				matched++
			}
		}
		if matched != 1 {
			b.Fatal(matched)
		}
		i++
	}
}

// BenchmarkMatchWhen measures rules whose equality is in an expression.
func BenchmarkMatchWhen(b *testing.B) {
	for _, rules := range []int{1, 1_000, 100_000} {
		b.Run(fmt.Sprint(rules), func(b *testing.B) {
			compiler := criteria.NewCompiler()
			m := criteria.NewMatcher()
			for i := range rules {
				source := fmt.Sprintf(`trigger.repo == "org/repo-%d" and trigger.count > 3`, i)
				program, err := compiler.Compile(nil, criteria.When(source, nil))
				require.NoError(b, err)
				m.Put(criteria.Rule{ID: fmt.Sprint("rule-", i), Program: program})
			}
			runMatcher(b, m, benchPayloads(rules), 1)
		})
	}
}

// BenchmarkMatchShared measures rules that share their first equality.
func BenchmarkMatchShared(b *testing.B) {
	for _, rules := range []int{100, 10_000, 100_000} {
		b.Run(fmt.Sprint(rules), func(b *testing.B) {
			m := benchMatcher(b, rules, func(i int) []criteria.Criterion {
				return append([]criteria.Criterion{{Key: "trigger.action", Type: "equals", Pattern: "opened"}}, benchCriteria(i)...)
			})
			runMatcher(b, m, benchPayloads(rules), 1)
		})
	}
}

// BenchmarkMatchDistinctKeys measures rules that share no key.
func BenchmarkMatchDistinctKeys(b *testing.B) {
	for _, rules := range []int{100, 10_000, 100_000} {
		b.Run(fmt.Sprint(rules), func(b *testing.B) {
			m := benchMatcher(b, rules, func(i int) []criteria.Criterion {
				return []criteria.Criterion{{Key: fmt.Sprintf("trigger.sender.key%d", i), Type: "equals", Pattern: "x"}}
			})
			payload := benchPayload(1)
			payload["sender"].(map[string]any)["key7"] = "x"
			runMatcher(b, m, []*criteria.Input{{Payload: payload}}, 1)
		})
	}
}

// BenchmarkMatchNoEquality measures rules without any equality.
func BenchmarkMatchNoEquality(b *testing.B) {
	for _, rules := range []int{1, 100, 10_000} {
		b.Run(fmt.Sprint(rules), func(b *testing.B) {
			m := benchMatcher(b, rules, func(i int) []criteria.Criterion {
				return []criteria.Criterion{{Key: "trigger.count", Type: "gt", Pattern: int64(6 + i)}}
			})
			runMatcher(b, m, []*criteria.Input{{Payload: benchPayload(1)}}, 1)
		})
	}
}

// BenchmarkMatchRegex measures rules that consist of a regular expression.
func BenchmarkMatchRegex(b *testing.B) {
	for _, rules := range []int{1, 100, 10_000} {
		b.Run(fmt.Sprint(rules), func(b *testing.B) {
			m := benchMatcher(b, rules, func(i int) []criteria.Criterion {
				return []criteria.Criterion{{Key: "trigger.repo", Type: "regex", Pattern: fmt.Sprintf(`^org/repo-%d$`, i)}}
			})
			runMatcher(b, m, benchPayloads(rules), 1)
		})
	}
}

// BenchmarkPut measures replacing one of many rules, and reports the memory
// that each takes.
func BenchmarkPut(b *testing.B) {
	for _, rules := range []int{1_000, 100_000} {
		b.Run(fmt.Sprint(rules), func(b *testing.B) {
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			m := benchMatcher(b, rules, benchCriteria)
			runtime.GC()
			runtime.ReadMemStats(&after)
			program, err := criteria.Compile(benchCriteria(rules + 3))
			require.NoError(b, err)
			b.ReportAllocs()
			for b.Loop() {
				m.Put(criteria.Rule{ID: "new", Program: program})
				m.Remove("new")
			}
			b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/float64(rules), "B/rule")
		})
	}
}

// BenchmarkCompile measures compiling the criteria of one rule.
func BenchmarkCompile(b *testing.B) {
	compiler := criteria.NewCompiler()
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		if _, err := compiler.Compile(benchCriteria(i)); err != nil {
			b.Fatal(err)
		}
		i++
	}
}
