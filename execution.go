package petrel

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"time"
)

// Execution is the record of one run of an action: who asked for it, with
// which parameters, what became of it.
//
// The fields down to Trace are fixed when the execution is requested; those of
// [ExecutionState] change with every transition.
type Execution struct {
	ID     string
	Action string // reference
	Runner string // name of the runner
	User   string
	// Parameters is the JSON object that was asked for, in the order given,
	// with templates rendered. Plain defaults are not part of it.
	Parameters json.RawMessage
	// Context is the JSON object that says where the request came from.
	Context         json.RawMessage
	Parent          string // id of the workflow execution that asked for this one
	Rule            RuleLink
	Trigger         string // reference
	TriggerInstance string // id
	RequestedAt     time.Time
	Delay           time.Duration
	// ActionDocument, RunnerDocument and RuleDocument are digests of the
	// metadata as it was at request time, to be read with [Engine.Document].
	ActionDocument string
	RunnerDocument string
	RuleDocument   string
	Trace          Trace

	ExecutionState
}

// ExecutionState is the part of an [Execution] that changes.
type ExecutionState struct {
	// Revision counts the transitions; a transition names the one it starts from.
	Revision int
	Status   Status
	Log      []LogEntry // every status the execution has had, oldest first
	// Result is a JSON value, nil while there is none. Its shape depends on the runner.
	Result json.RawMessage
	// DueAt is when the execution may start: the request plus its delay.
	DueAt   time.Time
	EndedAt time.Time // zero until completed
	// Owner is the engine that runs the execution, LeaseUntil how long it may be
	// silent before others take the execution for lost.
	Owner      string
	LeaseUntil time.Time
}

// LogEntry says when an execution took on a status.
type LogEntry struct {
	Time   time.Time `json:"timestamp"`
	Status Status    `json:"status"`
}

// Elapsed returns how long the execution took from request to end, or 0 while it has not ended.
func (e Execution) Elapsed() time.Duration {
	if e.EndedAt.IsZero() {
		return 0
	}
	return e.EndedAt.Sub(e.RequestedAt)
}

// DecodeResult stores the result of the execution in the value that v points
// to, as [json.Unmarshal] does. For an action made with [NewAction] that is
// what the function returned; for others it is the runner's whole result.
func (e Execution) DecodeResult(v any) error {
	if e.Result == nil {
		return fmt.Errorf("%w: execution %s has no result", ErrNotFound, e.ID)
	}
	if e.Runner == goRunnerName {
		var shape struct {
			Result json.RawMessage `json:"result"`
			Error  *string         `json:"error"`
		}
		if err := json.Unmarshal(e.Result, &shape); err != nil {
			return err
		}
		if shape.Error != nil {
			return fmt.Errorf("execution %s %s: %s", e.ID, e.Status, *shape.Error)
		}
		return json.Unmarshal(shape.Result, v)
	}
	return json.Unmarshal(e.Result, v)
}

// LogValue keeps parameters and results, which may hold secrets, out of logs.
func (e Execution) LogValue() slog.Value {
	return slog.GroupValue(slog.String("id", e.ID), slog.String("action", e.Action),
		slog.String("status", string(e.Status)))
}

// advance returns the state after the execution has gone through the given
// statuses, all at the same time. It fails with [ErrIllegalTransition] if the
// life cycle lacks one of the steps.
func (s ExecutionState) advance(now time.Time, through ...Status) (ExecutionState, error) {
	log := make([]LogEntry, len(s.Log), len(s.Log)+len(through))
	copy(log, s.Log)
	s.Log = log
	for _, next := range through {
		if !s.Status.CanBecome(next) {
			return s, fmt.Errorf("%w: %s to %s", ErrIllegalTransition, s.Status, next)
		}
		s.Status = next
		s.Log = append(s.Log, LogEntry{Time: now, Status: next})
	}
	s.Revision++
	if s.Status.Completed() {
		s.EndedAt = now
		s.LeaseUntil = time.Time{}
	}
	return s, nil
}

// ExecutionQuery selects executions, newest first. Zero fields select all.
type ExecutionQuery struct {
	Action          string
	Runner          string
	Rule            string // reference
	Trigger         string // reference
	TriggerInstance string
	Parent          string
	User            string
	TraceID         string
	Statuses        []Status
	Since           time.Time // requested at or after
	Before          time.Time // requested before
	DueBefore       time.Time // may start before
	LeaseBefore     time.Time // owned, with a lease that ends before
	Owner           string
	// WithoutResult leaves Result nil, for lists of executions with large results.
	WithoutResult bool
	Page
}
