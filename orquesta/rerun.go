package orquesta

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// RerunTask asks for another run of a task of a completed workflow.
type RerunTask struct {
	Task  string
	Route int
	// ResetItems makes all items of the task run again, not only those that
	// failed.
	ResetItems bool
}

// Rerun makes a completed run continue with the tasks given, or with all that
// ended in failure if there are none. What was staged when the run ended goes
// on as well. It is an *Error if the run is not completed or a task did not run.
func (c *Conductor) Rerun(tasks ...RerunTask) error {
	s := &c.state
	if !s.status.Completed() {
		return errorf("WorkflowIsActiveAndNotRerunableError", "Unable to rerun workflow because it is not in a completed state.")
	}
	reset := map[key]bool{}
	var candidates []*entry
	var unknown []string
	for _, r := range tasks {
		k := key{r.Task, r.Route}
		e := s.latest[k]
		switch {
		case e == nil:
			if text := fmt.Sprintf("%s|%d", r.Task, r.Route); !slices.Contains(unknown, text) {
				unknown = append(unknown, text)
			}
		case !slices.Contains(candidates, e):
			candidates = append(candidates, e)
		}
		reset[k] = reset[k] || r.ResetItems
	}
	if len(unknown) > 0 {
		return errorf("InvalidTaskRerunRequest",
			"Unable to rerun task|route(s) because it doesn't exist or isn't rerunnable: %s", strings.Join(unknown, ", "))
	}
	if len(tasks) == 0 {
		for _, e := range s.sequence {
			if e.terminal && e.status.Abended() {
				candidates = append(candidates, e)
			}
		}
	} else {
		candidates = c.collapse(candidates)
	}
	for _, e := range candidates {
		t := s.staged.get(e.key)
		if c.workflow.plans[e.task].items != nil && (t == nil || t.items == nil) {
			return errorf("InvalidTaskRerunRequest", "Unable to rerun the items of task|route %s|%d because none of them failed.", e.task, e.route)
		}
	}
	indices := []int{}
	for _, e := range candidates {
		indices = append(indices, e.index)
	}
	s.reruns = append(s.reruns, indices)
	slices.SortStableFunc(candidates, func(a, b *entry) int {
		return cmp.Or(cmp.Compare(a.task, b.task), cmp.Compare(a.route, b.route))
	})
	for _, e := range candidates {
		c.rerun(e, reset[e.key])
	}
	for _, e := range s.sequence {
		for _, fired := range e.next {
			if fired {
				e.terminal = false
			}
		}
	}
	c.output = nil
	s.status = Resuming
	return nil
}

// followers returns a run and the latest runs of the tasks it led to.
func (c *Conductor) followers(e *entry) []*entry {
	out := []*entry{e}
	for _, other := range c.state.sequence[e.index+1:] {
		for _, index := range other.prev {
			if index == e.index {
				out = append(out, other)
				break
			}
		}
	}
	return out
}

// collapse drops the runs that repeat anyway as those of others are repeated.
func (c *Conductor) collapse(candidates []*entry) []*entry {
	if len(candidates) < 2 {
		return candidates
	}
	follow := map[*entry][]*entry{}
	times := map[*entry]int{}
	for _, e := range candidates {
		follow[e] = c.followers(e)
		for _, f := range follow[e] {
			times[f]++
		}
	}
	var out []*entry
	for _, e := range candidates {
		if slices.ContainsFunc(follow[e], func(f *entry) bool { return times[f] < 2 }) {
			out = append(out, e)
		}
	}
	return out
}

func (c *Conductor) rerun(e *entry, resetItems bool) {
	s := &c.state
	e.terminal = false
	c.forget(e.task)
	for _, f := range c.followers(e)[1:] {
		f.terminal = false
	}
	t := s.staged.get(e.key)
	if c.workflow.plans[e.task].items != nil {
		t.completed = false
		for i, status := range t.items.statuses {
			if resetItems || status.Abended() {
				t.items.set(i, Unset)
			}
		}
		return
	}
	again := &entry{key: e.key, in: e.in, prev: maps.Clone(e.prev), next: map[string]bool{}}
	if e.retry != nil {
		again.retry = &retryState{when: e.retry.when, count: e.retry.count, delay: e.retry.delay}
	}
	s.add(c.workflow.graph, again)
	if t != nil {
		s.staged.remove(t)
	}
	s.staged.add(&staged{key: e.key, in: e.in, prev: maps.Clone(e.prev), ready: true})
}
