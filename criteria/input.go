package criteria

import (
	"context"
	"time"
)

// Input is what a rule is evaluated against: one event and its surroundings.
// It is only read; one Input may serve any number of evaluations at once if
// its functions allow that.
type Input struct {
	// Payload is the payload of the event, a value of package pyvalue.
	Payload any
	// Now is the time that timediff operators measure from.
	Now time.Time
	// Datastore finds the keys behind st2kv.system and system. Nil means an
	// empty datastore.
	Datastore Lookup
	// Config returns the configuration that the expression of a rule sees as
	// config, usually that of the rule's pack. The rule is the ID given to the
	// matcher, "" for a program evaluated alone. It is called only if the
	// expression mentions config. Nil means an empty configuration.
	Config func(ctx context.Context, rule string) (any, error)
}

// Lookup returns the text stored under a key of the datastore's system scope,
// as stored: secrets stay encrypted. ok is false if there is no such key. An
// error makes the criterion that asked fail.
type Lookup func(ctx context.Context, name string) (value string, ok bool, err error)
