package orquesta

import (
	"context"

	"github.com/petrel-dev/petrel/pyvalue"
)

// RenderOutput evaluates the output of a completed run, unless there is one
// already. What cannot be evaluated is left out and logged, and makes a run
// failed that was not canceled. The host calls it after every report.
func (c *Conductor) RenderOutput(ctx context.Context) {
	if !c.state.status.Completed() || c.output != nil {
		return
	}
	out, errs := bind(ctx, c.workflow.output, c.TerminalVariables(), c.scope)
	for _, err := range errs {
		c.log(LogEntry{Message: logMessage(err)})
	}
	if len(errs) > 0 {
		switch c.state.status {
		case Canceled, Timeout, Abandoned:
		default:
			c.fail()
		}
	}
	if out != nil && out.Len() > 0 {
		c.output = out
	}
}

// TerminalVariables returns the merge of what the terminal tasks saw: those
// after which nothing came. It must not be changed.
func (c *Conductor) TerminalVariables() *pyvalue.Map {
	var in *lineage
	for _, e := range c.state.sequence {
		switch {
		case !e.terminal:
		case in == nil:
			in = e.in
		default:
			in = in.withAll(e.in)
		}
	}
	if in == nil {
		return pyvalue.NewMap(0)
	}
	return in.variables(c.state.contexts)
}
