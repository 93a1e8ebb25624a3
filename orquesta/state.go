package orquesta

import (
	"slices"
	"strconv"

	"github.com/petrel-dev/petrel/pyvalue"
)

// key names a task on a route.
type key struct {
	task  string
	route int
}

func (k key) text() string { return k.task + "__r" + strconv.Itoa(k.route) }

// entry is one run of a task. A repetition by retry is the same run, a turn of
// a loop and a rerun are new ones.
type entry struct {
	key
	index    int
	in       *lineage
	out      map[string]int
	prev     map[string]int
	next     map[string]bool
	status   Status
	terminal bool
	retry    *retryState
}

// retryState counts the repetitions of a run.
type retryState struct {
	when         *string
	count, delay any
	tally        int64
}

// arrivals counts, for a join on a route, its sources that ran and those of
// them that lead to it.
type arrivals struct{ known, satisfied int }

// state is where a run stands.
type state struct {
	status   Status
	contexts []*pyvalue.Map
	routes   [][]string
	sequence []*entry
	staged   staging
	reruns   [][]int

	latest   map[key]*entry
	root     *lineage
	counts   map[Status]int // of the latest entries
	arrivals map[key]*arrivals
}

func newState() state {
	return state{
		staged: newStaging(), latest: map[key]*entry{}, root: &lineage{},
		counts: map[Status]int{}, arrivals: map[key]*arrivals{},
	}
}

func (s *state) anyLatest(statuses ...Status) bool {
	for _, status := range statuses {
		if s.counts[status] > 0 {
			return true
		}
	}
	return false
}

func (s *state) anyActive() bool {
	return s.anyLatest(Requested, Scheduled, Delayed, Running, Resuming, Pausing, Canceling)
}

// add makes e the latest run of its task.
func (s *state) add(g *Graph, e *entry) {
	e.index = len(s.sequence)
	s.sequence = append(s.sequence, e)
	old := s.latest[e.key]
	if old != nil {
		s.counts[old.status]--
	}
	s.latest[e.key] = e
	s.counts[e.status]++
	s.count(g, e, old)
}

// count brings the arrivals at the successors of e up to date, old being the
// run that e replaces.
func (s *state) count(g *Graph, e, old *entry) {
	var last *Node
	for _, edge := range g.Node(e.task).Edges {
		if edge.target == last {
			continue
		}
		last = edge.target
		a := s.arrivalsAt(key{last.Name, e.route})
		if old == nil {
			a.known++
		} else if old.leadsTo(edge) {
			a.satisfied--
		}
		if e.leadsTo(edge) {
			a.satisfied++
		}
	}
}

func (s *state) arrivalsAt(k key) *arrivals {
	a := s.arrivals[k]
	if a == nil {
		a = &arrivals{}
		s.arrivals[k] = a
	}
	return a
}

// leadsTo reports whether this edge fired or another one to the same task.
func (e *entry) leadsTo(edge *Edge) bool {
	return slices.ContainsFunc(edge.siblings, func(s *Edge) bool { return e.next[s.outgoing] })
}

func (s *state) setStatus(e *entry, status Status) {
	if s.latest[e.key] == e {
		s.counts[e.status]--
		s.counts[status]++
	}
	e.status = status
}

// setNext records whether an edge of e fired.
func (s *state) setNext(e *entry, edge *Edge, fired bool) {
	before := e.leadsTo(edge)
	e.next[edge.outgoing] = fired
	if after := e.leadsTo(edge); after != before && s.latest[e.key] == e {
		a := s.arrivalsAt(key{edge.Target, e.route})
		if after {
			a.satisfied++
		} else {
			a.satisfied--
		}
	}
}

// reach says how far the sources of a task came.
type reach uint8

const (
	unreachable reach = iota
	underway
	reached
)

func (s *state) reach(node *Node, route int) reach {
	a := s.arrivals[key{node.Name, route}]
	if a == nil {
		a = &arrivals{}
	}
	switch {
	case a.satisfied >= node.required():
		return reached
	case a.known < len(node.sources) && (s.anyActive() || s.staged.anyReady()):
		return underway
	}
	return unreachable
}
