package petrel

import (
	"context"
	"encoding/json"
	"fmt"
)

const goRunnerName = "go"

// goRunner runs actions that are Go functions.
type goRunner struct{}

func (goRunner) Spec() RunnerSpec {
	return RunnerSpec{Name: goRunnerName, Description: "Runs an action written in Go.", OutputKey: "result"}
}

func (goRunner) Run(ctx context.Context, call *Call) (Outcome, error) {
	result, err := call.Action.Func(ctx, call)
	if err != nil {
		return Outcome{}, err
	}
	text, err := json.Marshal(result)
	if err != nil {
		return Outcome{}, fmt.Errorf("result of %s cannot be stored: %w", call.Action.Ref(), err)
	}
	shaped := make(encodedJSON, 0, len(text)+len(`{"result":}`))
	shaped = append(shaped, `{"result":`...)
	shaped = append(shaped, text...)
	return Outcome{Result: append(shaped, '}')}, nil
}
