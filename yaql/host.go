package yaql

import (
	"context"
	"fmt"
)

// Datastore answers the function st2kv.
type Datastore interface {
	// Get returns the value of a key: with the prefix "system." one of the
	// system scope, otherwise one of the given user's. decrypt asks for the
	// plain text of a secret. ok is false if there is no such key.
	Get(ctx context.Context, user, key string, decrypt bool) (value any, ok bool, err error)
}

// TaskReader answers the function task.
type TaskReader interface {
	// Latest returns the execution of a task on a route that started last, or
	// nil if there is none.
	Latest(ctx context.Context, workflowExecution, task string, route int) (*TaskExecution, error)
}

// TaskExecution is what the function task tells of an execution. Start and
// End are the texts that expressions see.
type TaskExecution struct {
	ID                string
	WorkflowExecution string
	Task              string
	Route             int
	Result            any
	Status            string
	Start, End        string
}

// Param is a parameter of a [Function].
type Param struct {
	Name     string // as expressions write it: name => value
	Type     Type
	Nullable bool // null is accepted, too
	Optional bool // the argument may be omitted; the function then gets Default
	Default  any
	Variadic bool // takes all further positional arguments; only the last one
}

// Function is a function that a host adds to expressions.
type Function struct {
	Name   string
	Params []Param
	// Method makes it callable as receiver.name(...), with the receiver as
	// the first argument, instead of as name(...).
	Method bool
	// Call computes the result. args holds one value for each parameter, and
	// those of a variadic one at the end. They are free of lazy parts, and must
	// not be changed. An error that is no *Error of this package or of package
	// pyvalue gets the kind KindException. Call must be safe for use by several
	// goroutines.
	Call func(inv Invocation, args []any) (any, error)
}

// NewFunctionSet returns a set of host functions. Functions of the same name
// are overloads. It is an error if a function has no name or no Call, or a
// variadic parameter that is not the last.
func NewFunctionSet(functions ...Function) (*FunctionSet, error) {
	s := newFunctionSet()
	for _, f := range functions {
		if f.Name == "" || f.Call == nil {
			return nil, fmt.Errorf("yaql: function %q has no name or no implementation", f.Name)
		}
		fn := &overload{name: f.Name, function: !f.Method, method: f.Method}
		for i, p := range f.Params {
			q := param{name: p.Name, typ: p.Type, nullable: p.Nullable || p.Type == Any, optional: p.Optional, def: p.Default}
			if p.Type > Timespan {
				return nil, fmt.Errorf("yaql: function %q: parameter %q has no valid type", f.Name, p.Name)
			}
			if !p.Variadic {
				fn.params = append(fn.params, q)
				continue
			}
			if i != len(f.Params)-1 {
				return nil, fmt.Errorf("yaql: function %q: variadic parameter %q is not the last", f.Name, p.Name)
			}
			fn.rest = &q
		}
		if f.Method && len(f.Params) == 0 {
			return nil, fmt.Errorf("yaql: method %q has no parameter for its receiver", f.Name)
		}
		fn.call = hosted(f)
		s.add(fn)
	}
	return s, nil
}

// Invocation is what a host function learns of the evaluation that calls it.
type Invocation struct {
	Context context.Context
	Env     *Env // must not be changed
}

func hosted(f Function) implementation {
	return func(ev *evaluator, _ *scope, a []any) (any, error) {
		args := make([]any, len(a))
		for i, v := range a {
			if v == omitted {
				continue
			}
			var err error
			if args[i], err = ev.plain(v); err != nil {
				return nil, err
			}
		}
		v, err := f.Call(Invocation{ev.ctx, &ev.env}, args)
		if err != nil {
			return nil, wrap(err)
		}
		return canonical(v), nil
	}
}
