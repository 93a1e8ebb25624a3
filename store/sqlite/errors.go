package sqlite

import (
	"errors"
	"fmt"
	"strings"
	"syscall"

	"github.com/petrel-dev/petrel"
)

var (
	// ErrNewerVersion marks a file that a newer version of Petrel has written.
	ErrNewerVersion = errors.New("database is of a newer version")
	// ErrNotPetrel marks a file that is no SQLite database, or one with tables of others.
	ErrNotPetrel = errors.New("not a Petrel database")
)

// Primary result codes of SQLite, see https://www.sqlite.org/rescode.html.
const (
	codeBusy   = 5
	codeFull   = 13
	codeTooBig = 18
	codeNotADB = 26
)

// resultCode returns SQLite's primary result code of a driver's error, or 0.
func resultCode(err error) int {
	var coded interface{ Code() int }
	if errors.As(err, &coded) {
		return coded.Code() & 0xff
	}
	// Drivers without codes at least keep SQLite's texts.
	switch text := err.Error(); {
	case strings.Contains(text, "database or disk is full"):
		return codeFull
	case strings.Contains(text, "database is locked"):
		return codeBusy
	case strings.Contains(text, "string or blob too big"):
		return codeTooBig
	case strings.Contains(text, "file is not a database"):
		return codeNotADB
	}
	return 0
}

// explain gives errors of writing the sentinels of the contract.
func explain(err error) error {
	switch {
	case err == nil:
		return nil
	case resultCode(err) == codeFull || errors.Is(err, syscall.ENOSPC):
		return fmt.Errorf("%w: make room on the disk; nothing stored is lost: %w", petrel.ErrStoreFull, err)
	case resultCode(err) == codeTooBig:
		return fmt.Errorf("%w: SQLite takes no value this large: %w", petrel.ErrInvalid, err)
	case resultCode(err) == codeBusy:
		return fmt.Errorf("another process keeps the database locked: %w", err)
	}
	return err
}
