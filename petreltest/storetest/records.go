package storetest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel"
)

// start is the time of the suite's first records.
var start = time.Date(2026, 3, 1, 12, 0, 0, 123456000, time.UTC)

// at returns a time n seconds after start.
func at(n int) time.Time { return start.Add(time.Duration(n) * time.Second) }

// recordID returns ids that sort by n.
func recordID(n int) string { return fmt.Sprintf("%024x", n) }

func newInstance(n int) petrel.TriggerInstance {
	return petrel.TriggerInstance{
		ID:             recordID(n),
		Trigger:        "examples.event",
		Payload:        json.RawMessage(fmt.Sprintf(`{"number": %d}`, n)),
		OccurrenceTime: at(n),
		Status:         petrel.InstancePending,
		Trace:          petrel.Trace{ID: recordID(n), Tag: "suite"},
	}
}

func newEnforcement(n int) petrel.Enforcement {
	return petrel.Enforcement{
		ID:              recordID(n),
		Rule:            petrel.RuleLink{ID: recordID(7), Ref: "examples.rule"},
		TriggerInstance: recordID(n),
		Execution:       recordID(n),
		EnforcedAt:      at(n),
		Trace:           petrel.Trace{ID: recordID(n), Tag: "suite"},
	}
}

// newExecution returns a requested execution.
func newExecution(n int) petrel.Execution {
	return petrel.Execution{
		ID:              recordID(n),
		Action:          "examples.restart",
		Runner:          "local-shell-cmd",
		User:            "stanley",
		Parameters:      json.RawMessage(`{"host": "web1", "tries": 3}`),
		Context:         json.RawMessage(`{"user": "stanley"}`),
		Parent:          "",
		Rule:            petrel.RuleLink{ID: recordID(7), Ref: "examples.rule"},
		Trigger:         "examples.event",
		TriggerInstance: recordID(n),
		RequestedAt:     at(n),
		Delay:           1500 * time.Millisecond,
		ActionDocument:  strings.Repeat("a1", 32),
		RunnerDocument:  strings.Repeat("b2", 32),
		RuleDocument:    strings.Repeat("c3", 32),
		Trace:           petrel.Trace{ID: recordID(n), Tag: "suite"},
		ExecutionState: petrel.ExecutionState{
			Revision: 1,
			Status:   petrel.StatusRequested,
			Log:      []petrel.LogEntry{{Time: at(n), Status: petrel.StatusRequested}},
			DueAt:    at(n).Add(1500 * time.Millisecond),
		},
	}
}

// next returns the move of an execution through the given statuses.
func next(e petrel.Execution, now time.Time, through ...petrel.Status) petrel.ExecutionMove {
	to := e.ExecutionState
	to.Revision++
	to.Log = slices.Clone(e.Log)
	for _, status := range through {
		to.Status = status
		to.Log = append(to.Log, petrel.LogEntry{Time: now, Status: status})
	}
	if to.Status.Completed() {
		to.EndedAt, to.LeaseUntil = now, time.Time{}
	}
	return petrel.ExecutionMove{ID: e.ID, From: e.Status, To: to}
}

// claim returns the move of a requested execution to running, owned until a time.
func claim(e petrel.Execution, owner string, until time.Time) petrel.ExecutionMove {
	m := next(e, at(1000), petrel.StatusScheduled, petrel.StatusRunning)
	m.To.Owner, m.To.LeaseUntil = owner, until
	return m
}

// succeed returns the move of a running execution to succeeded.
func succeed(e petrel.Execution, result string) petrel.ExecutionMove {
	m := next(e, at(2000), petrel.StatusSucceeded)
	m.To.Result = json.RawMessage(result)
	return m
}

// moved returns the execution after the move.
func moved(e petrel.Execution, m petrel.ExecutionMove) petrel.Execution {
	e.ExecutionState = m.To
	return e
}

// kept returns the time as a store must at least keep it.
func kept(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// seenTime demands that a store gave the time in UTC.
func seenTime(t require.TestingT, got time.Time) time.Time {
	require.Equal(t, time.UTC, got.Location(), "times come back in UTC")
	return kept(got)
}

func keptInstance(i petrel.TriggerInstance) petrel.TriggerInstance {
	i.OccurrenceTime = kept(i.OccurrenceTime)
	return i
}

func seenInstance(t require.TestingT, i petrel.TriggerInstance) petrel.TriggerInstance {
	i.OccurrenceTime = seenTime(t, i.OccurrenceTime)
	return i
}

func keptEnforcement(e petrel.Enforcement) petrel.Enforcement {
	e.EnforcedAt = kept(e.EnforcedAt)
	return e
}

func seenEnforcement(t require.TestingT, e petrel.Enforcement) petrel.Enforcement {
	e.EnforcedAt = seenTime(t, e.EnforcedAt)
	return e
}

func keptExecution(e petrel.Execution) petrel.Execution { return mapTimes(e, kept) }

func seenExecution(t require.TestingT, e petrel.Execution) petrel.Execution {
	return mapTimes(e, func(at time.Time) time.Time { return seenTime(t, at) })
}

func mapTimes(e petrel.Execution, f func(time.Time) time.Time) petrel.Execution {
	e.RequestedAt, e.DueAt, e.EndedAt, e.LeaseUntil = f(e.RequestedAt), f(e.DueAt), f(e.EndedAt), f(e.LeaseUntil)
	e.Log = slices.Clone(e.Log)
	for n := range e.Log {
		e.Log[n].Time = f(e.Log[n].Time)
	}
	return e
}

func keptKey(k petrel.Key) petrel.Key {
	k.Expires = kept(k.Expires)
	return k
}

func seenKey(t require.TestingT, k petrel.Key) petrel.Key {
	k.Expires = seenTime(t, k.Expires)
	return k
}
