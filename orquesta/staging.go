package orquesta

import (
	"container/list"
	"iter"
	"maps"
)

// staged is a task that is due, or a join that waits.
type staged struct {
	key
	in        *lineage
	prev      map[string]int
	ready     bool
	items     *itemList // nil unless the task has items and was asked for
	completed bool
	runOnFail bool
	retry     *retryState

	place *list.Element
}

func (t *staged) forgetItems() { t.items, t.completed = nil, false }

// staging holds the staged tasks in the order in which they were staged.
type staging struct {
	byKey map[key]*staged
	order *list.List
}

func newStaging() staging { return staging{map[key]*staged{}, list.New()} }

func (s staging) get(k key) *staged { return s.byKey[k] }

func (s staging) add(t *staged) {
	s.byKey[t.key] = t
	t.place = s.order.PushBack(t)
}

// remove takes a task out; one that is out already is left alone.
func (s staging) remove(t *staged) {
	if s.byKey[t.key] == t {
		delete(s.byKey, t.key)
		s.order.Remove(t.place)
	}
}

func (s staging) all() iter.Seq[*staged] {
	return func(yield func(*staged) bool) {
		for e := s.order.Front(); e != nil; {
			next := e.Next()
			if !yield(e.Value.(*staged)) {
				return
			}
			e = next
		}
	}
}

func (s staging) anyReady() bool {
	for t := range s.all() {
		if t.ready && !t.completed {
			return true
		}
	}
	return false
}

// itemList is where the items of a staged task stand.
type itemList struct {
	statuses []Status
	counts   map[Status]int
	fresh    int      // no item before this one is unset
	actions  []Action // rendered already, or nil
}

func newItemList(statuses []Status) *itemList {
	l := &itemList{statuses: statuses, counts: map[Status]int{}}
	for _, status := range statuses {
		l.counts[status]++
	}
	return l
}

func (l *itemList) set(i int, status Status) {
	l.counts[l.statuses[i]]--
	l.counts[status]++
	l.statuses[i] = status
	if status == Unset {
		l.fresh = min(l.fresh, i)
	}
}

// unset iterates over the items that did not start yet.
func (l *itemList) unset() iter.Seq[int] {
	return func(yield func(int) bool) {
		for l.fresh < len(l.statuses) && l.statuses[l.fresh] != Unset {
			l.fresh++
		}
		for i := l.fresh; i < len(l.statuses); i++ {
			if l.statuses[i] == Unset && !yield(i) {
				return
			}
		}
	}
}

func (l *itemList) count(matches func(Status) bool) int {
	n := 0
	for status, count := range maps.All(l.counts) {
		if matches(status) {
			n += count
		}
	}
	return n
}

func (l *itemList) anyActive() bool { return l.count(Status.Active) > 0 }

// others says what the items do beside the one at index i, as the names of
// events end.
func (l *itemList) others(i int) string {
	any := func(matches func(Status) bool) bool {
		n := l.count(matches)
		if i >= 0 && i < len(l.statuses) && matches(l.statuses[i]) {
			n--
		}
		return n > 0
	}
	switch {
	case any(Status.Active):
		return "_active"
	case any(func(s Status) bool { return s == Pending || s == Paused }):
		return "_paused"
	case any(func(s Status) bool { return s == Canceled }):
		return "_canceled"
	case any(Status.Abended):
		return "_failed"
	case any(func(s Status) bool { return !s.Completed() }):
		return "_incomplete"
	}
	return "_completed"
}
