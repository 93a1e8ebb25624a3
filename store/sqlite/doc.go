// Package sqlite keeps the records of a Petrel engine in one SQLite file,
// without cgo:
//
//	eng, err := petrel.New(petrel.WithStore(sqlite.Open("petrel.db")))
//
// Transitions that are committed at the same time share one transaction and one
// write to the disk: the more goroutines commit, the more transitions a second.
// A single committer waits for the disk each time.
//
// The file is in WAL mode: beside petrel.db there are petrel.db-wal and
// petrel.db-shm while the store is open. Copy a database that is in use with
// "sqlite3 petrel.db '.backup copy.db'" or VACUUM INTO, not file by file, and do
// not put it on a network file system. Several processes of one machine may
// open the same file. The file is created readable for its owner only, for
// parameters and results may hold secrets.
package sqlite
