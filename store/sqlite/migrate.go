package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
)

//go:embed migrations/*.sql
var embedded embed.FS

// migrations holds the steps from an empty database to the present version, in
// files named by the version they lead to. Files that were part of a release
// never change.
var migrations = func() fs.FS {
	files, err := fs.Sub(embedded, "migrations")
	if err != nil {
		panic(err) // the folder is part of the program
	}
	return files
}()

// migration is one step forward.
type migration struct {
	version int
	name    string
	text    string
}

// readMigrations returns the steps in order. Their numbers have no gaps.
func readMigrations(files fs.FS) ([]migration, error) {
	names, err := fs.Glob(files, "*.sql")
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	var steps []migration
	for _, name := range names {
		number, _, _ := strings.Cut(name, "_")
		version, err := strconv.Atoi(number)
		if err != nil || version != len(steps)+1 {
			return nil, fmt.Errorf("migration %s: want number %d", name, len(steps)+1)
		}
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		steps = append(steps, migration{version, strings.TrimSuffix(name, ".sql"), string(text)})
	}
	return steps, nil
}

// schemaVersion returns the version of the database, 0 for an empty one, and
// [ErrNotPetrel] for one that others have made.
func schemaVersion(ctx context.Context, conn *sql.Conn) (int, error) {
	var tables, ours int
	err := conn.QueryRowContext(ctx,
		`SELECT count(*), count(*) FILTER (WHERE name = 'petrel_version') FROM sqlite_schema`).Scan(&tables, &ours)
	switch {
	case err != nil:
		return 0, err
	case tables == 0:
		return 0, nil
	case ours == 0:
		return 0, fmt.Errorf("%w: the database holds tables of another program; name another path", ErrNotPetrel)
	}
	var version int
	err = conn.QueryRowContext(ctx, `SELECT coalesce(max(version), 0) FROM petrel_version`).Scan(&version)
	return version, err
}

// migrate brings the database to the newest version, in one transaction that
// keeps other processes out.
func migrate(ctx context.Context, conn *sql.Conn, steps []migration) (err error) {
	version, err := checkedVersion(ctx, conn, len(steps))
	if err != nil || version == len(steps) {
		return err
	}
	if _, err := conn.ExecContext(ctx, "BEGIN EXCLUSIVE"); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_, undone := conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
			err = errors.Join(err, undone)
		}
	}()
	// Another process may have been faster.
	version, err = checkedVersion(ctx, conn, len(steps))
	if err != nil {
		return err
	}
	if version == 0 {
		_, err := conn.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS petrel_version (
			version INTEGER PRIMARY KEY,
			name    TEXT NOT NULL,
			applied TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
		) STRICT`)
		if err != nil {
			return err
		}
	}
	for _, step := range steps[version:] {
		if _, err := conn.ExecContext(ctx, step.text); err != nil {
			return fmt.Errorf("migration %s: %w", step.name, err)
		}
		_, err := conn.ExecContext(ctx, `INSERT INTO petrel_version (version, name) VALUES (?, ?)`, step.version, step.name)
		if err != nil {
			return fmt.Errorf("migration %s: %w", step.name, err)
		}
	}
	_, err = conn.ExecContext(ctx, "COMMIT")
	return err
}

// checkedVersion returns the version of the database if it is not beyond ours.
func checkedVersion(ctx context.Context, conn *sql.Conn, newest int) (int, error) {
	version, err := schemaVersion(ctx, conn)
	if err == nil && version > newest {
		err = fmt.Errorf("%w: the file is of version %d, this program knows versions up to %d: "+
			"update the program, or restore a copy made before the file was used with the newer one", ErrNewerVersion, version, newest)
	}
	return version, err
}
