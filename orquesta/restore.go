package orquesta

import (
	"encoding/json"
	"fmt"
)

// storedRun is the part of a stored run that does not hold values of users.
type storedRun struct {
	State  storedState `json:"state"`
	Errors []struct {
		Message    string `json:"message"`
		Task       string `json:"task_id"`
		Route      *int   `json:"route"`
		Transition string `json:"task_transition_id"`
	} `json:"errors"`
}

type storedState struct {
	Status   string        `json:"status"`
	Routes   [][]string    `json:"routes"`
	Reruns   [][]int       `json:"reruns"`
	Sequence []storedEntry `json:"sequence"`
	Staged   []storedEntry `json:"staged"`
}

// storedEntry is a run of a task, or a staged task.
type storedEntry struct {
	ID       string `json:"id"`
	Route    int    `json:"route"`
	Contexts struct {
		In  []int          `json:"in"`
		Out map[string]int `json:"out"`
	} `json:"ctxs"`
	Prev      map[string]int  `json:"prev"`
	Next      map[string]bool `json:"next"`
	Status    string          `json:"status"`
	Terminal  bool            `json:"term"`
	Retry     *storedRetry    `json:"retry"`
	Ready     bool            `json:"ready"`
	Completed bool            `json:"completed"`
	RunOnFail bool            `json:"run_on_fail"`
	Items     *[]struct {
		Status string `json:"status"`
	} `json:"items"`
}

type storedRetry struct {
	When  *string      `json:"when"`
	Count json.Number  `json:"count"`
	Delay *json.Number `json:"delay"`
	Tally int64        `json:"tally"`
}

func (c *Conductor) restoreState(form storedState) error {
	s := &c.state
	s.status, s.routes, s.reruns = statusOf(form.Status), form.Routes, form.Reruns
	for _, f := range form.Sequence {
		in, err := c.lineage(f)
		if err != nil {
			return err
		}
		e := &entry{
			key: key{f.ID, f.Route}, in: in, out: f.Contexts.Out, prev: f.Prev, next: f.Next,
			status: statusOf(f.Status), terminal: f.Terminal, retry: f.Retry.state(),
		}
		if e.next == nil {
			e.next = map[string]bool{}
		}
		if e.prev == nil {
			e.prev = map[string]int{}
		}
		s.add(c.workflow.graph, e)
	}
	for _, f := range form.Staged {
		in, err := c.lineage(f)
		if err != nil {
			return err
		}
		t := &staged{
			key: key{f.ID, f.Route}, in: in, prev: f.Prev, ready: f.Ready,
			completed: f.Completed, runOnFail: f.RunOnFail, retry: f.Retry.state(),
		}
		if t.prev == nil {
			t.prev = map[string]int{}
		}
		if f.Items != nil {
			statuses := make([]Status, len(*f.Items))
			for i, item := range *f.Items {
				statuses[i] = statusOf(item.Status)
			}
			t.items = newItemList(statuses)
		}
		s.staged.add(t)
	}
	return nil
}

// lineage checks what a stored entry refers to.
func (c *Conductor) lineage(f storedEntry) (*lineage, error) {
	if c.workflow.graph.Node(f.ID) == nil {
		return nil, fmt.Errorf("orquesta: the stored run has a task %q that the workflow does not have", f.ID)
	}
	if f.Route < 0 || f.Route >= len(c.state.routes) {
		return nil, fmt.Errorf("orquesta: the stored task %q is on the route %d, which does not exist", f.ID, f.Route)
	}
	in := c.state.root
	for _, index := range f.Contexts.In {
		if index < 0 || index >= len(c.state.contexts) {
			return nil, fmt.Errorf("orquesta: the stored task %q refers to the context %d, which does not exist", f.ID, index)
		}
		in = in.with(index)
	}
	return in, nil
}

func (f *storedRetry) state() *retryState {
	if f == nil {
		return nil
	}
	out := &retryState{when: f.When, tally: f.Tally}
	out.count, _ = f.Count.Int64()
	if f.Delay != nil {
		out.delay, _ = f.Delay.Int64()
	}
	return out
}
