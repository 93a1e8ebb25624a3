package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/petrel-dev/petrel"
)

// Open returns the opener of a store in the file at path, for
// [petrel.WithStore]. Errors of opening are those of [New] and are reported by
// [petrel.New].
func Open(path string, opts ...Option) petrel.StoreOpener {
	return func(ctx context.Context) (petrel.Store, error) {
		s, err := New(ctx, path, opts...)
		if err != nil {
			return nil, err
		}
		return s, nil
	}
}

// New opens the store in the file at path. A file that does not exist is
// created, one of an older version of Petrel is brought up to date. New fails
// with [ErrNewerVersion] for a file of a newer version and with [ErrNotPetrel]
// for one that is something else; neither is changed. The context ends the
// opening, not the store.
func New(ctx context.Context, path string, opts ...Option) (*Store, error) {
	c, err := newConfig(opts)
	if err != nil {
		return nil, err
	}
	if path == "" || strings.HasPrefix(path, ":memory:") {
		return nil, fmt.Errorf("%w: sqlite store: path %q names no file; use petrel.NewMemoryStore to keep records in memory",
			petrel.ErrInvalid, path)
	}
	s, err := openFile(ctx, path, c)
	if err != nil {
		return nil, fmt.Errorf("sqlite store %s: %w", path, err)
	}
	return s, nil
}

// NewFromDB opens a store in a database that the host has opened with a SQLite
// driver of its choice. The database must be a file that is empty or Petrel's
// and must allow two connections at least: one is the writer's until Close.
// The host sets the pragmas of the other connections, above all busy_timeout,
// and closes the database after the store. [WithReaders] has no effect. Errors are
// those of [New].
func NewFromDB(ctx context.Context, db *sql.DB, opts ...Option) (*Store, error) {
	c, err := newConfig(opts)
	if err != nil {
		return nil, err
	}
	if db.Stats().MaxOpenConnections == 1 {
		return nil, fmt.Errorf("%w: sqlite store: the database allows one connection, the store needs two", petrel.ErrInvalid)
	}
	s, err := open(ctx, db, db, c)
	if err != nil {
		return nil, fmt.Errorf("sqlite store: %w", err)
	}
	return s, nil
}

func openFile(ctx context.Context, path string, c config) (*Store, error) {
	// SQLite would create the file readable for all, and its error for a
	// missing folder does not say what is missing.
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := file.Close(); err != nil {
		return nil, err
	}

	writer, err := sql.Open("sqlite", uri(path, "busy_timeout(0)"))
	if err != nil {
		return nil, err
	}
	writer.SetMaxOpenConns(1)
	reader, err := sql.Open("sqlite", uri(path, fmt.Sprintf("busy_timeout(%d)", c.busyTimeout.Milliseconds()),
		"query_only(1)", "temp_store(MEMORY)", "cache_size(-8000)"))
	if err != nil {
		return nil, errors.Join(err, writer.Close())
	}
	reader.SetMaxOpenConns(c.readers)
	reader.SetMaxIdleConns(c.readers)

	s, err := open(ctx, writer, reader, c)
	if err != nil {
		return nil, errors.Join(err, reader.Close(), writer.Close())
	}
	s.owned = []*sql.DB{reader, writer}
	return s, nil
}

// uri returns the data source name of the file, on each of whose connections
// the pragmas are set.
func uri(path string, pragmas ...string) string {
	path = filepath.ToSlash(path)
	if filepath.VolumeName(path) != "" {
		path = "/" + path
	}
	path = strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(path)
	return "file:" + path + "?" + url.Values{"_pragma": pragmas}.Encode()
}

// open checks and upgrades the database on the connection that is to be the
// writer's, and starts the writer.
func open(ctx context.Context, writerDB, reader *sql.DB, c config) (_ *Store, err error) {
	conn, err := writerDB.Conn(ctx)
	if err != nil {
		return nil, openError(err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, conn.Close())
		}
	}()
	if err := prepareDatabase(ctx, conn, c); err != nil {
		return nil, openError(err)
	}
	w, err := newWriter(ctx, conn)
	if err != nil {
		return nil, err
	}
	s := &Store{reader: reader, writer: w}
	if err := s.prepareReads(ctx); err != nil {
		return nil, err
	}
	go w.run()
	return s, nil
}

// prepareDatabase sets up the connection. Nothing is written before it is sure
// that the file is Petrel's and not of a newer version.
func prepareDatabase(ctx context.Context, conn *sql.Conn, c config) error {
	if err := pragma(ctx, conn, fmt.Sprintf("busy_timeout = %d", c.busyTimeout.Milliseconds())); err != nil {
		return err
	}
	steps, err := readMigrations(migrations)
	if err != nil {
		return err
	}
	if _, err := checkedVersion(ctx, conn, len(steps)); err != nil {
		return err
	}
	var mode string
	if err := conn.QueryRowContext(ctx, "PRAGMA journal_mode = WAL").Scan(&mode); err != nil {
		return err
	}
	if mode != "wal" {
		return fmt.Errorf("%w: the database is in journal mode %q and cannot be put into WAL mode; is it a file on a local disk?",
			petrel.ErrInvalid, mode)
	}
	for _, setting := range []string{
		"synchronous = " + string(c.synchronous), "foreign_keys = ON", "temp_store = MEMORY", "cache_size = -16000",
	} {
		if err := pragma(ctx, conn, setting); err != nil {
			return err
		}
	}
	return migrate(ctx, conn, steps)
}

func pragma(ctx context.Context, conn *sql.Conn, setting string) error {
	_, err := conn.ExecContext(ctx, "PRAGMA "+setting)
	return err
}

// openError gives errors of opening the package's sentinels.
func openError(err error) error {
	if resultCode(err) == codeNotADB {
		return fmt.Errorf("%w: the file is no SQLite database; name another path: %w", ErrNotPetrel, err)
	}
	return explain(err)
}
