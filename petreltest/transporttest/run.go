package transporttest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel"
)

// Open returns a new transport that nobody else uses. The suite closes it; the
// function may register further cleaning up with t.
type Open func(t testing.TB) petrel.Transport

// Run checks the whole contract against transports that open returns. Every
// subtest opens a transport of its own.
func Run(t *testing.T, open Open) {
	tests := []struct {
		name string
		test func(t *testing.T, open Open)
	}{
		{"Delivery", testDelivery},
		{"EventFields", testEventFields},
		{"Filters", testFilters},
		{"EverySubscriptionGetsAll", testEverySubscriptionGetsAll},
		{"NobodyListens", testNobodyListens},
		{"InEffectOnReturn", testInEffectOnReturn},
		{"OrderPerPublisher", testOrderPerPublisher},
		{"SlowSubscriber", testSlowSubscriber},
		{"SlowHarmsNobodyElse", testSlowHarmsNobodyElse},
		{"ContextEndsSubscription", testContextEndsSubscription},
		{"EndedContext", testEndedContext},
		{"Close", testClose},
		{"CloseWhileBusy", testCloseWhileBusy},
		{"ComeAndGo", testComeAndGo},
		{"NoGoroutinesLeft", testNoGoroutinesLeft},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { test.test(t, open) })
	}
}

// patience is how long the suite waits for what must happen.
const patience = 10 * time.Second

// opened returns a transport that is closed when the test ends.
func opened(t *testing.T, open Open) petrel.Transport {
	t.Helper()
	transport := open(t)
	t.Cleanup(func() { require.NoError(t, transport.Close()) })
	return transport
}

func subscribe(t *testing.T, transport petrel.Transport, f petrel.EventFilter) petrel.Subscription {
	t.Helper()
	s, err := transport.Subscribe(t.Context(), f)
	require.NoError(t, err)
	return s
}

func publish(t *testing.T, transport petrel.Transport, events ...petrel.Event) {
	t.Helper()
	for _, e := range events {
		require.NoError(t, transport.Publish(context.Background(), e))
	}
}

// receive returns the next event of the subscription.
func receive(t *testing.T, s petrel.Subscription) petrel.Event {
	t.Helper()
	select {
	case e, open := <-s.Events():
		require.True(t, open, "the subscription has ended")
		return e
	case <-time.After(patience):
		require.FailNow(t, "no event came")
		return petrel.Event{}
	}
}

// drain returns what is still delivered until the channel of the subscription is closed.
func drain(t *testing.T, s petrel.Subscription) []petrel.Event {
	t.Helper()
	var rest []petrel.Event
	late := time.After(patience)
	for {
		select {
		case e, open := <-s.Events():
			if !open {
				return rest
			}
			rest = append(rest, e)
		case <-late:
			require.FailNow(t, "the channel of an ended subscription was not closed")
		}
	}
}

// event returns an event that is told apart by its number.
func event(n int) petrel.Event {
	return petrel.Event{
		Kind: petrel.EventExecution, ID: fmt.Sprintf("%024x", n), Ref: "examples.restart", Status: "running",
		Time: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC).Add(time.Duration(n) * time.Microsecond),
	}
}
