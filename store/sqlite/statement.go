package sqlite

import (
	"context"
	"database/sql"
)

// statement names one of the writer's prepared statements.
type statement int

const (
	moveInstance statement = iota
	moveExecution
	endExecution
	insertInstance
	insertEnforcement
	insertExecution
	// The statements from here on may leave everything as it is.
	insertDocument
	setKey
	deleteKey
	renewLeases
	begin
	commit
	rollback
	mark
	rollbackToMark
	releaseMark
	statementCount
)

// mustChange reports whether it is a conflict if the statement changes no row.
func (s statement) mustChange() bool { return s < insertDocument }

// statements holds the text of each statement.
var statements = [statementCount]string{
	moveInstance: `UPDATE trigger_instance SET status = ?, reason = ? WHERE id = ? AND status = ?`,
	moveExecution: `UPDATE execution SET status = ?, revision = ?, due_at = ?, ended_at = ?, owner = ?, lease_until = ?,
		log = ?, result = ? WHERE id = ? AND status = ? AND revision = ?`,
	endExecution: `UPDATE execution SET live = 0, status = ?, revision = ?, due_at = ?, ended_at = ?, owner = ?, lease_until = ?,
		log = ?, result = ? WHERE id = ? AND status = ? AND revision = ?`,
	insertInstance: `INSERT INTO trigger_instance
		(id, occurred_at, status, trigger, trace_id, trace_tag, reason, payload)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
	insertEnforcement: `INSERT INTO enforcement
		(id, enforced_at, rule_id, rule, trigger_instance, execution, failure_reason, trace_id, trace_tag)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
	insertExecution: `INSERT INTO execution
		(id, requested_at, live, status, revision, due_at, ended_at, owner, lease_until, log,
		action, runner, user, parent, rule_id, rule, trigger, trigger_instance, delay, trace_id, trace_tag,
		action_document, runner_document, rule_document, parameters, context, result)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
	insertDocument: `INSERT INTO document (digest, body) VALUES (?, ?) ON CONFLICT DO NOTHING`,
	setKey: `INSERT INTO datastore_key (scope, name, secret, expires_at, description, value) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (scope, name) DO UPDATE SET secret = excluded.secret, expires_at = excluded.expires_at,
		description = excluded.description, value = excluded.value`,
	deleteKey:      `DELETE FROM datastore_key WHERE scope = ? AND name = ?`,
	renewLeases:    `UPDATE execution INDEXED BY execution_owner SET lease_until = ? WHERE owner = ? AND live = 1`,
	begin:          `BEGIN IMMEDIATE`,
	commit:         `COMMIT`,
	rollback:       `ROLLBACK`,
	mark:           `SAVEPOINT transition`,
	rollbackToMark: `ROLLBACK TO transition`,
	releaseMark:    `RELEASE transition`,
}

// prepareStatements prepares the statements on the writer's connection.
func prepareStatements(ctx context.Context, conn *sql.Conn) (prepared [statementCount]*sql.Stmt, err error) {
	for s, text := range statements {
		if prepared[s], err = conn.PrepareContext(ctx, text); err != nil {
			return prepared, err
		}
	}
	return prepared, nil
}
