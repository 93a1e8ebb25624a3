package petrel

import (
	"time"

	"github.com/petrel-dev/petrel/criteria"
)

// Rule connects a trigger with an action: when an event of the trigger meets
// all criteria, the action is requested with the rendered parameters.
// See docs/rules.md.
type Rule struct {
	Pack        string // empty means "default"
	Name        string
	Description string
	Disabled    bool
	// Backstop makes the rule match only events that no ordinary rule matched.
	Backstop bool
	Trigger  RuleTrigger
	// Criteria are checked in order; the first that fails ends the check.
	// A rule without criteria matches every event of its trigger.
	Criteria []Criterion
	// When is an expression over trigger, st2kv and config that must hold beside the criteria.
	When         string
	Action       RuleAction
	Tags         []Tag
	MetadataFile string // path inside the pack, empty for rules made in Go
}

// Criterion is one condition on an event. See [criteria.Criterion].
type Criterion = criteria.Criterion

// RuleTrigger says which events a rule wants.
type RuleTrigger struct {
	Type       string // reference of the trigger type
	Parameters any    // for types that take parameters: a map or struct, else nil
}

// RuleAction says what a rule does.
type RuleAction struct {
	Ref string // reference of the action; it need not exist yet when the rule is registered
	// Parameters is a map or struct whose texts may be templates over trigger,
	// st2kv, config_context, action_context and each other.
	Parameters any
}

// Ref returns the reference "pack.name".
func (r Rule) Ref() string { return r.packName() + "." + r.Name }

func (r Rule) packName() string {
	if r.Pack == "" {
		return defaultPack
	}
	return r.Pack
}

// RuleLink names the rule that an enforcement or execution came from.
type RuleLink struct {
	ID  string `json:"id"`
	Ref string `json:"ref"`
}

// Enforcement records that a rule matched an event, and what came of it; or
// that a criterion of a rule could not be checked.
type Enforcement struct {
	ID              string
	Rule            RuleLink
	TriggerInstance string // id
	Execution       string // id; empty when no execution could be requested
	FailureReason   string // empty when the execution was requested
	EnforcedAt      time.Time
	Trace           Trace
}

// Failed reports whether the enforcement carries a failure.
func (e Enforcement) Failed() bool { return e.FailureReason != "" }

// EnforcementQuery selects enforcements, newest first. Zero fields select all.
type EnforcementQuery struct {
	Rule            string // reference
	TriggerInstance string
	Execution       string
	TraceID         string
	Since           time.Time
	Before          time.Time
	Page
}
