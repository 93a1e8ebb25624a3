package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel"
)

// fileWith returns a database file made by SQL text.
func fileWith(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "petrel.db")
	db, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	_, err = db.Exec(text)
	require.NoError(t, err)
	require.NoError(t, db.Close())
	return path
}

// layout returns the text of every table and index of the file.
func layout(t *testing.T, path string) map[string]string {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	rows, err := db.Query(`SELECT name, coalesce(sql, '') FROM sqlite_schema`)
	require.NoError(t, err)
	defer func() { require.NoError(t, rows.Close()) }()
	texts := map[string]string{}
	for rows.Next() {
		var name, text string
		require.NoError(t, rows.Scan(&name, &text))
		texts[name] = text
	}
	return texts
}

// TestOlderVersion opens a file of version 1: its records are there, as they
// were, and the file has become one of the present version.
func TestOlderVersion(t *testing.T) {
	ctx := context.Background()
	text, err := os.ReadFile("testdata/version1.sql")
	require.NoError(t, err)
	path := fileWith(t, string(text))
	s, err := New(ctx, path)
	require.NoError(t, err)

	second := func(n int) time.Time { return time.Date(2026, 1, 1, 0, 0, n, 0, time.UTC) }
	half := second(0).Add(500 * time.Millisecond)
	i, err := s.TriggerInstances(ctx, petrel.TriggerInstanceQuery{Trigger: "examples.event"})
	require.NoError(t, err)
	require.Equal(t, []petrel.TriggerInstance{
		{ID: "i2", Trigger: "examples.event", OccurrenceTime: second(1), Status: petrel.InstancePending, Trace: petrel.Trace{ID: "t2"}},
		{ID: "i1", Trigger: "examples.event", OccurrenceTime: second(0), Status: petrel.InstanceProcessed,
			Payload: json.RawMessage(`{"number": 1}`), Trace: petrel.Trace{ID: "t1", Tag: "first"}},
	}, i)
	f, err := s.Enforcements(ctx, petrel.EnforcementQuery{Rule: "examples.rule"})
	require.NoError(t, err)
	require.Equal(t, []petrel.Enforcement{{ID: "f1", Rule: petrel.RuleLink{ID: "r1", Ref: "examples.rule"}, TriggerInstance: "i1",
		Execution: "e1", EnforcedAt: half, Trace: petrel.Trace{ID: "t1", Tag: "first"}}}, f)
	e, err := s.Executions(ctx, petrel.ExecutionQuery{Action: "examples.restart"})
	require.NoError(t, err)
	ended := petrel.Execution{
		ID: "e1", Action: "examples.restart", Runner: "noop", User: "stanley",
		Parameters: json.RawMessage(`{"host": "web1"}`), Context: json.RawMessage(`{}`),
		Rule: petrel.RuleLink{ID: "r1", Ref: "examples.rule"}, Trigger: "examples.event", TriggerInstance: "i1", RequestedAt: half,
		ActionDocument: "d1", RunnerDocument: "d2", RuleDocument: "d3", Trace: petrel.Trace{ID: "t1", Tag: "first"},
		ExecutionState: petrel.ExecutionState{
			Revision: 3, Status: petrel.StatusSucceeded, Result: json.RawMessage(`{"ok": true}`),
			DueAt: half, EndedAt: second(2), Owner: "engine-1",
			Log: []petrel.LogEntry{{Time: half, Status: petrel.StatusRequested}, {Time: second(1), Status: petrel.StatusScheduled},
				{Time: second(1), Status: petrel.StatusRunning}, {Time: second(2), Status: petrel.StatusSucceeded}},
		},
	}
	running := petrel.Execution{
		ID: "e2", Action: "examples.restart", Runner: "noop", User: "kim", Parent: "e1", RequestedAt: second(1),
		Delay: 1500 * time.Millisecond, ActionDocument: "d1", RunnerDocument: "d2", Trace: petrel.Trace{ID: "t2"},
		ExecutionState: petrel.ExecutionState{
			Revision: 2, Status: petrel.StatusRunning, DueAt: second(1), Owner: "engine-1", LeaseUntil: second(60), Log: ended.Log[:0:0],
		},
	}
	for _, status := range []petrel.Status{petrel.StatusRequested, petrel.StatusScheduled, petrel.StatusRunning} {
		running.Log = append(running.Log, petrel.LogEntry{Time: second(1), Status: status})
	}
	require.Equal(t, []petrel.Execution{running, ended}, e)
	d, err := s.Document(ctx, "d1")
	require.NoError(t, err)
	require.JSONEq(t, `{"name": "restart"}`, string(d.Body))
	k, err := s.Key(ctx, petrel.ScopeSystem, "color")
	require.NoError(t, err)
	require.Equal(t, petrel.Key{Scope: petrel.ScopeSystem, Name: "color", Value: "blue", Description: "favourite", Secret: true, Expires: second(0)}, k)
	require.NoError(t, s.Close())

	fresh := filepath.Join(t.TempDir(), "fresh.db")
	s, err = New(ctx, fresh)
	require.NoError(t, err)
	require.NoError(t, s.Close())
	upgraded, made := layout(t, path), layout(t, fresh)
	require.ElementsMatch(t, keysOf(made), keysOf(upgraded), "an upgraded file has the tables and indexes of a new one")
}

func keysOf(m map[string]string) (names []string) {
	for name := range m {
		names = append(names, name)
	}
	return names
}

func TestReopen(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "petrel.db")
	for n := range 3 {
		s, err := New(ctx, path)
		require.NoError(t, err)
		keys, err := s.Keys(ctx, petrel.KeyQuery{})
		require.NoError(t, err)
		require.Len(t, keys, n)
		require.NoError(t, s.Commit(ctx, petrel.Transition{Keys: []petrel.Key{{Scope: "s", Name: string(rune('a' + n))}}}))
		require.NoError(t, s.Close())
	}
	_, err := os.Stat(path + "-wal")
	require.ErrorIs(t, err, os.ErrNotExist, "a closed store is one file")
}

func TestOpenTogether(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "petrel.db")
	stores := make([]*Store, 8)
	errs := make([]error, len(stores))
	var all sync.WaitGroup
	for n := range stores {
		all.Go(func() { stores[n], errs[n] = New(ctx, path) })
	}
	all.Wait()
	for n := range stores {
		require.NoError(t, errs[n])
		require.NoError(t, stores[n].Close())
	}
}

func TestNewerVersion(t *testing.T) {
	path := fileWith(t, `CREATE TABLE petrel_version (version INTEGER PRIMARY KEY, name TEXT);
		INSERT INTO petrel_version VALUES (1, 'records'), (99, 'from the future');`)
	before, err := os.ReadFile(path)
	require.NoError(t, err)
	_, err = New(context.Background(), path)
	require.ErrorIs(t, err, ErrNewerVersion)
	require.ErrorContains(t, err, path)
	require.ErrorContains(t, err, "of version 99")
	require.ErrorContains(t, err, "versions up to 2")
	require.ErrorContains(t, err, "update the program")
	require.NotErrorIs(t, err, ErrNotPetrel)
	after, err := os.ReadFile(path)
	require.NoError(t, err)
	require.True(t, bytes.Equal(before, after), "the file is as it was")
}

func TestForeignFiles(t *testing.T) {
	text := filepath.Join(t.TempDir(), "notes.txt")
	require.NoError(t, os.WriteFile(text, []byte("These are notes and no database, and they are long enough to have a header of 100 bytes to look at."), 0o600))
	other := fileWith(t, `CREATE TABLE customer (id INTEGER PRIMARY KEY); INSERT INTO customer VALUES (1);`)
	for _, path := range []string{text, other} {
		before, err := os.ReadFile(path)
		require.NoError(t, err)
		_, err = New(context.Background(), path)
		require.ErrorIs(t, err, ErrNotPetrel)
		require.ErrorContains(t, err, path)
		after, err := os.ReadFile(path)
		require.NoError(t, err)
		require.True(t, bytes.Equal(before, after), "the file is as it was")
	}
}

// TestFailedMigration demands that a step which fails leaves the file at the
// version it had.
func TestFailedMigration(t *testing.T) {
	ctx := context.Background()
	db, err := sql.Open("sqlite", filepath.Join(t.TempDir(), "petrel.db"))
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	conn, err := db.Conn(ctx)
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close()) }()

	migrateTo := func(files fstest.MapFS) error {
		steps, err := readMigrations(files)
		require.NoError(t, err)
		return migrate(ctx, conn, steps)
	}
	files := fstest.MapFS{
		"0001_a.sql": {Data: []byte(`CREATE TABLE a (x); CREATE TABLE b (x);`)},
		"0002_b.sql": {Data: []byte(`INSERT INTO a VALUES (1);`)},
	}
	require.NoError(t, migrateTo(files))
	files["0003_c.sql"] = &fstest.MapFile{Data: []byte(`INSERT INTO a VALUES (2); INSERT INTO nowhere VALUES (1);`)}
	require.ErrorContains(t, migrateTo(files), "0003_c")
	version, err := schemaVersion(ctx, conn)
	require.NoError(t, err)
	require.Equal(t, 2, version)
	var rows int
	require.NoError(t, conn.QueryRowContext(ctx, `SELECT count(*) FROM a`).Scan(&rows))
	require.Equal(t, 1, rows)

	files["0003_c.sql"] = &fstest.MapFile{Data: []byte(`INSERT INTO a VALUES (2);`)}
	require.NoError(t, migrateTo(files))
	require.NoError(t, migrateTo(files), "nothing is left to do")
	require.NoError(t, conn.QueryRowContext(ctx, `SELECT count(*) FROM a`).Scan(&rows))
	require.Equal(t, 2, rows)
}

func TestMigrationNumbers(t *testing.T) {
	for _, files := range []fstest.MapFS{
		{"0002_b.sql": {}},
		{"0001_a.sql": {}, "0003_c.sql": {}},
		{"0001_a.sql": {}, "0001_b.sql": {}},
		{"first.sql": {}},
	} {
		_, err := readMigrations(files)
		require.ErrorContains(t, err, "want number")
	}
}
