package petrel

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
)

// NewMemoryTransport returns a [Transport] within the process.
func NewMemoryTransport() Transport { return &memoryTransport{} }

type memoryTransport struct {
	count atomic.Int32 // of subscriptions, so that publishing to nobody costs nothing
	mu    sync.RWMutex
	// subs holds the subscriptions by the record they ask for, so that
	// thousands that wait for one record each cost a publisher nothing. Those
	// to all records stand under the empty id.
	subs   map[string]map[*memorySubscription]struct{}
	closed bool
}

// subscriptionBuffer is how many events a subscription may fall behind.
const subscriptionBuffer = 1024

type memorySubscription struct {
	filter EventFilter
	events chan Event
	lost   atomic.Int64
	stop   func() bool // ends the watch on the subscriber's context
}

func (s *memorySubscription) Events() <-chan Event { return s.events }
func (s *memorySubscription) Lost() int            { return int(s.lost.Load()) }

func (t *memoryTransport) Publish(_ context.Context, e Event) error {
	if t.count.Load() == 0 {
		return nil
	}
	t.mu.RLock()
	defer t.mu.RUnlock()
	if t.closed {
		return fmt.Errorf("memory transport: %w", ErrStopped)
	}
	for s := range t.subs[""] {
		s.deliver(e)
	}
	if e.ID != "" {
		for s := range t.subs[e.ID] {
			s.deliver(e)
		}
	}
	return nil
}

func (s *memorySubscription) deliver(e Event) {
	if !s.filter.Matches(e) {
		return
	}
	select {
	case s.events <- e:
	default:
		s.lost.Add(1)
	}
}

func (t *memoryTransport) Subscribe(ctx context.Context, f EventFilter) (Subscription, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s := &memorySubscription{filter: f, events: make(chan Event, subscriptionBuffer)}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return nil, fmt.Errorf("memory transport: %w", ErrStopped)
	}
	if t.subs == nil {
		t.subs = map[string]map[*memorySubscription]struct{}{}
	}
	if t.subs[f.ID] == nil {
		t.subs[f.ID] = map[*memorySubscription]struct{}{}
	}
	t.subs[f.ID][s] = struct{}{}
	t.count.Add(1)
	s.stop = context.AfterFunc(ctx, func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.end(s)
	})
	return s, nil
}

// end removes a subscription; the caller holds the lock.
func (t *memoryTransport) end(s *memorySubscription) {
	group := t.subs[s.filter.ID]
	if _, active := group[s]; !active {
		return
	}
	delete(group, s)
	if len(group) == 0 {
		delete(t.subs, s.filter.ID)
	}
	t.count.Add(-1)
	close(s.events)
}

func (t *memoryTransport) Close() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return nil
	}
	for _, group := range t.subs {
		for s := range group {
			s.stop()
			t.end(s)
		}
	}
	t.closed = true
	t.count.Store(1) // so that Publish looks at closed
	return nil
}
