package criteria_test

import (
	"context"
	"testing"
	"time"

	"github.com/petrel-dev/petrel/criteria"
)

var fuzzPayload = map[string]any{
	"a": "x", "n": int64(5), "f": 1.5, "z": nil, "t": true, "l": []any{int64(1), "b", nil},
	"o": map[string]any{"k": "v", "é": []any{}}, "s": "web-1.example.org",
}

// fuzzEvaluate compiles and evaluates anything, through a matcher as well; what
// is checked is that nothing panics or hangs, that both agree, and that a
// verdict is not both a match and a failure of its only criterion.
func fuzzEvaluate(t *testing.T, compiler *criteria.Compiler, c criteria.Criterion) {
	program, err := compiler.Compile([]criteria.Criterion{c})
	if err != nil {
		t.Fatal(err)
	}
	in := &criteria.Input{Payload: fuzzPayload, Now: time.Unix(1704888000, 0).UTC()}
	result, err := program.Evaluate(context.Background(), in)
	if err != nil {
		t.Fatal(err)
	}
	if result.Matched && len(result.Failures) > 0 && c.Type != "search" {
		t.Fatalf("matched in spite of %v", result.Failures[0])
	}
	m := criteria.NewMatcher()
	for _, id := range []string{"1", "2", "3"} {
		m.Put(criteria.Rule{ID: id, Program: program})
	}
	got, err := m.Match(context.Background(), in)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Rules) > 0 != result.Matched || len(got.Failures) != 3*len(result.Failures) {
		t.Fatalf("matcher: %v, alone: %v", got, result)
	}
}

func FuzzKey(f *testing.F) {
	for _, key := range []string{
		"trigger.a", "trigger.o['k']", "trigger.l[0]", "trigger..k", "trigger.*", "system.x", "st2kv.system.x",
		"(trigger.a)|(trigger.n)", "trigger.l[1:2]#1", "trigger.o.'é'", "$", "trigger where a", "`this`", "trigger.", "",
	} {
		f.Add(key, "x")
	}
	compiler := criteria.NewCompiler()
	f.Fuzz(func(t *testing.T, key, pattern string) {
		fuzzEvaluate(t, compiler, criteria.Criterion{Key: key, Type: "equals", Pattern: pattern})
	})
}

func FuzzPattern(f *testing.F) {
	for _, pattern := range []string{
		"x", "x\n", "{{ trigger.a }}", "{{ trigger.n }}{{ trigger.n }}", "[{{ trigger.n }}]", "{{ trigger.n + 1 }}",
		"{% if trigger.t %}x{% endif %}", "{{- trigger.a -}}", "{{ st2kv.system.x }}", "{{", "{# c #}", "{{\n}}", "120",
	} {
		f.Add("equals", pattern)
		f.Add("inside", pattern)
	}
	for _, operator := range criteria.OperatorNames() {
		f.Add(operator, "{{ trigger.l }}")
	}
	compiler := criteria.NewCompiler(criteria.Lenient(), criteria.RegexTimeout(50*time.Millisecond))
	f.Fuzz(func(t *testing.T, operator, pattern string) {
		fuzzEvaluate(t, compiler, criteria.Criterion{Key: "trigger.a", Type: operator, Pattern: pattern, Condition: "any"})
	})
}

func FuzzWildcard(f *testing.F) {
	for _, pattern := range []string{"web*", "*.org", "w?b-[0-9]*", "[!a]*", "[]]", "[", "[z-a]", "[a-]", "**?", "é*"} {
		f.Add(pattern, "web-1.example.org")
	}
	compiler := criteria.NewCompiler()
	f.Fuzz(func(t *testing.T, pattern, value string) {
		// A text matches itself once the characters with a meaning are in brackets.
		quoted := ""
		for _, c := range value {
			switch c {
			case '*', '?', '[':
				quoted += "[" + string(c) + "]"
			default:
				quoted += string(c)
			}
		}
		for _, p := range []string{pattern, quoted} {
			program, err := compiler.Compile([]criteria.Criterion{{Key: "trigger.v", Type: "matchwildcard", Pattern: []byte(p)}})
			if err != nil {
				t.Fatal(err)
			}
			result, err := program.Evaluate(context.Background(), &criteria.Input{Payload: map[string]any{"v": value}})
			if err != nil {
				t.Fatal(err)
			}
			if p == quoted && string([]rune(value)) == value && !result.Matched {
				t.Fatalf("%q does not match %q", p, value)
			}
		}
	})
}

func FuzzRegex(f *testing.F) {
	for _, pattern := range []string{"^web", "(?i)WEB", `\d+`, "(a+)+$", "foo(?=bar)", "(", "(?P<x>w)(?P=x)", "[^\\W\\d]", "^web?-1", "wéb*", "w{0}eb", "e.a"} {
		f.Add(pattern, "web-1.example.org")
	}
	compiler := criteria.NewCompiler(criteria.RegexTimeout(50 * time.Millisecond))
	f.Fuzz(func(t *testing.T, pattern, value string) {
		for _, operator := range []string{"regex", "iregex", "matchregex"} {
			// An empty group in front changes nothing but how the pattern is run.
			a, b := matchRegex(t, compiler, operator, pattern, value), matchRegex(t, compiler, operator, "(?:)"+pattern, value)
			if len(a.Failures)+len(b.Failures) == 0 && a.Matched != b.Matched {
				t.Fatalf("%s %q on %q: %v, with a group in front %v", operator, pattern, value, a.Matched, b.Matched)
			}
		}
	})
}

func matchRegex(t *testing.T, compiler *criteria.Compiler, operator, pattern, value string) criteria.Result {
	program, err := compiler.Compile([]criteria.Criterion{{Key: "trigger.v", Type: operator, Pattern: []byte(pattern)}})
	if err != nil {
		t.Fatal(err)
	}
	result, err := program.Evaluate(context.Background(), &criteria.Input{Payload: map[string]any{"v": value}})
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func FuzzWhen(f *testing.F) {
	for _, source := range []string{
		`trigger.a == "x" and trigger.n > 3`, `any(trigger.l, # == 1)`, `st2kv.system.x + "y" == config.z`,
		`reduce(1..9, #acc + #, 0) == 45`, `trigger.o.k in ["v"] ? true : now() == nil`, `let x = trigger.s; upper(x) matches "^W"`,
	} {
		f.Add(source)
	}
	compiler := criteria.NewCompiler()
	f.Fuzz(func(t *testing.T, source string) {
		program, err := compiler.Compile(nil, criteria.When(source, nil))
		if err != nil {
			return
		}
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		in := &criteria.Input{Payload: fuzzPayload}
		alone, err := program.Evaluate(ctx, in)
		if err != nil {
			return
		}
		m := criteria.NewMatcher()
		for _, id := range []string{"1", "2", "3"} {
			m.Put(criteria.Rule{ID: id, Program: program})
		}
		got, err := m.Match(ctx, in)
		if err == nil && (len(got.Rules) > 0 != alone.Matched || len(got.Failures) != 3*len(alone.Failures)) {
			t.Fatalf("matcher: %v, alone: %v", got, alone)
		}
	})
}
