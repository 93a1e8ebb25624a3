package chain

import (
	"context"
	"fmt"

	"github.com/petrel-dev/petrel/jinja"
	"github.com/petrel-dev/petrel/pyvalue"
)

// Scope is what the templates of a chain's tasks can refer to. Where a name
// stands for several things, the later of these fields wins. Nil fields have no
// names. A Scope is only read.
type Scope struct {
	// Parameters are those of the chain's own action.
	Parameters *pyvalue.Map
	// Results are the results of the tasks that have ended, by their names. A
	// task whose name is not an identifier is found in __results.
	Results *pyvalue.Map
	// Vars are the chain's vars and what tasks have published.
	Vars *pyvalue.Map
	// Datastore is the view of the datastore's system scope, known as
	// st2kv.system and by its old name system. The scopes of users are not visible.
	Datastore jinja.Object
	// ActionContext is known as action_context, ConfigContext as
	// config_context.
	ActionContext any
	ConfigContext any
}

// RenderError says that a parameter of a task could not be rendered. The chain
// ends as failed then.
type RenderError struct {
	Task      string
	Parameter string
	Err       error
}

// Error names task, parameter and cause.
func (e *RenderError) Error() string {
	return fmt.Sprintf("task %s: parameters.%s: %v", e.Task, e.Parameter, e.Err)
}

// Unwrap returns the cause.
func (e *RenderError) Unwrap() error { return e.Err }

// ErrorKind returns "param".
func (e *RenderError) ErrorKind() pyvalue.Kind { return "param" }

// RenderParameters renders the parameters of a task by [jinja.RenderValue]. The
// error is a *[RenderError].
func (s Scope) RenderParameters(ctx context.Context, compiler jinja.Compiler, task string, given *pyvalue.Map) (*pyvalue.Map, error) {
	rendered := pyvalue.NewMap(given.Len())
	names := jinja.Dict(s.names())
	for name, value := range given.All() {
		v, err := jinja.RenderValue(ctx, compiler, value, names)
		if err != nil {
			return nil, &RenderError{Task: task, Parameter: pyvalue.Str(name), Err: err}
		}
		if err := rendered.Set(name, v); err != nil {
			return nil, err
		}
	}
	return rendered, nil
}

// names lays the scope's parts over each other.
func (s Scope) names() *pyvalue.Map {
	names := pyvalue.NewMap(8)
	for _, part := range []*pyvalue.Map{s.Parameters, s.Results, s.Vars} {
		if part == nil {
			continue
		}
		for name, value := range part.All() {
			if text, isText := name.(string); isText {
				names.SetString(text, value)
			}
		}
	}
	results := s.Results
	if results == nil {
		results = pyvalue.NewMap(0)
	}
	names.SetString("__results", results)
	if s.Datastore != nil {
		names.SetString("system", s.Datastore)
		names.SetString("st2kv", pyvalue.MapOf("system", s.Datastore))
	}
	names.SetString("action_context", s.ActionContext)
	names.SetString("config_context", s.ConfigContext)
	return names
}
