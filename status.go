package petrel

import "slices"

// Status is where an execution stands in its life. The zero Status is none.
type Status string

// The statuses of an execution. The life cycle is StackStorm's; see
// docs/executions.md for the drawing.
const (
	StatusRequested Status = "requested" // accepted and stored
	StatusDelayed   Status = "delayed"   // waits for its time or for a policy
	StatusScheduled Status = "scheduled" // handed to a worker
	StatusRunning   Status = "running"
	StatusPausing   Status = "pausing" // a workflow whose running tasks still finish
	StatusPaused    Status = "paused"
	StatusResuming  Status = "resuming"
	StatusPending   Status = "pending"   // an inquiry waits for its response
	StatusCanceling Status = "canceling" // asked to end, still running
	StatusSucceeded Status = "succeeded"
	StatusFailed    Status = "failed"
	StatusTimeout   Status = "timeout"
	StatusCanceled  Status = "canceled"
	StatusAbandoned Status = "abandoned" // its worker was lost or gave up
)

// successors holds every legal change of status. Nothing else may change one.
var successors = map[Status][]Status{
	"":              {StatusRequested},
	StatusRequested: {StatusDelayed, StatusScheduled, StatusCanceling, StatusCanceled, StatusFailed},
	StatusDelayed:   {StatusRequested, StatusScheduled, StatusCanceling, StatusCanceled},
	StatusScheduled: {StatusRunning, StatusCanceling, StatusCanceled, StatusFailed, StatusAbandoned},
	StatusRunning: {StatusSucceeded, StatusFailed, StatusTimeout, StatusAbandoned, StatusPending,
		StatusPausing, StatusPaused, StatusCanceling, StatusCanceled},
	StatusPausing: {StatusPaused, StatusCanceling, StatusSucceeded, StatusFailed, StatusTimeout, StatusAbandoned},
	StatusPaused:  {StatusResuming, StatusCanceling, StatusCanceled, StatusFailed, StatusAbandoned},
	StatusResuming: {StatusRunning, StatusPausing, StatusCanceling, StatusSucceeded, StatusFailed,
		StatusTimeout, StatusAbandoned},
	StatusPending:   {StatusSucceeded, StatusFailed, StatusTimeout},
	StatusCanceling: {StatusCanceled, StatusFailed, StatusAbandoned},
	StatusSucceeded: nil,
	StatusFailed:    nil,
	StatusTimeout:   nil,
	StatusCanceled:  nil,
	StatusAbandoned: nil,
}

// CanBecome reports whether the life cycle has a step from s to next.
func (s Status) CanBecome(next Status) bool { return slices.Contains(successors[s], next) }

// Completed reports whether the execution has ended; a completed execution never changes again.
func (s Status) Completed() bool {
	next, known := successors[s]
	return known && len(next) == 0
}

// Cancelable reports whether an execution in this status can be cancelled.
func (s Status) Cancelable() bool { return s.CanBecome(StatusCanceling) }

// Valid reports whether s is one of the statuses above.
func (s Status) Valid() bool {
	_, known := successors[s]
	return known && s != ""
}
