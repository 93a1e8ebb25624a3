package orquesta

import (
	"fmt"
	"slices"

	"github.com/petrel-dev/petrel/internal/suggest"
)

const (
	taskSchema = "properties.tasks.patternProperties." + wordKeys
	nextSchema = taskSchema + ".properties.next.items.properties."
)

const (
	noStartMessage = "Unable to identify any tasks to start the workflow. If the workflow has a loop, " +
		"please add a task that serves as an entry point (or lead) into the loop."
	unreachableMessage = "The join task %q is unreachable. A join task is determined to be unreachable if there are " +
		"nested forks from multi-referenced tasks that join on the said task. This is ambiguous to the workflow " +
		"engine because it does not know at which level should the join occurs."
)

// inspectSemantics checks the tasks and how they are connected.
func (d *Definition) inspectSemantics() []Finding {
	var findings []Finding
	add := func(at place, schema, suggestion, format string, args ...any) {
		findings = append(findings, Finding{
			Category: Semantics, Position: d.position(at), SpecPath: at.text(), SchemaPath: schema,
			Message: fmt.Sprintf(format, args...), Suggestion: suggestion,
		})
	}
	for _, name := range d.names {
		if isCommand(name) {
			add(place{"tasks", name}, taskSchema, "", "The task name %q is reserved with special function.", name)
		}
	}
	roots := d.roots(d.inbound())
	if len(roots) == 0 && len(d.names) > 0 {
		add(place{"tasks"}, "properties.tasks", "", noStartMessage)
	}
	for _, task := range d.reachable(roots) {
		for i, tr := range task.Transitions {
			for _, target := range tr.Targets {
				if d.tasks[target] == nil && !isCommand(target) {
					add(place{"tasks", task.Name, "next", i, "do"}, nextSchema+"do",
						suggest.DidYouMean(target, d.taskNames()), "The task \"%s\" is not defined.", target)
				}
			}
		}
	}
	for _, name := range d.unreachableJoins() {
		add(place{"tasks", name}, taskSchema, "", unreachableMessage, name)
	}
	for _, name := range d.names {
		if t := d.tasks[name]; t.Items != nil && t.Action == "" {
			add(place{"tasks", name}, taskSchema, "", "The action property is required for with items task.")
		}
	}
	return findings
}

// reachable returns the tasks that some root leads to, breadth first.
func (d *Definition) reachable(roots []string) []*Task {
	var out []*Task
	seen := map[string]bool{}
	queue := slices.Clone(roots)
	for len(queue) > 0 {
		t := d.tasks[queue[0]]
		queue = queue[1:]
		if t == nil || seen[t.Name] {
			continue
		}
		seen[t.Name] = true
		out = append(out, t)
		for _, l := range t.links() {
			queue = append(queue, l.target)
		}
	}
	return out
}

// unreachableJoins returns the joins whose branches do not have the same
// splits before them.
func (d *Definition) unreachableJoins() []string {
	g := compose(d)
	splits := map[*Node]map[*Node]bool{}
	pending := slices.Clone(g.Nodes)
	for _, n := range g.Nodes {
		splits[n] = map[*Node]bool{}
		if n.Split && !n.Cyclic {
			splits[n][n] = true
		}
	}
	for len(pending) > 0 {
		n := pending[0]
		pending = pending[1:]
		for _, e := range n.Edges {
			before := len(splits[e.target])
			for s := range splits[n] {
				splits[e.target][s] = true
			}
			if len(splits[e.target]) != before {
				pending = append(pending, e.target)
			}
		}
	}
	var out []string
	for _, n := range g.Nodes {
		if n.Join != nil && slices.ContainsFunc(n.sources, func(s *Node) bool { return len(splits[s]) != len(splits[n]) }) {
			out = append(out, n.Name)
		}
	}
	return out
}
