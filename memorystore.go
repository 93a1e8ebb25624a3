package petrel

import (
	"bytes"
	"cmp"
	"container/list"
	"context"
	"fmt"
	"iter"
	"math"
	"slices"
	"strings"
	"sync"
	"time"
)

// NewMemoryStore returns a [Store] that keeps everything in memory and forgets
// it with the process. It is meant for tests and for services whose automation
// need not survive a restart.
func NewMemoryStore() Store {
	return &memoryStore{
		instances:  map[string]*TriggerInstance{},
		executions: map[string]*Execution{},
		children:   map[string][]*Execution{},
		unfinished: newWaitingList(orderExecutions),
		pending:    newWaitingList(orderInstances),
		enforced:   map[string]bool{},
		documents:  map[string]Document{},
		keys:       map[KeyName]Key{},
	}
}

// memoryStore keeps records in the order of their times, and small indexes for
// the questions the engine asks often. It shares no memory with its callers.
type memoryStore struct {
	mu     sync.RWMutex
	closed bool

	instances     map[string]*TriggerInstance
	instanceOrder []*TriggerInstance
	pending       waitingList[TriggerInstance] // status pending

	executions     map[string]*Execution
	executionOrder []*Execution
	children       map[string][]*Execution // by parent
	unfinished     waitingList[Execution]  // not completed

	enforcements []*Enforcement
	enforced     map[string]bool // ids of enforcements
	documents    map[string]Document
	keys         map[KeyName]Key
}

func (s *memoryStore) Commit(ctx context.Context, t Transition) error {
	if err := t.Check(); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return fmt.Errorf("memory store: %w", ErrStopped)
	}
	if err := s.checkConflicts(t); err != nil {
		return err
	}
	s.apply(t)
	return nil
}

// checkConflicts compares the transition with what is stored, before anything is changed.
func (s *memoryStore) checkConflicts(t Transition) error {
	fresh := map[string]bool{} // ids, of one kind of record after the other
	for _, i := range t.Instances {
		if s.instances[i.ID] != nil || fresh[i.ID] {
			return fmt.Errorf("%w: trigger instance %s exists", ErrConflict, i.ID)
		}
		fresh[i.ID] = true
	}
	moved := map[string]bool{}
	for _, m := range t.InstanceMoves {
		if i := s.instances[m.ID]; i == nil || i.Status != m.From || moved[m.ID] {
			return fmt.Errorf("%w: trigger instance %s is not %s", ErrConflict, m.ID, m.From)
		}
		moved[m.ID] = true
	}
	clear(fresh)
	for _, e := range t.Enforcements {
		if s.enforced[e.ID] || fresh[e.ID] {
			return fmt.Errorf("%w: enforcement %s exists", ErrConflict, e.ID)
		}
		fresh[e.ID] = true
	}
	clear(fresh)
	for _, e := range t.Executions {
		if s.executions[e.ID] != nil || fresh[e.ID] {
			return fmt.Errorf("%w: execution %s exists", ErrConflict, e.ID)
		}
		fresh[e.ID] = true
	}
	clear(moved)
	for _, m := range t.ExecutionMoves {
		e := s.executions[m.ID]
		if e == nil || e.Status != m.From || e.Revision != m.To.Revision-1 || moved[m.ID] {
			return fmt.Errorf("%w: execution %s is not %s at revision %d", ErrConflict, m.ID, m.From, m.To.Revision-1)
		}
		moved[m.ID] = true
	}
	return nil
}

func (s *memoryStore) apply(t Transition) {
	for _, given := range t.Instances {
		i := new(cloneInstance(given))
		s.instances[i.ID] = i
		s.instanceOrder = insertInOrder(s.instanceOrder, i, orderInstances)
		s.pending.add(i.ID, i)
	}
	for _, m := range t.InstanceMoves {
		i := s.instances[m.ID]
		i.Status, i.Reason = m.To, m.Reason
		s.pending.remove(m.ID)
	}
	for _, e := range t.Enforcements {
		e.EnforcedAt = e.EnforcedAt.UTC()
		s.enforcements = insertInOrder(s.enforcements, &e, orderEnforcements)
		s.enforced[e.ID] = true
	}
	for _, given := range t.Executions {
		e := new(cloneExecution(given))
		s.executions[e.ID] = e
		s.executionOrder = insertInOrder(s.executionOrder, e, orderExecutions)
		if e.Parent != "" {
			s.children[e.Parent] = insertInOrder(s.children[e.Parent], e, orderExecutions)
		}
		if !e.Status.Completed() {
			s.unfinished.add(e.ID, e)
		}
	}
	for _, m := range t.ExecutionMoves {
		e := s.executions[m.ID]
		e.ExecutionState = cloneState(m.To)
		if e.Status.Completed() {
			s.unfinished.remove(m.ID)
		}
	}
	for _, d := range t.Documents {
		if _, exists := s.documents[d.Digest]; !exists {
			s.documents[d.Digest] = Document{d.Digest, bytes.Clone(d.Body)}
		}
	}
	for _, name := range t.KeysDeleted {
		delete(s.keys, name)
	}
	for _, k := range t.Keys {
		k.Expires = k.Expires.UTC()
		s.keys[KeyName{k.Scope, k.Name}] = k
	}
}

func (s *memoryStore) RenewLeases(ctx context.Context, owner string, until time.Time) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return fmt.Errorf("memory store: %w", ErrStopped)
	}
	for e := range s.unfinished.all {
		if owner != "" && e.Owner == owner {
			e.LeaseUntil = until.UTC()
		}
	}
	return nil
}

// read takes the lock for reading, or says why the store cannot be read.
func (s *memoryStore) read(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.RLock()
	if s.closed {
		s.mu.RUnlock()
		return fmt.Errorf("memory store: %w", ErrStopped)
	}
	return nil
}

func (s *memoryStore) TriggerInstance(ctx context.Context, id string) (TriggerInstance, error) {
	if err := s.read(ctx); err != nil {
		return TriggerInstance{}, err
	}
	defer s.mu.RUnlock()
	i := s.instances[id]
	if i == nil {
		return TriggerInstance{}, fmt.Errorf("trigger instance %s: %w", id, ErrNotFound)
	}
	return cloneInstance(*i), nil
}

func (s *memoryStore) TriggerInstances(ctx context.Context, q TriggerInstanceQuery) ([]TriggerInstance, error) {
	if err := s.read(ctx); err != nil {
		return nil, err
	}
	defer s.mu.RUnlock()
	candidates := slices.Values(s.instanceOrder)
	switch {
	case q.Status == InstancePending && q.OldestFirst:
		candidates = s.pending.all
	case !q.OldestFirst:
		candidates = backward(s.instanceOrder)
	}
	found := selectPage(candidates, q.Page, func(i *TriggerInstance) bool {
		return matches(q.Trigger, i.Trigger) && matches(q.TraceID, i.Trace.ID) &&
			matches(q.Status, i.Status) && within(q.Since, q.Before, i.OccurrenceTime)
	})
	for n := range found {
		found[n] = cloneInstance(found[n])
	}
	return found, nil
}

func (s *memoryStore) Enforcements(ctx context.Context, q EnforcementQuery) ([]Enforcement, error) {
	if err := s.read(ctx); err != nil {
		return nil, err
	}
	defer s.mu.RUnlock()
	candidates := slices.Values(s.enforcements)
	if !q.OldestFirst {
		candidates = backward(s.enforcements)
	}
	return selectPage(candidates, q.Page, func(e *Enforcement) bool {
		return matches(q.Rule, e.Rule.Ref) && matches(q.TriggerInstance, e.TriggerInstance) &&
			matches(q.Execution, e.Execution) && matches(q.TraceID, e.Trace.ID) &&
			within(q.Since, q.Before, e.EnforcedAt)
	}), nil
}

func (s *memoryStore) Execution(ctx context.Context, id string) (Execution, error) {
	if err := s.read(ctx); err != nil {
		return Execution{}, err
	}
	defer s.mu.RUnlock()
	e := s.executions[id]
	if e == nil {
		return Execution{}, fmt.Errorf("execution %s: %w", id, ErrNotFound)
	}
	return cloneExecution(*e), nil
}

func (s *memoryStore) Executions(ctx context.Context, q ExecutionQuery) ([]Execution, error) {
	if err := s.read(ctx); err != nil {
		return nil, err
	}
	defer s.mu.RUnlock()
	found := selectPage(s.executionCandidates(q), q.Page, func(e *Execution) bool {
		return matches(q.Action, e.Action) && matches(q.Runner, e.Runner) && matches(q.Rule, e.Rule.Ref) &&
			matches(q.Trigger, e.Trigger) && matches(q.TriggerInstance, e.TriggerInstance) &&
			matches(q.Parent, e.Parent) && matches(q.User, e.User) && matches(q.TraceID, e.Trace.ID) &&
			matches(q.Owner, e.Owner) &&
			(len(q.Statuses) == 0 || slices.Contains(q.Statuses, e.Status)) &&
			within(q.Since, q.Before, e.RequestedAt) &&
			(q.DueBefore.IsZero() || e.DueAt.Before(q.DueBefore)) &&
			(q.LeaseBefore.IsZero() || (e.Owner != "" && !e.LeaseUntil.IsZero() && e.LeaseUntil.Before(q.LeaseBefore)))
	})
	for n := range found {
		if q.WithoutResult {
			found[n].Result = nil
		}
		found[n] = cloneExecution(found[n])
	}
	return found, nil
}

// executionCandidates returns the smallest set at hand that holds all answers, in their order.
func (s *memoryStore) executionCandidates(q ExecutionQuery) iter.Seq[*Execution] {
	records := s.executionOrder
	if q.Parent != "" {
		records = s.children[q.Parent]
	}
	switch {
	case !q.OldestFirst:
		return backward(records)
	case len(q.Statuses) > 0 && !slices.ContainsFunc(q.Statuses, Status.Completed):
		return s.unfinished.all
	}
	return slices.Values(records)
}

func (s *memoryStore) Document(ctx context.Context, digest string) (Document, error) {
	if err := s.read(ctx); err != nil {
		return Document{}, err
	}
	defer s.mu.RUnlock()
	d, found := s.documents[digest]
	if !found {
		return Document{}, fmt.Errorf("document %s: %w", digest, ErrNotFound)
	}
	return Document{d.Digest, bytes.Clone(d.Body)}, nil
}

func (s *memoryStore) Key(ctx context.Context, scope, name string) (Key, error) {
	if err := s.read(ctx); err != nil {
		return Key{}, err
	}
	defer s.mu.RUnlock()
	k, found := s.keys[KeyName{scope, name}]
	if !found {
		return Key{}, fmt.Errorf("key %s: %w", name, ErrNotFound)
	}
	return k, nil
}

func (s *memoryStore) Keys(ctx context.Context, q KeyQuery) ([]Key, error) {
	if err := s.read(ctx); err != nil {
		return nil, err
	}
	defer s.mu.RUnlock()
	var found []*Key
	for _, k := range s.keys {
		if matches(q.Scope, k.Scope) && strings.HasPrefix(k.Name, q.Prefix) {
			found = append(found, &k)
		}
	}
	slices.SortFunc(found, func(a, b *Key) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Scope, b.Scope))
	})
	return selectPage(slices.Values(found), q.Page, func(*Key) bool { return true }), nil
}

func (s *memoryStore) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	return nil
}

// matches reports whether a query's field, empty for all, selects the value.
func matches[T ~string](wanted, value T) bool { return wanted == "" || wanted == value }

// within reports whether t lies in [since, before); a zero bound is none.
func within(since, before, t time.Time) bool {
	return (since.IsZero() || !t.Before(since)) && (before.IsZero() || t.Before(before))
}

// backward yields records given oldest first from the newest on.
func backward[T any](records []*T) iter.Seq[*T] {
	return func(yield func(*T) bool) {
		for _, r := range slices.Backward(records) {
			if !yield(r) {
				return
			}
		}
	}
}

// waitingList holds records that wait for something, in the order of their times.
type waitingList[T any] struct {
	compare  func(a, b *T) int
	order    *list.List // of *T
	elements map[string]*list.Element
}

func newWaitingList[T any](compare func(a, b *T) int) waitingList[T] {
	return waitingList[T]{compare: compare, order: list.New(), elements: map[string]*list.Element{}}
}

// add inserts the record where it belongs, which nearly always is the end.
func (w waitingList[T]) add(id string, record *T) {
	before := w.order.Back()
	for before != nil && w.compare(before.Value.(*T), record) > 0 {
		before = before.Prev()
	}
	if before == nil {
		w.elements[id] = w.order.PushFront(record)
	} else {
		w.elements[id] = w.order.InsertAfter(record, before)
	}
}

func (w waitingList[T]) remove(id string) {
	if e, found := w.elements[id]; found {
		w.order.Remove(e)
		delete(w.elements, id)
	}
}

// all yields the records, oldest first.
func (w waitingList[T]) all(yield func(*T) bool) {
	for e := w.order.Front(); e != nil; e = e.Next() {
		if !yield(e.Value.(*T)) {
			return
		}
	}
}

// The orders of records, oldest first.
func orderInstances(a, b *TriggerInstance) int {
	return cmp.Or(a.OccurrenceTime.Compare(b.OccurrenceTime), cmp.Compare(a.ID, b.ID))
}

func orderEnforcements(a, b *Enforcement) int {
	return cmp.Or(a.EnforcedAt.Compare(b.EnforcedAt), cmp.Compare(a.ID, b.ID))
}

func orderExecutions(a, b *Execution) int {
	return cmp.Or(a.RequestedAt.Compare(b.RequestedAt), cmp.Compare(a.ID, b.ID))
}

// insertInOrder inserts the record where it belongs, which nearly always is the end.
func insertInOrder[T any](records []*T, r *T, order func(a, b *T) int) []*T {
	n := len(records)
	if n > 0 && order(records[n-1], r) > 0 {
		n, _ = slices.BinarySearchFunc(records, r, order)
	}
	return slices.Insert(records, n, r)
}

func cloneInstance(i TriggerInstance) TriggerInstance {
	i.OccurrenceTime = i.OccurrenceTime.UTC()
	i.Payload = bytes.Clone(i.Payload)
	return i
}

func cloneExecution(e Execution) Execution {
	e.RequestedAt = e.RequestedAt.UTC()
	e.Parameters, e.Context = bytes.Clone(e.Parameters), bytes.Clone(e.Context)
	e.ExecutionState = cloneState(e.ExecutionState)
	return e
}

func cloneState(s ExecutionState) ExecutionState {
	s.DueAt, s.EndedAt, s.LeaseUntil = s.DueAt.UTC(), s.EndedAt.UTC(), s.LeaseUntil.UTC()
	s.Result = bytes.Clone(s.Result)
	s.Log = slices.Clone(s.Log)
	for n := range s.Log {
		s.Log[n].Time = s.Log[n].Time.UTC()
	}
	return s
}

// defaultLimit is the number of records a query returns when its limit is 0.
const defaultLimit = 100

// selectPage copies the selected ones of the candidates, as far as the page's window goes.
func selectPage[T any](candidates iter.Seq[*T], p Page, selected func(*T) bool) []T {
	limit := p.Limit
	switch {
	case limit == 0:
		limit = defaultLimit
	case limit < 0:
		limit = math.MaxInt
	}
	skip := p.Offset
	var page []T
	for r := range candidates {
		switch {
		case !selected(r):
		case skip > 0:
			skip--
		default:
			page = append(page, *r)
			if len(page) == limit {
				return page
			}
		}
	}
	return page
}
