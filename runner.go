package petrel

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"

	"github.com/petrel-dev/petrel/pyvalue"
	"github.com/petrel-dev/petrel/schema"
)

// Call is one execution as its runner or Go function sees it.
type Call struct {
	Execution Execution
	Action    Action
	// Pack is the action's pack; for actions registered on their own only its name is set.
	Pack *Pack
	// Parameters are those of the action, RunnerParameters those of the
	// runner, rendered, cast, with defaults.
	Parameters       *pyvalue.Map
	RunnerParameters *pyvalue.Map
	Datastore        Datastore
	// Logger writes to the engine's log, marked with the execution.
	Logger *slog.Logger
	// Output publishes a piece of output while the action runs. Stream is
	// "stdout" or "stderr". Output never blocks.
	Output func(stream string, data []byte)
	// Dispatch sends an event that belongs to the execution's trace.
	Dispatch func(ctx context.Context, trigger string, payload any) error
}

// DecodeParameters stores the action's parameters in the struct that v points
// to, as [json.Unmarshal] does. The error is an [ErrInvalidParameters].
func (c *Call) DecodeParameters(v any) error {
	text, err := pyvalue.AppendJSON(nil, c.Parameters, pyvalue.CompactStyle())
	if err == nil {
		err = json.Unmarshal(text, v)
	}
	if err != nil {
		return fmt.Errorf("%w of %s: %w", ErrInvalidParameters, c.Action.Ref(), err)
	}
	return nil
}

// Runner runs all actions of one kind.
type Runner interface {
	Spec() RunnerSpec
	// Run runs the action and returns how it ended. An error makes the
	// execution fail with that error as its result. Run must return soon after
	// ctx ends; the engine then decides on the status. Run is called from many
	// goroutines at once.
	Run(ctx context.Context, call *Call) (Outcome, error)
}

// RunnerSpec describes a runner.
type RunnerSpec struct {
	Name        string
	Description string
	Aliases     []string
	Parameters  *schema.Parameters
	// OutputKey is the member of the result that holds what the action itself returned, if any.
	OutputKey string
}

// Outcome is how a run ended.
type Outcome struct {
	// Status is succeeded, failed, timeout, abandoned or canceled. Empty means succeeded.
	Status Status
	// Result is any value that can be written as JSON.
	Result any
}
