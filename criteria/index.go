package criteria

import (
	"hash/maphash"
	"slices"

	"github.com/petrel-dev/petrel/pyvalue"
)

// The index is a decision tree. A node holds rules; once these are many, it
// forks by the rules' next selectors: one branch for each place in the payload
// that selectors look at, and in a branch one node for each value that rules
// want there. An event visits the nodes of the values it has. All of the tree is
// persistent: a change makes new nodes along one path and shares all others.

// indexNode holds the rules that agree in the selectors above it. It is small,
// because most nodes hold one rule and lie side by side in their branch.
type indexNode struct {
	// one is the only rule, or nil.
	one *indexedRule
	// group is set instead if there are several rules.
	group *ruleGroup
}

// ruleGroup are the rules of a node that has several.
type ruleGroup struct {
	// rules are evaluated for every event that gets here.
	rules ruleList
	// fork is nil as long as the rules are few.
	fork *fork
}

// forkAt is the number of rules beyond which a group forks. Evaluating a few
// rules costs less than looking for the right one.
const forkAt = 2

// fork divides rules by the place of their next selector.
type fork struct {
	// plain are the branches without guards, by the hash of their fields. An
	// event that lacks the place needs nothing from them, so of many branches
	// only those are visited that the payload leads to.
	plain hashMap[*branch]
	// few are the plain branches as long as they are not more than maxFew.
	few []*branch
	// prefixes counts the plain branches below each beginning of fields.
	prefixes hashMap[int]
	// guarded are all other branches. Each of them is visited by every event.
	guarded []*branch
}

const maxFew = 8

// branch divides rules by the value at one place of the payload.
type branch struct {
	guards []guard
	fields []string
	fold   bool
	values hashMap[indexNode]
}

// with returns the node with the rule added, below the first depth of its selectors.
func (n indexNode) with(seed maphash.Seed, r *indexedRule, depth int) indexNode {
	if n.group == nil {
		if n.one == nil {
			return indexNode{one: r}
		}
		return indexNode{group: &ruleGroup{rules: ruleList{}.with(n.one).with(r)}}
	}
	out := *n.group
	if out.fork == nil {
		if !out.rules.longerThan(forkAt - 1) {
			out.rules = out.rules.with(r)
			return indexNode{group: &out}
		}
		old := out.rules
		out.rules, out.fork = nil, &fork{}
		for _, chunk := range old {
			for _, r := range chunk {
				out.place(seed, r, depth)
			}
		}
	}
	out.place(seed, r, depth)
	return indexNode{group: &out}
}

// place adds a rule to a forked group that is not yet shared.
func (g *ruleGroup) place(seed maphash.Seed, r *indexedRule, depth int) {
	if selectors := r.selectors(); depth < len(selectors) {
		if fork, ok := g.fork.with(seed, r, depth); ok {
			g.fork = fork
			return
		}
	}
	g.rules = g.rules.with(r)
}

// without returns the node without the rule; it may be empty.
func (n indexNode) without(seed maphash.Seed, r *indexedRule, depth int) indexNode {
	if n.group == nil {
		return indexNode{} // the rule was its only one
	}
	out := *n.group
	var found bool
	if out.rules, found = out.rules.without(r); !found {
		out.fork = out.fork.without(seed, r, depth)
	}
	if len(out.rules) == 0 && (out.fork == nil || out.fork.empty()) {
		return indexNode{}
	}
	return indexNode{group: &out}
}

func (n indexNode) empty() bool { return n.one == nil && n.group == nil }

func (f *fork) empty() bool { return f.plain.size == 0 && len(f.guarded) == 0 }

// with returns the fork with the rule added. It refuses in the unlikely case
// that two places have the same hash.
func (f *fork) with(seed maphash.Seed, r *indexedRule, depth int) (*fork, bool) {
	s := &r.selectors()[depth]
	out := *f
	if len(s.guards) > 0 {
		i := slices.IndexFunc(f.guarded, func(b *branch) bool { return b.serves(s) })
		if i < 0 {
			out.guarded = inserted(f.guarded, len(f.guarded), newBranch(s).with(seed, r, depth))
		} else {
			out.guarded = replaced(f.guarded, i, f.guarded[i].with(seed, r, depth))
		}
		return &out, true
	}
	hash := hashFields(seed, s.fields)
	b, ok := f.plain.get(hash)
	switch {
	case !ok:
		b = newBranch(s)
		for i := 1; i < len(s.fields); i++ {
			prefix := hashFields(seed, s.fields[:i])
			count, _ := out.prefixes.get(prefix)
			out.prefixes = out.prefixes.with(prefix, count+1)
		}
	case !b.serves(s):
		return nil, false
	}
	out.plain = out.plain.with(hash, b.with(seed, r, depth))
	out.gatherFew()
	return &out, true
}

func (f *fork) without(seed maphash.Seed, r *indexedRule, depth int) *fork {
	s := &r.selectors()[depth]
	out := *f
	if len(s.guards) > 0 {
		i := slices.IndexFunc(f.guarded, func(b *branch) bool { return b.serves(s) })
		if b := f.guarded[i].without(seed, r, depth); b.values.size > 0 {
			out.guarded = replaced(f.guarded, i, b)
		} else {
			out.guarded = removed(f.guarded, i)
		}
		return &out
	}
	hash := hashFields(seed, s.fields)
	b, _ := f.plain.get(hash)
	if b = b.without(seed, r, depth); b.values.size > 0 {
		out.plain = out.plain.with(hash, b)
	} else {
		out.plain = out.plain.without(hash)
		for i := 1; i < len(s.fields); i++ {
			prefix := hashFields(seed, s.fields[:i])
			if count, _ := out.prefixes.get(prefix); count > 1 {
				out.prefixes = out.prefixes.with(prefix, count-1)
			} else {
				out.prefixes = out.prefixes.without(prefix)
			}
		}
	}
	out.gatherFew()
	return &out
}

func (f *fork) gatherFew() {
	f.few = nil
	if f.plain.size > maxFew {
		return
	}
	f.few = make([]*branch, 0, f.plain.size)
	f.plain.all(func(_ uint64, b *branch) bool {
		f.few = append(f.few, b)
		return true
	})
}

func newBranch(s *selector) *branch {
	return &branch{guards: s.guards, fields: s.fields, fold: s.fold}
}

// serves reports whether the branch is that of the selector.
func (b *branch) serves(s *selector) bool {
	return b.fold == s.fold && slices.Equal(b.fields, s.fields) && slices.EqualFunc(b.guards, s.guards, guard.equal)
}

func (b *branch) with(seed maphash.Seed, r *indexedRule, depth int) *branch {
	out := *b
	for _, hash := range hashesOf(seed, r.selectors()[depth].values) {
		n, _ := out.values.get(hash)
		out.values = out.values.with(hash, n.with(seed, r, depth+1))
	}
	return &out
}

func (b *branch) without(seed maphash.Seed, r *indexedRule, depth int) *branch {
	out := *b
	for _, hash := range hashesOf(seed, r.selectors()[depth].values) {
		n, _ := out.values.get(hash)
		if n = n.without(seed, r, depth+1); !n.empty() {
			out.values = out.values.with(hash, n)
		} else {
			out.values = out.values.without(hash)
		}
	}
	return &out
}

func hashesOf(seed maphash.Seed, values []any) []uint64 {
	hashes := make([]uint64, len(values))
	for i, value := range values {
		hashes[i], _ = hashOf(seed, value)
	}
	slices.Sort(hashes)
	return slices.Compact(hashes)
}

func hashFields(seed maphash.Seed, fields []string) uint64 {
	var hash uint64
	for _, field := range fields {
		hash = hashField(seed, hash, field)
	}
	return hash
}

func hashField(seed maphash.Seed, prefix uint64, field string) uint64 {
	return mix(prefix ^ maphash.String(seed, field))
}

// query collects the rules that an event could match.
type query struct {
	seed    maphash.Seed
	payload any
	// found are the rules of all nodes visited, in order only if unordered is
	// not set.
	found     []*indexedRule
	unordered bool
}

// visit collects the rules of a node and of what the payload leads to below it.
func (q *query) visit(n indexNode) {
	if n.one != nil {
		q.unordered = q.unordered || len(q.found) > 0
		q.found = append(q.found, n.one)
	}
	if n.group == nil {
		return
	}
	for _, chunk := range n.group.rules {
		q.unordered = q.unordered || len(q.found) > 0
		q.found = append(q.found, chunk...)
	}
	if n.group.fork != nil {
		q.visitFork(n.group.fork)
	}
}

func (q *query) visitFork(f *fork) {
	for _, b := range f.guarded {
		q.visitBranch(b)
	}
	if f.plain.size <= maxFew {
		for _, b := range f.few {
			q.visitBranch(b)
		}
		return
	}
	if b, ok := f.plain.get(hashFields(q.seed, nil)); ok {
		q.visitBranch(b)
	}
	q.walk(f, 0, q.payload)
}

// walk visits the plain branches that the fields of a part of the payload lead to.
func (q *query) walk(f *fork, prefix uint64, part any) {
	if m, ok := part.(map[string]any); ok {
		for field, value := range m {
			q.follow(f, prefix, field, value)
		}
		return
	}
	for key, value := range pyvalue.Entries(part) {
		if field, ok := key.(string); ok {
			q.follow(f, prefix, field, value)
		}
	}
}

func (q *query) follow(f *fork, prefix uint64, field string, value any) {
	hash := hashField(q.seed, prefix, field)
	if b, ok := f.plain.get(hash); ok {
		q.visitBranch(b)
	}
	if _, ok := f.prefixes.get(hash); ok {
		q.walk(f, hash, value)
	}
}

func (q *query) visitBranch(b *branch) {
	for _, g := range b.guards {
		if !g.holds(q.payload) {
			q.collect(b)
			return
		}
	}
	value := fieldOf(q.payload, b.fields)
	if value == nil {
		return
	}
	if b.fold {
		value = lower(value.(string))
	}
	hash, ok := hashOf(q.seed, value)
	if !ok {
		q.collect(b)
		return
	}
	if n, ok := b.values.get(hash); ok {
		q.visit(n)
	}
}

// collect collects all rules below a branch, some perhaps twice.
func (q *query) collect(b *branch) {
	q.unordered = true
	b.values.all(func(_ uint64, n indexNode) bool {
		q.collectNode(n)
		return true
	})
}

func (q *query) collectNode(n indexNode) {
	if n.one != nil {
		q.found = append(q.found, n.one)
	}
	if n.group == nil {
		return
	}
	for _, chunk := range n.group.rules {
		q.found = append(q.found, chunk...)
	}
	if n.group.fork == nil {
		return
	}
	for _, b := range n.group.fork.guarded {
		q.collect(b)
	}
	n.group.fork.plain.all(func(_ uint64, b *branch) bool {
		q.collect(b)
		return true
	})
}

// ordered returns the rules found, each once and in order.
func (q *query) ordered() []*indexedRule {
	if q.unordered {
		slices.SortFunc(q.found, byPlace)
		q.found = slices.Compact(q.found)
	}
	return q.found
}
