package orquesta

import (
	"context"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/petrel-dev/petrel/expression"
	"github.com/petrel-dev/petrel/pyvalue"
)

// Workflow is a definition ready to run: its graph, and its expressions
// compiled. It is immutable: any number of runs may share it.
type Workflow struct {
	definition *Definition
	graph      *Graph
	plans      map[string]*plan
	env        *expression.Environment
	vars       []*binding
	output     []*binding
	runtime    bool
}

// Option changes a Workflow.
type Option func(*Workflow)

// WithEnvironment sets what expressions may use and how they are evaluated.
// The default is expression.NewEnvironment().
func WithEnvironment(env *expression.Environment) Option {
	return func(w *Workflow) { w.env = env }
}

// WithRuntimeExpressions makes data into code, as StackStorm does: expressions
// in the inputs of a caller are evaluated, and texts that come out of an
// expression are evaluated in turn. Whoever controls an input or the result of
// an action controls what is evaluated. The second part needs an environment of
// the workflow's own; it replaces one that an option before this one set.
func WithRuntimeExpressions() Option {
	return func(w *Workflow) {
		w.runtime = true
		w.env = expression.NewEnvironment(expression.WithReevaluation())
	}
}

// Host is what expressions of one run may ask of the world. All parts are
// optional; see expression.Scope for what their absence means.
type Host struct {
	Datastore expression.Datastore
	Tasks     expression.TaskReader
	Now       func() time.Time
	Location  *time.Location
	Random    *rand.Rand
}

// plan is a task with its expressions compiled.
type plan struct {
	task        *Task
	action      *expression.Program // nil if the task has none
	input       *expression.Program // nil if the task has none
	delay       *expression.Program
	items       *itemsPlan
	retry       *retryPlan
	transitions []*transitionPlan
}

type itemsPlan struct {
	text        string
	names       []string
	list        *expression.Program
	concurrency *expression.Program
}

type retryPlan struct {
	when         *expression.Program // nil means failure
	condition    *string
	count, delay *expression.Program
}

type transitionPlan struct {
	when    *expression.Program // nil means always
	publish []*binding
}

type binding struct {
	name  string
	value *expression.Program
}

// Compile prepares a definition for running. A definition with mistakes (see
// [Definition.Inspect]) can be compiled; its runs fail where the mistakes are.
func Compile(d *Definition, options ...Option) *Workflow {
	w := &Workflow{definition: d, graph: compose(d), plans: map[string]*plan{}}
	for _, option := range options {
		option(w)
	}
	if w.env == nil {
		w.env = expression.NewEnvironment()
	}
	w.vars, w.output = w.bindings(d.Vars), w.bindings(d.Output)
	for _, node := range w.graph.Nodes {
		w.plans[node.Name] = w.plan(node)
	}
	return w
}

// Graph returns the graph of the tasks.
func (w *Workflow) Graph() *Graph { return w.graph }

// Definition returns what the workflow was compiled from.
func (w *Workflow) Definition() *Definition { return w.definition }

func (w *Workflow) plan(node *Node) *plan {
	p := &plan{task: node.task}
	if r := node.Retry; r != nil {
		p.retry = &retryPlan{condition: r.When, count: w.env.Compile(r.Count), delay: w.env.Compile(r.Delay)}
		if r.When != nil {
			p.retry.when = w.env.Compile(*r.When)
		}
	}
	t := node.task
	if t == nil {
		return p
	}
	if t.Action != "" {
		p.action = w.env.Compile(t.Action)
	}
	if t.Input != nil {
		p.input = w.env.Compile(t.Input)
	}
	if t.Delay != nil {
		p.delay = w.env.Compile(t.Delay)
	}
	if t.Items != nil {
		p.items = &itemsPlan{text: t.Items.Source}
		if names, rest, ok := strings.Cut(t.Items.Source, " in "); ok {
			p.items.text = rest
			p.items.names = strings.Split(strings.ReplaceAll(names, " ", ""), ",")
		}
		p.items.list = w.env.Compile(pyvalue.TrimSpace(p.items.text))
		p.items.concurrency = w.env.Compile(t.Items.Concurrency)
	}
	for _, tr := range t.Transitions {
		tp := &transitionPlan{publish: w.bindings(tr.Publish)}
		if tr.When != nil {
			tp.when = w.env.Compile(*tr.When)
		}
		p.transitions = append(p.transitions, tp)
	}
	return p
}

func (w *Workflow) bindings(assignments []Assignment) []*binding {
	out := make([]*binding, len(assignments))
	for i, a := range assignments {
		out[i] = &binding{a.Name, w.env.Compile(a.Value)}
	}
	return out
}

// bind evaluates bindings in order, each seeing the ones before, and returns
// the new values. Those that fail are left out and their errors returned.
func bind(ctx context.Context, bindings []*binding, variables *pyvalue.Map, scope func(*pyvalue.Map) *expression.Scope) (*pyvalue.Map, []error) {
	if len(bindings) == 0 {
		return nil, nil
	}
	seen := variables.Clone()
	out := pyvalue.NewMap(len(bindings))
	var errs []error
	for _, b := range bindings {
		value, err := b.value.Eval(ctx, scope(seen))
		if err != nil {
			errs = append(errs, evaluationError(err))
			continue
		}
		seen = seen.Clone() // a scope that was used must not change
		seen.SetString(b.name, value)
		out.SetString(b.name, storable(value))
	}
	return out, errs
}
