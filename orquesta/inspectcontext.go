package orquesta

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/petrel-dev/petrel/expression"
	"github.com/petrel-dev/petrel/internal/suggest"
)

// names is a set of variables. It is not changed once it is shared.
type names map[string]bool

func (n names) with(others ...string) names {
	if !slices.ContainsFunc(others, func(name string) bool { return !n[name] }) {
		return n
	}
	out := maps.Clone(n)
	for _, name := range others {
		out[name] = true
	}
	return out
}

// contextInspection finds variables that are used before they have a value.
type contextInspection struct {
	definition *Definition
	env        *expression.Environment
	findings   []Finding
}

func (d *Definition) inspectContext(env *expression.Environment, known []string) []Finding {
	c := &contextInspection{definition: d, env: env}
	variables := names{}.with(known...)
	variables = c.assignments("input", d.Inputs, variables)
	variables = c.assignments("vars", d.Vars, variables)
	c.assignments("output", d.Output, c.walk(variables))
	return c.findings
}

func (c *contextInspection) assignments(property string, list []Assignment, known names) names {
	for i, a := range list {
		c.check(passage{place{property, i}, "properties." + property, a.Value}, known)
		known = known.with(a.Name)
	}
	return known
}

func (c *contextInspection) check(p passage, known names) {
	type mention struct {
		name, text string
		language   expression.Language
	}
	seen := map[mention]bool{}
	for _, v := range c.env.Compile(p.value).Variables() {
		m := mention{v.Name, v.Text, v.Language}
		if seen[m] {
			continue
		}
		seen[m] = true
		private := strings.HasPrefix(v.Name, "__")
		if known[v.Name] && !private {
			continue
		}
		f := Finding{
			Category: Context, Position: c.definition.position(p.at), SpecPath: p.at.text(), SchemaPath: p.schema,
			Language: v.Language, Expression: v.Text,
		}
		if private {
			f.Message = fmt.Sprintf("Variable \"%s\" that is prefixed with double underscores is considered a private variable and cannot be referenced.", v.Name)
			c.findings = append(c.findings, f)
		}
		if !known[v.Name] {
			f.Message = fmt.Sprintf("Variable \"%s\" is referenced before assignment.", v.Name)
			f.Suggestion = suggest.DidYouMean(v.Name, maps.Keys(known))
			c.findings = append(c.findings, f)
		}
	}
}

// walk checks the tasks in the order in which Orquesta meets them, and returns
// all variables that some task knows. A join is checked with what the branches
// met so far publish.
func (c *contextInspection) walk(start names) names {
	type visit struct {
		task  string
		known names
	}
	var queue []visit
	for _, root := range c.definition.roots(c.definition.inbound()) {
		queue = append(queue, visit{root, start})
	}
	visited, queued, joined := map[string]bool{}, map[string]names{}, map[string]names{}
	known := maps.Clone(start)
	for len(queue) > 0 {
		v := queue[0]
		queue = queue[1:]
		if all := joined[v.task]; all != nil {
			v.known = all
		}
		visited[v.task] = true
		maps.Copy(known, v.known)
		task := c.definition.tasks[v.task]
		if task == nil || isCommand(v.task) {
			continue
		}
		for i, published := range c.task(task, v.known) {
			for _, target := range task.Transitions[i].Targets {
				next := c.definition.tasks[target]
				if visited[target] || next == nil && !isCommand(target) {
					continue
				}
				if next != nil && next.Join != nil {
					if joined[target] == nil {
						joined[target] = names{}
					}
					maps.Copy(joined[target], published)
					queue = append(queue, visit{target, nil})
					continue
				}
				if last, ok := queued[target]; !ok || !maps.Equal(last, published) {
					queued[target] = published
					queue = append(queue, visit{target, published})
				}
			}
		}
	}
	return known
}

// task checks one task and returns what is known after each transition.
func (c *contextInspection) task(t *Task, known names) []names {
	for _, p := range t.passages() {
		c.check(p, known)
	}
	after := make([]names, len(t.Transitions))
	for i, tr := range t.Transitions {
		if p, ok := t.whenPassage(i); ok {
			c.check(p, known)
		}
		after[i] = known
		at := place{"tasks", t.Name, "next", i}
		for j, a := range tr.Publish {
			c.check(passage{at.with("publish", j), nextSchema + "publish", a.Value}, after[i])
			after[i] = after[i].with(a.Name)
		}
		for _, target := range tr.Targets {
			c.check(passage{at.with("do"), nextSchema + "do", target}, after[i])
		}
	}
	return after
}
