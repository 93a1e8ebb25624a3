package sqlite_test

import (
	"context"
	"database/sql"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel"
	"github.com/petrel-dev/petrel/petreltest/storetest"
	"github.com/petrel-dev/petrel/store/sqlite"
)

func TestStore(t *testing.T) {
	storetest.Run(t, func(t testing.TB) petrel.Store {
		// The state-machine test opens many stores in one test, each in a folder of its own.
		s, err := sqlite.Open(filepath.Join(t.TempDir(), "petrel.db"))(context.Background())
		require.NoError(t, err)
		return s
	})
}

func TestStoreFromDB(t *testing.T) {
	storetest.Run(t, func(t testing.TB) petrel.Store {
		db, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "petrel.db")+"?_pragma=busy_timeout(5000)")
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, db.Close()) })
		s, err := sqlite.NewFromDB(context.Background(), db)
		require.NoError(t, err)
		return s
	})
}
