package parameters

import (
	"context"

	"github.com/petrel-dev/petrel/jinja"
	"github.com/petrel-dev/petrel/pyvalue"
	"github.com/petrel-dev/petrel/schema"
)

// Renderer renders the parameters of requests for one action. It is immutable
// and safe for concurrent use.
type Renderer struct {
	compiler jinja.Compiler
	// specs are the action's specifications and then the runner's, which may
	// have names in common.
	specs []spec
	// slots are the names specified; index finds them.
	slots []slot
	index map[string]int
	// runnerSize is the number of names the runner specifies.
	runnerSize int
}

// spec is one specification of a parameter.
type spec struct {
	schema.Parameter
	slot int
	// template is the compiled default, nil if it is plain.
	template *template
	// templated says that the default is a text that looks like a template.
	templated bool
}

// slot is a name with its specifications, of which one may be nil.
type slot struct {
	name           string
	action, runner *spec
}

// deciding returns the specification that a parameter is cast by. The runner's
// wins.
func (s *slot) deciding() *spec {
	if s.runner != nil {
		return s.runner
	}
	return s.action
}

// New returns the renderer for an action with the parameters of its runner and
// its own; either may be nil. Templates are compiled by compiler, usually a
// [jinja.Cache] in front of [jinja.StackStorm]. A default that is not a
// well-formed template is plain text.
func New(compiler jinja.Compiler, runner, action *schema.Parameters) *Renderer {
	r := &Renderer{
		compiler: compiler,
		specs:    make([]spec, 0, runner.Len()+action.Len()),
		index:    make(map[string]int, runner.Len()+action.Len()),

		runnerSize: runner.Len(),
	}
	for p := range action.All() {
		r.add(p)
		r.slots[r.index[p.Name]].action = &r.specs[len(r.specs)-1]
	}
	for p := range runner.All() {
		r.add(p)
		r.slots[r.index[p.Name]].runner = &r.specs[len(r.specs)-1]
	}
	return r
}

func (r *Renderer) add(p schema.Parameter) {
	i, known := r.index[p.Name]
	if !known {
		i = len(r.slots)
		r.index[p.Name] = i
		r.slots = append(r.slots, slot{name: p.Name})
	}
	text, _ := p.Default.(string)
	r.specs = append(r.specs, spec{
		Parameter: p, slot: i, template: newTemplate(r.compiler, p.Default), templated: isTemplate(text),
	})
}

// Live renders the parameters given by a request and returns what is stored
// with the execution: each given parameter, rendered and cast, and the
// parameters whose text default is a template, unless they are immutable.
//
// Beside the other parameters, templates see the names that vars holds: by
// convention st2kv with the look-ups system and user, action_context,
// config_context, and trigger for a rule. Given parameters hide names of vars.
// vars is asked only for names that a template uses. The given values are not
// changed.
//
// The error is an [*Error] with all problems, or that of an ended context.
func (r *Renderer) Live(ctx context.Context, given *pyvalue.Map, vars jinja.Vars) (*pyvalue.Map, error) {
	g := r.newGraph(given, vars, true)
	if err := g.render(ctx); err != nil {
		return nil, err
	}
	result := pyvalue.NewMap(given.Len())
	var casts caster
	for key := range given.All() {
		name, ok := key.(string)
		if !ok {
			continue
		}
		i := g.find(name)
		result.SetString(name, casts.cast(g.nodes[i].value, r.deciding(i)))
	}
	for i := range r.specs {
		s := &r.specs[i]
		if !s.templated || s.Immutable || given.Has(s.Name) {
			continue
		}
		if value := g.nodes[s.slot].value; value != s.Default {
			result.SetString(s.Name, casts.cast(value, s))
		}
	}
	return result, casts.err()
}

// Final returns all parameters of an execution, split into those of the runner
// and those of the action, from the parameters stored with it. Stored values
// are plain, whatever they hold. Missing and null parameters, and immutable
// ones, get their defaults, which are rendered with the same names as in
// [Renderer.Live]. The order is that of the stored values, then of the action's
// specifications, then of the runner's, but a parameter with a template comes
// after those it depends on. Stored values that are not specified are left out.
//
// The error is as for [Renderer.Live].
func (r *Renderer) Final(ctx context.Context, stored *pyvalue.Map, vars jinja.Vars) (runner, action *pyvalue.Map, err error) {
	g := r.newGraph(stored, vars, false)
	if err := g.render(ctx); err != nil {
		return nil, nil, err
	}
	runner, action = pyvalue.NewMap(r.runnerSize), pyvalue.NewMap(len(r.slots)-r.runnerSize)
	var casts caster
	for _, i := range g.order {
		if i >= len(r.slots) {
			continue
		}
		value := casts.cast(g.nodes[i].value, r.deciding(i))
		if r.slots[i].runner != nil {
			runner.SetString(r.slots[i].name, value)
		} else {
			action.SetString(r.slots[i].name, value)
		}
	}
	if err := casts.err(); err != nil {
		return nil, nil, err
	}
	return runner, action, nil
}

// Cast casts the parameters that an action chain's task or an alias gives, which
// are not rendered as requests are: by the types that the action's own
// specifications declare, and by the runner's for names the action does not
// specify. Null stays null. The error is an [*Error] with all problems.
func (r *Renderer) Cast(given *pyvalue.Map) (*pyvalue.Map, error) {
	result := pyvalue.NewMap(given.Len())
	var casts caster
	for key, value := range given.All() {
		name, ok := key.(string)
		if !ok {
			continue
		}
		var by *spec
		if i, known := r.index[name]; known {
			if by = r.slots[i].action; by == nil {
				by = r.slots[i].runner
			}
		}
		result.SetString(name, casts.cast(value, by))
	}
	return result, casts.err()
}

// deciding returns the specification a node is cast by, or nil.
func (r *Renderer) deciding(i int) *spec {
	if i >= len(r.slots) {
		return nil
	}
	return r.slots[i].deciding()
}

// caster casts values and gathers what goes wrong.
type caster struct{ problems []Problem }

func (c *caster) cast(value any, by *spec) any {
	if value == nil || by == nil || by.Type == "" {
		return value
	}
	result, err := schema.Cast(value, by.Type)
	if err != nil {
		message := err.Error()
		if by.Secret {
			message = "does not have the type " + by.Type
		}
		c.problems = append(c.problems, Problem{Parameter: by.Name, Message: message, Err: err})
	}
	return result
}

func (c *caster) err() error {
	if len(c.problems) == 0 {
		return nil
	}
	return &Error{Kind: ErrCast, Problems: c.problems}
}
