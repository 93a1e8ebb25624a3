package storetest

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel"
)

func testTransitionParts(t *testing.T, open Open) {
	s := opened(t, open)
	ctx := context.Background()
	first := newInstance(1)
	old := newExecution(1)
	commit(t, s, petrel.Transition{
		Instances:  []petrel.TriggerInstance{first},
		Executions: []petrel.Execution{old},
		Keys:       []petrel.Key{{Scope: petrel.ScopeSystem, Name: "old", Value: "1"}},
	})

	whole := petrel.Transition{
		Instances:      []petrel.TriggerInstance{newInstance(2), newInstance(3)},
		InstanceMoves:  []petrel.InstanceMove{{ID: first.ID, From: petrel.InstancePending, To: petrel.InstanceFailed, Reason: "no such rule"}},
		Enforcements:   []petrel.Enforcement{newEnforcement(4), newEnforcement(5)},
		Executions:     []petrel.Execution{newExecution(4), newExecution(5)},
		ExecutionMoves: []petrel.ExecutionMove{claim(old, "engine-1", at(60))},
		Documents:      []petrel.Document{{Digest: "d1", Body: json.RawMessage(`{"name":"restart"}`)}},
		Keys:           []petrel.Key{{Scope: petrel.ScopeSystem, Name: "new", Value: "2", Description: "two", Secret: true, Expires: at(9)}},
		KeysDeleted:    []petrel.KeyName{{Scope: petrel.ScopeSystem, Name: "old"}},
	}
	commit(t, s, whole)

	first.Status, first.Reason = petrel.InstanceFailed, "no such rule"
	require.Equal(t, keptInstance(first), instance(t, s, first.ID))
	require.Equal(t, keptInstance(whole.Instances[0]), instance(t, s, recordID(2)))
	require.Equal(t, keptInstance(whole.Instances[1]), instance(t, s, recordID(3)))
	enforcements, err := s.Enforcements(ctx, petrel.EnforcementQuery{})
	require.NoError(t, err)
	require.Len(t, enforcements, 2)
	require.Equal(t, keptEnforcement(whole.Enforcements[1]), seenEnforcement(t, enforcements[0]))
	require.Equal(t, keptEnforcement(whole.Enforcements[0]), seenEnforcement(t, enforcements[1]))
	require.Equal(t, keptExecution(whole.Executions[0]), execution(t, s, recordID(4)))
	require.Equal(t, keptExecution(whole.Executions[1]), execution(t, s, recordID(5)))
	require.Equal(t, keptExecution(moved(old, whole.ExecutionMoves[0])), execution(t, s, old.ID))
	document, err := s.Document(ctx, "d1")
	require.NoError(t, err)
	require.Equal(t, whole.Documents[0], document)
	key, err := s.Key(ctx, petrel.ScopeSystem, "new")
	require.NoError(t, err)
	require.Equal(t, keptKey(whole.Keys[0]), seenKey(t, key))
	_, err = s.Key(ctx, petrel.ScopeSystem, "old")
	require.ErrorIs(t, err, petrel.ErrNotFound)
}

// testLifeCycle walks one event from its arrival to the end of its execution,
// in the transitions that an engine makes.
func testLifeCycle(t *testing.T, open Open) {
	s := opened(t, open)
	i, e := newInstance(1), newExecution(1)
	commit(t, s, petrel.Transition{Instances: []petrel.TriggerInstance{i}})
	commit(t, s, petrel.Transition{
		InstanceMoves: []petrel.InstanceMove{{ID: i.ID, From: petrel.InstancePending, To: petrel.InstanceProcessed}},
		Enforcements:  []petrel.Enforcement{newEnforcement(1)},
		Executions:    []petrel.Execution{e},
	})
	delayed := next(e, at(10), petrel.StatusDelayed)
	commit(t, s, petrel.Transition{ExecutionMoves: []petrel.ExecutionMove{delayed}})
	e = moved(e, delayed)
	running := claim(e, "engine-1", at(60))
	commit(t, s, petrel.Transition{ExecutionMoves: []petrel.ExecutionMove{running}})
	e = moved(e, running)
	interim := next(e, at(20), petrel.StatusPausing)
	interim.To.Result = json.RawMessage(`{"tasks": [1]}`)
	commit(t, s, petrel.Transition{ExecutionMoves: []petrel.ExecutionMove{interim}})
	e = moved(e, interim)
	require.Equal(t, keptExecution(e), execution(t, s, e.ID))
	ended := succeed(e, `{"tasks": [1, 2]}`)
	commit(t, s, petrel.Transition{ExecutionMoves: []petrel.ExecutionMove{ended}})
	e = moved(e, ended)

	require.Equal(t, keptExecution(e), execution(t, s, e.ID))
	require.Equal(t, petrel.InstanceProcessed, instance(t, s, i.ID).Status)
}

func testInstanceMoves(t *testing.T, open Open) {
	s := opened(t, open)
	i := newInstance(1)
	commit(t, s, petrel.Transition{Instances: []petrel.TriggerInstance{i}})
	move := petrel.Transition{InstanceMoves: []petrel.InstanceMove{{ID: i.ID, From: petrel.InstancePending, To: petrel.InstanceProcessed}}}
	commit(t, s, move)
	require.ErrorIs(t, s.Commit(context.Background(), move), petrel.ErrConflict, "an instance is processed once")
	i.Status = petrel.InstanceProcessed
	require.Equal(t, keptInstance(i), instance(t, s, i.ID))
}

func testExecutionMoves(t *testing.T, open Open) {
	s := opened(t, open)
	e := newExecution(1)
	commit(t, s, petrel.Transition{Executions: []petrel.Execution{e}})

	// A move may keep the status: it stores new state, for instance of a workflow.
	running := claim(e, "engine-1", at(60))
	commit(t, s, petrel.Transition{ExecutionMoves: []petrel.ExecutionMove{running}})
	e = moved(e, running)
	same := next(e, at(3))
	same.To.Result = json.RawMessage(`{"step": 1}`)
	commit(t, s, petrel.Transition{ExecutionMoves: []petrel.ExecutionMove{same}})
	e = moved(e, same)
	require.Equal(t, keptExecution(e), execution(t, s, e.ID))

	// A result can be taken back.
	back := next(e, at(4))
	back.To.Result, back.To.Owner = nil, ""
	commit(t, s, petrel.Transition{ExecutionMoves: []petrel.ExecutionMove{back}})
	e = moved(e, back)
	require.Equal(t, keptExecution(e), execution(t, s, e.ID))
}

func testConflicts(t *testing.T, open Open) {
	s := opened(t, open)
	ctx := context.Background()
	i, e := newInstance(1), newExecution(1)
	commit(t, s, petrel.Transition{
		Instances:    []petrel.TriggerInstance{i},
		Executions:   []petrel.Execution{e},
		Enforcements: []petrel.Enforcement{newEnforcement(1)},
	})
	running := claim(e, "engine-1", at(60))
	commit(t, s, petrel.Transition{ExecutionMoves: []petrel.ExecutionMove{running}})
	e = moved(e, running)

	again := newExecution(1)
	again.RequestedAt = at(99)
	sameEnforcement := newEnforcement(1)
	sameEnforcement.EnforcedAt = at(99)
	stale := succeed(e, `1`)
	stale.To.Revision = 2
	ahead := succeed(e, `1`)
	ahead.To.Revision = 4
	otherStatus := next(newExecution(1), at(5), petrel.StatusDelayed, petrel.StatusRequested)
	otherStatus.To.Revision = 3
	fresh := newExecution(2)
	for _, c := range []struct {
		name       string
		transition petrel.Transition
	}{
		{"instance exists", petrel.Transition{Instances: []petrel.TriggerInstance{newInstance(1)}}},
		{"instance twice", petrel.Transition{Instances: []petrel.TriggerInstance{newInstance(2), newInstance(2)}}},
		{"execution exists", petrel.Transition{Executions: []petrel.Execution{again}}},
		{"execution twice", petrel.Transition{Executions: []petrel.Execution{fresh, fresh}}},
		{"enforcement exists", petrel.Transition{Enforcements: []petrel.Enforcement{sameEnforcement}}},
		{"enforcement twice", petrel.Transition{Enforcements: []petrel.Enforcement{newEnforcement(2), newEnforcement(2)}}},
		{"no such instance", petrel.Transition{InstanceMoves: []petrel.InstanceMove{{ID: "none", From: petrel.InstancePending, To: petrel.InstanceProcessed}}}},
		{"no such execution", petrel.Transition{ExecutionMoves: []petrel.ExecutionMove{claim(newExecution(3), "engine-1", at(60))}}},
		{"revision passed", petrel.Transition{ExecutionMoves: []petrel.ExecutionMove{stale}}},
		{"revision not reached", petrel.Transition{ExecutionMoves: []petrel.ExecutionMove{ahead}}},
		{"other status", petrel.Transition{ExecutionMoves: []petrel.ExecutionMove{otherStatus}}},
		{"inserted and moved", petrel.Transition{
			Executions: []petrel.Execution{fresh}, ExecutionMoves: []petrel.ExecutionMove{claim(fresh, "engine-1", at(60))}}},
		{"instance inserted and moved", petrel.Transition{
			Instances:     []petrel.TriggerInstance{newInstance(2)},
			InstanceMoves: []petrel.InstanceMove{{ID: recordID(2), From: petrel.InstancePending, To: petrel.InstanceProcessed}}}},
		{"moved twice", petrel.Transition{ExecutionMoves: []petrel.ExecutionMove{
			next(e, at(5)), next(moved(e, next(e, at(5))), at(6))}}},
		{"instance moved twice", petrel.Transition{InstanceMoves: []petrel.InstanceMove{
			{ID: i.ID, From: petrel.InstancePending, To: petrel.InstanceProcessed},
			{ID: i.ID, From: petrel.InstancePending, To: petrel.InstanceProcessed}}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.ErrorIs(t, s.Commit(ctx, c.transition), petrel.ErrConflict)
			require.Equal(t, keptExecution(e), execution(t, s, e.ID))
			require.Equal(t, keptInstance(i), instance(t, s, i.ID))
			requireCounts(t, s, 1, 1, 1)
		})
	}
}

func testIllegalTransitions(t *testing.T, open Open) {
	s := opened(t, open)
	ctx := context.Background()
	i, e, done := newInstance(1), newExecution(1), newExecution(2)
	commit(t, s, petrel.Transition{Instances: []petrel.TriggerInstance{i}, Executions: []petrel.Execution{e, done}})
	for _, step := range []func(petrel.Execution) petrel.ExecutionMove{
		func(e petrel.Execution) petrel.ExecutionMove { return claim(e, "engine-1", at(60)) },
		func(e petrel.Execution) petrel.ExecutionMove { return succeed(e, `1`) },
	} {
		m := step(done)
		commit(t, s, petrel.Transition{ExecutionMoves: []petrel.ExecutionMove{m}})
		done = moved(done, m)
	}

	processed := newInstance(3)
	processed.Status = petrel.InstanceProcessed
	secondRevision := newExecution(3)
	secondRevision.Revision = 2
	noLog := newExecution(3)
	noLog.Log = nil
	for _, c := range []struct {
		name       string
		transition petrel.Transition
	}{
		{"instance born processed", petrel.Transition{Instances: []petrel.TriggerInstance{processed}}},
		{"instance back to pending", petrel.Transition{InstanceMoves: []petrel.InstanceMove{{ID: i.ID, From: petrel.InstanceProcessed, To: petrel.InstancePending}}}},
		{"execution born at revision 2", petrel.Transition{Executions: []petrel.Execution{secondRevision}}},
		{"execution without log", petrel.Transition{Executions: []petrel.Execution{noLog}}},
		{"requested to succeeded", petrel.Transition{ExecutionMoves: []petrel.ExecutionMove{next(e, at(5), petrel.StatusSucceeded)}}},
		{"out of an end", petrel.Transition{ExecutionMoves: []petrel.ExecutionMove{next(done, at(5), petrel.StatusRunning)}}},
		{"ended again", petrel.Transition{ExecutionMoves: []petrel.ExecutionMove{next(done, at(5))}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.ErrorIs(t, s.Commit(ctx, c.transition), petrel.ErrIllegalTransition)
			require.Equal(t, keptExecution(e), execution(t, s, e.ID))
			require.Equal(t, keptExecution(done), execution(t, s, done.ID))
			requireCounts(t, s, 1, 0, 2)
		})
	}
}

// testAtomicity puts one conflict into every list of a transition that is
// otherwise sound: nothing of it may be stored.
func testAtomicity(t *testing.T, open Open) {
	s := opened(t, open)
	ctx := context.Background()
	commit(t, s, petrel.Transition{
		Instances:    []petrel.TriggerInstance{newInstance(1), newInstance(2)},
		Enforcements: []petrel.Enforcement{newEnforcement(1)},
		Executions:   []petrel.Execution{newExecution(1), newExecution(2)},
		Documents:    []petrel.Document{{Digest: "d1", Body: json.RawMessage(`1`)}},
		Keys:         []petrel.Key{{Scope: petrel.ScopeSystem, Name: "k", Value: "before"}, {Scope: petrel.ScopeSystem, Name: "gone", Value: "no"}},
	})
	sound := func() petrel.Transition {
		return petrel.Transition{
			Instances:      []petrel.TriggerInstance{newInstance(10), newInstance(11)},
			InstanceMoves:  []petrel.InstanceMove{{ID: recordID(1), From: petrel.InstancePending, To: petrel.InstanceProcessed}},
			Enforcements:   []petrel.Enforcement{newEnforcement(10), newEnforcement(11)},
			Executions:     []petrel.Execution{newExecution(10), newExecution(11)},
			ExecutionMoves: []petrel.ExecutionMove{claim(newExecution(1), "engine-1", at(60))},
			Documents:      []petrel.Document{{Digest: "d10", Body: json.RawMessage(`1`)}},
			Keys:           []petrel.Key{{Scope: petrel.ScopeSystem, Name: "k", Value: "after"}},
			KeysDeleted:    []petrel.KeyName{{Scope: petrel.ScopeSystem, Name: "gone"}},
		}
	}
	for _, c := range []struct {
		name  string
		spoil func(*petrel.Transition)
		want  error
	}{
		{"instances", func(x *petrel.Transition) { x.Instances = append(x.Instances, newInstance(2)) }, petrel.ErrConflict},
		{"instance moves", func(x *petrel.Transition) {
			x.InstanceMoves = append(x.InstanceMoves, petrel.InstanceMove{ID: "none", From: petrel.InstancePending, To: petrel.InstanceProcessed})
		}, petrel.ErrConflict},
		{"enforcements", func(x *petrel.Transition) { x.Enforcements = append(x.Enforcements, newEnforcement(1)) }, petrel.ErrConflict},
		{"executions", func(x *petrel.Transition) { x.Executions = append(x.Executions, newExecution(2)) }, petrel.ErrConflict},
		{"execution moves", func(x *petrel.Transition) {
			late := claim(newExecution(2), "engine-1", at(60))
			late.To.Revision = 3
			x.ExecutionMoves = append(x.ExecutionMoves, late)
		}, petrel.ErrConflict},
		{"illegal move", func(x *petrel.Transition) {
			x.ExecutionMoves = append(x.ExecutionMoves, next(newExecution(2), at(5), petrel.StatusSucceeded))
		}, petrel.ErrIllegalTransition},
	} {
		t.Run(c.name, func(t *testing.T) {
			spoiled := sound()
			c.spoil(&spoiled)
			require.ErrorIs(t, s.Commit(ctx, spoiled), c.want)

			requireCounts(t, s, 2, 1, 2)
			require.Equal(t, keptInstance(newInstance(1)), instance(t, s, recordID(1)))
			require.Equal(t, keptExecution(newExecution(1)), execution(t, s, recordID(1)))
			_, err := s.Document(ctx, "d10")
			require.ErrorIs(t, err, petrel.ErrNotFound)
			keys, err := s.Keys(ctx, petrel.KeyQuery{})
			require.NoError(t, err)
			require.Len(t, keys, 2)
			require.Equal(t, "before", keys[1].Value)
		})
	}
	commit(t, s, sound())
	requireCounts(t, s, 4, 3, 4)
}

func testEmptyTransition(t *testing.T, open Open) {
	s := opened(t, open)
	commit(t, s, petrel.Transition{})
	requireCounts(t, s, 0, 0, 0)
}

func testNotFound(t *testing.T, open Open) {
	s := opened(t, open)
	ctx := context.Background()
	_, err := s.TriggerInstance(ctx, "none")
	require.ErrorIs(t, err, petrel.ErrNotFound)
	_, err = s.Execution(ctx, "none")
	require.ErrorIs(t, err, petrel.ErrNotFound)
	_, err = s.Document(ctx, "none")
	require.ErrorIs(t, err, petrel.ErrNotFound)
	_, err = s.Key(ctx, petrel.ScopeSystem, "none")
	require.ErrorIs(t, err, petrel.ErrNotFound)

	executions, err := s.Executions(ctx, petrel.ExecutionQuery{Action: "no.such"})
	require.NoError(t, err, "a query without answer is no error")
	require.Empty(t, executions)
}

func testDocuments(t *testing.T, open Open) {
	s := opened(t, open)
	ctx := context.Background()
	commit(t, s, petrel.Transition{Documents: []petrel.Document{
		{Digest: "d1", Body: json.RawMessage(`{"version": 1}`)},
		{Digest: "d1", Body: json.RawMessage(`{"version": 2}`)},
	}})
	commit(t, s, petrel.Transition{Documents: []petrel.Document{
		{Digest: "d1", Body: json.RawMessage(`{"version": 3}`)},
		{Digest: "d2", Body: json.RawMessage(`{"version": 4}`)},
	}})
	first, err := s.Document(ctx, "d1")
	require.NoError(t, err)
	require.Equal(t, `{"version": 1}`, string(first.Body), "a document that exists is left alone")
	second, err := s.Document(ctx, "d2")
	require.NoError(t, err)
	require.Equal(t, petrel.Document{Digest: "d2", Body: json.RawMessage(`{"version": 4}`)}, second)
}

// requireCounts demands how many records of each kind are stored.
func requireCounts(t *testing.T, s petrel.Store, instances, enforcements, executions int) {
	t.Helper()
	ctx := context.Background()
	all := petrel.Page{Limit: -1}
	i, err := s.TriggerInstances(ctx, petrel.TriggerInstanceQuery{Page: all})
	require.NoError(t, err)
	f, err := s.Enforcements(ctx, petrel.EnforcementQuery{Page: all})
	require.NoError(t, err)
	e, err := s.Executions(ctx, petrel.ExecutionQuery{Page: all})
	require.NoError(t, err)
	require.Equal(t, []int{instances, enforcements, executions}, []int{len(i), len(f), len(e)}, "instances, enforcements, executions")
}
