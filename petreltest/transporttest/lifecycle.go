package transporttest

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/petrel-dev/petrel"
)

// overload is more events than any transport may keep for one subscription.
const overload = 1 << 20

// testSlowSubscriber publishes to a subscription that nobody reads, until it
// loses events, and then reads it: every event was delivered or counted.
func testSlowSubscriber(t *testing.T, open Open) {
	transport := opened(t, open)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	s, err := transport.Subscribe(ctx, petrel.EventFilter{})
	require.NoError(t, err)
	published := 0
	for s.Lost() == 0 && published < overload {
		publish(t, transport, event(published))
		published++
	}
	for range 100 {
		publish(t, transport, event(published))
		published++
	}
	require.Positive(t, s.Lost(), "%d unread events were neither lost nor refused", published)

	delivered, last := 0, ""
	for quiet := false; !quiet; {
		select {
		case e := <-s.Events():
			require.Greater(t, e.ID, last, "what is delivered keeps its order")
			last = e.ID
			delivered++
		case <-time.After(200 * time.Millisecond):
			quiet = delivered+s.Lost() >= published
		}
	}
	require.Equal(t, published, delivered+s.Lost())

	publish(t, transport, event(published))
	require.Equal(t, event(published).ID, receive(t, s).ID, "a subscription that has caught up goes on")
}

func testSlowHarmsNobodyElse(t *testing.T, open Open) {
	transport := opened(t, open)
	slow := subscribe(t, transport, petrel.EventFilter{})
	quick := subscribe(t, transport, petrel.EventFilter{})
	for n := range 5000 {
		publish(t, transport, event(n))
		require.Equal(t, event(n).ID, receive(t, quick).ID)
	}
	require.Zero(t, quick.Lost())
	require.Equal(t, event(0).ID, receive(t, slow).ID)
}

func testContextEndsSubscription(t *testing.T, open Open) {
	transport := opened(t, open)
	ctx, cancel := context.WithCancel(context.Background())
	ended, err := transport.Subscribe(ctx, petrel.EventFilter{})
	require.NoError(t, err)
	stays := subscribe(t, transport, petrel.EventFilter{})
	publish(t, transport, event(1))
	cancel()
	rest := drain(t, ended)
	require.LessOrEqual(t, len(rest), 1)
	publish(t, transport, event(2), event(3))
	require.Zero(t, ended.Lost(), "an ended subscription loses nothing")
	for n := range 3 {
		require.Equal(t, event(n+1).ID, receive(t, stays).ID)
	}

	timed, cancelTimed := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancelTimed()
	s, err := transport.Subscribe(timed, petrel.EventFilter{})
	require.NoError(t, err)
	drain(t, s)
}

func testEndedContext(t *testing.T, open Open) {
	transport := opened(t, open)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := transport.Subscribe(ctx, petrel.EventFilter{})
	require.ErrorIs(t, err, context.Canceled)
}

func testClose(t *testing.T, open Open) {
	transport := open(t)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	s, err := transport.Subscribe(ctx, petrel.EventFilter{})
	require.NoError(t, err)
	publish(t, transport, event(1))
	require.NoError(t, transport.Close())

	require.LessOrEqual(t, len(drain(t, s)), 1)
	require.ErrorIs(t, transport.Publish(ctx, event(2)), petrel.ErrStopped)
	_, err = transport.Subscribe(ctx, petrel.EventFilter{})
	require.ErrorIs(t, err, petrel.ErrStopped)
	require.NoError(t, transport.Close(), "Close may be called again")
	cancel()
	require.Zero(t, s.Lost())
}

// testCloseWhileBusy closes a transport that many use: every Publish succeeds
// or learns that the transport is closed, every channel is closed.
func testCloseWhileBusy(t *testing.T, open Open) {
	transport := open(t)
	var all sync.WaitGroup
	errs := make([]error, 8)
	begun := make(chan struct{}, 1024)
	for n := range errs {
		s, err := transport.Subscribe(t.Context(), petrel.EventFilter{})
		require.NoError(t, err)
		all.Go(func() {
			for range s.Events() {
			}
		})
		all.Go(func() {
			for k := 0; errs[n] == nil; k++ {
				errs[n] = transport.Publish(context.Background(), event(k))
				select {
				case begun <- struct{}{}:
				default:
				}
			}
		})
	}
	for range 100 {
		<-begun
	}
	require.NoError(t, transport.Close())
	all.Wait()
	for _, err := range errs {
		require.True(t, errors.Is(err, petrel.ErrStopped), "%v", err)
	}
}

// testComeAndGo subscribes and leaves while others publish.
func testComeAndGo(t *testing.T, open Open) {
	transport := opened(t, open)
	publishing, stop := context.WithCancel(context.Background())
	var publishers, visitors sync.WaitGroup
	errs := make(chan error, 64)
	for range 4 {
		publishers.Go(func() {
			for n := 0; publishing.Err() == nil; n++ {
				if err := transport.Publish(context.Background(), event(n)); err != nil {
					errs <- err
					return
				}
			}
		})
	}
	for range 16 {
		visitors.Go(func() {
			for range 20 {
				ctx, cancel := context.WithCancel(context.Background())
				s, err := transport.Subscribe(ctx, petrel.EventFilter{})
				if err != nil {
					cancel()
					errs <- err
					return
				}
				<-s.Events()
				cancel()
				for range s.Events() {
				}
			}
		})
	}
	visitors.Wait()
	stop()
	publishers.Wait()
	close(errs)
	for err := range errs {
		require.NoError(t, err)
	}
}

func testNoGoroutinesLeft(t *testing.T, open Open) {
	before := goleak.IgnoreCurrent()
	transport := open(t)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	for n := range 10 {
		// Some subscriptions end by their context, some with the transport.
		own, cancelOwn := context.WithCancel(ctx)
		s, err := transport.Subscribe(own, petrel.EventFilter{})
		require.NoError(t, err)
		publish(t, transport, event(n))
		if n%2 == 0 {
			cancelOwn()
			drain(t, s)
		}
		defer cancelOwn()
	}
	require.NoError(t, transport.Close())
	goleak.VerifyNone(t, before)
}
