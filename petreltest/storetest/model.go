package storetest

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/petrel-dev/petrel"
)

// model is the simplest store that keeps the contract, for one goroutine. The
// state-machine test compares stores with it.
type model struct {
	instances    map[string]petrel.TriggerInstance
	enforcements map[string]petrel.Enforcement
	executions   map[string]petrel.Execution
	documents    map[string]petrel.Document
	keys         map[petrel.KeyName]petrel.Key
}

func newModel() *model {
	return &model{
		instances:    map[string]petrel.TriggerInstance{},
		enforcements: map[string]petrel.Enforcement{},
		executions:   map[string]petrel.Execution{},
		documents:    map[string]petrel.Document{},
		keys:         map[petrel.KeyName]petrel.Key{},
	}
}

// commit applies the transition to a copy and keeps that if nothing conflicts.
func (m *model) commit(t petrel.Transition) error {
	if err := t.Check(); err != nil {
		return err
	}
	after := &model{maps.Clone(m.instances), maps.Clone(m.enforcements), maps.Clone(m.executions),
		maps.Clone(m.documents), maps.Clone(m.keys)}
	// Moves start from what was stored before, each from a record of its own.
	for _, move := range t.InstanceMoves {
		i, found := after.instances[move.ID]
		if !found || i.Status != move.From {
			return petrel.ErrConflict
		}
		i.Status, i.Reason = move.To, move.Reason
		after.instances[move.ID] = i
	}
	for _, move := range t.ExecutionMoves {
		before, found := m.executions[move.ID]
		if !found || before.Status != move.From || before.Revision != move.To.Revision-1 ||
			after.executions[move.ID].Revision != before.Revision {
			return petrel.ErrConflict
		}
		after.executions[move.ID] = moved(before, move)
	}
	conflict := false
	for _, i := range t.Instances {
		conflict = !add(after.instances, i.ID, i) || conflict
	}
	for _, e := range t.Enforcements {
		conflict = !add(after.enforcements, e.ID, e) || conflict
	}
	for _, e := range t.Executions {
		conflict = !add(after.executions, e.ID, e) || conflict
	}
	if conflict {
		return petrel.ErrConflict
	}
	for _, d := range t.Documents {
		add(after.documents, d.Digest, d)
	}
	for _, name := range t.KeysDeleted {
		delete(after.keys, name)
	}
	for _, k := range t.Keys {
		after.keys[petrel.KeyName{Scope: k.Scope, Name: k.Name}] = k
	}
	*m = *after
	return nil
}

func add[K comparable, V any](records map[K]V, key K, value V) bool {
	if _, exists := records[key]; exists {
		return false
	}
	records[key] = value
	return true
}

func (m *model) renewLeases(owner string, until time.Time) {
	for id, e := range m.executions {
		if owner != "" && e.Owner == owner && !e.Status.Completed() {
			e.LeaseUntil = until
			m.executions[id] = e
		}
	}
}

func (m *model) selectExecutions(q petrel.ExecutionQuery) []petrel.Execution {
	return page(m.executions, q.Page, func(e petrel.Execution) (time.Time, string) { return e.RequestedAt, e.ID },
		func(e petrel.Execution) bool {
			return wanted(q.Action, e.Action) && wanted(q.Runner, e.Runner) && wanted(q.Rule, e.Rule.Ref) &&
				wanted(q.Trigger, e.Trigger) && wanted(q.TriggerInstance, e.TriggerInstance) &&
				wanted(q.Parent, e.Parent) && wanted(q.User, e.User) && wanted(q.TraceID, e.Trace.ID) &&
				wanted(q.Owner, e.Owner) && (q.Statuses == nil || slices.Contains(q.Statuses, e.Status)) &&
				between(q.Since, q.Before, e.RequestedAt) &&
				(q.DueBefore.IsZero() || e.DueAt.Before(q.DueBefore)) &&
				(q.LeaseBefore.IsZero() || e.Owner != "" && !e.LeaseUntil.IsZero() && e.LeaseUntil.Before(q.LeaseBefore))
		})
}

func (m *model) selectInstances(q petrel.TriggerInstanceQuery) []petrel.TriggerInstance {
	return page(m.instances, q.Page, func(i petrel.TriggerInstance) (time.Time, string) { return i.OccurrenceTime, i.ID },
		func(i petrel.TriggerInstance) bool {
			return wanted(q.Trigger, i.Trigger) && wanted(q.TraceID, i.Trace.ID) && wanted(q.Status, i.Status) &&
				between(q.Since, q.Before, i.OccurrenceTime)
		})
}

func (m *model) selectEnforcements(q petrel.EnforcementQuery) []petrel.Enforcement {
	return page(m.enforcements, q.Page, func(e petrel.Enforcement) (time.Time, string) { return e.EnforcedAt, e.ID },
		func(e petrel.Enforcement) bool {
			return wanted(q.Rule, e.Rule.Ref) && wanted(q.TriggerInstance, e.TriggerInstance) &&
				wanted(q.Execution, e.Execution) && wanted(q.TraceID, e.Trace.ID) &&
				between(q.Since, q.Before, e.EnforcedAt)
		})
}

func (m *model) selectKeys(q petrel.KeyQuery) []petrel.Key {
	var found []petrel.Key
	for _, k := range m.keys {
		if wanted(q.Scope, k.Scope) && strings.HasPrefix(k.Name, q.Prefix) {
			found = append(found, k)
		}
	}
	slices.SortFunc(found, func(a, b petrel.Key) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Scope, b.Scope))
	})
	return window(found, q.Page)
}

func wanted[T ~string](want, value T) bool { return want == "" || want == value }

func between(since, before, t time.Time) bool {
	return (since.IsZero() || !t.Before(since)) && (before.IsZero() || t.Before(before))
}

// page sorts the selected records by time and id and cuts the page out.
func page[T any](records map[string]T, p petrel.Page, position func(T) (time.Time, string), selected func(T) bool) []T {
	var found []T
	for _, r := range records {
		if selected(r) {
			found = append(found, r)
		}
	}
	slices.SortFunc(found, func(a, b T) int {
		aTime, aID := position(a)
		bTime, bID := position(b)
		return cmp.Or(bTime.Compare(aTime), cmp.Compare(bID, aID))
	})
	if p.OldestFirst {
		slices.Reverse(found)
	}
	return window(found, p)
}

func window[T any](found []T, p petrel.Page) []T {
	found = found[min(p.Offset, len(found)):]
	switch {
	case p.Limit == 0:
		return found[:min(100, len(found))]
	case p.Limit > 0:
		return found[:min(p.Limit, len(found))]
	}
	return found
}

// testStateMachine makes random transitions and queries and demands that the
// store answers as the model does.
func testStateMachine(t *testing.T, open Open) {
	rapid.Check(t, func(r *rapid.T) {
		s := open(t)
		defer func() { require.NoError(r, s.Close()) }()
		m := &machine{store: s, model: newModel()}
		r.Repeat(map[string]func(*rapid.T){
			"commit":            m.commitSome,
			"renew":             m.renew,
			"read":              m.read,
			"queryExecutions":   m.queryExecutions,
			"queryInstances":    m.queryInstances,
			"queryEnforcements": m.queryEnforcements,
			"queryKeys":         m.queryKeys,
			"":                  func(*rapid.T) {},
		})
	})
}

// machine draws from few ids, names and times, so that they often meet.
type machine struct {
	store petrel.Store
	model *model
}

var (
	drawID     = rapid.Custom(func(r *rapid.T) string { return recordID(rapid.IntRange(1, 8).Draw(r, "id")) })
	drawSecond = rapid.IntRange(1, 6)
	drawName   = rapid.SampledFrom([]string{"a", "a.b", "b"})
	drawScope  = rapid.SampledFrom([]string{petrel.ScopeSystem, petrel.ScopeUser})
	drawOwner  = rapid.SampledFrom([]string{"engine-1", "engine-2"})
	statuses   = []petrel.Status{
		petrel.StatusRequested, petrel.StatusDelayed, petrel.StatusScheduled, petrel.StatusRunning,
		petrel.StatusPausing, petrel.StatusPaused, petrel.StatusResuming, petrel.StatusPending, petrel.StatusCanceling,
		petrel.StatusSucceeded, petrel.StatusFailed, petrel.StatusTimeout, petrel.StatusCanceled, petrel.StatusAbandoned,
	}
	drawStatus = rapid.SampledFrom(statuses)
)

// maybe draws nothing half of the time.
func maybe[T any](r *rapid.T, g *rapid.Generator[T], label string) (value T) {
	if rapid.Bool().Draw(r, label+"?") {
		value = g.Draw(r, label)
	}
	return value
}

func maybeTime(r *rapid.T, label string) time.Time {
	if n := rapid.IntRange(0, 6).Draw(r, label); n > 0 {
		return at(n)
	}
	return time.Time{}
}

func (m *machine) commitSome(r *rapid.T) {
	var t petrel.Transition
	for range rapid.IntRange(1, 3).Draw(r, "parts") {
		switch rapid.IntRange(0, 7).Draw(r, "part") {
		case 0:
			i := newInstance(0)
			i.ID, i.Trigger, i.OccurrenceTime = drawID.Draw(r, "instance"), drawName.Draw(r, "trigger"), at(drawSecond.Draw(r, "second"))
			t.Instances = append(t.Instances, i)
		case 1:
			to := rapid.SampledFrom([]petrel.TriggerInstanceStatus{petrel.InstanceProcessed, petrel.InstanceFailed}).Draw(r, "to")
			t.InstanceMoves = append(t.InstanceMoves, petrel.InstanceMove{
				ID: drawID.Draw(r, "instance"), From: petrel.InstancePending, To: to, Reason: maybe(r, drawName, "reason")})
		case 2:
			e := newEnforcement(0)
			e.ID, e.Rule.Ref, e.EnforcedAt = drawID.Draw(r, "enforcement"), drawName.Draw(r, "rule"), at(drawSecond.Draw(r, "second"))
			e.Execution = maybe(r, drawID, "execution")
			t.Enforcements = append(t.Enforcements, e)
		case 3, 4:
			t.Executions = append(t.Executions, m.drawExecution(r))
		case 5:
			t.ExecutionMoves = append(t.ExecutionMoves, m.drawMove(r))
		case 6:
			t.Keys = append(t.Keys, petrel.Key{Scope: drawScope.Draw(r, "scope"), Name: drawName.Draw(r, "name"),
				Value: drawName.Draw(r, "value"), Secret: rapid.Bool().Draw(r, "secret"), Expires: maybeTime(r, "expires")})
		case 7:
			t.KeysDeleted = append(t.KeysDeleted, petrel.KeyName{Scope: drawScope.Draw(r, "scope"), Name: drawName.Draw(r, "name")})
		}
	}
	want := m.model.commit(t)
	got := m.store.Commit(context.Background(), t)
	if want == nil {
		require.NoError(r, got)
		return
	}
	require.Error(r, got)
	for _, sentinel := range []error{petrel.ErrConflict, petrel.ErrIllegalTransition} {
		require.Equal(r, errors.Is(want, sentinel), errors.Is(got, sentinel), "model: %v, store: %v", want, got)
	}
}

func (m *machine) drawExecution(r *rapid.T) petrel.Execution {
	e := newExecution(0)
	e.ID, e.Action, e.RequestedAt = drawID.Draw(r, "execution"), drawName.Draw(r, "action"), at(drawSecond.Draw(r, "second"))
	e.Rule.Ref, e.Trigger = maybe(r, drawName, "rule"), maybe(r, drawName, "trigger")
	e.TriggerInstance, e.Parent, e.Trace.ID = maybe(r, drawID, "instance"), maybe(r, drawID, "parent"), drawID.Draw(r, "trace")
	e.DueAt = at(drawSecond.Draw(r, "due"))
	return e
}

// drawMove moves a stored execution one step or two, mostly from where it is,
// mostly along the life cycle.
func (m *machine) drawMove(r *rapid.T) petrel.ExecutionMove {
	e, found := m.model.executions[drawID.Draw(r, "execution")]
	if !found {
		e = newExecution(1)
	}
	var through []petrel.Status
	status := e.Status
	for range rapid.IntRange(0, 2).Draw(r, "steps") {
		var ahead []petrel.Status
		for _, s := range statuses {
			if status.CanBecome(s) {
				ahead = append(ahead, s)
			}
		}
		if len(ahead) == 0 || rapid.IntRange(0, 9).Draw(r, "astray") == 0 {
			ahead = statuses
		}
		status = rapid.SampledFrom(ahead).Draw(r, "status")
		through = append(through, status)
	}
	move := next(e, at(drawSecond.Draw(r, "second")), through...)
	if !move.To.Status.Completed() {
		move.To.Owner, move.To.LeaseUntil = maybe(r, drawOwner, "owner"), maybeTime(r, "lease")
	}
	if rapid.IntRange(0, 9).Draw(r, "stale") == 0 {
		move.To.Revision--
	}
	if rapid.Bool().Draw(r, "result?") {
		move.To.Result = []byte(`{"n": 1}`)
	}
	return move
}

func (m *machine) renew(r *rapid.T) {
	owner, until := drawOwner.Draw(r, "owner"), at(drawSecond.Draw(r, "until"))
	require.NoError(r, m.store.RenewLeases(context.Background(), owner, until))
	m.model.renewLeases(owner, until)
}

func (m *machine) read(r *rapid.T) {
	id := drawID.Draw(r, "id")
	e, err := m.store.Execution(context.Background(), id)
	if want, found := m.model.executions[id]; found {
		require.NoError(r, err)
		require.Equal(r, keptExecution(want), seenExecution(r, e))
	} else {
		require.ErrorIs(r, err, petrel.ErrNotFound)
	}
	i, err := m.store.TriggerInstance(context.Background(), id)
	if want, found := m.model.instances[id]; found {
		require.NoError(r, err)
		require.Equal(r, keptInstance(want), seenInstance(r, i))
	} else {
		require.ErrorIs(r, err, petrel.ErrNotFound)
	}
}

func drawPage(r *rapid.T) petrel.Page {
	return petrel.Page{
		Limit:       rapid.IntRange(-1, 4).Draw(r, "limit"),
		Offset:      rapid.IntRange(0, 3).Draw(r, "offset"),
		OldestFirst: rapid.Bool().Draw(r, "oldest first"),
	}
}

func (m *machine) queryExecutions(r *rapid.T) {
	q := petrel.ExecutionQuery{
		Action: maybe(r, drawName, "action"), Rule: maybe(r, drawName, "rule"), Trigger: maybe(r, drawName, "trigger"),
		TriggerInstance: maybe(r, drawID, "instance"), Parent: maybe(r, drawID, "parent"), TraceID: maybe(r, drawID, "trace"),
		Owner: maybe(r, drawOwner, "owner"), Page: drawPage(r),
		Since: maybeTime(r, "since"), Before: maybeTime(r, "before"),
		DueBefore: maybeTime(r, "due before"), LeaseBefore: maybeTime(r, "lease before"),
	}
	if rapid.Bool().Draw(r, "statuses?") {
		q.Statuses = rapid.SliceOfN(drawStatus, 1, 3).Draw(r, "statuses")
	}
	got, err := m.store.Executions(context.Background(), q)
	require.NoError(r, err)
	compare(r, m.model.selectExecutions(q), got, keptExecution, seenExecution)
}

func (m *machine) queryInstances(r *rapid.T) {
	q := petrel.TriggerInstanceQuery{
		Trigger: maybe(r, drawName, "trigger"), Page: drawPage(r), Since: maybeTime(r, "since"), Before: maybeTime(r, "before"),
		Status: maybe(r, rapid.SampledFrom([]petrel.TriggerInstanceStatus{
			petrel.InstancePending, petrel.InstanceProcessed, petrel.InstanceFailed}), "status"),
	}
	got, err := m.store.TriggerInstances(context.Background(), q)
	require.NoError(r, err)
	compare(r, m.model.selectInstances(q), got, keptInstance, seenInstance)
}

func (m *machine) queryEnforcements(r *rapid.T) {
	q := petrel.EnforcementQuery{
		Rule: maybe(r, drawName, "rule"), Execution: maybe(r, drawID, "execution"), Page: drawPage(r),
		Since: maybeTime(r, "since"), Before: maybeTime(r, "before"),
	}
	got, err := m.store.Enforcements(context.Background(), q)
	require.NoError(r, err)
	compare(r, m.model.selectEnforcements(q), got, keptEnforcement, seenEnforcement)
}

func (m *machine) queryKeys(r *rapid.T) {
	q := petrel.KeyQuery{Scope: maybe(r, drawScope, "scope"), Prefix: maybe(r, drawName, "prefix"), Page: drawPage(r)}
	got, err := m.store.Keys(context.Background(), q)
	require.NoError(r, err)
	compare(r, m.model.selectKeys(q), got, keptKey, seenKey)
}

func compare[T any](r *rapid.T, want, got []T, kept func(T) T, seen func(require.TestingT, T) T) {
	require.Len(r, got, len(want))
	for n := range want {
		require.Equal(r, kept(want[n]), seen(r, got[n]))
	}
}
