package criteria

// FailureKind says at which step a criterion failed.
type FailureKind string

// The kinds of failures.
const (
	FailureRender   FailureKind = "render"   // the pattern could not be rendered
	FailureLookup   FailureKind = "lookup"   // the key could not be parsed or looked up
	FailureOperator FailureKind = "operator" // the operator is unknown or refused its operands
	FailureWhen     FailureKind = "when"     // the rule's expression could not be evaluated
)

// Failure tells that a criterion could not be checked. The criterion counts as
// not met.
type Failure struct {
	Kind FailureKind
	// Key is the key of the criterion, "when" for a rule's expression. For a
	// child of a search both keys are given: "trigger.hosts > item.name".
	Key string
	// Message says what went wrong, without the key.
	Message string
	// Err is the cause and may be nil.
	Err error
}

// Error returns key and message.
func (f *Failure) Error() string { return f.Key + ": " + f.Message }

// Unwrap returns the cause.
func (f *Failure) Unwrap() error { return f.Err }
