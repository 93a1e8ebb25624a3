package orquesta

// Status is where a workflow, a task or an item stands. The texts are StackStorm's.
type Status string

// The statuses. Unset is that of a workflow which nobody asked to run yet.
const (
	Unset     Status = ""
	Requested Status = "requested"
	Scheduled Status = "scheduled"
	Delayed   Status = "delayed"
	Running   Status = "running"
	Pending   Status = "pending"
	Pausing   Status = "pausing"
	Paused    Status = "paused"
	Resuming  Status = "resuming"
	Succeeded Status = "succeeded"
	Failed    Status = "failed"
	Timeout   Status = "timeout"
	Abandoned Status = "abandoned"
	Retrying  Status = "retrying"
	Canceling Status = "canceling"
	Canceled  Status = "canceled"
)

// Valid reports whether s is one of the statuses, Unset excluded.
func (s Status) Valid() bool {
	return s.Completed() || s.Active() || s == Pending || s == Paused || s == Retrying
}

// Completed reports whether s is final: succeeded, failed, timeout, abandoned
// or canceled.
func (s Status) Completed() bool { return s == Succeeded || s == Canceled || s.Abended() }

// Abended reports whether s is an end in failure: failed, timeout or abandoned.
func (s Status) Abended() bool { return s == Failed || s == Timeout || s == Abandoned }

// Active reports whether work is under way or about to be.
func (s Status) Active() bool {
	switch s {
	case Requested, Scheduled, Delayed, Running, Resuming, Pausing, Canceling:
		return true
	}
	return false
}

// Starting reports whether s comes before the work itself, or is its beginning.
func (s Status) Starting() bool {
	switch s {
	case Requested, Scheduled, Delayed, Running, Pending:
		return true
	}
	return false
}

// Dispatching reports whether a workflow in status s starts tasks that are due.
func (s Status) Dispatching() bool {
	switch s {
	case Requested, Scheduled, Delayed, Running, Resuming, Retrying:
		return true
	}
	return false
}

// text is the status as the stored state and expressions show it.
func (s Status) text() string {
	if s == Unset {
		return "null"
	}
	return string(s)
}

func statusOf(text string) Status {
	if text == "null" {
		return Unset
	}
	return Status(text)
}

// The engine commands, which are targets of transitions but no tasks.
const (
	commandNoop     = "noop"
	commandFail     = "fail"
	commandContinue = "continue"
	commandRetry    = "retry"
)

func isCommand(name string) bool {
	switch name {
	case commandNoop, commandFail, commandContinue, commandRetry:
		return true
	}
	return false
}
