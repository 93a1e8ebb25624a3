package petrel

import "errors"

// The errors that callers can tell apart with [errors.Is]. The text around
// them says which resource, where, and what to do.
var (
	// ErrInvalid marks input that breaks a rule: a malformed reference, a
	// rule with an unknown operator, a document that fails its schema.
	ErrInvalid = errors.New("invalid")
	// ErrNotFound marks a record, key or resource that does not exist.
	ErrNotFound = errors.New("not found")
	// ErrUnknownTrigger marks an event for a trigger nobody registered.
	ErrUnknownTrigger = errors.New("unknown trigger")
	// ErrInvalidPayload marks an event whose payload fails the trigger type's schema.
	ErrInvalidPayload = errors.New("invalid payload")
	// ErrUnknownAction marks a request for an action nobody registered.
	ErrUnknownAction = errors.New("unknown action")
	// ErrDisabled marks a request for an action that is switched off.
	ErrDisabled = errors.New("disabled")
	// ErrUnknownRunner marks an action whose runner nobody registered.
	ErrUnknownRunner = errors.New("unknown runner")
	// ErrInvalidParameters marks parameters that are missing, unknown, of the
	// wrong type, or templates that cannot be rendered.
	ErrInvalidParameters = errors.New("invalid parameters")
	// ErrConflict marks a transition whose starting point has changed meanwhile.
	ErrConflict = errors.New("conflict")
	// ErrIllegalTransition marks a change of status that the life cycle does not have.
	ErrIllegalTransition = errors.New("illegal transition")
	// ErrStoreFull marks a write refused because the store has no room left.
	// Nothing of the refused transition is stored.
	ErrStoreFull = errors.New("store full")
	// ErrStopped marks work handed to an engine that does not run or is draining.
	ErrStopped = errors.New("engine stopped")
	// ErrNoCryptoKey marks the use of a secret key without an encryption key.
	ErrNoCryptoKey = errors.New("no encryption key")
)
