package sqlite

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel"
)

// TestQueryPlans demands the index by which each kind of question is answered.
func TestQueryPlans(t *testing.T) {
	ctx := context.Background()
	s, err := New(ctx, filepath.Join(t.TempDir(), "petrel.db"))
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	now := time.Unix(1_800_000_000, 0)
	executions := func(q petrel.ExecutionQuery) func() (string, []any) {
		return func() (string, []any) { return selectExecutions(q) }
	}
	instances := func(q petrel.TriggerInstanceQuery) func() (string, []any) {
		return func() (string, []any) { return selectInstances(q) }
	}
	enforcements := func(q petrel.EnforcementQuery) func() (string, []any) {
		return func() (string, []any) { return selectEnforcements(q) }
	}
	keys := func(q petrel.KeyQuery) func() (string, []any) {
		return func() (string, []any) { return selectKeys(q) }
	}
	due := []petrel.Status{petrel.StatusRequested, petrel.StatusDelayed}
	running := []petrel.Status{petrel.StatusRunning}
	failed := []petrel.Status{petrel.StatusFailed}
	for _, c := range []struct {
		name  string
		query func() (string, []any)
		plan  string
	}{
		{"all", executions(petrel.ExecutionQuery{}), "SCAN execution USING INDEX execution_time"},
		{"time", executions(petrel.ExecutionQuery{Since: now, Before: now}), "SEARCH execution USING INDEX execution_time (requested_at>? AND requested_at<?)"},
		{"due", executions(petrel.ExecutionQuery{Statuses: due, DueBefore: now}), "SCAN execution USING INDEX execution_live"},
		{"running of an action", executions(petrel.ExecutionQuery{Statuses: running, Action: "a.b"}), "SCAN execution USING INDEX execution_live"},
		{"owner", executions(petrel.ExecutionQuery{Statuses: running, Owner: "e"}), "SEARCH execution USING INDEX execution_owner (owner=?)"},
		{"lost", executions(petrel.ExecutionQuery{Statuses: running, LeaseBefore: now}), "execution USING INDEX execution_owner"},
		{"action", executions(petrel.ExecutionQuery{Action: "a.b"}), "SEARCH execution USING INDEX execution_action (action=?)"},
		{"action and time", executions(petrel.ExecutionQuery{Action: "a.b", Since: now}), "SEARCH execution USING INDEX execution_action (action=? AND requested_at>?)"},
		{"rule", executions(petrel.ExecutionQuery{Rule: "a.b"}), "SEARCH execution USING INDEX execution_rule (rule=?)"},
		{"trigger", executions(petrel.ExecutionQuery{Trigger: "a.b"}), "SEARCH execution USING INDEX execution_trigger (trigger=?)"},
		{"trigger instance", executions(petrel.ExecutionQuery{TriggerInstance: "i", Action: "a.b"}), "SEARCH execution USING INDEX execution_instance (trigger_instance=?)"},
		{"parent", executions(petrel.ExecutionQuery{Parent: "p", Statuses: running}), "SEARCH execution USING INDEX execution_parent (parent=?)"},
		{"trace", executions(petrel.ExecutionQuery{TraceID: "t", Action: "a.b"}), "SEARCH execution USING INDEX execution_trace (trace_id=?)"},
		{"failed", executions(petrel.ExecutionQuery{Statuses: failed}), "SEARCH execution USING INDEX execution_unsuccessful (status=?)"},
		{"all instances", instances(petrel.TriggerInstanceQuery{}), "SCAN trigger_instance USING INDEX trigger_instance_time"},
		{"pending", instances(petrel.TriggerInstanceQuery{Status: petrel.InstancePending}), "SCAN trigger_instance USING INDEX trigger_instance_pending"},
		{"instances of a trigger", instances(petrel.TriggerInstanceQuery{Trigger: "a.b"}), "SEARCH trigger_instance USING INDEX trigger_instance_trigger (trigger=?)"},
		{"instances of a trace", instances(petrel.TriggerInstanceQuery{TraceID: "t"}), "SEARCH trigger_instance USING INDEX trigger_instance_trace (trace_id=?)"},
		{"all enforcements", enforcements(petrel.EnforcementQuery{}), "SCAN enforcement USING INDEX enforcement_time"},
		{"enforcements of a rule", enforcements(petrel.EnforcementQuery{Rule: "a.b"}), "SEARCH enforcement USING INDEX enforcement_rule (rule=?)"},
		{"enforcements of an instance", enforcements(petrel.EnforcementQuery{TriggerInstance: "i"}), "SEARCH enforcement USING INDEX enforcement_instance (trigger_instance=?)"},
		{"enforcement of an execution", enforcements(petrel.EnforcementQuery{Execution: "e"}), "SEARCH enforcement USING INDEX enforcement_execution (execution=?)"},
		{"enforcements of a trace", enforcements(petrel.EnforcementQuery{TraceID: "t"}), "SEARCH enforcement USING INDEX enforcement_trace (trace_id=?)"},
		{"keys of a scope", keys(petrel.KeyQuery{Scope: "s", Prefix: "p"}), "(scope=? AND name>? AND name<?)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text, args := c.query()
			rows, err := s.reader.QueryContext(ctx, "EXPLAIN QUERY PLAN "+text, args...)
			require.NoError(t, err)
			defer func() { require.NoError(t, rows.Close()) }()
			var steps []string
			for rows.Next() {
				var id, parent, unused int
				var step string
				require.NoError(t, rows.Scan(&id, &parent, &unused, &step))
				steps = append(steps, step)
			}
			plan := strings.Join(steps, "; ")
			require.Contains(t, plan, c.plan)
			if strings.HasPrefix(c.plan, "SCAN") {
				require.NotContains(t, plan, "USE TEMP B-TREE FOR ORDER BY", "a list must not sort the whole history")
			}
		})
	}
}

func TestPrefixEnd(t *testing.T) {
	for _, c := range []struct {
		prefix, end string
		bounded     bool
	}{
		{"a", "b", true}, {"ab", "ac", true}, {"a\xff", "b", true}, {"a\xff\xff", "b", true}, {"\xff", "", false}, {"\x00", "\x01", true},
	} {
		end, bounded := prefixEnd(c.prefix)
		require.Equal(t, c.end, end)
		require.Equal(t, c.bounded, bounded)
	}
}

func TestDamagedLog(t *testing.T) {
	for _, text := range []string{"", "[", "x", `[["requested"]]`, `[["requested",x]]`, `["requested",1`} {
		_, err := decodeLog(text)
		require.ErrorContains(t, err, "damaged log", "%q", text)
	}
}
