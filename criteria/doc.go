// Package criteria decides which rules an event meets.
//
// A rule's criteria are an ordered list of [Criterion]: a key that addresses
// the event's payload, an operator, and a pattern, which may be a template.
// [Compile] checks a list and makes a [Program] of it, which is evaluated
// against one event after the other; [Program.Explain] tells what every
// criterion saw and decided. Beside its criteria a rule may carry an expression,
// see [When].
//
// A [Matcher] holds the programs of all rules of one trigger in an index, so
// that an event costs what the rules that could match cost, not what all rules
// cost.
//
// The semantics are StackStorm's: operators, payload addressing, patterns and
// the order of evaluation. What goes wrong while a criterion is evaluated makes
// that criterion false and is reported as a [Failure]; it never stops other
// rules.
//
// The package has no clock and reads no datastore of its own: both come with
// the [Input].
package criteria
