package petrel

import (
	"encoding/json"
	"time"

	"github.com/petrel-dev/petrel/schema"
)

// TriggerType describes a kind of event: what its payload looks like and, for
// kinds such as timers and webhooks, with which parameters a rule asks for it.
type TriggerType struct {
	Pack        string
	Name        string
	Description string
	// Payload is the schema every payload is checked against; nil accepts all.
	Payload *schema.Schema
	// Parameters is the schema of the parameters a rule gives; nil means none.
	Parameters   *schema.Schema
	Tags         []Tag
	MetadataFile string // path inside the pack, empty for types made in Go
}

// Ref returns the reference "pack.name".
func (t TriggerType) Ref() string { return t.Pack + "." + t.Name }

// Trigger is a trigger type together with the parameters that one or more
// rules ask for. A type without parameters has exactly one trigger, which
// bears the type's own reference.
type Trigger struct {
	ID         string
	Ref        string
	Type       string          // reference of the trigger type
	Parameters json.RawMessage // a JSON object, "{}" without parameters
}

// Tag is a label on a rule, an action or a trigger type.
type Tag struct {
	Name  string
	Value string
}

// TriggerInstanceStatus tells how far an event has been handled.
type TriggerInstanceStatus string

// The statuses of a trigger instance. An instance is pending from the moment
// it is stored until its enforcements are stored with it, in one transaction.
const (
	InstancePending   TriggerInstanceStatus = "pending"
	InstanceProcessed TriggerInstanceStatus = "processed"
	InstanceFailed    TriggerInstanceStatus = "processing_failed"
)

// TriggerInstance is one event that was accepted: it is stored before any rule sees it.
type TriggerInstance struct {
	ID             string
	Trigger        string          // reference of the trigger, not of its type
	Payload        json.RawMessage // a JSON value, as dispatched
	OccurrenceTime time.Time
	Status         TriggerInstanceStatus
	Reason         string // why processing failed, else empty
	Trace          Trace
}

// Trace ties together all that followed from one event or one request. Every
// trigger instance, enforcement and execution carries the trace it belongs to.
type Trace struct {
	ID  string
	Tag string // free text given by the sender; not unique
}

// TriggerInstanceQuery selects trigger instances, newest first. Zero fields select all.
type TriggerInstanceQuery struct {
	Trigger string
	TraceID string
	Status  TriggerInstanceStatus
	Since   time.Time // occurred at or after
	Before  time.Time // occurred before
	Page
}

// Page cuts a window out of a query's answer.
type Page struct {
	Limit       int // at most so many records; 0 means 100, negative means all
	Offset      int // skip so many records
	OldestFirst bool
}
