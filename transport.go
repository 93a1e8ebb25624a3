package petrel

import (
	"context"
	"time"
)

// Transport carries news between the parts of an engine and, with an external
// implementation, between engines. News only wakes and informs: what is true
// is in the [Store], and an engine whose transport loses everything still
// finishes all work, later.
//
// A Transport is safe for concurrent use. The suite in
// petreltest/transporttest checks the contract.
type Transport interface {
	// Publish hands the event to every present subscription it matches, in the
	// order of the calls for one publisher. It does not wait for slow
	// subscribers: a subscription that falls behind loses events and counts them.
	Publish(ctx context.Context, e Event) error
	// Subscribe returns a subscription to the events that the filter selects,
	// in effect when Subscribe returns and until ctx ends.
	Subscribe(ctx context.Context, f EventFilter) (Subscription, error)
	// Close ends all subscriptions; Publish and Subscribe fail with [ErrStopped] then.
	Close() error
}

// Subscription receives events.
type Subscription interface {
	// Events delivers the events. The channel is closed when the subscription ends.
	Events() <-chan Event
	// Lost returns how many events did not fit since the subscription began.
	Lost() int
}

// EventKind says what an [Event] tells.
type EventKind string

// The kinds of events.
const (
	// EventTriggerInstance tells that a trigger instance was stored or processed.
	EventTriggerInstance EventKind = "trigger_instance"
	// EventExecution tells that an execution was requested or changed its status.
	EventExecution EventKind = "execution"
	// EventOutput carries a piece of an execution's output while it runs.
	EventOutput EventKind = "output"
)

// Event tells what happened to one record. It names the record and does not
// carry it: whoever needs more reads the store.
type Event struct {
	Kind   EventKind `json:"kind"`
	ID     string    `json:"id"`               // of the trigger instance or execution
	Ref    string    `json:"ref"`              // trigger or action
	Status string    `json:"status,omitempty"` // of the record after the change
	Parent string    `json:"parent,omitempty"` // of the execution
	Time   time.Time `json:"time"`
	// Stream and Data are the output of EventOutput: "stdout" or "stderr", and the text.
	Stream string `json:"stream,omitempty"`
	Data   string `json:"data,omitempty"`
}

// EventFilter selects events. Zero fields select all.
type EventFilter struct {
	Kind EventKind
	ID   string
	Ref  string
}

// Matches reports whether the filter selects the event.
func (f EventFilter) Matches(e Event) bool {
	return (f.Kind == "" || f.Kind == e.Kind) && (f.ID == "" || f.ID == e.ID) && (f.Ref == "" || f.Ref == e.Ref)
}
