package storetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel"
)

// crowd is how many goroutines the suite lets loose on a store.
const crowd = 64

// inCrowd calls f in many goroutines at the same time and waits for them.
func inCrowd(f func(n int)) {
	var ready, all sync.WaitGroup
	ready.Add(crowd)
	for n := range crowd {
		all.Go(func() {
			ready.Done()
			ready.Wait()
			f(n)
		})
	}
	all.Wait()
}

func testReadYourWrites(t *testing.T, open Open) {
	s := opened(t, open)
	ctx := context.Background()
	errs := make([]error, crowd)
	inCrowd(func(n int) {
		for k := range 8 {
			e := newExecution(n<<8 + k)
			e.Trace.ID = e.ID
			err := s.Commit(ctx, petrel.Transition{Executions: []petrel.Execution{e}})
			if err == nil {
				_, err = s.Execution(ctx, e.ID)
			}
			if err == nil {
				var found []petrel.Execution
				found, err = s.Executions(ctx, petrel.ExecutionQuery{TraceID: e.ID})
				if err == nil && len(found) != 1 {
					err = fmt.Errorf("%d executions found right after the commit of one", len(found))
				}
			}
			if err != nil {
				errs[n] = err
			}
		}
	})
	require.NoError(t, errors.Join(errs...))
}

func testOneClaimWins(t *testing.T, open Open) {
	s := opened(t, open)
	ctx := context.Background()
	for round := range 5 {
		e := newExecution(round)
		commit(t, s, petrel.Transition{Executions: []petrel.Execution{e}})
		errs := make([]error, crowd)
		inCrowd(func(n int) {
			errs[n] = s.Commit(ctx, petrel.Transition{
				ExecutionMoves: []petrel.ExecutionMove{claim(e, fmt.Sprintf("engine-%d", n), at(60))}})
		})
		winner := ""
		for n, err := range errs {
			if err == nil {
				require.Empty(t, winner, "two claims won")
				winner = fmt.Sprintf("engine-%d", n)
				continue
			}
			require.ErrorIs(t, err, petrel.ErrConflict)
		}
		require.NotEmpty(t, winner, "no claim won")
		require.Equal(t, winner, execution(t, s, e.ID).Owner)
	}
}

// testConcurrentCounter lets everybody move one execution on by compare and
// set: the revision counts every success and nothing else.
func testConcurrentCounter(t *testing.T, open Open) {
	s := opened(t, open)
	ctx := context.Background()
	e := newExecution(1)
	commit(t, s, petrel.Transition{Executions: []petrel.Execution{e}})
	commit(t, s, petrel.Transition{ExecutionMoves: []petrel.ExecutionMove{claim(e, "engine-1", at(60))}})
	var successes atomic.Int64
	errs := make([]error, crowd)
	inCrowd(func(n int) {
		for range 5 {
			current, err := s.Execution(ctx, e.ID)
			if err == nil {
				err = s.Commit(ctx, petrel.Transition{ExecutionMoves: []petrel.ExecutionMove{next(current, at(5))}})
			}
			switch {
			case err == nil:
				successes.Add(1)
			case !errors.Is(err, petrel.ErrConflict):
				errs[n] = err
			}
		}
	})
	require.NoError(t, errors.Join(errs...))
	require.Positive(t, successes.Load())
	require.EqualValues(t, 2+successes.Load(), execution(t, s, e.ID).Revision)
}

// testConflictsHarmNobodyElse mixes sound transitions with others whose last
// record conflicts: stores that commit several at once must keep them apart.
func testConflictsHarmNobodyElse(t *testing.T, open Open) {
	s := opened(t, open)
	ctx := context.Background()
	commit(t, s, petrel.Transition{Executions: []petrel.Execution{newExecution(0)}})
	const each = 8
	errs := make([]error, crowd)
	inCrowd(func(n int) {
		for k := range each {
			number := 1 + n*each + k
			transition := petrel.Transition{
				Instances:    []petrel.TriggerInstance{newInstance(number)},
				Enforcements: []petrel.Enforcement{newEnforcement(number)},
				Executions:   []petrel.Execution{newExecution(number)},
			}
			if number%3 == 0 {
				transition.Executions = append(transition.Executions, newExecution(0))
			}
			err := s.Commit(ctx, transition)
			if number%3 == 0 && errors.Is(err, petrel.ErrConflict) {
				err = nil
			} else if number%3 == 0 {
				err = fmt.Errorf("a conflict gave %w", err)
			}
			errs[n] = errors.Join(errs[n], err)
		}
	})
	require.NoError(t, errors.Join(errs...))
	sound := 0
	for number := 1; number <= crowd*each; number++ {
		_, err := s.Execution(ctx, recordID(number))
		if number%3 == 0 {
			require.ErrorIs(t, err, petrel.ErrNotFound)
		} else {
			require.NoError(t, err)
			sound++
		}
	}
	requireCounts(t, s, sound, sound, sound+1)
}

// testConcurrentMix uses every method at the same time, each goroutine with
// records of its own, and looks at the sum afterwards.
func testConcurrentMix(t *testing.T, open Open) {
	s := opened(t, open)
	ctx := context.Background()
	const each = 4
	errs := make([]error, crowd)
	inCrowd(func(n int) {
		random := rand.New(rand.NewPCG(1, uint64(n)))
		owner := fmt.Sprintf("engine-%d", n)
		do := func(err error) { errs[n] = errors.Join(errs[n], err) }
		for k := range each {
			number := n*each + k
			i, e := newInstance(number), newExecution(number)
			do(s.Commit(ctx, petrel.Transition{Instances: []petrel.TriggerInstance{i}}))
			do(s.Commit(ctx, petrel.Transition{
				InstanceMoves: []petrel.InstanceMove{{ID: i.ID, From: petrel.InstancePending, To: petrel.InstanceProcessed}},
				Enforcements:  []petrel.Enforcement{newEnforcement(number)},
				Executions:    []petrel.Execution{e},
				Keys:          []petrel.Key{{Scope: owner, Name: e.ID, Value: "requested"}},
			}))
			run := claim(e, owner, at(60))
			do(s.Commit(ctx, petrel.Transition{ExecutionMoves: []petrel.ExecutionMove{run}}))
			do(s.RenewLeases(ctx, owner, at(60+k)))
			switch random.IntN(4) {
			case 0:
				_, err := s.Executions(ctx, petrel.ExecutionQuery{Statuses: []petrel.Status{petrel.StatusRunning}})
				do(err)
			case 1:
				_, err := s.TriggerInstances(ctx, petrel.TriggerInstanceQuery{Status: petrel.InstancePending})
				do(err)
			case 2:
				_, err := s.Enforcements(ctx, petrel.EnforcementQuery{TriggerInstance: i.ID})
				do(err)
			case 3:
				_, err := s.Keys(ctx, petrel.KeyQuery{Scope: owner})
				do(err)
			}
			do(s.Commit(ctx, petrel.Transition{
				ExecutionMoves: []petrel.ExecutionMove{succeed(moved(e, run), `{"ok": true}`)},
				KeysDeleted:    []petrel.KeyName{{Scope: owner, Name: e.ID}},
			}))
		}
	})
	require.NoError(t, errors.Join(errs...))
	requireCounts(t, s, crowd*each, crowd*each, crowd*each)
	require.Len(t, executionIDs(t, s, petrel.ExecutionQuery{
		Statuses: []petrel.Status{petrel.StatusSucceeded}, Page: petrel.Page{Limit: -1}}), crowd*each)
	keys, err := s.Keys(ctx, petrel.KeyQuery{})
	require.NoError(t, err)
	require.Empty(t, keys)
}
