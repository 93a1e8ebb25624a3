package criteria

import (
	"slices"
	"sort"
)

// indexedRule is a rule in the index of a matcher.
type indexedRule struct {
	program  Program
	id       string
	backstop bool
	place    uint64 // position in the order of rules
}

// newIndexedRule returns a rule without a place. It has a copy of its program's
// steps, for a few of them right behind it: whoever finds the rule reads them next.
func newIndexedRule(rule Rule) *indexedRule {
	var r *indexedRule
	var steps []step
	switch n := len(rule.Program.steps); n {
	case 1:
		with := &struct {
			indexedRule
			steps [1]step
		}{}
		r, steps = &with.indexedRule, with.steps[:]
	case 2:
		with := &struct {
			indexedRule
			steps [2]step
		}{}
		r, steps = &with.indexedRule, with.steps[:]
	case 3:
		with := &struct {
			indexedRule
			steps [3]step
		}{}
		r, steps = &with.indexedRule, with.steps[:]
	default:
		r, steps = &indexedRule{}, make([]step, n)
	}
	*r = indexedRule{program: *rule.Program, id: rule.ID, backstop: rule.Backstop}
	copy(steps, r.program.steps)
	r.program.steps = steps
	return r
}

func (r *indexedRule) selectors() []selector { return r.program.source.selectors }

func byPlace(a, b *indexedRule) int {
	switch {
	case a.place < b.place:
		return -1
	case a.place > b.place:
		return 1
	}
	return 0
}

// ruleList is a persistent list of rules in their order, cut into chunks so
// that a change copies little. There are no empty chunks.
type ruleList [][]*indexedRule

const maxChunk = 256

// longerThan reports whether the list has more than n rules.
func (l ruleList) longerThan(n int) bool {
	for _, chunk := range l {
		if n -= len(chunk); n < 0 {
			return true
		}
	}
	return false
}

// chunkFor returns the index of the chunk that a place belongs to; the list
// must not be empty.
func (l ruleList) chunkFor(place uint64) int {
	i := sort.Search(len(l), func(i int) bool { return l[i][0].place > place })
	return max(i-1, 0)
}

func (l ruleList) with(r *indexedRule) ruleList {
	if len(l) == 0 {
		return ruleList{{r}}
	}
	c := l.chunkFor(r.place)
	i, _ := slices.BinarySearchFunc(l[c], r, byPlace)
	if c == len(l)-1 && i == maxChunk {
		return inserted(l, c+1, []*indexedRule{r})
	}
	chunk := inserted(l[c], i, r)
	if len(chunk) <= maxChunk {
		return replaced(l, c, chunk)
	}
	half := len(chunk) / 2
	out := inserted(l, c, chunk[:half:half])
	out[c+1] = chunk[half:]
	return out
}

// without returns the list without the rule, if it is in it.
func (l ruleList) without(r *indexedRule) (_ ruleList, found bool) {
	if len(l) == 0 {
		return l, false
	}
	c := l.chunkFor(r.place)
	i, found := slices.BinarySearchFunc(l[c], r, byPlace)
	if !found {
		return l, false
	}
	chunk := removed(l[c], i)
	if len(chunk) == 0 {
		return removed(l, c), true
	}
	return replaced(l, c, chunk), true
}
