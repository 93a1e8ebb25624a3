package criteria_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/petrel-dev/petrel/criteria"
	"github.com/petrel-dev/petrel/pyvalue"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// plainMatch evaluates every rule in order: what a matcher must not differ from.
func plainMatch(t require.TestingT, rules []criteria.Rule, in *criteria.Input) criteria.Matches {
	var out criteria.Matches
	for _, backstop := range []bool{false, true} {
		if backstop && len(out.Rules) > 0 {
			break
		}
		for _, rule := range rules {
			if rule.Backstop != backstop {
				continue
			}
			result, err := rule.Program.Evaluate(context.Background(), in)
			require.NoError(t, err)
			if result.Matched {
				out.Rules = append(out.Rules, rule.ID)
			}
			for _, f := range result.Failures {
				out.Failures = append(out.Failures, criteria.RuleFailure{Rule: rule.ID, Failure: f})
			}
		}
	}
	return out
}

// texts of the result, to compare failures by what they say.
func summary(m criteria.Matches) []string {
	out := slices.Clone(m.Rules)
	for _, f := range m.Failures {
		out = append(out, fmt.Sprintf("%s %s %v", f.Rule, f.Kind, f.Failure))
	}
	return out
}

// world is what rules and events of one check are made of: a few fields and
// values, so that rules match often, or many, so that the index gets wide.
type world struct {
	field *rapid.Generator[string]
	value *rapid.Generator[any]
}

var (
	narrow = world{
		rapid.SampledFrom([]string{"a", "b"}),
		rapid.SampledFrom([]any{"x", "X", int64(1), 1.0, true, nil, []byte{0xff}}),
	}
	wide = world{
		rapid.SampledFrom([]string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"}),
		rapid.SampledFrom([]any{
			"x", "X", "y", "", "1", int64(1), 1.0, true, false, int64(0), int64(2), 2.5, nil, []byte("x"), []byte{0xff},
			[]any{"x"}, []any{}, map[string]any{"a": "x"}, map[string]any{}, 1e300, int64(1 << 60), float64(1 << 60),
		}),
	}
	genOperator = rapid.SampledFrom([]string{
		"equals", "equals", "equals", "equals", "eq", "iequals", "inside", "nequals", "exists", "nexists", "contains",
		"startswith", "lt", "gt", "regex", "icontains", "ninside", "bogus", "timediff_lt", "EQUALS",
	})
)

func (w world) key(t *rapid.T) string {
	key := "trigger"
	for range rapid.SampledFrom([]int{1, 1, 1, 2, 2, 0}).Draw(t, "depth") {
		key += "." + w.field.Draw(t, "field")
	}
	return key + rapid.SampledFrom([]string{"", "", "", "", "", "#1", "[0]"}).Draw(t, "suffix")
}

func (w world) criterion(t *rapid.T) criteria.Criterion {
	c := criteria.Criterion{Key: w.key(t), Type: genOperator.Draw(t, "operator")}
	if c.Type == "inside" {
		c.Pattern = rapid.SliceOfN(w.value, 0, 4).Draw(t, "list")
	} else {
		c.Pattern = w.value.Draw(t, "pattern")
	}
	return c
}

func (w world) payload(t *rapid.T) any {
	object := rapid.MapOfN(w.field, w.value, 0, 12)
	payload := object.Draw(t, "payload")
	for _, field := range []string{"a", "b"} {
		if rapid.Bool().Draw(t, "nested") {
			payload[field] = object.Draw(t, field)
		}
	}
	switch rapid.IntRange(0, 19).Draw(t, "shape") {
	case 0:
		return "x"
	case 1:
		return nil
	case 2, 3, 4:
		m, _ := pyvalue.ToMap(payload)
		return m
	}
	return payload
}

func (w world) rule(t *rapid.T, compiler *criteria.Compiler, id string) criteria.Rule {
	list := rapid.SliceOfN(rapid.Custom(w.criterion), 0, 3).Draw(t, "criteria")
	var options []criteria.Option
	if rapid.IntRange(0, 3).Draw(t, "with when") == 0 {
		options = append(options, criteria.When(w.when(t), nil))
	}
	program, err := compiler.Compile(list, options...)
	require.NoError(t, err)
	return criteria.Rule{ID: id, Program: program, Backstop: rapid.IntRange(0, 9).Draw(t, "backstop") == 0}
}

func (w world) when(t *rapid.T) string {
	path := "trigger." + w.field.Draw(t, "field")
	if rapid.Bool().Draw(t, "deep") {
		path += "." + w.field.Draw(t, "inner")
	}
	constant := rapid.SampledFrom([]string{`"x"`, "1", "1.0", "true", "nil", "2.5", `"1"`}).Draw(t, "constant")
	first := path + " == " + constant
	return first + rapid.SampledFrom([]string{
		"", ` && trigger.b == "x"`, ` || trigger.b == "x"`, ` and trigger.c > 1 and trigger.d == "y"`, ` && 1 == trigger.e`,
	}).Draw(t, "rest")
}

// TestMatcherEqualsPlainEvaluation puts, replaces and removes rules at random
// and checks after each step that the index changes neither verdicts nor
// failures.
func TestMatcherEqualsPlainEvaluation(t *testing.T) {
	compiler := criteria.NewCompiler(criteria.Lenient())
	rapid.Check(t, func(t *rapid.T) {
		w := narrow
		if rapid.Bool().Draw(t, "wide") {
			w = wide
		}
		m := criteria.NewMatcher()
		var rules []criteria.Rule
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			id := fmt.Sprint("r", rapid.IntRange(0, 30).Draw(t, "id"))
			at := slices.IndexFunc(rules, func(r criteria.Rule) bool { return r.ID == id })
			switch {
			case at >= 0 && rapid.Bool().Draw(t, "remove"):
				require.True(t, m.Remove(id))
				rules = slices.Delete(rules, at, at+1)
			case at >= 0:
				rules[at] = w.rule(t, compiler, id)
				m.Put(rules[at])
			default:
				rules = append(rules, w.rule(t, compiler, id))
				m.Put(rules[len(rules)-1])
			}
		}
		require.Equal(t, len(rules), m.Len())
		for range 20 {
			in := &criteria.Input{Payload: w.payload(t)}
			got, err := m.Match(context.Background(), in)
			require.NoError(t, err)
			require.Equal(t, summary(plainMatch(t, rules, in)), summary(got))
		}
		for _, rule := range rules {
			require.True(t, m.Remove(rule.ID))
		}
		got, err := m.Match(context.Background(), &criteria.Input{Payload: w.payload(t)})
		require.NoError(t, err)
		require.Empty(t, got.Rules)
		require.Zero(t, m.Len())
	})
}

// TestMatcherManyRules checks an index that is deep and wide.
func TestMatcherManyRules(t *testing.T) {
	m := criteria.NewMatcher()
	compiler := criteria.NewCompiler()
	var rules []criteria.Rule
	for i := range 3000 {
		list := []criteria.Criterion{
			{Key: "trigger.kind", Type: "equals", Pattern: fmt.Sprint("kind", i%3)},
			{Key: fmt.Sprint("trigger.deep.field", i%50), Type: "inside", Pattern: []any{int64(i), int64(i + 1)}},
			{Key: "trigger.name", Type: "iequals", Pattern: fmt.Sprint("Name", i%7)},
		}
		program, err := compiler.Compile(list[i%2:])
		require.NoError(t, err)
		rules = append(rules, criteria.Rule{ID: fmt.Sprint(i), Program: program, Backstop: i%11 == 0})
		m.Put(rules[i])
	}
	for i := range 300 {
		payload := map[string]any{
			"kind": fmt.Sprint("kind", i%3),
			"name": fmt.Sprint("NAME", i%7),
			"deep": map[string]any{fmt.Sprint("field", i%50): int64(i)},
		}
		if i%10 == 0 {
			payload["name"] = int64(i) // iequals fails
		}
		in := &criteria.Input{Payload: payload}
		got, err := m.Match(context.Background(), in)
		require.NoError(t, err)
		require.Equal(t, summary(plainMatch(t, rules, in)), summary(got))
	}
}

// TestMatcherReadersSeeWholeIndexes changes rules while events are matched.
func TestMatcherReadersSeeWholeIndexes(t *testing.T) {
	m := criteria.NewMatcher()
	compiler := criteria.NewCompiler()
	put := func(i int) {
		program, err := compiler.Compile([]criteria.Criterion{{Key: "trigger.n", Type: "equals", Pattern: int64(i % 10)}})
		require.NoError(t, err)
		m.Put(criteria.Rule{ID: fmt.Sprint(i), Program: program})
	}
	for i := range 100 {
		put(i)
	}
	var readers sync.WaitGroup
	done := make(chan struct{})
	for range 3 {
		readers.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				got, err := m.Match(context.Background(), &criteria.Input{Payload: map[string]any{"n": int64(3)}})
				if err != nil || len(got.Rules) < 10 || !slices.Contains(got.Rules, "93") {
					t.Errorf("got %v, %v", got, err)
					return
				}
			}
		})
	}
	for i := range 1000 {
		put(100 + i)
		if i%3 == 0 {
			m.Remove(fmt.Sprint(100 + i))
		}
		put(i % 100)
	}
	close(done)
	readers.Wait()
}

func TestMatcherStopsWithContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	m := criteria.NewMatcher()
	program, err := criteria.Compile(nil)
	require.NoError(t, err)
	for i := range 200 {
		m.Put(criteria.Rule{ID: fmt.Sprint(i), Program: program})
	}
	_, err = m.Match(ctx, &criteria.Input{Payload: map[string]any{"a": int64(1)}})
	require.ErrorIs(t, err, context.Canceled)
}
