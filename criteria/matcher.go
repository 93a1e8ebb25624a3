package criteria

import (
	"context"
	"hash/maphash"
	"sync"
	"sync/atomic"
)

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
// matches. Readers never wait: they work on an immutable index behind one
// atomic pointer, and Put and Remove make a new one that shares nearly all of
// the old. A Matcher is safe for concurrent use.
//
// An event is evaluated against the rules that it could match. Others are ruled
// out by their criteria equals, iequals and inside with constant patterns, and
// by comparisons with constants that an expression begins with, as long as no
// criterion before could fail on the event: a rule that has a failure to report
// is never skipped.
type Matcher struct {
	seed  maphash.Seed
	index atomic.Pointer[indexNode]
	// scratch holds *matching values.
	scratch sync.Pool

	// mu guards the fields below, and writing to index.
	mu    sync.Mutex
	rules map[string]*indexedRule
	next  uint64
}

// NewMatcher returns a matcher without rules.
func NewMatcher() *Matcher {
	m := &Matcher{seed: maphash.MakeSeed(), rules: map[string]*indexedRule{}}
	m.scratch.New = func() any { return new(matching) }
	m.index.Store(&indexNode{})
	return m
}

// Put adds a rule or replaces the one with the same ID, which keeps its place
// in the order. The order of rules is the order in which their IDs were first
// put.
func (m *Matcher) Put(rule Rule) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := newIndexedRule(rule)
	index := *m.index.Load()
	if old, ok := m.rules[rule.ID]; ok {
		r.place = old.place
		index = index.without(m.seed, old, 0)
	} else {
		r.place = m.next
		m.next++
	}
	m.rules[rule.ID] = r
	index = index.with(m.seed, r, 0)
	m.index.Store(&index)
}

// Remove removes a rule and reports whether it was there.
func (m *Matcher) Remove(id string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	r, ok := m.rules[id]
	if !ok {
		return false
	}
	delete(m.rules, id)
	index := m.index.Load().without(m.seed, r, 0)
	m.index.Store(&index)
	return true
}

// Len returns the number of rules.
func (m *Matcher) Len() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.rules)
}

// Matches is the result of matching one event.
type Matches struct {
	// Rules are the IDs of the rules that match, in order: a backstop rule is
	// among them only if no other rule is.
	Rules []string
	// Failures are what could not be checked, in the order of evaluation.
	Failures []RuleFailure
}

// RuleFailure is a failure of one rule.
type RuleFailure struct {
	Rule string // ID
	*Failure
}

// Match returns the rules that the event matches. Ordinary rules are evaluated
// first, all of them; if none matches, the backstop rules. The result is the
// same as evaluating every rule in order, failures included. The error is that
// of ctx, if it ended before all rules were evaluated.
func (m *Matcher) Match(ctx context.Context, in *Input) (Matches, error) {
	w := m.scratch.Get().(*matching)
	defer w.release(&m.scratch)
	w.run.ctx, w.run.in = ctx, in
	w.query.seed, w.query.payload = m.seed, in.Payload
	w.query.visit(*m.index.Load())
	rules := w.query.ordered()
	if backstops, err := w.pass(rules, false); err != nil {
		return Matches{}, err
	} else if backstops && len(w.out.Rules) == 0 {
		if _, err := w.pass(rules, true); err != nil {
			return Matches{}, err
		}
	}
	return w.out, ctx.Err()
}

// matching is the working memory of one call of Match.
type matching struct {
	query query
	run   run
	out   Matches
}

// release drops all references to the event and gives the memory back.
func (w *matching) release(pool *sync.Pool) {
	clear(w.query.found)
	w.query.found, w.query.unordered, w.query.payload = w.query.found[:0], false, nil
	w.out = Matches{}
	r := &w.run
	r.ctx, r.in, r.compiler, r.rule = nil, nil, nil, ""
	clear(r.failures[:cap(r.failures)])
	r.failures = r.failures[:0]
	r.expression.forget()
	pool.Put(w)
}

// pass evaluates the ordinary or the backstop rules and reports whether there
// are backstop rules.
func (w *matching) pass(rules []*indexedRule, backstop bool) (backstops bool, err error) {
	r := &w.run
	for i, rule := range rules {
		backstops = backstops || rule.backstop
		if rule.backstop != backstop {
			continue
		}
		if i%64 == 63 {
			if err := r.ctx.Err(); err != nil {
				return backstops, err
			}
		}
		r.rule = rule.id
		if rule.program.evaluate(r) {
			w.out.Rules = append(w.out.Rules, rule.id)
		}
		for _, f := range r.failures {
			w.out.Failures = append(w.out.Failures, RuleFailure{rule.id, f})
		}
		r.failures = r.failures[:0]
	}
	return backstops, nil
}
