package criteria_test

import (
	"context"
	"fmt"
	"time"

	"github.com/petrel-dev/petrel/criteria"
)

func Example() {
	program, err := criteria.Compile([]criteria.Criterion{
		{Key: "trigger.body.action", Type: "inside", Pattern: []any{"opened", "reopened"}},
		{Key: "trigger.body.branch", Type: "equals", Pattern: "{{ st2kv.system.main_branch }}"},
		{Key: "trigger.headers['X-Event']", Type: "iregex", Pattern: "^pull"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	result, err := program.Evaluate(context.Background(), &criteria.Input{
		Payload: map[string]any{
			"body":    map[string]any{"action": "opened", "branch": "main"},
			"headers": map[string]any{"X-Event": "Pull_Request"},
		},
		Now: time.Now(),
		Datastore: func(_ context.Context, name string) (string, bool, error) {
			return "main", name == "main_branch", nil
		},
	})
	fmt.Println(result.Matched, err)
	// Output: true <nil>
}

func ExampleCompile() {
	_, err := criteria.Compile([]criteria.Criterion{
		{Key: "trigger.hosts", Type: "equalz", Pattern: "web1"},
		{Key: "trigger.n", Type: "greaterthan"},
	})
	fmt.Println(err)
	// Output:
	// criteria.trigger.hosts: unknown operator "equalz" (did you mean "equals"?)
	// criteria.trigger.n: operator "greaterthan" needs a pattern that is not null
}

func ExampleWhen() {
	schema := map[string]any{
		"type": "object",
		"properties": map[string]any{
			"action": map[string]any{"type": "string"},
			"labels": map[string]any{"type": "array", "items": map[string]any{"type": "string"}},
		},
	}
	_, err := criteria.Compile(nil, criteria.When(`trigger.acton == "opened"`, schema))
	fmt.Println(err)

	program, err := criteria.Compile(nil, criteria.When(`trigger.action == "opened" and "bug" in trigger.labels`, schema))
	if err != nil {
		fmt.Println(err)
		return
	}
	result, err := program.Evaluate(context.Background(), &criteria.Input{
		Payload: map[string]any{"action": "opened", "labels": []any{"bug", "p1"}},
	})
	fmt.Println(result.Matched, err)
	// Output:
	// when:1:9: unknown field "acton" (did you mean "action"?)
	//     trigger.acton == "opened"
	//             ^
	// true <nil>
}

func ExampleOperators() {
	between := func(_ context.Context, value, pattern any) (bool, error) {
		n, ok := value.(int64)
		limits, isList := pattern.([]any)
		if !ok || !isList || len(limits) != 2 {
			return false, fmt.Errorf("needs an integer and two limits")
		}
		low, _ := limits[0].(int64)
		high, _ := limits[1].(int64)
		return low <= n && n <= high, nil
	}
	program, err := criteria.Compile([]criteria.Criterion{
		{Key: "trigger.load", Type: "between", Pattern: []any{int64(10), int64(20)}},
	}, criteria.Operators(map[string]criteria.Operator{"between": between}))
	if err != nil {
		fmt.Println(err)
		return
	}
	result, err := program.Evaluate(context.Background(), &criteria.Input{Payload: map[string]any{"load": int64(12)}})
	fmt.Println(result.Matched, err)
	// Output: true <nil>
}

func ExampleProgram_Explain() {
	program, err := criteria.Compile([]criteria.Criterion{
		{Key: "trigger.host", Type: "startswith", Pattern: "web"},
		{Key: "trigger.load", Type: "gt", Pattern: "{{ trigger.limit }}"},
		{Key: "trigger.zone", Type: "equals", Pattern: "eu"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	explanation, err := program.Explain(context.Background(), &criteria.Input{
		Payload: map[string]any{"host": "web1", "load": int64(3), "limit": int64(5)},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, v := range explanation.Verdicts {
		if v.Reached {
			fmt.Printf("%s = %v %s %v: %v\n", v.Key, v.Value, v.Operator, v.Pattern, v.Matched)
		} else {
			fmt.Printf("%s: not reached\n", v.Key)
		}
	}
	// Output:
	// trigger.host = web1 startswith web: true
	// trigger.load = 3 gt 5: false
	// trigger.zone: not reached
}

func ExampleMatcher() {
	compiler := criteria.NewCompiler()
	matcher := criteria.NewMatcher()
	put := func(id, host string, backstop bool) {
		var list []criteria.Criterion
		if host != "" {
			list = []criteria.Criterion{{Key: "trigger.host", Type: "equals", Pattern: host}}
		}
		program, err := compiler.Compile(list)
		if err != nil {
			fmt.Println(err)
			return
		}
		matcher.Put(criteria.Rule{ID: id, Program: program, Backstop: backstop})
	}
	put("restart-web1", "web1", false)
	put("restart-web2", "web2", false)
	put("call-operator", "", true)

	for _, host := range []string{"web2", "db1"} {
		matches, err := matcher.Match(context.Background(), &criteria.Input{Payload: map[string]any{"host": host}})
		fmt.Println(host, matches.Rules, err)
	}
	// Output:
	// web2 [restart-web2] <nil>
	// db1 [call-operator] <nil>
}

func ExampleDecode() {
	list, err := criteria.Decode(map[string]any{
		"trigger.host": map[string]any{"type": "equals", "pattern": "web1"},
	})
	fmt.Println(list[0].Key, list[0].Type, list[0].Pattern, err)
	// Output: trigger.host equals web1 <nil>
}
