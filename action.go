package petrel

import (
	"context"
	"fmt"

	"github.com/petrel-dev/petrel/schema"
)

// Action describes something that can be run: StackStorm's action metadata,
// or a Go function.
type Action struct {
	Pack        string
	Name        string
	Description string
	Disabled    bool
	// Runner names the runner that knows how to run the action. It may be left
	// empty when Func is set.
	Runner string
	// EntryPoint is the file to run, relative to the pack's actions directory.
	EntryPoint string
	// Parameters are the action's own; those of the runner come on top. Nil means none.
	Parameters *schema.Parameters
	// Output is the schema of the result; nil means unchecked.
	Output *schema.Schema
	Notify Notify
	Tags   []Tag
	// OnLost says what happens when the engine that runs the action dies.
	OnLost OnLost
	// Func runs the action, when it is written in Go.
	Func         ActionFunc
	MetadataFile string // path inside the pack, empty for actions made in Go
}

// Ref returns the reference "pack.name".
func (a Action) Ref() string { return a.Pack + "." + a.Name }

// OnLost is what happens to a running execution whose engine has died.
type OnLost int

const (
	// AbandonLost ends the execution as abandoned. It is the default, since
	// nobody knows how far the action came.
	AbandonLost OnLost = iota
	// RepeatLost ends it as abandoned and requests the same again, for actions
	// that may safely run twice.
	RepeatLost
)

// Notify says whom to tell when an execution has ended. See docs/executions.md.
type Notify struct {
	OnComplete *Notification
	OnSuccess  *Notification
	OnFailure  *Notification
}

// Notification is one section of [Notify].
type Notification struct {
	Message string // a template; empty means a standard sentence
	Data    any    // a map whose texts are templates
	Routes  []string
}

// ActionFunc is an action written in Go. It must return when ctx ends. What it
// returns becomes the result; an error makes the execution fail; a panic is
// caught and makes it fail too.
type ActionFunc func(ctx context.Context, call *Call) (any, error)

// NewAction makes an action of a Go function. The ref is "pack.name". The
// parameters are derived from the type In, as [schema.Of] describes; input
// that does not fit is refused before the function runs. In must be a struct.
//
// NewAction panics if the ref is malformed or In cannot be described, as both
// are mistakes of the program and not of its input.
func NewAction[In, Out any](ref string, run func(ctx context.Context, in In) (Out, error)) Action {
	name, err := ParseRef(ref)
	if err != nil {
		panic(fmt.Sprintf("petrel.NewAction: %v", err))
	}
	return Action{
		Pack:       name.Pack,
		Name:       name.Name,
		Parameters: schema.ParametersOf[In](),
		Func: func(ctx context.Context, call *Call) (any, error) {
			var in In
			if err := call.DecodeParameters(&in); err != nil {
				return nil, err
			}
			return run(ctx, in)
		},
	}
}
