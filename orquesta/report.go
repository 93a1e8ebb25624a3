package orquesta

import (
	"context"
	"maps"

	"github.com/petrel-dev/petrel/pyvalue"
)

// Event is what became of a task: of its action, or of the action of one item.
type Event struct {
	Task   string
	Route  int
	Status Status
	// Result is what the action returned.
	Result any
	// Item is the index of the item, or nil if the event concerns the task as a
	// whole.
	Item *int
	// Results, with Item, are the results of all items of this run of the task
	// so far, nil where there is none yet. The conductor does not keep them.
	Results []any
}

// Report tells of an event and does all that follows from it: transitions,
// variables, engine commands, the status of the run. An event that means
// nothing in the present status is ignored. It is an error if there is no such
// task, if it was not started, or if the retry policy of the task cannot be
// evaluated. If ctx ends meanwhile its error is returned and the conductor is
// spoiled.
func (c *Conductor) Report(ctx context.Context, ev Event) error {
	node := c.workflow.graph.Node(ev.Task)
	if node == nil {
		return errorf("InvalidTask", "Task %q does not exist.", ev.Task)
	}
	k := key{ev.Task, ev.Route}
	if c.state.latest[k] == nil && c.state.staged.get(k) == nil {
		return errorf("InvalidTaskStateEntry", "Task %q is not staged or has not started yet.", ev.Task)
	}
	step, err := c.consider(ctx, node, ev, actionTransitions)
	if err != nil {
		return err
	}
	c.apply(ctx, step)
	return ctx.Err()
}

// step is what an event leads to, found out before anything changes.
type step struct {
	event  Event
	key    key
	node   *Node
	staged *staged
	entry  *entry // new, if it has no place in the sequence yet
	added  bool
	status Status
	result any
	retry  bool
}

func (c *Conductor) consider(ctx context.Context, node *Node, ev Event, table transitionTable) (*step, error) {
	s := &step{event: ev, key: key{ev.Task, ev.Route}, node: node}
	s.staged = c.state.staged.get(s.key)
	s.entry = c.state.latest[s.key]
	if s.entry == nil || isCommand(ev.Task) || s.entry.status.Completed() && ev.Status.Starting() {
		if s.staged == nil {
			return nil, errorf("TypeError", "Task %q is not staged, so it cannot become %s.", ev.Task, ev.Status)
		}
		var err error
		if s.entry, err = c.begin(ctx, s.staged); err != nil {
			return nil, err
		}
		s.added = true
	}
	s.status = s.entry.status
	if s.status == Timeout || s.status == Abandoned {
		return nil, errorf("InvalidTaskStatusTransition", "Task %q has ended as %s.", ev.Task, s.status)
	}
	if next, ok := table[string(ev.Status)][s.status]; ok {
		s.status = next
	}
	if name, ok := s.itemEvent(); ok {
		s.status = s.entry.status
		if next, ok := itemTransitions[name][s.status]; ok {
			s.status = next
		}
	}
	if !s.status.Completed() {
		return s, nil
	}
	s.result = ev.Result
	if p := c.workflow.plans[ev.Task]; p.items != nil {
		switch {
		case ev.Item != nil:
			s.result = pyvalue.NewList(ev.Results...)
		case ev.Result == nil:
			s.result = pyvalue.NewList()
		}
	}
	if !c.state.status.Active() {
		return s, nil
	}
	var err error
	s.retry, err = c.retryDue(ctx, s)
	return s, err
}

// itemEvent names the event by what the other items do, if that matters.
func (s *step) itemEvent() (string, bool) {
	ev := s.event
	if ev.Item == nil || s.staged == nil || s.staged.items == nil {
		return "", false
	}
	switch ev.Status {
	case Pending, Paused, Succeeded, Failed, Timeout, Abandoned, Canceled, Resuming:
	default:
		return "", false
	}
	return string(ev.Status) + s.staged.items.others(*ev.Item), true
}

// begin makes a new run of a staged task.
func (c *Conductor) begin(ctx context.Context, t *staged) (*entry, error) {
	e := &entry{key: t.key, in: t.in, prev: maps.Clone(t.prev), next: map[string]bool{}}
	p := c.workflow.plans[t.task]
	if p.retry == nil {
		return e, nil
	}
	scope := c.scope(t.in.variables(c.state.contexts))
	scope.State = nil
	e.retry = &retryState{when: p.retry.condition}
	var err error
	if e.retry.count, err = p.retry.count.Eval(ctx, scope); err != nil {
		return nil, evaluationError(err)
	}
	if e.retry.delay, err = p.retry.delay.Eval(ctx, scope); err != nil {
		return nil, evaluationError(err)
	}
	if !isInteger(e.retry.count) {
		return nil, errorf("ValueError", "The retry count for task %q is not an integer.", t.task)
	}
	if e.retry.delay != nil && !isInteger(e.retry.delay) {
		return nil, errorf("ValueError", "The retry delay for task %q is not an integer.", t.task)
	}
	return e, nil
}

func (c *Conductor) retryDue(ctx context.Context, s *step) (bool, error) {
	r := s.entry.retry
	if r == nil || s.status == Canceled {
		return false, nil
	}
	if count, ok := integerOf(r.count); ok && r.tally >= count {
		return false, nil
	}
	when := c.workflow.plans[s.key.task].retry.when
	if when == nil {
		return s.status.Abended(), nil
	}
	scope := c.taskScope(s.entry.in.variables(c.state.contexts), s.key, s.result)
	scope.State = stateView{c, s.key, s.status}
	value, err := when.Eval(ctx, scope)
	if err != nil {
		return false, evaluationError(err)
	}
	return pyvalue.Truth(value), nil
}

func (c *Conductor) apply(ctx context.Context, s *step) {
	st, ev, t := &c.state, s.event, s.staged
	if s.added {
		st.add(c.workflow.graph, s.entry)
	}
	if t != nil {
		if t.items == nil {
			st.staged.remove(t)
		} else if ev.Item != nil && *ev.Item >= 0 && *ev.Item < len(t.items.statuses) {
			t.items.set(*ev.Item, ev.Status)
		}
	}
	if ev.Status == Failed {
		c.log(LogEntry{Message: failureMessage, Task: ev.Task, Result: ev.Result})
	}
	old := s.entry.status
	st.setStatus(s.entry, s.status)
	var commands []key
	if s.status.Completed() {
		if t != nil && t.items != nil {
			if s.status.Abended() {
				t.completed = true
			} else if !t.items.anyActive() {
				st.staged.remove(t)
			}
		}
		switch {
		case s.retry:
			c.stageRetry(s)
		case old != s.status:
			commands = c.follow(ctx, s)
		}
	}
	c.conclude(s)
	for _, command := range commands {
		c.execute(ctx, command)
	}
	if st.status.Completed() {
		s.entry.terminal = true
	}
}

func (c *Conductor) stageRetry(s *step) {
	st, e := &c.state, s.entry
	st.setStatus(e, Retrying)
	e.retry.tally++
	if t := st.staged.get(e.key); t != nil {
		st.staged.remove(t)
	}
	attempt := *e.retry
	st.staged.add(&staged{key: e.key, in: e.in, prev: maps.Clone(e.prev), ready: true, retry: &attempt})
}

// execute runs an engine command.
func (c *Conductor) execute(ctx context.Context, k key) {
	status := Succeeded
	if k.task == commandFail {
		status = Failed
	}
	table := transitionTable{string(status): {Unset: status}}
	s, err := c.consider(ctx, c.workflow.graph.Node(k.task), Event{Task: k.task, Route: k.route, Status: status}, table)
	if err != nil {
		c.Log(err, k.task, k.route)
		c.fail()
		return
	}
	c.apply(ctx, s)
}

// conclude brings the status of the run up to date after that of a task.
func (c *Conductor) conclude(s *step) {
	st := &c.state
	hasNext, hasJoin := c.hasNext(s.entry)
	event := string(s.entry.status)
	if s.entry.status.Abended() && (hasNext || hasJoin) {
		event = "remediated"
	}
	switch event {
	case "pending", "paused", "failed", "canceled", "retrying":
		event += c.activity()
	case "succeeded", "remediated":
		event += c.activity()
		switch {
		case st.anyLatest(Canceling, Canceled):
			event += "_canceled"
		case st.anyLatest(Pausing, Paused, Pending):
			event += "_paused"
		case st.staged.anyReady() || hasNext:
			event += "_incomplete"
		default:
			event += "_completed"
		}
	}
	next, ok := taskTransitions[event][st.status]
	if !ok {
		return
	}
	st.status = next
	if !next.Completed() {
		return
	}
	for t := range st.staged.all() {
		node := c.workflow.graph.Node(t.task)
		if node.Join == nil || t.ready || st.reach(node, t.route) != unreachable {
			continue
		}
		st.status = Failed
		c.Log(errorf("UnreachableJoinError",
			"The join task|route \"%s|%d\" is partially satisfied but unreachable.", t.task, t.route), t.task, t.route)
	}
}

// hasNext reports whether a completed run leads to a task, and whether it
// leads to a join, even one that cannot be reached any more.
func (c *Conductor) hasNext(e *entry) (task, join bool) {
	if !e.status.Completed() {
		return false, false
	}
	for _, edge := range c.workflow.graph.Node(e.task).Edges {
		if !e.next[edge.outgoing] || edge.Target == commandContinue {
			continue
		}
		if edge.target.Join == nil {
			task = true
			continue
		}
		join = true
		task = task || c.state.reach(edge.target, e.route) != unreachable
	}
	return task, join
}
