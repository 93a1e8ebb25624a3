package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel"
	"github.com/petrel-dev/petrel/petreltest/storetest"
)

func TestPaths(t *testing.T) {
	ctx := context.Background()
	t.Chdir(t.TempDir())
	for _, path := range []string{"relative.db", "with space.db", "a?b#c%20d&e=f.db", "ü'\".db", filepath.Join(t.TempDir(), "absolute?.db")} {
		s, err := New(ctx, path)
		require.NoError(t, err, path)
		require.NoError(t, s.Commit(ctx, petrel.Transition{Keys: []petrel.Key{{Scope: "s", Name: "k"}}}), path)
		require.NoError(t, s.Close(), path)
		info, err := os.Stat(path)
		require.NoError(t, err, "the file has the name that was given")
		require.Positive(t, info.Size())
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm(), "records may hold secrets")
	}
}

func TestOpenErrors(t *testing.T) {
	ctx := context.Background()
	missing := filepath.Join(t.TempDir(), "no", "such", "petrel.db")
	_, err := New(ctx, missing)
	require.ErrorIs(t, err, os.ErrNotExist)
	require.ErrorContains(t, err, missing)
	for _, path := range []string{"", ":memory:"} {
		_, err = New(ctx, path)
		require.ErrorIs(t, err, petrel.ErrInvalid)
		require.ErrorContains(t, err, "NewMemoryStore")
	}
	_, err = New(ctx, t.TempDir())
	require.Error(t, err, "a folder is no file")

	s, err := Open(missing)(ctx)
	require.ErrorIs(t, err, os.ErrNotExist)
	require.Nil(t, s)

	path := filepath.Join(t.TempDir(), "petrel.db")
	for _, opt := range []Option{WithReaders(0), WithSynchronous("OFF"), WithBusyTimeout(-1)} {
		_, err = New(ctx, path, opt)
		require.ErrorIs(t, err, petrel.ErrInvalid)
	}
	canceled, cancel := context.WithCancel(ctx)
	cancel()
	_, err = New(canceled, path)
	require.ErrorIs(t, err, context.Canceled)

	db, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	db.SetMaxOpenConns(1)
	_, err = NewFromDB(ctx, db)
	require.ErrorIs(t, err, petrel.ErrInvalid)
}

func TestSettings(t *testing.T) {
	ctx := context.Background()
	setting := func(s *Store, name string) (value string) {
		require.NoError(t, s.writer.conn.QueryRowContext(ctx, "PRAGMA "+name).Scan(&value))
		return value
	}
	s, err := New(ctx, filepath.Join(t.TempDir(), "petrel.db"))
	require.NoError(t, err)
	require.Equal(t, "wal", setting(s, "journal_mode"))
	require.Equal(t, "2", setting(s, "synchronous"), "FULL")
	require.Equal(t, "1", setting(s, "foreign_keys"))
	require.Equal(t, "5000", setting(s, "busy_timeout"))
	require.NoError(t, s.Close())

	s, err = New(ctx, filepath.Join(t.TempDir(), "petrel.db"), WithSynchronous(Normal), WithBusyTimeout(time.Second), WithReaders(2))
	require.NoError(t, err)
	require.Equal(t, "1", setting(s, "synchronous"), "NORMAL")
	require.Equal(t, "1000", setting(s, "busy_timeout"))
	require.Equal(t, 2, s.reader.Stats().MaxOpenConnections)
	_, err = s.reader.ExecContext(ctx, "DELETE FROM datastore_key")
	require.Error(t, err, "readers only read")
	require.NoError(t, s.Close())
}

// TestTwoStores stands for two processes with one file: of all claims of both one wins.
func TestTwoStores(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "petrel.db")
	var stores [2]*Store
	for n := range stores {
		var err error
		stores[n], err = New(ctx, path)
		require.NoError(t, err)
		defer func() { require.NoError(t, stores[n].Close()) }()
	}
	const events = 20
	wins := make([]int, events)
	var mu sync.Mutex
	for n := range events {
		transitions := storetest.EventTransitions(n)
		for _, transition := range transitions[:2] {
			require.NoError(t, stores[0].Commit(ctx, transition))
		}
	}
	var all sync.WaitGroup
	for claimer := range 32 {
		all.Go(func() {
			for n := range events {
				transition := storetest.EventTransitions(n)[2]
				transition.ExecutionMoves[0].To.Owner = fmt.Sprintf("engine-%d", claimer)
				if stores[claimer%2].Commit(ctx, transition) == nil {
					mu.Lock()
					wins[n]++
					mu.Unlock()
				}
			}
		})
	}
	all.Wait()
	for n := range events {
		require.Equal(t, 1, wins[n], "event %d", n)
	}
}

// TestLockedByOthers demands a clear error when another process does not let go of the file.
func TestLockedByOthers(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "petrel.db")
	s, err := New(ctx, path, WithBusyTimeout(10*time.Millisecond))
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	other, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	defer func() { require.NoError(t, other.Close()) }()
	conn, err := other.Conn(ctx)
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close()) }()
	_, err = conn.ExecContext(ctx, "BEGIN IMMEDIATE")
	require.NoError(t, err)

	transition := storetest.EventTransitions(1)[0]
	err = s.Commit(ctx, transition)
	require.ErrorContains(t, err, "another process keeps the database locked")
	_, err = s.Executions(ctx, petrel.ExecutionQuery{})
	require.NoError(t, err, "reading goes on")

	_, err = conn.ExecContext(ctx, "ROLLBACK")
	require.NoError(t, err)
	require.NoError(t, s.Commit(ctx, transition))
}
