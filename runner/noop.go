package runner

import (
	"context"

	"github.com/petrel-dev/petrel"
	"github.com/petrel-dev/petrel/pyvalue"
)

// Noop returns the runner noop, which does nothing and succeeds.
func Noop() petrel.Runner { return noop{} }

type noop struct{}

func (noop) Spec() petrel.RunnerSpec {
	return petrel.RunnerSpec{Name: "noop", Description: "Does nothing and succeeds."}
}

func (noop) Run(context.Context, *petrel.Call) (petrel.Outcome, error) {
	return petrel.Outcome{
		Status: petrel.StatusSucceeded,
		Result: pyvalue.MapOf("failed", false, "succeeded", true, "return_code", int64(0)),
	}, nil
}
