package storetest

import (
	"context"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel"
)

// numbered returns the ids of records by the numbers they were made from.
func numbered(numbers ...int) []string {
	ids := []string{}
	for _, n := range numbers {
		ids = append(ids, recordID(n))
	}
	return ids
}

func executionIDs(t *testing.T, s petrel.Store, q petrel.ExecutionQuery) []string {
	t.Helper()
	found, err := s.Executions(context.Background(), q)
	require.NoError(t, err)
	ids := []string{}
	for _, e := range found {
		ids = append(ids, e.ID)
	}
	return ids
}

func testExecutionQueries(t *testing.T, open Open) {
	s := opened(t, open)
	edit := func(n int, change func(*petrel.Execution)) petrel.Execution {
		e := newExecution(n)
		e.DueAt = at(n + 100)
		change(&e)
		return e
	}
	executions := []petrel.Execution{
		edit(1, func(*petrel.Execution) {}),
		edit(2, func(e *petrel.Execution) { e.Action, e.Runner = "examples.stop", "noop" }),
		edit(3, func(e *petrel.Execution) { e.Rule, e.Trigger, e.TriggerInstance = petrel.RuleLink{}, "", "" }),
		edit(4, func(e *petrel.Execution) { e.Parent, e.Trace.ID = recordID(1), recordID(1) }),
		edit(5, func(e *petrel.Execution) { e.User, e.Parent, e.Trace.ID = "kim", recordID(1), recordID(1) }),
		edit(6, func(e *petrel.Execution) { e.Rule.Ref, e.Trigger = "examples.other", "examples.tick" }),
		edit(7, func(e *petrel.Execution) {
			e.Status = petrel.StatusFailed
			e.Log = append(e.Log, petrel.LogEntry{Time: at(8), Status: petrel.StatusFailed})
			e.EndedAt = at(8)
		}),
	}
	commit(t, s, petrel.Transition{Executions: executions})
	run := claim(executions[1], "engine-1", at(50))
	commit(t, s, petrel.Transition{ExecutionMoves: []petrel.ExecutionMove{run, claim(executions[2], "engine-2", at(70))}})
	commit(t, s, petrel.Transition{ExecutionMoves: []petrel.ExecutionMove{succeed(moved(executions[1], run), `{"ok": true}`)}})

	for _, c := range []struct {
		name  string
		query petrel.ExecutionQuery
		want  []string
	}{
		{"all", petrel.ExecutionQuery{}, numbered(7, 6, 5, 4, 3, 2, 1)},
		{"oldest first", petrel.ExecutionQuery{Page: petrel.Page{OldestFirst: true}}, numbered(1, 2, 3, 4, 5, 6, 7)},
		{"action", petrel.ExecutionQuery{Action: "examples.stop"}, numbered(2)},
		{"runner", petrel.ExecutionQuery{Runner: "local-shell-cmd"}, numbered(7, 6, 5, 4, 3, 1)},
		{"rule", petrel.ExecutionQuery{Rule: "examples.other"}, numbered(6)},
		{"rule of most", petrel.ExecutionQuery{Rule: "examples.rule"}, numbered(7, 5, 4, 2, 1)},
		{"trigger", petrel.ExecutionQuery{Trigger: "examples.tick"}, numbered(6)},
		{"trigger instance", petrel.ExecutionQuery{TriggerInstance: recordID(4)}, numbered(4)},
		{"parent", petrel.ExecutionQuery{Parent: recordID(1)}, numbered(5, 4)},
		{"user", petrel.ExecutionQuery{User: "kim"}, numbered(5)},
		{"trace", petrel.ExecutionQuery{TraceID: recordID(1)}, numbered(5, 4, 1)},
		{"status", petrel.ExecutionQuery{Statuses: []petrel.Status{petrel.StatusRequested}}, numbered(6, 5, 4, 1)},
		{"succeeded", petrel.ExecutionQuery{Statuses: []petrel.Status{petrel.StatusSucceeded}}, numbered(2)},
		{"failed", petrel.ExecutionQuery{Statuses: []petrel.Status{petrel.StatusFailed}}, numbered(7)},
		{"failed or timed out", petrel.ExecutionQuery{Statuses: []petrel.Status{petrel.StatusFailed, petrel.StatusTimeout}}, numbered(7)},
		{"ended", petrel.ExecutionQuery{Statuses: []petrel.Status{petrel.StatusFailed, petrel.StatusSucceeded}}, numbered(7, 2)},
		{"running or requested", petrel.ExecutionQuery{Statuses: []petrel.Status{petrel.StatusRunning, petrel.StatusRequested}}, numbered(6, 5, 4, 3, 1)},
		{"running or failed", petrel.ExecutionQuery{Statuses: []petrel.Status{petrel.StatusRunning, petrel.StatusFailed}}, numbered(7, 3)},
		{"a status twice", petrel.ExecutionQuery{Statuses: []petrel.Status{petrel.StatusFailed, petrel.StatusFailed}}, numbered(7)},
		{"since", petrel.ExecutionQuery{Since: at(5)}, numbered(7, 6, 5)},
		{"before", petrel.ExecutionQuery{Before: at(3)}, numbered(2, 1)},
		{"since and before", petrel.ExecutionQuery{Since: at(2), Before: at(4)}, numbered(3, 2)},
		{"due before", petrel.ExecutionQuery{DueBefore: at(103)}, numbered(2, 1)},
		{"requested and due", petrel.ExecutionQuery{Statuses: []petrel.Status{petrel.StatusRequested}, DueBefore: at(105)}, numbered(4, 1)},
		{"owner", petrel.ExecutionQuery{Owner: "engine-2"}, numbered(3)},
		{"lease", petrel.ExecutionQuery{LeaseBefore: at(71)}, numbered(3)},
		{"lease holds", petrel.ExecutionQuery{LeaseBefore: at(70)}, numbered()},
		{"owner, lease, status", petrel.ExecutionQuery{Owner: "engine-2", LeaseBefore: at(71), Statuses: []petrel.Status{petrel.StatusRunning}}, numbered(3)},
		{"several filters", petrel.ExecutionQuery{Action: "examples.restart", Rule: "examples.rule", TraceID: recordID(1), User: "stanley", Before: at(6)}, numbered(4, 1)},
		{"parent and status", petrel.ExecutionQuery{Parent: recordID(1), Statuses: []petrel.Status{petrel.StatusRequested}, User: "kim"}, numbered(5)},
		{"nothing", petrel.ExecutionQuery{Action: "examples.restart", Runner: "noop"}, numbered()},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.want, executionIDs(t, s, c.query))
		})
	}
}

func testInstanceQueries(t *testing.T, open Open) {
	s := opened(t, open)
	var instances []petrel.TriggerInstance
	for n := range 6 {
		i := newInstance(n + 1)
		if n%2 == 1 {
			i.Trigger = "examples.tick"
		}
		if n > 3 {
			i.Trace.ID = "shared"
		}
		instances = append(instances, i)
	}
	commit(t, s, petrel.Transition{Instances: instances})
	commit(t, s, petrel.Transition{InstanceMoves: []petrel.InstanceMove{
		{ID: recordID(1), From: petrel.InstancePending, To: petrel.InstanceProcessed},
		{ID: recordID(2), From: petrel.InstancePending, To: petrel.InstanceProcessed},
		{ID: recordID(3), From: petrel.InstancePending, To: petrel.InstanceFailed, Reason: "broken rule"},
	}})
	for _, c := range []struct {
		name  string
		query petrel.TriggerInstanceQuery
		want  []string
	}{
		{"all", petrel.TriggerInstanceQuery{}, numbered(6, 5, 4, 3, 2, 1)},
		{"oldest first", petrel.TriggerInstanceQuery{Page: petrel.Page{OldestFirst: true}}, numbered(1, 2, 3, 4, 5, 6)},
		{"trigger", petrel.TriggerInstanceQuery{Trigger: "examples.tick"}, numbered(6, 4, 2)},
		{"trace", petrel.TriggerInstanceQuery{TraceID: "shared"}, numbered(6, 5)},
		{"pending", petrel.TriggerInstanceQuery{Status: petrel.InstancePending}, numbered(6, 5, 4)},
		{"pending, oldest first", petrel.TriggerInstanceQuery{Status: petrel.InstancePending, Page: petrel.Page{OldestFirst: true, Limit: 2}}, numbered(4, 5)},
		{"processed", petrel.TriggerInstanceQuery{Status: petrel.InstanceProcessed}, numbered(2, 1)},
		{"failed", petrel.TriggerInstanceQuery{Status: petrel.InstanceFailed}, numbered(3)},
		{"since", petrel.TriggerInstanceQuery{Since: at(5)}, numbered(6, 5)},
		{"before", petrel.TriggerInstanceQuery{Before: at(2)}, numbered(1)},
		{"several filters", petrel.TriggerInstanceQuery{Trigger: "examples.tick", Status: petrel.InstancePending, Since: at(2), Before: at(6)}, numbered(4)},
	} {
		t.Run(c.name, func(t *testing.T) {
			found, err := s.TriggerInstances(context.Background(), c.query)
			require.NoError(t, err)
			ids := []string{}
			for _, i := range found {
				ids = append(ids, i.ID)
			}
			require.Equal(t, c.want, ids)
		})
	}
}

func testEnforcementQueries(t *testing.T, open Open) {
	s := opened(t, open)
	failed := newEnforcement(3)
	failed.Execution, failed.FailureReason = "", "cannot render parameters: host is missing"
	other := newEnforcement(4)
	other.Rule, other.TriggerInstance, other.Trace.ID = petrel.RuleLink{ID: "x", Ref: "examples.other"}, recordID(1), "shared"
	commit(t, s, petrel.Transition{Enforcements: []petrel.Enforcement{newEnforcement(1), newEnforcement(2), failed, other}})
	for _, c := range []struct {
		name  string
		query petrel.EnforcementQuery
		want  []string
	}{
		{"all", petrel.EnforcementQuery{}, numbered(4, 3, 2, 1)},
		{"oldest first", petrel.EnforcementQuery{Page: petrel.Page{OldestFirst: true}}, numbered(1, 2, 3, 4)},
		{"rule", petrel.EnforcementQuery{Rule: "examples.rule"}, numbered(3, 2, 1)},
		{"trigger instance", petrel.EnforcementQuery{TriggerInstance: recordID(1)}, numbered(4, 1)},
		{"execution", petrel.EnforcementQuery{Execution: recordID(2)}, numbered(2)},
		{"trace", petrel.EnforcementQuery{TraceID: "shared"}, numbered(4)},
		{"since", petrel.EnforcementQuery{Since: at(3)}, numbered(4, 3)},
		{"before", petrel.EnforcementQuery{Before: at(3)}, numbered(2, 1)},
		{"several filters", petrel.EnforcementQuery{Rule: "examples.other", TriggerInstance: recordID(1), Since: at(1), Before: at(9)}, numbered(4)},
	} {
		t.Run(c.name, func(t *testing.T) {
			found, err := s.Enforcements(context.Background(), c.query)
			require.NoError(t, err)
			ids := []string{}
			for _, e := range found {
				ids = append(ids, e.ID)
				if e.ID == failed.ID {
					require.Equal(t, keptEnforcement(failed), seenEnforcement(t, e))
				}
			}
			require.Equal(t, c.want, ids)
		})
	}
}

// testOrder stores records in an order that is neither that of their times nor
// that of their ids.
func testOrder(t *testing.T, open Open) {
	s := opened(t, open)
	ctx := context.Background()
	var transition petrel.Transition
	for _, c := range []struct{ id, second int }{{5, 3}, {1, 9}, {4, 7}, {2, 7}, {3, 7}, {9, 1}} {
		i, f, e := newInstance(c.id), newEnforcement(c.id), newExecution(c.id)
		i.OccurrenceTime, f.EnforcedAt, e.RequestedAt = at(c.second), at(c.second), at(c.second)
		transition.Instances = append(transition.Instances, i)
		transition.Enforcements = append(transition.Enforcements, f)
		transition.Executions = append(transition.Executions, e)
	}
	commit(t, s, transition)

	newest := numbered(1, 4, 3, 2, 5, 9)
	for _, oldestFirst := range []bool{false, true} {
		want := slices.Clone(newest)
		if oldestFirst {
			slices.Reverse(want)
		}
		page := petrel.Page{OldestFirst: oldestFirst}
		require.Equal(t, want, executionIDs(t, s, petrel.ExecutionQuery{Page: page}))
		require.Equal(t, want, executionIDs(t, s, petrel.ExecutionQuery{Page: page, Action: "examples.restart"}))
		require.Equal(t, want, executionIDs(t, s, petrel.ExecutionQuery{Page: page, Rule: "examples.rule"}))
		require.Equal(t, want, executionIDs(t, s, petrel.ExecutionQuery{Page: page, Trigger: "examples.event"}))
		require.Equal(t, want, executionIDs(t, s, petrel.ExecutionQuery{Page: page, Statuses: []petrel.Status{petrel.StatusRequested, petrel.StatusDelayed}}))
		require.Equal(t, want, executionIDs(t, s, petrel.ExecutionQuery{Page: page, Statuses: []petrel.Status{petrel.StatusRequested}, DueBefore: at(500)}))

		instances, err := s.TriggerInstances(ctx, petrel.TriggerInstanceQuery{Page: page, Status: petrel.InstancePending})
		require.NoError(t, err)
		enforcements, err := s.Enforcements(ctx, petrel.EnforcementQuery{Page: page, Rule: "examples.rule"})
		require.NoError(t, err)
		for n := range want {
			require.Equal(t, want[n], instances[n].ID)
			require.Equal(t, want[n], enforcements[n].ID)
		}
	}
}

func testPaging(t *testing.T, open Open) {
	s := opened(t, open)
	var transition petrel.Transition
	for n := range 10 {
		transition.Executions = append(transition.Executions, newExecution(n+1))
	}
	commit(t, s, transition)
	for _, c := range []struct {
		name string
		page petrel.Page
		want []string
	}{
		{"limit", petrel.Page{Limit: 3}, numbered(10, 9, 8)},
		{"limit and offset", petrel.Page{Limit: 3, Offset: 3}, numbered(7, 6, 5)},
		{"last page", petrel.Page{Limit: 3, Offset: 9}, numbered(1)},
		{"past the end", petrel.Page{Limit: 3, Offset: 10}, numbered()},
		{"offset alone", petrel.Page{Offset: 8}, numbered(2, 1)},
		{"all", petrel.Page{Limit: -1, Offset: 7}, numbered(3, 2, 1)},
		{"oldest first", petrel.Page{Limit: 2, Offset: 1, OldestFirst: true}, numbered(2, 3)},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.want, executionIDs(t, s, petrel.ExecutionQuery{Page: c.page}))
			require.Equal(t, c.want, executionIDs(t, s, petrel.ExecutionQuery{Page: c.page, Since: at(1)}))
		})
	}
}

func testDefaultLimit(t *testing.T, open Open) {
	s := opened(t, open)
	ctx := context.Background()
	var transition petrel.Transition
	for n := range 130 {
		transition.Instances = append(transition.Instances, newInstance(n))
		transition.Enforcements = append(transition.Enforcements, newEnforcement(n))
		transition.Executions = append(transition.Executions, newExecution(n))
		transition.Keys = append(transition.Keys, petrel.Key{Scope: petrel.ScopeSystem, Name: recordID(n)})
	}
	commit(t, s, transition)
	for _, c := range []struct {
		page petrel.Page
		want int
	}{{petrel.Page{}, 100}, {petrel.Page{Limit: -1}, 130}, {petrel.Page{Limit: 120}, 120}, {petrel.Page{Offset: 50}, 80}} {
		instances, err := s.TriggerInstances(ctx, petrel.TriggerInstanceQuery{Page: c.page})
		require.NoError(t, err)
		require.Len(t, instances, c.want)
		enforcements, err := s.Enforcements(ctx, petrel.EnforcementQuery{Page: c.page})
		require.NoError(t, err)
		require.Len(t, enforcements, c.want)
		require.Len(t, executionIDs(t, s, petrel.ExecutionQuery{Page: c.page}), c.want)
		keys, err := s.Keys(ctx, petrel.KeyQuery{Page: c.page})
		require.NoError(t, err)
		require.Len(t, keys, c.want)
	}
}

func testWithoutResult(t *testing.T, open Open) {
	s := opened(t, open)
	e := newExecution(1)
	commit(t, s, petrel.Transition{Executions: []petrel.Execution{e}})
	run := claim(e, "engine-1", at(60))
	commit(t, s, petrel.Transition{ExecutionMoves: []petrel.ExecutionMove{run}})
	e = moved(e, run)
	end := succeed(e, `{"stdout": "done"}`)
	commit(t, s, petrel.Transition{ExecutionMoves: []petrel.ExecutionMove{end}})
	e = moved(e, end)

	for _, without := range []bool{false, true} {
		found, err := s.Executions(context.Background(), petrel.ExecutionQuery{WithoutResult: without})
		require.NoError(t, err)
		require.Len(t, found, 1)
		want := e
		if without {
			want.Result = nil
		}
		require.Equal(t, keptExecution(want), seenExecution(t, found[0]))
	}
	require.Equal(t, json.RawMessage(`{"stdout": "done"}`), execution(t, s, e.ID).Result, "the store keeps the result")
}

func testRenewLeases(t *testing.T, open Open) {
	s := opened(t, open)
	ctx := context.Background()
	mine, ended, others, nobodys := newExecution(1), newExecution(2), newExecution(3), newExecution(4)
	commit(t, s, petrel.Transition{Executions: []petrel.Execution{mine, ended, others, nobodys}})
	moves := []petrel.ExecutionMove{claim(mine, "engine-1", at(60)), claim(ended, "engine-1", at(60)), claim(others, "engine-2", at(60))}
	commit(t, s, petrel.Transition{ExecutionMoves: moves})
	mine, ended, others = moved(mine, moves[0]), moved(ended, moves[1]), moved(others, moves[2])
	end := succeed(ended, `1`)
	require.Equal(t, "engine-1", end.To.Owner, "an ended execution still names its owner")
	commit(t, s, petrel.Transition{ExecutionMoves: []petrel.ExecutionMove{end}})
	ended = moved(ended, end)

	until := at(90).In(time.FixedZone("", 3600))
	require.NoError(t, s.RenewLeases(ctx, "engine-1", until))
	mine.LeaseUntil = until
	for _, want := range []petrel.Execution{mine, ended, others, nobodys} {
		require.Equal(t, keptExecution(want), execution(t, s, want.ID))
	}
	require.NoError(t, s.RenewLeases(ctx, "engine-9", at(99)), "an owner of nothing renews nothing")
	require.NoError(t, s.RenewLeases(ctx, "", at(99)), "nobody renews nothing")
	require.Equal(t, keptExecution(nobodys), execution(t, s, nobodys.ID))

	// The revision did not change: the move that the owner had in mind applies.
	commit(t, s, petrel.Transition{ExecutionMoves: []petrel.ExecutionMove{succeed(mine, `2`)}})
}

// testLostExecutions asks as an engine does that looks for the work of dead ones.
func testLostExecutions(t *testing.T, open Open) {
	s := opened(t, open)
	lost, alive, ended, waiting := newExecution(1), newExecution(2), newExecution(3), newExecution(4)
	commit(t, s, petrel.Transition{Executions: []petrel.Execution{lost, alive, ended, waiting}})
	moves := []petrel.ExecutionMove{claim(lost, "engine-1", at(60)), claim(alive, "engine-2", at(120)), claim(ended, "engine-1", at(60))}
	commit(t, s, petrel.Transition{ExecutionMoves: moves})
	commit(t, s, petrel.Transition{ExecutionMoves: []petrel.ExecutionMove{succeed(moved(ended, moves[2]), `1`)}})

	require.Equal(t, numbered(1), executionIDs(t, s, petrel.ExecutionQuery{LeaseBefore: at(100)}))
	require.Equal(t, numbered(2, 1), executionIDs(t, s, petrel.ExecutionQuery{LeaseBefore: at(121), Page: petrel.Page{Limit: -1}}))
	require.NoError(t, s.RenewLeases(context.Background(), "engine-1", at(130)))
	require.Equal(t, numbered(), executionIDs(t, s, petrel.ExecutionQuery{LeaseBefore: at(100)}))
}
