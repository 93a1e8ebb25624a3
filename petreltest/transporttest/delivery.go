package transporttest

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel"
)

func testDelivery(t *testing.T, open Open) {
	transport := opened(t, open)
	s := subscribe(t, transport, petrel.EventFilter{})
	for n := range 100 {
		publish(t, transport, event(n))
		require.Equal(t, event(n).ID, receive(t, s).ID)
	}
	require.Zero(t, s.Lost())
}

func testEventFields(t *testing.T, open Open) {
	transport := opened(t, open)
	s := subscribe(t, transport, petrel.EventFilter{})
	for _, e := range []petrel.Event{
		{},
		{Kind: petrel.EventTriggerInstance, ID: "i", Ref: "examples.event", Status: "pending", Time: event(1).Time},
		{Kind: petrel.EventExecution, ID: "e", Ref: "examples.restart", Status: "requested", Parent: "p", Time: event(1).Time.In(time.FixedZone("", 3600))},
		{Kind: petrel.EventOutput, ID: "e", Ref: "examples.restart", Stream: "stdout", Data: "tick\x00 \U0001f426\r\n", Time: event(2).Time},
		{Kind: petrel.EventOutput, ID: "e", Ref: "examples.restart", Stream: "stderr", Data: strings.Repeat("x", 256<<10), Time: event(3).Time},
	} {
		publish(t, transport, e)
		got := receive(t, s)
		require.True(t, e.Time.Equal(got.Time), "%v came as %v", e.Time, got.Time)
		got.Time = e.Time
		require.Equal(t, e, got)
	}
}

func testFilters(t *testing.T, open Open) {
	transport := opened(t, open)
	events := []petrel.Event{
		{Kind: petrel.EventExecution, ID: "1", Ref: "a.b"},
		{Kind: petrel.EventExecution, ID: "2", Ref: "a.b"},
		{Kind: petrel.EventExecution, ID: "3", Ref: "a.bc"},
		{Kind: petrel.EventOutput, ID: "1", Ref: "a.b"},
		{Kind: petrel.EventTriggerInstance, ID: "4", Ref: "a.b"},
		{Kind: petrel.EventTriggerInstance, ID: "1", Ref: "*"},
	}
	for _, f := range []petrel.EventFilter{
		{},
		{Kind: petrel.EventExecution},
		{Kind: petrel.EventOutput},
		{ID: "1"},
		{Ref: "a.b"},
		{Ref: "*"},
		{Ref: "a"},
		{Kind: petrel.EventExecution, ID: "1"},
		{Kind: petrel.EventTriggerInstance, Ref: "a.b"},
		{ID: "1", Ref: "a.b"},
		{Kind: petrel.EventOutput, ID: "1", Ref: "a.b"},
	} {
		t.Run(fmt.Sprintf("kind=%s,id=%s,ref=%s", f.Kind, f.ID, f.Ref), func(t *testing.T) {
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			s, err := transport.Subscribe(ctx, f)
			require.NoError(t, err)
			publish(t, transport, events...)
			// What matches the filter last comes last: before it, all that was selected must have come.
			last := petrel.Event{Kind: f.Kind, ID: f.ID, Ref: f.Ref, Status: "last"}
			publish(t, transport, last)
			var want, got []petrel.Event
			for _, e := range append(events, last) {
				if f.Matches(e) {
					want = append(want, e)
				}
			}
			for range want {
				got = append(got, receive(t, s))
			}
			require.Equal(t, want, got)
		})
	}
}

func testEverySubscriptionGetsAll(t *testing.T, open Open) {
	transport := opened(t, open)
	var subscriptions []petrel.Subscription
	for range 5 {
		subscriptions = append(subscriptions, subscribe(t, transport, petrel.EventFilter{Kind: petrel.EventExecution}))
	}
	const events = 50
	for n := range events {
		publish(t, transport, event(n))
	}
	for _, s := range subscriptions {
		for n := range events {
			require.Equal(t, event(n).ID, receive(t, s).ID)
		}
		require.Zero(t, s.Lost())
	}
}

func testNobodyListens(t *testing.T, open Open) {
	transport := opened(t, open)
	for n := range 100 {
		publish(t, transport, event(n))
	}
	s := subscribe(t, transport, petrel.EventFilter{})
	publish(t, transport, event(1000))
	require.Equal(t, event(1000).ID, receive(t, s).ID, "a subscription gets nothing from before it began")
}

// testInEffectOnReturn publishes at once after every Subscribe.
func testInEffectOnReturn(t *testing.T, open Open) {
	transport := opened(t, open)
	for n := range 50 {
		s := subscribe(t, transport, petrel.EventFilter{ID: event(n).ID})
		publish(t, transport, event(n))
		require.Equal(t, event(n).ID, receive(t, s).ID)
	}
}

// testOrderPerPublisher lets several publish at the same time. Between
// publishers there is no order; within each there is, with losses or without.
func testOrderPerPublisher(t *testing.T, open Open) {
	transport := opened(t, open)
	const publishers, each, subscribers = 8, 500, 3
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var reading sync.WaitGroup
	received := make([][]petrel.Event, subscribers)
	subscriptions := make([]petrel.Subscription, subscribers)
	for n := range subscribers {
		s, err := transport.Subscribe(ctx, petrel.EventFilter{})
		require.NoError(t, err)
		subscriptions[n] = s
		reading.Go(func() {
			for e := range s.Events() {
				received[n] = append(received[n], e)
				if e.Ref == "the end" {
					return
				}
			}
		})
	}
	errs := make(chan error, publishers*each)
	var publishing sync.WaitGroup
	for p := range publishers {
		publishing.Go(func() {
			for n := range each {
				e := event(n)
				e.Ref = fmt.Sprint(p)
				errs <- transport.Publish(ctx, e)
			}
		})
	}
	publishing.Wait()
	close(errs)
	for err := range errs {
		require.NoError(t, err)
	}
	// A reader that is full when the end is published would miss it: repeat it.
	stop := make(chan struct{})
	var ending sync.WaitGroup
	ending.Go(func() {
		for {
			_ = transport.Publish(ctx, petrel.Event{Ref: "the end"})
			select {
			case <-stop:
				return
			case <-time.After(time.Millisecond):
			}
		}
	})
	reading.Wait()
	close(stop)
	ending.Wait()

	for n := range subscribers {
		last := map[string]string{}
		count := 0
		for _, e := range received[n] {
			if e.Ref == "the end" {
				break
			}
			require.Greater(t, e.ID, last[e.Ref], "events of publisher %s came out of order", e.Ref)
			last[e.Ref] = e.ID
			count++
		}
		lost := subscriptions[n].Lost()
		require.LessOrEqual(t, count, publishers*each)
		require.GreaterOrEqual(t, count+lost, publishers*each, "delivered %d and lost %d of %d", count, lost, publishers*each)
	}
}
