package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/petrel-dev/petrel"
)

// The columns in the order in which the scan functions want them.
const (
	instanceColumns    = `id, occurred_at, status, trigger, trace_id, trace_tag, reason, payload`
	enforcementColumns = `id, enforced_at, rule_id, rule, trigger_instance, coalesce(execution, ''), failure_reason, trace_id, trace_tag`
	executionColumns   = `id, requested_at, status, revision, due_at, ended_at, coalesce(owner, ''), lease_until, log,
		action, runner, user, coalesce(parent, ''), rule_id, coalesce(rule, ''), coalesce(trigger, ''),
		coalesce(trigger_instance, ''), delay, trace_id, trace_tag,
		action_document, runner_document, rule_document, parameters, context`
	keyColumns = `scope, name, secret, expires_at, description, value`
)

// scanner is what *sql.Row and *sql.Rows have in common.
type scanner interface{ Scan(dest ...any) error }

// column scans a time; NULL is the zero time.
type column struct{ *time.Time }

// Scan implements [sql.Scanner].
func (c column) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*c.Time = time.Time{}
	case int64:
		*c.Time = timeOf(v)
	default:
		return fmt.Errorf("damaged time %v", src)
	}
	return nil
}

func scanInstance(row scanner) (i petrel.TriggerInstance, err error) {
	err = row.Scan(&i.ID, column{&i.OccurrenceTime}, &i.Status, &i.Trigger, &i.Trace.ID, &i.Trace.Tag, &i.Reason, (*[]byte)(&i.Payload))
	return i, err
}

func scanEnforcement(row scanner) (e petrel.Enforcement, err error) {
	err = row.Scan(&e.ID, column{&e.EnforcedAt}, &e.Rule.ID, &e.Rule.Ref, &e.TriggerInstance, &e.Execution, &e.FailureReason,
		&e.Trace.ID, &e.Trace.Tag)
	return e, err
}

func scanExecution(row scanner) (e petrel.Execution, err error) {
	var log string
	err = row.Scan(&e.ID, column{&e.RequestedAt}, &e.Status, &e.Revision, column{&e.DueAt}, column{&e.EndedAt}, &e.Owner,
		column{&e.LeaseUntil}, &log, &e.Action, &e.Runner, &e.User, &e.Parent, &e.Rule.ID, &e.Rule.Ref, &e.Trigger,
		&e.TriggerInstance, &e.Delay, &e.Trace.ID, &e.Trace.Tag, &e.ActionDocument, &e.RunnerDocument, &e.RuleDocument,
		(*[]byte)(&e.Parameters), (*[]byte)(&e.Context), (*[]byte)(&e.Result))
	if err != nil {
		return e, err
	}
	e.Log, err = decodeLog(log)
	return e, err
}

func scanDocument(row scanner) (d petrel.Document, err error) {
	err = row.Scan(&d.Digest, (*[]byte)(&d.Body))
	return d, err
}

func scanKey(row scanner) (k petrel.Key, err error) {
	err = row.Scan(&k.Scope, &k.Name, &k.Secret, column{&k.Expires}, &k.Description, &k.Value)
	return k, err
}

// preparedReads are the statements that read one record.
type preparedReads struct {
	instance, execution, document, key *sql.Stmt
}

func (s *Store) prepareReads(ctx context.Context) error {
	for _, read := range []struct {
		prepared **sql.Stmt
		text     string
	}{
		{&s.reads.instance, `SELECT ` + instanceColumns + ` FROM trigger_instance WHERE id = ?`},
		{&s.reads.execution, `SELECT ` + executionColumns + `, result FROM execution WHERE id = ?`},
		{&s.reads.document, `SELECT digest, body FROM document WHERE digest = ?`},
		{&s.reads.key, `SELECT ` + keyColumns + ` FROM datastore_key WHERE scope = ? AND name = ?`},
	} {
		var err error
		if *read.prepared, err = s.reader.PrepareContext(ctx, read.text); err != nil {
			return errors.Join(err, s.reads.close())
		}
	}
	return nil
}

func (r preparedReads) close() error {
	var err error
	for _, prepared := range []*sql.Stmt{r.instance, r.execution, r.document, r.key} {
		if prepared != nil {
			err = errors.Join(err, prepared.Close())
		}
	}
	return err
}

// TriggerInstance returns the trigger instance with the id.
func (s *Store) TriggerInstance(ctx context.Context, id string) (petrel.TriggerInstance, error) {
	return readOne(ctx, s, "trigger instance "+id, s.reads.instance, scanInstance, id)
}

// TriggerInstances returns the trigger instances that the query selects.
func (s *Store) TriggerInstances(ctx context.Context, q petrel.TriggerInstanceQuery) ([]petrel.TriggerInstance, error) {
	text, args := selectInstances(q)
	return readAll(ctx, s, text, scanInstance, args)
}

// Enforcements returns the enforcements that the query selects.
func (s *Store) Enforcements(ctx context.Context, q petrel.EnforcementQuery) ([]petrel.Enforcement, error) {
	text, args := selectEnforcements(q)
	return readAll(ctx, s, text, scanEnforcement, args)
}

// Execution returns the execution with the id.
func (s *Store) Execution(ctx context.Context, id string) (petrel.Execution, error) {
	return readOne(ctx, s, "execution "+id, s.reads.execution, scanExecution, id)
}

// Executions returns the executions that the query selects.
func (s *Store) Executions(ctx context.Context, q petrel.ExecutionQuery) ([]petrel.Execution, error) {
	text, args := selectExecutions(q)
	return readAll(ctx, s, text, scanExecution, args)
}

// Document returns the document with the digest.
func (s *Store) Document(ctx context.Context, digest string) (petrel.Document, error) {
	return readOne(ctx, s, "document "+digest, s.reads.document, scanDocument, digest)
}

// Key returns the key, whether it has expired or not.
func (s *Store) Key(ctx context.Context, scope, name string) (petrel.Key, error) {
	return readOne(ctx, s, "key "+name, s.reads.key, scanKey, scope, name)
}

// Keys returns the keys that the query selects.
func (s *Store) Keys(ctx context.Context, q petrel.KeyQuery) ([]petrel.Key, error) {
	text, args := selectKeys(q)
	return readAll(ctx, s, text, scanKey, args)
}

func readOne[T any](ctx context.Context, s *Store, what string, prepared *sql.Stmt, scan func(scanner) (T, error), args ...any) (T, error) {
	var none T
	if err := s.enter(ctx); err != nil {
		return none, err
	}
	defer s.mu.RUnlock()
	record, err := scan(prepared.QueryRowContext(ctx, args...))
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return none, fmt.Errorf("%s: %w", what, petrel.ErrNotFound)
	case err != nil:
		return none, fmt.Errorf("sqlite store: %s: %w", what, err)
	}
	return record, nil
}

func readAll[T any](ctx context.Context, s *Store, text string, scan func(scanner) (T, error), args []any) ([]T, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.mu.RUnlock()
	records, err := scanAll(ctx, s.reader, text, scan, args)
	if err != nil {
		return nil, fmt.Errorf("sqlite store: %w", err)
	}
	return records, nil
}

func scanAll[T any](ctx context.Context, db *sql.DB, text string, scan func(scanner) (T, error), args []any) (records []T, err error) {
	rows, err := db.QueryContext(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		record, err := scan(rows)
		if err != nil {
			return nil, err
		}
		records = append(records, record)
	}
	return records, rows.Err()
}
