package criteria

// Criterion is one condition on an event.
type Criterion struct {
	// Key addresses a value of the payload, such as "trigger.body.action" or
	// "trigger.headers['X-Event'][0]". Text from the first # on is ignored, so
	// that one value can be checked twice ("trigger.n#1", "trigger.n#2").
	Key string
	// Type names the operator, in any case: "equals", "regex", "timediff_lt".
	Type string
	// Pattern is what the operator compares the value with. A string is a
	// template over trigger, st2kv and system; any other value is taken as it
	// is. The operator search takes a mapping of criteria. The operators exists
	// and nexists need none.
	Pattern any
	// Condition is for the operator search only: "any", "all", "any2any" or "all2any".
	Condition string
}
