package petrel

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// Store keeps everything that must not get lost. All writing is done by
// transitions: a transition is stored whole or not at all, and once Commit has
// returned nil it survives the death of the process.
//
// A Store is safe for concurrent use; concurrent commits may share one disk
// write. It shares no memory with its callers. Times are kept in UTC to the
// microsecond. Lists are ordered by time, records of the same time by id. The
// suite in petreltest/storetest checks the contract.
type Store interface {
	// Commit applies the transition. It fails with [ErrConflict] if a new
	// record exists, a record to move does not, or is not in the state the
	// move starts from; with [ErrIllegalTransition] if the life cycle forbids a
	// change; with [ErrStoreFull] if there is no room; with [ErrInvalid] if a
	// text cannot be kept exactly. Nothing is stored then.
	Commit(ctx context.Context, t Transition) error
	// RenewLeases sets the lease of every uncompleted execution of the owner.
	// Their revisions stay as they are.
	RenewLeases(ctx context.Context, owner string, until time.Time) error

	// Reading by id fails with [ErrNotFound].
	TriggerInstance(ctx context.Context, id string) (TriggerInstance, error)
	TriggerInstances(ctx context.Context, q TriggerInstanceQuery) ([]TriggerInstance, error)
	Enforcements(ctx context.Context, q EnforcementQuery) ([]Enforcement, error)
	Execution(ctx context.Context, id string) (Execution, error)
	Executions(ctx context.Context, q ExecutionQuery) ([]Execution, error)
	Document(ctx context.Context, digest string) (Document, error)
	// Key returns the key whatever its expiry; the engine hides expired keys.
	Key(ctx context.Context, scope, name string) (Key, error)
	Keys(ctx context.Context, q KeyQuery) ([]Key, error)

	// Close waits for running commits and releases the store.
	Close() error
}

// Transition is a set of changes that belong together. Order within each list
// is kept. A transition that inserts and moves the same record is refused.
type Transition struct {
	// Instances are new trigger instances.
	Instances []TriggerInstance
	// InstanceMoves end the processing of stored trigger instances.
	InstanceMoves []InstanceMove
	// Enforcements are new enforcements.
	Enforcements []Enforcement
	// Executions are new executions.
	Executions []Execution
	// ExecutionMoves change stored executions.
	ExecutionMoves []ExecutionMove
	// Documents are kept once for each digest; one that exists is left alone.
	Documents []Document
	// Keys are datastore keys to write, KeysDeleted those to remove before
	// that. Removing a key that does not exist is no error.
	Keys        []Key
	KeysDeleted []KeyName
}

// InstanceMove changes the status of a trigger instance that is in status From.
type InstanceMove struct {
	ID     string
	From   TriggerInstanceStatus
	To     TriggerInstanceStatus
	Reason string
}

// ExecutionMove replaces the state of an execution. The stored execution must
// be in status From at the revision before To.Revision.
type ExecutionMove struct {
	ID   string
	From Status
	To   ExecutionState
}

// Document is a piece of metadata kept as it was at one time: an action, a
// runner or a rule that executions refer to. The digest is the SHA-256 of the
// body in hexadecimal digits.
type Document struct {
	Digest string
	Body   json.RawMessage
}

// Check reports whether the changes are legal in themselves, whatever is
// stored. Stores call it first.
func (t Transition) Check() error {
	for _, i := range t.Instances {
		if i.ID == "" || i.Status != InstancePending {
			return fmt.Errorf("%w: new trigger instance %q is %q", ErrIllegalTransition, i.ID, i.Status)
		}
	}
	for _, m := range t.InstanceMoves {
		if m.From != InstancePending || (m.To != InstanceProcessed && m.To != InstanceFailed) {
			return fmt.Errorf("%w: trigger instance %s from %q to %q", ErrIllegalTransition, m.ID, m.From, m.To)
		}
	}
	for _, e := range t.Executions {
		if err := checkLog(e.ID, e.ExecutionState); err != nil {
			return err
		}
		if e.Revision != 1 {
			return fmt.Errorf("%w: new execution %s has revision %d", ErrIllegalTransition, e.ID, e.Revision)
		}
	}
	for _, m := range t.ExecutionMoves {
		if err := checkMove(m); err != nil {
			return err
		}
	}
	return nil
}

// checkLog demands that the log begins with the request, follows the life
// cycle and ends in the present status.
func checkLog(id string, s ExecutionState) error {
	status := Status("")
	for _, entry := range s.Log {
		if !status.CanBecome(entry.Status) {
			return fmt.Errorf("%w: execution %s from %q to %q", ErrIllegalTransition, id, status, entry.Status)
		}
		status = entry.Status
	}
	if status != s.Status || status == "" {
		return fmt.Errorf("%w: execution %s is %q but its log ends with %q", ErrIllegalTransition, id, s.Status, status)
	}
	return nil
}

// checkMove demands a legal log in which From stands before the new status.
func checkMove(m ExecutionMove) error {
	if err := checkLog(m.ID, m.To); err != nil {
		return err
	}
	if m.From.Completed() {
		return fmt.Errorf("%w: execution %s has ended as %s", ErrIllegalTransition, m.ID, m.From)
	}
	for _, entry := range m.To.Log {
		if entry.Status == m.From {
			return nil
		}
	}
	return fmt.Errorf("%w: execution %s was never %q", ErrIllegalTransition, m.ID, m.From)
}
