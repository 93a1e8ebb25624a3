package sqlite

import (
	"slices"
	"strings"
	"time"

	"github.com/petrel-dev/petrel"
)

// defaultLimit is the number of records a query returns when its limit is 0.
const defaultLimit = 100

// query builds a SELECT. Every list reads along an index that the builder
// chooses: the file has no statistics, and SQLite without them likes to read
// the whole history in the wanted order where a few records are asked for.
type query struct {
	index      string
	conditions []string
	args       []any
}

// equal adds the condition that the column has the value, unless that is empty.
func (q *query) equal(column, value string) {
	if value != "" {
		q.conditions = append(q.conditions, column+" = ?")
		q.args = append(q.args, value)
	}
}

// during adds the condition that the column lies in [since, before). A zero bound is none.
func (q *query) during(column string, since, before time.Time) {
	if !since.IsZero() {
		q.conditions = append(q.conditions, column+" >= ?")
		q.args = append(q.args, micro(since))
	}
	if !before.IsZero() {
		q.conditions = append(q.conditions, column+" < ?")
		q.args = append(q.args, micro(before))
	}
}

// along chooses the first index whose value is given.
func (q *query) along(choices ...choice) {
	for _, c := range choices {
		if c.usable {
			q.index = c.index
			return
		}
	}
}

type choice struct {
	usable bool
	index  string
}

// text returns the statement that selects the columns of a page, by time and id.
func (q *query) text(columns, table, timeColumn string, p petrel.Page) string {
	var b strings.Builder
	b.WriteString("SELECT " + columns + " FROM " + table + " INDEXED BY " + q.index)
	q.writeConditions(&b)
	if p.OldestFirst {
		b.WriteString(" ORDER BY " + timeColumn + ", id")
	} else {
		b.WriteString(" ORDER BY " + timeColumn + " DESC, id DESC")
	}
	q.writeWindow(&b, p)
	return b.String()
}

func (q *query) writeConditions(b *strings.Builder) {
	for n, condition := range q.conditions {
		if n == 0 {
			b.WriteString(" WHERE ")
		} else {
			b.WriteString(" AND ")
		}
		b.WriteString(condition)
	}
}

func (q *query) writeWindow(b *strings.Builder, p petrel.Page) {
	limit := p.Limit
	if limit == 0 {
		limit = defaultLimit
	}
	b.WriteString(" LIMIT ? OFFSET ?")
	q.args = append(q.args, max(limit, -1), max(p.Offset, 0))
}

func selectInstances(q petrel.TriggerInstanceQuery) (string, []any) {
	var s query
	s.equal("trigger", q.Trigger)
	s.equal("trace_id", q.TraceID)
	if q.Status == petrel.InstancePending {
		s.conditions = append(s.conditions, "status = 'pending'") // a literal, to match the index
	} else {
		s.equal("status", string(q.Status))
	}
	s.during("occurred_at", q.Since, q.Before)
	s.along(
		choice{q.TraceID != "", "trigger_instance_trace"},
		choice{q.Status == petrel.InstancePending, "trigger_instance_pending"},
		choice{q.Trigger != "", "trigger_instance_trigger"},
		choice{true, "trigger_instance_time"})
	return s.text(instanceColumns, "trigger_instance", "occurred_at", q.Page), s.args
}

func selectEnforcements(q petrel.EnforcementQuery) (string, []any) {
	var s query
	s.equal("rule", q.Rule)
	s.equal("trigger_instance", q.TriggerInstance)
	s.equal("execution", q.Execution)
	s.equal("trace_id", q.TraceID)
	s.during("enforced_at", q.Since, q.Before)
	s.along(
		choice{q.Execution != "", "enforcement_execution"},
		choice{q.TriggerInstance != "", "enforcement_instance"},
		choice{q.TraceID != "", "enforcement_trace"},
		choice{q.Rule != "", "enforcement_rule"},
		choice{true, "enforcement_time"})
	return s.text(enforcementColumns, "enforcement", "enforced_at", q.Page), s.args
}

func selectExecutions(q petrel.ExecutionQuery) (string, []any) {
	var s query
	s.equal("action", q.Action)
	s.equal("runner", q.Runner)
	s.equal("rule", q.Rule)
	s.equal("trigger", q.Trigger)
	s.equal("trigger_instance", q.TriggerInstance)
	s.equal("parent", q.Parent)
	s.equal("user", q.User)
	s.equal("trace_id", q.TraceID)
	s.equal("owner", q.Owner)
	s.during("requested_at", q.Since, q.Before)
	s.during("due_at", time.Time{}, q.DueBefore)
	if !q.LeaseBefore.IsZero() {
		s.conditions = append(s.conditions, "owner IS NOT NULL")
		s.during("lease_until", time.Time{}, q.LeaseBefore)
	}

	live, unsuccessful := false, false
	if len(q.Statuses) > 0 {
		live = !slices.ContainsFunc(q.Statuses, petrel.Status.Completed)
		unsuccessful = !slices.ContainsFunc(q.Statuses, func(status petrel.Status) bool {
			return !status.Completed() || status == petrel.StatusSucceeded
		})
		s.conditions = append(s.conditions, "status IN (?"+strings.Repeat(", ?", len(q.Statuses)-1)+")")
		for _, status := range q.Statuses {
			s.args = append(s.args, string(status))
		}
	}
	// Spelled as in the indexes, which only then apply.
	if live {
		s.conditions = append(s.conditions, "live = 1")
	}
	if unsuccessful {
		s.conditions = append(s.conditions, "live = 0", "status <> 'succeeded'")
	}
	s.along(
		choice{q.TriggerInstance != "", "execution_instance"},
		choice{q.Parent != "", "execution_parent"},
		choice{q.TraceID != "", "execution_trace"},
		choice{live && (q.Owner != "" || !q.LeaseBefore.IsZero()), "execution_owner"},
		choice{live, "execution_live"},
		choice{q.Rule != "", "execution_rule"},
		choice{q.Trigger != "", "execution_trigger"},
		choice{q.Action != "", "execution_action"},
		choice{unsuccessful, "execution_unsuccessful"},
		choice{true, "execution_time"})

	columns := executionColumns + ", result"
	if q.WithoutResult {
		columns = executionColumns + ", NULL"
	}
	return s.text(columns, "execution", "requested_at", q.Page), s.args
}

func selectKeys(q petrel.KeyQuery) (string, []any) {
	var s query
	s.equal("scope", q.Scope)
	if q.Prefix != "" {
		s.conditions = append(s.conditions, "name >= ?")
		s.args = append(s.args, q.Prefix)
		if end, bounded := prefixEnd(q.Prefix); bounded {
			s.conditions = append(s.conditions, "name < ?")
			s.args = append(s.args, end)
		}
	}
	var b strings.Builder
	b.WriteString("SELECT " + keyColumns + " FROM datastore_key")
	s.writeConditions(&b)
	b.WriteString(" ORDER BY name, scope")
	s.writeWindow(&b, q.Page)
	return b.String(), s.args
}

// prefixEnd returns the least text that is greater than every text with the
// prefix. There is none if the prefix has only bytes of 255.
func prefixEnd(prefix string) (string, bool) {
	end := []byte(prefix)
	for n := len(end) - 1; n >= 0; n-- {
		if end[n] < 0xff {
			end[n]++
			return string(end[:n+1]), true
		}
	}
	return "", false
}
