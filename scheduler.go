package petrel

import (
	"container/heap"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// scheduler runs executions: it holds those that are due or wait for their
// time, claims each in the store before it runs, keeps the claims alive, and
// takes over what dead engines left behind. Like the dispatcher's, its queue is
// a short cut for what the store holds.
type scheduler struct {
	engine *Engine

	mu        sync.Mutex
	available sync.Cond // on mu: ready has grown, or draining begins
	ready     fifo[*Execution]
	delayed   delayedQueue
	known     map[string]struct{} // ids in ready, delayed or running
	running   map[string]context.CancelCauseFunc
	started   int  // workers there are
	idle      int  // workers that wait for something to be ready
	behind    bool // the store may hold due executions that are not known
	draining  bool
	wake      chan struct{}
	workers   sync.WaitGroup
}

// readyQueue bounds the executions kept in memory before their turn.
const readyQueue = 8192

// The reasons for which the engine ends a running action.
var (
	errCanceled = errors.New("execution canceled")
	errDrained  = errors.New("engine stopped before the execution had finished")
)

func newScheduler(e *Engine) *scheduler {
	s := &scheduler{
		engine:  e,
		known:   map[string]struct{}{},
		running: map[string]context.CancelCauseFunc{},
		behind:  true,
		wake:    make(chan struct{}, 1),
	}
	s.available.L = &s.mu
	return s
}

// submit hands over a requested or delayed execution without waiting.
func (s *scheduler) submit(x *Execution) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, known := s.known[x.ID]; known {
		return
	}
	switch {
	case s.draining:
		return // the next engine finds it in the store
	case s.ready.len()+len(s.delayed) >= readyQueue:
		s.behind = true
		return
	}
	s.known[x.ID] = struct{}{}
	if x.DueAt.After(s.engine.clock.Now()) {
		heap.Push(&s.delayed, x)
		s.wakeUp()
		return
	}
	s.ready.push(x)
	s.startWorker()
}

// startWorker gets one more execution going, if a worker is idle or may be
// started; the caller holds the lock. Workers stay, as a grown stack is worth
// keeping. An engine that has not been started has none.
func (s *scheduler) startWorker() {
	switch {
	case s.draining:
	case s.idle > 0:
		s.available.Signal()
	case s.started < s.engine.workers && s.engine.started.Load():
		s.started++
		s.workers.Go(s.work)
	}
}

// work runs executions until the scheduler drains.
func (s *scheduler) work() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		for s.ready.len() == 0 && !s.draining {
			if s.behind {
				s.wakeUp()
			}
			s.idle++
			s.available.Wait()
			s.idle--
		}
		if s.draining {
			return
		}
		x := s.ready.pop()
		s.mu.Unlock()
		s.execute(x)
		s.mu.Lock()
	}
}

// wakeUp makes the loop look at the queues; the caller holds the lock.
func (s *scheduler) wakeUp() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// forget ends an execution's stay in this engine.
func (s *scheduler) forget(id string, behind bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.known, id)
	delete(s.running, id)
	s.behind = s.behind || behind
}

// run keeps time until ctx ends: it releases delayed executions, renews the
// lease, and sweeps the store.
func (s *scheduler) run(ctx context.Context) {
	e := s.engine
	beat := e.lease / 3
	nextBeat := e.clock.Now()
	for {
		now := e.clock.Now()
		if !now.Before(nextBeat) {
			s.beat(ctx, now)
			nextBeat = now.Add(beat)
		}
		s.refill(ctx, now)
		timer := e.clock.NewTimer(s.release(now, nextBeat).Sub(now))
		select {
		case <-timer.C():
		case <-s.wake:
		case <-ctx.Done():
			timer.Stop()
			return
		}
		timer.Stop()
	}
}

// release moves executions whose time has come to the ready ones and returns
// when to look again, at the latest at the given time.
func (s *scheduler) release(now, latest time.Time) time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.delayed) > 0 && !s.delayed[0].DueAt.After(now) {
		s.ready.push(heap.Pop(&s.delayed).(*Execution))
		s.startWorker()
	}
	for range s.ready.len() {
		s.startWorker()
	}
	if len(s.delayed) > 0 && s.delayed[0].DueAt.Before(latest) {
		return s.delayed[0].DueAt
	}
	return latest
}

// beat renews the lease of what runs here, stops what was cancelled elsewhere,
// and ends what dead engines left running.
func (s *scheduler) beat(ctx context.Context, now time.Time) {
	e := s.engine
	s.mu.Lock()
	running := len(s.running)
	s.behind = true
	s.mu.Unlock()
	if running > 0 {
		if err := e.store.RenewLeases(ctx, e.name, now.Add(e.lease)); err != nil && ctx.Err() == nil {
			e.logger.Error("lease cannot be renewed", "error", err)
		}
		canceling, err := e.store.Executions(ctx, ExecutionQuery{
			Owner: e.name, Statuses: []Status{StatusCanceling}, WithoutResult: true, Page: Page{Limit: -1}})
		if err != nil && ctx.Err() == nil {
			e.logger.Error("cancelled executions cannot be read", "error", err)
		}
		for n := range canceling {
			s.interrupt(canceling[n].ID, errCanceled)
		}
	}
	lost, err := e.store.Executions(ctx, ExecutionQuery{
		Statuses:    []Status{StatusScheduled, StatusRunning, StatusCanceling},
		LeaseBefore: now, WithoutResult: true, Page: Page{Limit: sweepBatch, OldestFirst: true}})
	if err != nil {
		if ctx.Err() == nil {
			e.logger.Error("lost executions cannot be read", "error", err)
		}
		return
	}
	for n := range lost {
		s.mu.Lock()
		mine := s.running[lost[n].ID] != nil
		s.mu.Unlock()
		if !mine {
			s.endLost(ctx, &lost[n])
		}
	}
}

// endLost ends an execution whose engine is silent, and requests it again if
// its action says so.
func (s *scheduler) endLost(ctx context.Context, x *Execution) {
	e := s.engine
	end := StatusAbandoned
	if x.Status == StatusCanceling {
		end = StatusCanceled
	}
	move, err := x.move(e.now(), end)
	if err != nil {
		e.logger.Error("lost execution cannot be ended", "execution", x, "error", err)
		return
	}
	move.To.Result, _ = encode(failure(fmt.Errorf("the engine that ran the execution is gone"), ""))
	t := Transition{ExecutionMoves: []ExecutionMove{move}}
	var again *Execution
	if action, err := e.catalog.action(x.Action); err == nil && action.OnLost == RepeatLost && end == StatusAbandoned {
		again = x.repeat(e.ids.next(e.now()), e.now())
		t.Executions = []Execution{*again}
	}
	if err := e.store.Commit(ctx, t); err != nil {
		if !errors.Is(err, ErrConflict) && ctx.Err() == nil {
			e.logger.Error("lost execution cannot be ended", "execution", x, "error", err)
		}
		return
	}
	x.ExecutionState = move.To
	e.logger.Warn("execution was lost", "execution", x)
	e.publishExecution(ctx, x)
	if again != nil {
		e.publishExecution(ctx, again)
		s.submit(again)
	}
}

// refill reads due executions from the store if there may be some that are not known here.
func (s *scheduler) refill(ctx context.Context, now time.Time) {
	s.mu.Lock()
	room := readyQueue/2 - s.ready.len()
	if !s.behind || s.draining || room <= 0 {
		s.mu.Unlock()
		return
	}
	s.behind = false
	s.mu.Unlock()
	// What is due before the next beat comes along, so that it starts in time.
	due, err := s.engine.store.Executions(ctx, ExecutionQuery{
		Statuses:  []Status{StatusRequested, StatusDelayed},
		DueBefore: now.Add(s.engine.lease), WithoutResult: true,
		Page: Page{Limit: readyQueue, OldestFirst: true}})
	if err != nil {
		if ctx.Err() == nil {
			s.engine.logger.Error("due executions cannot be read", "error", err)
		}
		return
	}
	for n := range due {
		s.submit(&due[n])
	}
	if len(due) == readyQueue {
		s.mu.Lock()
		s.behind = true
		s.mu.Unlock()
	}
}

// interrupt ends the context of an execution that runs here and reports whether it does.
func (s *scheduler) interrupt(id string, why error) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	cancel := s.running[id]
	if cancel == nil {
		return false
	}
	cancel(why)
	return true
}

// drain lets running executions finish and starts no others. When ctx ends
// first, it cancels them and gives their actions a moment to return.
func (s *scheduler) drain(ctx context.Context) error {
	s.mu.Lock()
	s.draining = true
	s.available.Broadcast()
	s.mu.Unlock()
	finished := make(chan struct{})
	go func() {
		s.workers.Wait()
		close(finished)
	}()
	select {
	case <-finished:
		return nil
	case <-ctx.Done():
	}
	s.mu.Lock()
	for _, cancel := range s.running {
		cancel(errDrained)
	}
	s.mu.Unlock()
	grace := s.engine.clock.NewTimer(drainGrace)
	defer grace.Stop()
	select {
	case <-finished:
		return ctx.Err()
	case <-grace.C():
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	stuck := slices.Sorted(maps.Keys(s.running))
	return fmt.Errorf("%w; executions that do not end with their context: %s", ctx.Err(), strings.Join(stuck, ", "))
}

// drainGrace is how long an action has to return once its context has ended.
const drainGrace = 5 * time.Second

// fifo is a queue in a slice that is moved down when half of it is used up.
type fifo[T any] struct {
	items []T
	head  int
}

func (q *fifo[T]) len() int { return len(q.items) - q.head }

func (q *fifo[T]) push(item T) { q.items = append(q.items, item) }

// pop takes the oldest item; there must be one.
func (q *fifo[T]) pop() T {
	item := q.items[q.head]
	var zero T
	q.items[q.head] = zero
	q.head++
	if q.head > 64 && q.head*2 > len(q.items) {
		q.items = append(q.items[:0], q.items[q.head:]...)
		q.head = 0
	}
	return item
}

// delayedQueue is a heap of executions by the time they are due.
type delayedQueue []*Execution

func (q delayedQueue) Len() int           { return len(q) }
func (q delayedQueue) Less(i, j int) bool { return q[i].DueAt.Before(q[j].DueAt) }
func (q delayedQueue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *delayedQueue) Push(x any)        { *q = append(*q, x.(*Execution)) }
func (q *delayedQueue) Pop() any {
	old := *q
	last := old[len(old)-1]
	old[len(old)-1] = nil
	*q = old[:len(old)-1]
	return last
}
