package storetest

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel"
)

func testEndedContext(t *testing.T, open Open) {
	s := opened(t, open)
	commit(t, s, petrel.Transition{Executions: []petrel.Execution{newExecution(1)}})
	canceled, cancel := context.WithCancel(context.Background())
	cancel()
	late, cancelLate := context.WithDeadline(context.Background(), time.Unix(1, 0))
	defer cancelLate()
	for _, c := range []struct {
		ctx  context.Context
		want error
	}{{canceled, context.Canceled}, {late, context.DeadlineExceeded}} {
		for name, call := range calls(s) {
			require.ErrorIs(t, call(c.ctx), c.want, name)
		}
	}
	requireCounts(t, s, 0, 0, 1)
	require.Equal(t, keptExecution(newExecution(1)), execution(t, s, recordID(1)))
}

// calls returns a call of every method of the store but Close. The commit
// inserts execution 2.
func calls(s petrel.Store) map[string]func(context.Context) error {
	return map[string]func(context.Context) error{
		"Commit": func(ctx context.Context) error {
			return s.Commit(ctx, petrel.Transition{Executions: []petrel.Execution{newExecution(2)}})
		},
		"RenewLeases": func(ctx context.Context) error { return s.RenewLeases(ctx, "", at(60)) },
		"TriggerInstance": func(ctx context.Context) error {
			_, err := s.TriggerInstance(ctx, recordID(1))
			return err
		},
		"TriggerInstances": func(ctx context.Context) error {
			_, err := s.TriggerInstances(ctx, petrel.TriggerInstanceQuery{})
			return err
		},
		"Enforcements": func(ctx context.Context) error {
			_, err := s.Enforcements(ctx, petrel.EnforcementQuery{})
			return err
		},
		"Execution": func(ctx context.Context) error {
			_, err := s.Execution(ctx, recordID(1))
			return err
		},
		"Executions": func(ctx context.Context) error {
			_, err := s.Executions(ctx, petrel.ExecutionQuery{})
			return err
		},
		"Document": func(ctx context.Context) error {
			_, err := s.Document(ctx, "d1")
			return err
		},
		"Key": func(ctx context.Context) error {
			_, err := s.Key(ctx, petrel.ScopeSystem, "k")
			return err
		},
		"Keys": func(ctx context.Context) error {
			_, err := s.Keys(ctx, petrel.KeyQuery{})
			return err
		},
	}
}

// testContextEndsWhileWaiting cancels commits at many moments: each is stored
// whole or not at all, and one that reports an ended context is not stored.
func testContextEndsWhileWaiting(t *testing.T, open Open) {
	s := opened(t, open)
	const committers = 64
	errs := make([]error, committers)
	var all sync.WaitGroup
	for n := range committers {
		all.Go(func() {
			ctx, cancel := context.WithTimeout(context.Background(), time.Duration(n)*40*time.Microsecond)
			defer cancel()
			errs[n] = s.Commit(ctx, petrel.Transition{
				Instances:    []petrel.TriggerInstance{newInstance(n)},
				Enforcements: []petrel.Enforcement{newEnforcement(n)},
				Executions:   []petrel.Execution{newExecution(n)},
			})
		})
	}
	all.Wait()
	stored := 0
	for n, err := range errs {
		if err == nil {
			stored++
			require.Equal(t, keptExecution(newExecution(n)), execution(t, s, recordID(n)))
			continue
		}
		require.ErrorIs(t, err, context.DeadlineExceeded)
		_, err = s.Execution(context.Background(), recordID(n))
		require.ErrorIs(t, err, petrel.ErrNotFound)
	}
	requireCounts(t, s, stored, stored, stored)
}

func testClose(t *testing.T, open Open) {
	s := open(t)
	commit(t, s, petrel.Transition{Executions: []petrel.Execution{newExecution(1)}})
	require.NoError(t, s.Close())
	for name, call := range calls(s) {
		require.ErrorIs(t, call(context.Background()), petrel.ErrStopped, name)
	}
	require.NoError(t, s.Close(), "Close may be called again")
}

// testCloseWaitsForCommits closes a store that many are committing to: every
// commit either succeeds or learns that the store is closed.
func testCloseWaitsForCommits(t *testing.T, open Open) {
	s := open(t)
	var all sync.WaitGroup
	begun := make(chan struct{}, 1024)
	errs := make([]error, 32)
	for n := range errs {
		all.Go(func() {
			for k := 0; errs[n] == nil; k++ {
				errs[n] = s.Commit(context.Background(), petrel.Transition{Executions: []petrel.Execution{newExecution(n<<20 + k)}})
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
	require.NoError(t, s.Close())
	all.Wait()
	for _, err := range errs {
		require.True(t, errors.Is(err, petrel.ErrStopped), "%v", err)
	}
}
