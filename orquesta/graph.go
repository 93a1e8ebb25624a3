package orquesta

import (
	"maps"
	"slices"
	"strconv"
)

// Graph is the directed multigraph of the tasks that can be reached, and of
// the engine commands noop, fail and continue where they are targets.
// It is immutable.
type Graph struct {
	// Nodes are in the order in which they are found, breadth first from the
	// tasks without predecessor.
	Nodes []*Node
	index map[string]*Node
}

// Node is a task or command of a graph.
type Node struct {
	Name string
	// Join is nil unless the task waits for several others.
	Join *Join
	// Retry is nil unless the task may be repeated.
	Retry *Retry
	// Edges are sorted by target, those to the same target by key.
	Edges []*Edge
	// Split is set if every transition to the task begins a route of its own.
	Split bool
	// Cyclic is set if the task can follow itself.
	Cyclic bool

	task    *Task
	sources []*Node
}

// Edge is what a transition does for one of its targets.
type Edge struct {
	Source, Target string
	// Key tells apart the edges between the same two nodes.
	Key int
	// Transition is the index of the transition in the source.
	Transition int
	// When is the condition, or nil.
	When *string

	outgoing, incoming string
	target             *Node
	siblings           []*Edge // all edges between the same two nodes
}

// Node returns the node of a name, or nil.
func (g *Graph) Node(name string) *Node { return g.index[name] }

// link is one mention of a target.
type link struct {
	target     string
	when       *string
	transition int
}

// links returns the mentions of targets in a task, sorted by target.
func (t *Task) links() []link {
	var out []link
	for i, tr := range t.Transitions {
		for _, target := range tr.Targets {
			out = append(out, link{target, tr.When, i})
		}
	}
	slices.SortStableFunc(out, func(a, b link) int { return compareText(a.target, b.target) })
	return out
}

func compareText(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// inbound counts the mentions of every target in the whole definition.
func (d *Definition) inbound() map[string]int {
	counts := map[string]int{}
	for t := range d.Tasks() {
		for _, tr := range t.Transitions {
			for _, target := range tr.Targets {
				counts[target]++
			}
		}
	}
	return counts
}

// roots returns the names of the tasks that nothing leads to, sorted.
func (d *Definition) roots(inbound map[string]int) []string {
	var names []string
	for _, name := range d.names {
		if inbound[name] == 0 {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func compose(d *Definition) *Graph {
	g := &Graph{index: map[string]*Node{}}
	inbound := d.inbound()
	mention := func(name string) *Node {
		node := g.index[name]
		if node == nil {
			node = &Node{Name: name}
			if !isCommand(name) {
				node.task = d.tasks[name]
			}
			if node.task != nil {
				node.Join, node.Retry = node.task.Join, node.task.Retry
			}
			node.Split = node.Join == nil && inbound[name] > 1
			g.index[name] = node
			g.Nodes = append(g.Nodes, node)
		}
		return node
	}
	queue := d.roots(inbound)
	queued := map[string]bool{}
	for _, name := range queue {
		queued[name] = true
	}
	for len(queue) > 0 {
		node := mention(queue[0])
		queue = queue[1:]
		if node.task == nil {
			continue
		}
		for _, l := range node.task.links() {
			if l.target == commandRetry {
				node.Retry = retryCommand(l.when)
				continue
			}
			if !isCommand(l.target) && d.tasks[l.target] == nil {
				continue
			}
			node.connect(mention(l.target), l)
			if !isCommand(l.target) && !queued[l.target] {
				queued[l.target] = true
				queue = append(queue, l.target)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(g.index)) {
		node := g.index[name]
		for i, e := range node.Edges {
			if i == 0 || node.Edges[i-1].Target != e.Target {
				e.target.sources = append(e.target.sources, node)
				end := i + 1
				for end < len(node.Edges) && node.Edges[end].Target == e.Target {
					end++
				}
				for _, sibling := range node.Edges[i:end] {
					sibling.siblings = node.Edges[i:end:end]
				}
			}
		}
	}
	g.markCycles()
	return g
}

func retryCommand(when *string) *Retry {
	if when == nil {
		text := "<% completed() %>"
		when = &text
	}
	return &Retry{When: when, Count: int64(3)}
}

// connect adds an edge unless there is one already for the same mention.
func (n *Node) connect(target *Node, l link) {
	key := 0
	for i := len(n.Edges) - 1; i >= 0 && n.Edges[i].Target == target.Name; i-- {
		if n.Edges[i].Transition == l.transition {
			return
		}
		key++
	}
	suffix := "__t" + strconv.Itoa(key)
	n.Edges = append(n.Edges, &Edge{
		Source: n.Name, Target: target.Name, Key: key, Transition: l.transition, When: l.when,
		outgoing: target.Name + suffix, incoming: n.Name + suffix, target: target,
	})
}

// required is the number of sources that a node waits for.
func (n *Node) required() int {
	if n.Join == nil {
		return 1
	}
	if n.Join.All {
		return len(n.sources)
	}
	return max(n.Join.Count, 1)
}
