package orquesta

import (
	"context"
	"slices"

	"github.com/petrel-dev/petrel/expression"
	"github.com/petrel-dev/petrel/pyvalue"
)

// outcome is what a transition comes to, for all its targets.
type outcome struct {
	fires     bool
	condition error
	published *pyvalue.Map
	errors    []error
}

// follow evaluates the transitions of a completed run, stages what follows and
// returns the engine commands among it.
func (c *Conductor) follow(ctx context.Context, s *step) []key {
	e := s.entry
	if len(s.node.Edges) == 0 {
		e.terminal = true
		return nil
	}
	var commands []key
	var ready []*staged
	failing := false
	outcomes := map[int]*outcome{}
	for _, edge := range s.node.Edges {
		o := outcomes[edge.Transition]
		if o == nil {
			o = c.outcome(ctx, s, c.workflow.plans[e.task].transitions[edge.Transition])
			outcomes[edge.Transition] = o
		}
		if o.condition != nil {
			c.logTransition(e, edge, o.condition)
			continue
		}
		c.state.setNext(e, edge, o.fires)
		if !o.fires {
			continue
		}
		if len(o.errors) > 0 {
			for _, err := range o.errors {
				c.logTransition(e, edge, err)
			}
			continue
		}
		t := c.stageTarget(e, edge, o.published)
		switch {
		case isCommand(edge.Target):
			commands = append(commands, t.key)
			failing = failing || edge.Target == commandFail
		case t.ready:
			ready = append(ready, t)
		}
	}
	if failing {
		for _, t := range ready {
			t.runOnFail = true
		}
	}
	return commands
}

func (c *Conductor) outcome(ctx context.Context, s *step, p *transitionPlan) *outcome {
	variables := s.entry.in.variables(c.state.contexts)
	scope := func(v *pyvalue.Map) *expression.Scope { return c.taskScope(v, s.key, s.result) }
	o := &outcome{fires: true}
	if p.when != nil {
		value, err := p.when.Eval(ctx, scope(variables))
		if err != nil {
			o.condition = evaluationError(err)
			return o
		}
		o.fires = pyvalue.Truth(value)
	}
	if o.fires {
		o.published, o.errors = bind(ctx, p.publish, variables, scope)
	}
	return o
}

func (c *Conductor) logTransition(e *entry, edge *Edge, err error) {
	route := e.route
	c.log(LogEntry{Message: logMessage(err), Task: e.task, Route: &route, Transition: edge.outgoing})
	c.fail()
}

func (c *Conductor) stageTarget(e *entry, edge *Edge, published *pyvalue.Map) *staged {
	s := &c.state
	in := e.in
	if published != nil && published.Len() > 0 {
		s.contexts = append(s.contexts, published)
		index := len(s.contexts) - 1
		in = in.with(index)
		e.out = map[string]int{edge.outgoing: index}
	}
	k := key{edge.Target, c.routeOf(e, edge)}
	t := s.staged.get(k)
	if t == nil {
		t = &staged{key: k, in: in, prev: map[string]int{}}
		s.staged.add(t)
	} else {
		t.in = t.in.withAll(in)
		t.forgetItems()
	}
	t.prev[edge.incoming] = e.index
	t.ready = s.reach(edge.target, e.route) == reached
	return t
}

// routeOf returns the route on which the target of an edge runs.
func (c *Conductor) routeOf(e *entry, edge *Edge) int {
	path := c.state.routes[e.route]
	if !edge.target.Split || edge.target.Cyclic || slices.Contains(path, edge.incoming) {
		return e.route
	}
	c.state.routes = append(c.state.routes, append(slices.Clone(path), edge.incoming))
	return len(c.state.routes) - 1
}
