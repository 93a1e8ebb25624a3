package sqlite

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel"
	"github.com/petrel-dev/petrel/petreltest/storetest"
)

// limitPages makes the file full: it may not grow beyond its size plus extra pages.
func limitPages(t *testing.T, s *Store, extra int) {
	t.Helper()
	ctx := context.Background()
	var pages int
	require.NoError(t, s.writer.conn.QueryRowContext(ctx, "PRAGMA page_count").Scan(&pages))
	require.NoError(t, pragma(ctx, s.writer.conn, fmt.Sprintf("max_page_count = %d", pages+extra)))
}

func unlimitPages(t *testing.T, s *Store) {
	t.Helper()
	require.NoError(t, pragma(context.Background(), s.writer.conn, "max_page_count = 4294967294"))
}

func TestFullStore(t *testing.T) {
	ctx := context.Background()
	s, err := New(ctx, filepath.Join(t.TempDir(), "petrel.db"))
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	before := storetest.EventTransitions(1)
	for _, transition := range before {
		require.NoError(t, s.Commit(ctx, transition))
	}

	limitPages(t, s, 2)
	big := storetest.EventTransitions(2)
	big[0].Instances[0].Payload = json.RawMessage(`"` + strings.Repeat("x", 1<<20) + `"`)
	require.ErrorIs(t, s.Commit(ctx, big[0]), petrel.ErrStoreFull)
	_, err = s.TriggerInstance(ctx, big[0].Instances[0].ID)
	require.ErrorIs(t, err, petrel.ErrNotFound)

	stored, err := s.Execution(ctx, before[1].Executions[0].ID)
	require.NoError(t, err)
	require.Equal(t, petrel.StatusSucceeded, stored.Status, "what was there is there")
	require.NoError(t, s.Commit(ctx, petrel.Transition{Keys: []petrel.Key{{Scope: petrel.ScopeSystem, Name: "small", Value: "fits"}}}),
		"what fits is stored")

	unlimitPages(t, s)
	require.NoError(t, s.Commit(ctx, big[0]), "with room it works again")
	i, err := s.TriggerInstance(ctx, big[0].Instances[0].ID)
	require.NoError(t, err)
	require.Equal(t, big[0].Instances[0].Payload, i.Payload)
}

// TestFullStoreInBatch fills the store while many commit at once, one of them
// far more than fits: it may not take the others down.
func TestFullStoreInBatch(t *testing.T) {
	ctx := context.Background()
	s, err := New(ctx, filepath.Join(t.TempDir(), "petrel.db"))
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	limitPages(t, s, 200)

	errs := make([]error, 64)
	var all sync.WaitGroup
	for n := range errs {
		all.Go(func() {
			transition := storetest.EventTransitions(n)[0]
			if n == 7 {
				transition.Instances[0].Payload = json.RawMessage(`"` + strings.Repeat("x", 4<<20) + `"`)
			}
			errs[n] = s.Commit(ctx, transition)
		})
	}
	all.Wait()
	for n, err := range errs {
		if n == 7 {
			require.ErrorIs(t, err, petrel.ErrStoreFull)
		} else {
			require.NoError(t, err)
		}
	}
	instances, err := s.TriggerInstances(ctx, petrel.TriggerInstanceQuery{})
	require.NoError(t, err)
	require.Len(t, instances, len(errs)-1)
}

// TestFillsUp commits until nothing fits any more. Every acknowledged
// transition stays, every refused one leaves nothing.
func TestFillsUp(t *testing.T) {
	ctx := context.Background()
	s, err := New(ctx, filepath.Join(t.TempDir(), "petrel.db"))
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	limitPages(t, s, 60)
	stored, refused := 0, 0
	for n := 0; refused < 20; n++ {
		transition := storetest.EventTransitions(n)[1]
		transition.InstanceMoves = nil
		err := s.Commit(ctx, transition)
		if err == nil {
			stored++
			continue
		}
		require.ErrorIs(t, err, petrel.ErrStoreFull)
		refused++
	}
	require.Positive(t, stored)
	executions, err := s.Executions(ctx, petrel.ExecutionQuery{Page: petrel.Page{Limit: -1}})
	require.NoError(t, err)
	enforcements, err := s.Enforcements(ctx, petrel.EnforcementQuery{Page: petrel.Page{Limit: -1}})
	require.NoError(t, err)
	require.Len(t, executions, stored)
	require.Len(t, enforcements, stored)
}
