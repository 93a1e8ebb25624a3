package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	driver "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/petrel-dev/petrel"
	"github.com/petrel-dev/petrel/petreltest/storetest"
)

// patience is how long the tests wait for what must happen.
const patience = 10 * time.Second

// heldStore returns a store whose writer waits until release is called.
func heldStore(t *testing.T) (s *Store, release func()) {
	t.Helper()
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "petrel.db")
	s, err := New(ctx, path, WithBusyTimeout(patience))
	require.NoError(t, err)
	other, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	conn, err := other.Conn(ctx)
	require.NoError(t, err)
	_, err = conn.ExecContext(ctx, "BEGIN IMMEDIATE")
	require.NoError(t, err)
	return s, func() {
		_, err := conn.ExecContext(ctx, "ROLLBACK")
		require.NoError(t, err)
		require.NoError(t, conn.Close())
		require.NoError(t, other.Close())
	}
}

// inBatch commits the transitions so that the writer finds all but the first
// waiting, and returns what Commit said of each.
func inBatch(t *testing.T, s *Store, release func(), transitions []petrel.Transition) []error {
	t.Helper()
	errs := make([]error, len(transitions))
	var all sync.WaitGroup
	for n, transition := range transitions {
		all.Go(func() { errs[n] = s.Commit(context.Background(), transition) })
	}
	require.Eventually(t, func() bool { return len(s.writer.queue) == len(transitions)-1 }, patience, time.Millisecond)
	release()
	all.Wait()
	return errs
}

// TestTakenBackWhileWaiting cancels two commits, one of which is being written
// and one of which waits behind it: the one returns at once and is not stored,
// the other is stored.
func TestTakenBackWhileWaiting(t *testing.T) {
	s, release := heldStore(t)
	defer func() { require.NoError(t, s.Close()) }()
	ctx, cancel := context.WithCancel(context.Background())
	type answer struct {
		event int
		err   error
	}
	answers := make(chan answer, 2)
	for n := range 2 {
		go func() { answers <- answer{n, s.Commit(ctx, storetest.EventTransitions(n)[0])} }()
	}
	require.Eventually(t, func() bool { return len(s.writer.queue) == 1 }, patience, time.Millisecond)
	cancel()
	back := <-answers
	require.ErrorIs(t, back.err, context.Canceled, "it does not wait for the one before")
	release()
	written := <-answers
	require.NoError(t, written.err)

	instances, err := s.TriggerInstances(context.Background(), petrel.TriggerInstanceQuery{})
	require.NoError(t, err)
	require.Len(t, instances, 1)
	require.Equal(t, storetest.EventTransitions(written.event)[0].Instances[0].ID, instances[0].ID)
}

// TestBatchWithConflicts puts sound transitions, lost claims and half-way
// conflicts into one transaction.
func TestBatchWithConflicts(t *testing.T) {
	s, release := heldStore(t)
	defer func() { require.NoError(t, s.Close()) }()
	sound := func(n int) petrel.Transition { return storetest.EventTransitions(n)[0] }
	early := storetest.EventTransitions(50)[2] // moves what is not stored
	late := sound(60)
	late.Instances = append(late.Instances, sound(61).Instances[0], sound(61).Instances[0])
	errs := inBatch(t, s, release, []petrel.Transition{sound(1), early, sound(2), late, sound(3), early, late, sound(4)})
	for n, err := range errs {
		switch n {
		case 1, 3, 5, 6:
			require.ErrorIs(t, err, petrel.ErrConflict)
		default:
			require.NoError(t, err)
		}
	}
	instances, err := s.TriggerInstances(context.Background(), petrel.TriggerInstanceQuery{})
	require.NoError(t, err)
	require.Len(t, instances, 4)
}

// TestConflictTellsWhy demands that the error names what is stored instead.
func TestConflictTellsWhy(t *testing.T) {
	ctx := context.Background()
	s, err := New(ctx, filepath.Join(t.TempDir(), "petrel.db"))
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	steps := storetest.EventTransitions(1)
	require.ErrorContains(t, s.Commit(ctx, steps[2]), "is not stored")
	for _, transition := range steps[:3] {
		require.NoError(t, s.Commit(ctx, transition))
	}
	id := steps[1].Executions[0].ID
	require.ErrorContains(t, s.Commit(ctx, steps[2]), "execution "+id+" is running at revision 2 by now")
	require.ErrorContains(t, s.Commit(ctx, petrel.Transition{InstanceMoves: steps[1].InstanceMoves}), "is processed by now")
	require.ErrorContains(t, s.Commit(ctx, petrel.Transition{Executions: steps[1].Executions}), "execution "+id+" exists")
	require.ErrorContains(t, s.Commit(ctx, petrel.Transition{Enforcements: steps[1].Enforcements}), "enforcement "+id+" exists")
	require.ErrorContains(t, s.Commit(ctx, steps[0]), "trigger instance "+id+" exists")
}

// TestTooLargeInBatch demands that a value beyond SQLite's limit is refused and
// takes no neighbour down.
func TestTooLargeInBatch(t *testing.T) {
	s, release := heldStore(t)
	defer func() { require.NoError(t, s.Close()) }()
	_, err := driver.Limit(s.writer.conn, sqlite3.SQLITE_LIMIT_LENGTH, 1<<20)
	require.NoError(t, err)
	transitions := make([]petrel.Transition, 8)
	for n := range transitions {
		transitions[n] = storetest.EventTransitions(n)[0]
	}
	transitions[3].Instances[0].Payload = json.RawMessage(`"` + strings.Repeat("x", 2<<20) + `"`)
	for n, err := range inBatch(t, s, release, transitions) {
		if n == 3 {
			require.ErrorIs(t, err, petrel.ErrInvalid)
		} else {
			require.NoError(t, err)
		}
	}
}

// BenchmarkList lists a hundred executions whose results are large, without the results.
func BenchmarkList(b *testing.B) {
	ctx := context.Background()
	for _, size := range []int{1 << 10, 1 << 18} {
		b.Run(fmt.Sprintf("result=%dKB", size>>10), func(b *testing.B) {
			s := openBench(b)
			defer func() { require.NoError(b, s.Close()) }()
			for n := range 200 {
				for step, transition := range storetest.EventTransitions(n) {
					if step == 3 {
						transition.ExecutionMoves[0].To.Result = json.RawMessage(`"` + strings.Repeat("x", size) + `"`)
					}
					require.NoError(b, s.Commit(ctx, transition))
				}
			}
			for b.Loop() {
				found, err := s.Executions(ctx, petrel.ExecutionQuery{WithoutResult: true})
				require.NoError(b, err)
				require.Len(b, found, 100)
			}
		})
	}
}
