package orquesta

import (
	"fmt"

	"github.com/petrel-dev/petrel/expression"
	"github.com/petrel-dev/petrel/pyvalue"
)

// passage is a property of a definition that may hold expressions.
type passage struct {
	at     place
	schema string
	value  any
}

// passages returns the properties of a task in which expressions are checked.
func (t *Task) passages() []passage {
	at := place{"tasks", t.Name}
	own := func(name string, value any) passage {
		return passage{at.with(name), taskSchema + ".properties." + name, value}
	}
	out := []passage{own("delay", t.Delay)}
	if t.Items != nil {
		out = append(out,
			passage{at.with("with", "items"), taskSchema + ".properties.with.properties.items", t.Items.Source},
			passage{at.with("with", "concurrency"), taskSchema + ".properties.with.properties.concurrency", t.Items.Concurrency})
	}
	return append(out, own("action", t.Action), own("input", t.Input))
}

// retryPassages are those of the retry policy, whose variables nobody checks.
func (t *Task) retryPassages() []passage {
	if t.Retry == nil {
		return nil
	}
	at := place{"tasks", t.Name, "retry"}
	path := taskSchema + ".properties.retry.properties."
	var out []passage
	if t.Retry.When != nil {
		out = append(out, passage{at.with("when"), path + "when", *t.Retry.When})
	}
	return append(out, passage{at.with("count"), path + "count", t.Retry.Count}, passage{at.with("delay"), path + "delay", t.Retry.Delay})
}

func (t *Task) whenPassage(i int) (passage, bool) {
	when := t.Transitions[i].When
	if when == nil {
		return passage{}, false
	}
	return passage{place{"tasks", t.Name, "next", i, "when"}, nextSchema + "when", *when}, true
}

// inspectExpressions finds the expressions that do not parse.
func (d *Definition) inspectExpressions(env *expression.Environment) []Finding {
	var findings []Finding
	check := func(p passage) {
		for _, e := range env.Compile(p.value).Problems() {
			f := Finding{
				Category: Expressions, Position: d.position(p.at), Message: e.Message,
				SpecPath: p.at.text(), SchemaPath: p.schema, Language: e.Language, Expression: e.Expression,
			}
			if e.Kind == expression.KindMixed {
				f.Message, f.Language, f.Expression = "Expression with multiple types is not supported.", "", e.Text
			}
			if e.Suggestion != "" {
				f.Suggestion = fmt.Sprintf("did you mean %q?", e.Suggestion)
			}
			findings = append(findings, f)
		}
	}
	for _, name := range []string{"vars", "input", "output"} {
		value, _ := d.root.GetString(name)
		check(passage{place{name}, "properties." + name, value})
	}
	for t := range d.Tasks() {
		for _, p := range append(t.passages(), t.retryPassages()...) {
			check(p)
		}
		for i, tr := range t.Transitions {
			if p, ok := t.whenPassage(i); ok {
				check(p)
			}
			at := place{"tasks", t.Name, "next", i}
			for _, a := range tr.Publish {
				check(passage{at.with("publish"), nextSchema + "publish", pyvalue.MapOf(a.Name, a.Value)})
			}
			for _, target := range tr.Targets {
				check(passage{at.with("do"), nextSchema + "do", target})
			}
		}
	}
	return findings
}
