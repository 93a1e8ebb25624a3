package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/petrel-dev/petrel"
)

// Store is a [petrel.Store] in a SQLite file. Make one with [New] or
// [NewFromDB]. It is safe for concurrent use.
type Store struct {
	mu     sync.RWMutex // every call holds it for reading, Close for writing
	closed bool
	reader *sql.DB
	reads  preparedReads
	writer *writer
	owned  []*sql.DB // to be closed with the store
}

var _ petrel.Store = (*Store)(nil)

// enter begins a call. The caller leaves with s.mu.RUnlock if it fails with no error.
func (s *Store) enter(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.RLock()
	if s.closed {
		s.mu.RUnlock()
		return fmt.Errorf("sqlite store: %w", petrel.ErrStopped)
	}
	return nil
}

// Commit stores the transition. See [petrel.Store]. A context that ends while
// the transition waits for its turn takes it back; one that ends while it is
// being written has no effect.
func (s *Store) Commit(ctx context.Context, t petrel.Transition) error {
	if err := t.Check(); err != nil {
		return err
	}
	ops, err := operations(t)
	if err != nil {
		return err
	}
	return s.submit(ctx, ops)
}

// RenewLeases sets the lease of every uncompleted execution of the owner.
func (s *Store) RenewLeases(ctx context.Context, owner string, until time.Time) error {
	return s.submit(ctx, []operation{{statement: renewLeases, args: []any{optionalMicro(until), owner}}})
}

// submit hands the operations to the writer and waits until they are on the disk.
func (s *Store) submit(ctx context.Context, ops []operation) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.mu.RUnlock()
	if len(ops) == 0 {
		return nil
	}
	p := newPending(ops)
	select {
	case s.writer.queue <- p:
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case <-p.done:
	case <-ctx.Done():
		if p.withdraw() {
			return ctx.Err()
		}
		<-p.done
	}
	if p.err != nil {
		return fmt.Errorf("sqlite store: %w", p.err)
	}
	return nil
}

// Close waits for calls that are under way and closes the file. Calls that come
// later fail with [petrel.ErrStopped].
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	close(s.writer.queue)
	<-s.writer.finished
	err := errors.Join(s.reads.close(), s.writer.close())
	for _, db := range s.owned {
		err = errors.Join(err, db.Close())
	}
	return err
}
