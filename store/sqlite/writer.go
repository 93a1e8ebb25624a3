package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"sync/atomic"

	"github.com/petrel-dev/petrel"
)

const (
	// batchTransitions and batchBytes bound one transaction, so that the first
	// of many does not wait for all and the log stays small.
	batchTransitions = 512
	batchBytes       = 16 << 20
)

// pending is a transition on its way to the disk.
type pending struct {
	operations []operation
	size       int
	state      atomic.Int32 // waiting, taken or withdrawn
	err        error        // the answer, to be read when done is closed
	done       chan struct{}
}

const (
	waiting int32 = iota
	taken
	withdrawn
)

func newPending(ops []operation) *pending {
	return &pending{operations: ops, size: size(ops), done: make(chan struct{})}
}

// take claims the transition for writing; it fails if its sender has given up.
func (p *pending) take() bool { return p.state.CompareAndSwap(waiting, taken) }

// withdraw takes the transition back; it fails if it is being written.
func (p *pending) withdraw() bool { return p.state.CompareAndSwap(waiting, withdrawn) }

// errHalfApplied says that a transition conflicted after some of it was applied.
var errHalfApplied = errors.New("transition half applied")

// writer owns the connection that writes. It puts all transitions that wait
// into one transaction, without ever waiting for more of them.
//
// The way of a batch is optimistic. Transitions are applied one after the other
// without savepoints; one that conflicts with its first operation, as a lost
// claim does, has changed nothing and is just left out. Only if one conflicts
// half-way, or if the transaction fails, everything is rolled back and applied
// again with more care.
type writer struct {
	conn       *sql.Conn
	statements [statementCount]*sql.Stmt
	queue      chan *pending
	batch      []*pending
	cramped    bool          // the disk is so full that the log cannot be emptied
	finished   chan struct{} // closed when run has returned
}

func newWriter(ctx context.Context, conn *sql.Conn) (*writer, error) {
	w := &writer{conn: conn, queue: make(chan *pending, batchTransitions), finished: make(chan struct{})}
	var err error
	w.statements, err = prepareStatements(ctx, conn)
	return w, err
}

// run writes until the queue is closed and empty.
func (w *writer) run() {
	defer close(w.finished)
	for p := range w.queue {
		if !p.take() {
			continue
		}
		w.write(p)
		for n, p := range w.batch {
			close(p.done)
			w.batch[n] = nil
		}
		w.batch = w.batch[:0]
		// The senders that have just got their answer may have more to send.
		runtime.Gosched()
	}
}

// write commits the transition and all that wait behind it.
func (w *writer) write(first *pending) {
	if w.cramped {
		w.makeRoom()
	}
	err := w.writeFast(first)
	if errors.Is(err, errHalfApplied) {
		err = w.writeGuarded(w.batch)
	}
	if err == nil {
		return
	}
	switch code := resultCode(err); {
	case code == codeFull:
		w.makeRoom()
	case code == codeBusy || len(w.batch) == 1:
		for _, p := range w.batch {
			p.err = explain(err)
		}
		return
	}
	// One of the batch may be the cause, for instance by its size. Alone, each
	// gets what is its own.
	for n, p := range w.batch {
		if err := w.writeGuarded(w.batch[n : n+1]); err != nil {
			p.err = explain(err)
		}
	}
}

// makeRoom moves what the write-ahead log holds into the database, so that the
// log's space on a full disk can be used again. If there is not even room for
// that, the next write begins with it: room that others make on the disk should
// go to the database before the log takes it.
func (w *writer) makeRoom() {
	w.cramped = pragma(context.Background(), w.conn, "wal_checkpoint(TRUNCATE)") != nil
}

// writeFast collects the batch while applying it.
func (w *writer) writeFast(first *pending) error {
	w.batch = append(w.batch, first)
	if err := w.exec(begin); err != nil {
		return err
	}
	bytes := 0
	for next := first; next != nil; next = w.more(bytes) {
		applied, err := w.apply(next)
		next.err = nil
		switch {
		case err == nil:
		case errors.Is(err, petrel.ErrConflict) && applied == 0:
			next.err = err
		case errors.Is(err, petrel.ErrConflict):
			w.undo()
			return errHalfApplied
		default:
			w.undo()
			return err
		}
		bytes += next.size
	}
	return w.finish()
}

// more adds the next waiting transition to the batch, if there is one and room for it.
func (w *writer) more(bytes int) *pending {
	for len(w.batch) < batchTransitions && bytes < batchBytes {
		select {
		case p, open := <-w.queue:
			if !open {
				return nil
			}
			if p.take() {
				w.batch = append(w.batch, p)
				return p
			}
		default:
			return nil
		}
	}
	return nil
}

// writeGuarded applies each transition behind a savepoint of its own.
func (w *writer) writeGuarded(batch []*pending) error {
	if err := w.exec(begin); err != nil {
		return err
	}
	for _, p := range batch {
		p.err = nil
		if err := w.applyGuarded(p); err != nil {
			w.undo()
			return err
		}
	}
	return w.finish()
}

func (w *writer) applyGuarded(p *pending) error {
	if err := w.exec(mark); err != nil {
		return err
	}
	_, err := w.apply(p)
	if errors.Is(err, petrel.ErrConflict) {
		p.err = err
		err = w.exec(rollbackToMark)
	}
	if err != nil {
		return err
	}
	return w.exec(releaseMark)
}

// apply executes the operations and returns how many were applied before an error.
func (w *writer) apply(p *pending) (applied int, err error) {
	for n, op := range p.operations {
		result, err := w.statements[op.statement].Exec(op.args...)
		if err != nil {
			return n, err
		}
		if !op.statement.mustChange() {
			continue
		}
		changed, err := result.RowsAffected()
		if err != nil {
			return n, err
		}
		if changed == 0 {
			return n, w.conflict(op)
		}
	}
	return len(p.operations), nil
}

// conflict describes why the operation changed nothing.
func (w *writer) conflict(op operation) error {
	switch op.statement {
	case insertInstance:
		return fmt.Errorf("%w: trigger instance %s exists", petrel.ErrConflict, op.id)
	case insertEnforcement:
		return fmt.Errorf("%w: enforcement %s exists", petrel.ErrConflict, op.id)
	case insertExecution:
		return fmt.Errorf("%w: execution %s exists", petrel.ErrConflict, op.id)
	}
	what, query := "execution", `SELECT status, revision FROM execution WHERE id = ?`
	if op.statement == moveInstance {
		what, query = "trigger instance", `SELECT status, 0 FROM trigger_instance WHERE id = ?`
	}
	var status string
	var revision int
	err := w.conn.QueryRowContext(context.Background(), query, op.id).Scan(&status, &revision)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return fmt.Errorf("%w: %s %s is not stored", petrel.ErrConflict, what, op.id)
	case err != nil:
		return err
	case op.statement == moveInstance:
		return fmt.Errorf("%w: trigger instance %s is %s by now", petrel.ErrConflict, op.id, status)
	}
	return fmt.Errorf("%w: execution %s is %s at revision %d by now", petrel.ErrConflict, op.id, status, revision)
}

func (w *writer) exec(s statement) error {
	_, err := w.statements[s].Exec()
	return err
}

// finish commits the transaction.
func (w *writer) finish() error {
	err := w.exec(commit)
	if err != nil {
		w.undo()
	}
	return err
}

// undo rolls back. Where SQLite has done so by itself, it says that there is no
// transaction; a connection that cannot roll back fails at the next begin.
func (w *writer) undo() { _ = w.exec(rollback) }

// close gives the connection back. The writer has finished.
func (w *writer) close() error {
	var err error
	for _, s := range w.statements {
		err = errors.Join(err, s.Close())
	}
	return errors.Join(err, w.conn.Close())
}
