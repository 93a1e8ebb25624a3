package sqlite

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/petrel-dev/petrel"
)

// operation is one execution of a prepared statement.
type operation struct {
	statement statement
	id        string // of the record, for reporting a conflict
	args      []any
}

// operations translates a transition, in the order in which it is to be
// applied: moves come first, because they are what conflicts in practice, and a
// conflict of the first operation leaves nothing to undo. For the same reason a
// move of a record that is inserted by the same transition finds nothing.
func operations(t petrel.Transition) ([]operation, error) {
	ops := make([]operation, 0, len(t.InstanceMoves)+len(t.ExecutionMoves)+len(t.Instances)+len(t.Enforcements)+
		len(t.Executions)+len(t.Documents)+len(t.KeysDeleted)+len(t.Keys))
	add := func(s statement, id string, args ...any) {
		ops = append(ops, operation{s, id, args})
	}
	for _, m := range t.InstanceMoves {
		add(moveInstance, m.ID, string(m.To), m.Reason, m.ID, string(m.From))
	}
	if id, twice := movedTwice(t.ExecutionMoves); twice {
		return nil, fmt.Errorf("%w: execution %s is moved twice in one transition", petrel.ErrConflict, id)
	}
	for _, m := range t.ExecutionMoves {
		s := moveExecution
		if m.To.Status.Completed() {
			s = endExecution
		}
		add(s, m.ID, string(m.To.Status), int64(m.To.Revision), micro(m.To.DueAt), optionalMicro(m.To.EndedAt),
			optional(m.To.Owner), optionalMicro(m.To.LeaseUntil), encodeLog(m.To.Log), optionalJSON(m.To.Result),
			m.ID, string(m.From), int64(m.To.Revision-1))
	}
	for _, i := range t.Instances {
		add(insertInstance, i.ID, i.ID, micro(i.OccurrenceTime), string(i.Status), i.Trigger, i.Trace.ID, i.Trace.Tag,
			i.Reason, optionalJSON(i.Payload))
	}
	for _, e := range t.Enforcements {
		add(insertEnforcement, e.ID, e.ID, micro(e.EnforcedAt), e.Rule.ID, e.Rule.Ref, e.TriggerInstance,
			optional(e.Execution), e.FailureReason, e.Trace.ID, e.Trace.Tag)
	}
	for _, e := range t.Executions {
		live := int64(1)
		if e.Status.Completed() {
			live = 0
		}
		add(insertExecution, e.ID, e.ID, micro(e.RequestedAt), live, string(e.Status), int64(e.Revision), micro(e.DueAt),
			optionalMicro(e.EndedAt), optional(e.Owner), optionalMicro(e.LeaseUntil), encodeLog(e.Log),
			e.Action, e.Runner, e.User, optional(e.Parent), e.Rule.ID, optional(e.Rule.Ref), optional(e.Trigger),
			optional(e.TriggerInstance), int64(e.Delay), e.Trace.ID, e.Trace.Tag,
			e.ActionDocument, e.RunnerDocument, e.RuleDocument,
			optionalJSON(e.Parameters), optionalJSON(e.Context), optionalJSON(e.Result))
	}
	for _, d := range t.Documents {
		add(insertDocument, d.Digest, d.Digest, optionalJSON(d.Body))
	}
	for _, k := range t.KeysDeleted {
		add(deleteKey, k.Name, k.Scope, k.Name)
	}
	for _, k := range t.Keys {
		add(setKey, k.Name, k.Scope, k.Name, k.Secret, optionalMicro(k.Expires), k.Description, k.Value)
	}
	return ops, nil
}

// movedTwice finds an execution that has two moves.
func movedTwice(moves []petrel.ExecutionMove) (id string, twice bool) {
	if len(moves) < 2 {
		return "", false
	}
	seen := make(map[string]bool, len(moves))
	for _, m := range moves {
		if seen[m.ID] {
			return m.ID, true
		}
		seen[m.ID] = true
	}
	return "", false
}

// size estimates how many bytes the operations write.
func size(ops []operation) int {
	n := 0
	for _, op := range ops {
		for _, arg := range op.args {
			if text, ok := arg.(string); ok {
				n += len(text)
			}
		}
	}
	return n
}

// micro returns the microseconds since 1970. All times of Go fit that are not
// 290 000 years away.
func micro(t time.Time) int64 { return t.UnixMicro() }

func optionalMicro(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return micro(t)
}

func timeOf(micro int64) time.Time { return time.UnixMicro(micro).UTC() }

func optional(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func optionalJSON(text json.RawMessage) any {
	if text == nil {
		return nil
	}
	return string(text)
}

// encodeLog writes the log as a JSON array of ["status", microseconds] pairs.
// The statuses are known words, for the transition has been checked.
func encodeLog(log []petrel.LogEntry) string {
	text := make([]byte, 0, 2+len(log)*32)
	text = append(text, '[')
	for n, entry := range log {
		if n > 0 {
			text = append(text, ',')
		}
		text = append(text, `["`...)
		text = append(text, entry.Status...)
		text = append(text, `",`...)
		text = strconv.AppendInt(text, micro(entry.Time), 10)
		text = append(text, ']')
	}
	return string(append(text, ']'))
}

// decodeLog reads what encodeLog has written.
func decodeLog(text string) ([]petrel.LogEntry, error) {
	rest, ok := strings.CutPrefix(text, "[")
	if !ok || !strings.HasSuffix(rest, "]") {
		return nil, fmt.Errorf("damaged log %q", text)
	}
	rest = rest[:len(rest)-1]
	log := make([]petrel.LogEntry, 0, strings.Count(rest, "["))
	for rest != "" {
		entry, after, ok := strings.Cut(rest, "]")
		status, at, parted := strings.Cut(strings.TrimPrefix(entry, `["`), `",`)
		when, err := strconv.ParseInt(at, 10, 64)
		if !ok || !parted || err != nil {
			return nil, fmt.Errorf("damaged log %q", text)
		}
		log = append(log, petrel.LogEntry{Status: petrel.Status(status), Time: timeOf(when)})
		rest = strings.TrimPrefix(after, ",")
	}
	return log, nil
}
