package parameters

import (
	"context"
	"slices"
	"strings"

	"github.com/petrel-dev/petrel/internal/suggest"
	"github.com/petrel-dev/petrel/jinja"
	"github.com/petrel-dev/petrel/pyvalue"
)

// graph holds the parameters of one request and what depends on what.
type graph struct {
	renderer *Renderer
	vars     jinja.Vars
	// nodes are those of the renderer's slots, and then those of other names.
	nodes []node
	// others finds the nodes of other names, names lists these.
	others map[string]int
	names  []string
	// order lists the nodes that exist, first as they came into being, and once
	// rendered as they were rendered.
	order     []int
	templates int
}

type node struct {
	exists   bool
	given    bool
	hasValue bool
	value    any
	// template wins over value.
	template *template
	rendered bool
	failed   bool
	// users are the nodes whose templates read this one.
	users []int
	// waits counts what this one reads and is not rendered.
	waits int
}

// newGraph makes nodes of given values and of the defaults that take effect.
// templates says whether given values may be templates.
func (r *Renderer) newGraph(given *pyvalue.Map, vars jinja.Vars, templates bool) *graph {
	size := len(r.slots) + given.Len()
	g := &graph{
		renderer: r, vars: vars,
		nodes: make([]node, len(r.slots), size),
		order: make([]int, 0, size),
	}
	for key := range given.All() {
		if name, ok := key.(string); ok {
			i := g.find(name)
			if i < 0 {
				i = g.addOther(name)
			}
			g.nodes[i].given = true
		}
	}
	for key, value := range given.All() {
		name, ok := key.(string)
		if !ok {
			continue
		}
		var t *template
		if templates {
			t = newTemplate(r.compiler, value)
		}
		g.set(g.find(name), value, t)
	}
	for i := range r.specs {
		s := &r.specs[i]
		// A node with a template has no value, so that the default wins over a
		// given template if it has one itself.
		if g.nodes[s.slot].value == nil || s.Immutable {
			g.set(s.slot, s.Default, s.template)
		}
	}
	return g
}

// find returns the node of a name, whether it exists yet or not, or -1.
func (g *graph) find(name string) int {
	if i, ok := g.renderer.index[name]; ok {
		return i
	}
	if i, ok := g.others[name]; ok {
		return i
	}
	return -1
}

func (g *graph) addOther(name string) int {
	if g.others == nil {
		g.others = map[string]int{}
	}
	i := len(g.nodes)
	g.others[name] = i
	g.names = append(g.names, name)
	g.nodes = append(g.nodes, node{})
	return i
}

func (g *graph) name(i int) string {
	if i < len(g.renderer.slots) {
		return g.renderer.slots[i].name
	}
	return g.names[i-len(g.renderer.slots)]
}

func (g *graph) create(i int) {
	if !g.nodes[i].exists {
		g.nodes[i].exists = true
		g.order = append(g.order, i)
	}
}

// set gives a node a value, or a template and with it its dependencies.
func (g *graph) set(i int, value any, t *template) {
	g.create(i)
	if t == nil {
		g.nodes[i].value, g.nodes[i].hasValue = value, true
		return
	}
	g.templates++
	g.nodes[i].template = t
	for _, name := range t.names {
		from := g.find(name)
		if g.isContext(from, name) {
			continue
		}
		if from < 0 {
			from = g.addOther(name)
		}
		g.create(from)
		if !slices.Contains(g.nodes[from].users, i) {
			g.nodes[from].users = append(g.nodes[from].users, i)
			g.nodes[i].waits++
		}
	}
}

// isContext reports whether a name means what vars has of it, not a parameter.
func (g *graph) isContext(i int, name string) bool {
	if i >= 0 && g.nodes[i].given || g.vars == nil {
		return false
	}
	_, ok := g.vars.Lookup(name)
	return ok
}

// Lookup makes the graph the variables of its templates.
func (g *graph) Lookup(name string) (any, bool) {
	i := g.find(name)
	if !g.isContext(i, name) && i >= 0 && g.nodes[i].rendered {
		return g.nodes[i].value, true
	}
	if g.vars == nil {
		return nil, false
	}
	return g.vars.Lookup(name)
}

// render gives every node its value.
func (g *graph) render(ctx context.Context) error {
	if g.templates == 0 {
		return nil
	}
	if problems := g.unknownNames(); len(problems) > 0 {
		return &Error{Kind: ErrRender, Problems: problems}
	}
	var ready, order []int
	for _, i := range g.order {
		if g.nodes[i].waits == 0 {
			ready = append(ready, i)
		}
	}
	var problems []Problem
	// One generation after the other, as StackStorm does: scripts see the order.
	for len(ready) > 0 {
		var next []int
		for _, i := range ready {
			if err := g.renderNode(ctx, i); err != nil {
				if ctx.Err() != nil {
					return ctx.Err()
				}
				problems = append(problems, Problem{Parameter: g.name(i), Message: err.Error(), Err: err})
			}
			order = append(order, i)
			for _, user := range g.nodes[i].users {
				g.nodes[user].failed = g.nodes[user].failed || g.nodes[i].failed
				if g.nodes[user].waits--; g.nodes[user].waits == 0 {
					next = append(next, user)
				}
			}
		}
		ready = next
	}
	if len(order) < len(g.order) {
		problems = append(problems, g.cycle())
	}
	if len(problems) > 0 {
		return &Error{Kind: ErrRender, Problems: problems}
	}
	g.order = order
	return nil
}

func (g *graph) renderNode(ctx context.Context, i int) error {
	n := &g.nodes[i]
	if n.failed {
		return nil // for the reason of what it depends on
	}
	if n.template != nil {
		value, err := n.template.render(ctx, g.renderer.compiler, g)
		if err != nil {
			n.failed = true
			return err
		}
		n.value = value
	}
	n.rendered = true
	return nil
}

// unknownNames finds the variables that are neither parameters nor in vars.
func (g *graph) unknownNames() []Problem {
	var problems []Problem
	for _, i := range g.order {
		n := &g.nodes[i]
		if n.hasValue || n.template != nil {
			continue
		}
		for _, user := range n.users {
			problems = append(problems, Problem{
				Parameter:  g.name(user),
				Message:    "uses " + g.name(i) + ", which is neither a parameter nor known here",
				Suggestion: g.suggest(g.name(i)),
			})
		}
	}
	return problems
}

// suggest names what may have been meant: a similar name, or the right place.
func (g *graph) suggest(name string) string {
	switch name {
	case "system", "user":
		return "datastore values are in st2kv." + name
	}
	return suggest.DidYouMean(name, func(yield func(string) bool) {
		for _, i := range g.order {
			if !yield(g.name(i)) {
				return
			}
		}
	})
}

// cycle describes one cycle among the nodes that wait for each other.
func (g *graph) cycle() Problem {
	// Every waiting node is read from a waiting node, so that walking backwards
	// must come around.
	readFrom := map[int]int{}
	start := -1
	for _, i := range g.order {
		if g.nodes[i].waits == 0 {
			continue
		}
		for _, user := range g.nodes[i].users {
			readFrom[user] = i
		}
		if start < 0 {
			start = i
		}
	}
	seen := map[int]bool{}
	for !seen[start] {
		seen[start] = true
		start = readFrom[start]
	}
	names := []string{g.name(start)}
	for i := readFrom[start]; ; i = readFrom[i] {
		names = append(names, g.name(i))
		if i == start {
			break
		}
	}
	return Problem{
		Parameter: names[0],
		Message:   "depends on itself: " + strings.Join(names, " reads "),
	}
}
