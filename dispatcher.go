package petrel

import (
	"context"
	"errors"
	"sync"
	"time"
)

// dispatcher takes stored events through the rules. Its queue is a short cut:
// what does not fit, or comes from before a restart, is read from the store.
type dispatcher struct {
	engine   *Engine
	queue    chan *occurrence
	handoff  chan *occurrence // from the loop to idle matchers
	matchers int              // how many there are

	mu     sync.Mutex
	active map[string]struct{} // ids queued or being matched here
	behind bool                // the store may hold pending events that are not active
	wake   chan struct{}
	ended  chan struct{} // closed when nothing takes from the queue any more
}

const (
	dispatchQueue = 1024
	maxMatchers   = 256
	sweepBatch    = 500
)

func newDispatcher(e *Engine) *dispatcher {
	return &dispatcher{
		engine:  e,
		queue:   make(chan *occurrence, dispatchQueue),
		handoff: make(chan *occurrence),
		active:  map[string]struct{}{},
		behind:  true,
		wake:    make(chan struct{}, 1),
		ended:   make(chan struct{}),
	}
}

// submit hands over an event. It waits for room, so that senders do not run
// away from the rules, but not for an engine that does not run and not longer
// than ctx: the event is stored, and will be read from the store.
func (d *dispatcher) submit(ctx context.Context, o *occurrence) {
	d.mu.Lock()
	d.active[o.instance.ID] = struct{}{}
	d.mu.Unlock()
	select {
	case d.queue <- o:
		return
	default:
	}
	if d.engine.started.Load() {
		select {
		case d.queue <- o:
			return
		case <-ctx.Done():
		case <-d.ended:
		}
	}
	d.forget(o, true)
}

// forget ends an event's stay; the store still holds it as pending if behind is set.
func (d *dispatcher) forget(o *occurrence, behind bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.active, o.instance.ID)
	if behind {
		d.behind = true
		select {
		case d.wake <- struct{}{}:
		default:
		}
	}
}

// run matches events until ctx ends, then waits for those in progress.
func (d *dispatcher) run(ctx context.Context) {
	var matching sync.WaitGroup
	defer matching.Wait()
	defer close(d.handoff)
	defer close(d.ended)
	for {
		select {
		case o := <-d.queue:
			d.start(ctx, o, &matching)
			continue
		case <-ctx.Done():
			return
		default:
		}
		d.refill(ctx)
		timer := d.engine.clock.NewTimer(d.engine.lease)
		select {
		case o := <-d.queue:
			d.start(ctx, o, &matching)
		case <-d.wake:
		case <-timer.C():
			d.mu.Lock()
			d.behind = true // look again, in case another engine died
			d.mu.Unlock()
		case <-ctx.Done():
		}
		timer.Stop()
	}
}

// start gives one event to a matcher: an idle one, a new one, or the first
// that becomes idle. Matchers stay, as a grown stack is worth keeping.
func (d *dispatcher) start(ctx context.Context, o *occurrence, matching *sync.WaitGroup) {
	select {
	case d.handoff <- o:
		return
	default:
	}
	if d.matchers == maxMatchers {
		d.handoff <- o
		return
	}
	d.matchers++
	matching.Go(func() {
		d.process(ctx, o)
		for next := range d.handoff {
			d.process(ctx, next)
		}
	})
}

// refill puts pending events of the store into the queue.
func (d *dispatcher) refill(ctx context.Context) {
	d.mu.Lock()
	behind := d.behind
	d.behind = false
	d.mu.Unlock()
	if !behind {
		return
	}
	pending, err := d.engine.store.TriggerInstances(ctx, TriggerInstanceQuery{
		Status: InstancePending, Page: Page{Limit: sweepBatch, OldestFirst: true}})
	if err != nil {
		if ctx.Err() == nil {
			d.engine.logger.Error("pending events cannot be read", "error", err)
		}
		return
	}
	for _, i := range pending {
		d.mu.Lock()
		_, known := d.active[i.ID]
		d.mu.Unlock()
		if known {
			continue
		}
		o, err := d.restore(i)
		if err != nil {
			// The trigger may still be registered, by content that loads later.
			d.engine.logger.Debug("pending event waits", "trigger_instance", i.ID, "error", err)
			continue
		}
		d.resubmit(o)
	}
	if len(pending) == sweepBatch {
		d.mu.Lock()
		d.behind = true
		d.mu.Unlock()
	}
}

// resubmit queues an event read from the store, if there is room.
func (d *dispatcher) resubmit(o *occurrence) {
	d.mu.Lock()
	d.active[o.instance.ID] = struct{}{}
	d.mu.Unlock()
	select {
	case d.queue <- o:
	default:
		d.forget(o, true)
	}
}

func (d *dispatcher) restore(i TriggerInstance) (*occurrence, error) {
	t, err := d.engine.catalog.trigger(i.Trigger)
	if err != nil {
		return nil, err
	}
	payload, err := decode(i.Payload)
	if err != nil {
		return nil, err
	}
	return &occurrence{instance: i, trigger: t, payload: payload}, nil
}

// drain waits until all accepted events are matched, or ctx ends.
func (d *dispatcher) drain(ctx context.Context) {
	for {
		d.mu.Lock()
		left := len(d.active)
		d.mu.Unlock()
		if left == 0 || !d.engine.sleep(ctx, time.Millisecond) {
			return
		}
	}
}

// process takes one event through the rules and stores what follows, all in
// one transition. It keeps trying while the store fails.
func (d *dispatcher) process(ctx context.Context, o *occurrence) {
	for pause := 10 * time.Millisecond; ; pause = min(2*pause, 5*time.Second) {
		outcome, err := d.match(ctx, o)
		if err == nil {
			err = d.engine.store.Commit(ctx, outcome.transition)
		}
		if err == nil {
			d.forget(o, false)
			d.announce(ctx, o, outcome)
			return
		}
		if errors.Is(err, ErrConflict) { // another engine was faster
			d.forget(o, false)
			return
		}
		if ctx.Err() != nil {
			d.forget(o, true)
			return
		}
		d.engine.logger.Error("enforcements cannot be stored; trying again", "trigger_instance", o.instance.ID, "error", err)
		if !d.engine.sleep(ctx, pause) {
			d.forget(o, true)
			return
		}
	}
}

// announce publishes what was stored and hands the executions to the scheduler.
func (d *dispatcher) announce(ctx context.Context, o *occurrence, out enforced) {
	e := d.engine
	e.documents.remember(out.documents)
	o.instance.Status = out.transition.InstanceMoves[0].To
	e.publishInstance(ctx, o.instance)
	for _, x := range out.transition.Executions {
		e.publishExecution(ctx, &x)
		if !x.Status.Completed() {
			e.scheduler.submit(&x)
		}
	}
}
