package criteria

import "context"

// Rule is what a [Matcher] keeps of a rule.
type Rule struct {
	// ID identifies the rule.
	ID string
	// Program decides which events the rule matches. It must not be nil.
	Program *Program
	// Backstop makes the rule match only events that no other rule matched.
	Backstop bool
}

// Matcher holds the rules of one trigger and finds those that an event
// matches. Readers never wait: they work on an immutable index, which Put and
// Remove replace as a whole. A Matcher is safe for concurrent use.
type Matcher struct {
}

// NewMatcher returns a matcher without rules.
func NewMatcher() *Matcher { return &Matcher{} }

// Put adds a rule or replaces the one with the same ID, which keeps its place
// in the order. The order of rules is the order in which their IDs were first
// put.
func (m *Matcher) Put(rule Rule) {}

// Remove removes a rule and reports whether it was there.
func (m *Matcher) Remove(id string) bool { return false }

// Len returns the number of rules.
func (m *Matcher) Len() int { return 0 }

// Match returns the rules that the event matches. Ordinary rules are evaluated
// first, all of them; if none matches, the backstop rules. The result is the
// same as evaluating every rule in order, failures included. The error is that
// of ctx, if it ended before all rules were evaluated.
func (m *Matcher) Match(ctx context.Context, in *Input) (Matches, error) {
	return Matches{}, ctx.Err()
}

// Matches is the result of matching one event.
type Matches struct {
	// Rules are the IDs of the rules that match, in order.
	Rules []string
	// Failures are what could not be checked, in the order of rules.
	Failures []RuleFailure
}

// RuleFailure is a failure of one rule.
type RuleFailure struct {
	Rule string // ID
	*Failure
}
