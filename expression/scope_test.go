package expression_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel/expression"
	"github.com/petrel-dev/petrel/pyvalue"
)

// workflow is a scope with everything in it.
func workflow() *expression.Scope {
	entry := func(id string, route int, status string) any {
		return map[string]any{"id": id, "route": route, "status": status}
	}
	return &expression.Scope{
		Variables: map[string]any{
			"name": "Ann", "__own": 1, "dict": map[string]any{"k": "v"},
			"st2": map[string]any{"user": "stanley", "workflow_execution_id": "w1"},
		},
		Task: &expression.Task{ID: "t2", Route: 2, Result: map[string]any{"out": "fine"}},
		Item: map[string]any{"host": "web1"},
		State: recordedState{map[string]any{
			"tasks":    pyvalue.MapOf("t1__r1", int64(0), "t2__r2", int64(1), "t0__r0", int64(2)),
			"sequence": []any{entry("t1", 1, "failed"), entry("t2", 2, "succeeded"), entry("t0", 0, "running")},
			"routes":   []any{[]any{}, []any{"a__t0"}, []any{"a__t0", "b__t0"}, []any{"z__t0"}},
		}},
		Datastore: store{"stanley:token": "secret", "system.url": "http://x"},
		Tasks:     executions{"w1 t1 1": &expression.TaskExecution{ID: "e1", Task: "t1", Route: 1, Result: 5}},
	}
}

type store map[string]string

func (s store) Get(_ context.Context, user, key string, decrypt bool) (any, bool, error) {
	if key == "broken" {
		return nil, false, errors.New("no connection")
	}
	v, ok := s[key]
	if !ok {
		v, ok = s[user+":"+key]
	}
	if decrypt {
		v = "plain " + v
	}
	return v, ok, nil
}

type executions map[string]*expression.TaskExecution

func (e executions) Latest(_ context.Context, workflow, task string, route int) (*expression.TaskExecution, error) {
	if task == "t0" {
		return nil, errors.New("no connection")
	}
	return e[workflow+" "+task+" "+pyvalue.Str(int64(route))], nil
}

// TestScope asks the same of both languages.
func TestScope(t *testing.T) {
	for _, c := range []struct {
		yaql, jinja string
		want        any
	}{
		{"ctx(name)", "ctx('name')", "Ann"},
		{"ctx().name", "ctx().name", "Ann"},
		{"ctx().keys().len()", "ctx() | length", int64(3)},
		{"ctx('').keys().len()", "ctx(none) | length", int64(3)},
		{"ctx().dict.k", "ctx(key='dict').k", "v"},
		{"item().host", "item().host", "web1"},
		{"item(host)", "item('host')", "web1"},
		{"result().out", "result().out", "fine"},
		{"succeeded()", "succeeded()", true},
		{"failed()", "failed()", false},
		{"completed()", "completed()", true},
		{"task_status(t2)", "task_status('t2')", "succeeded"},
		{"task_status(t1)", "task_status('t1')", "failed"},
		{"task_status(t1, 1)", "task_status('t1', route=1)", "failed"},
		{"task_status(t1, 0)", "task_status('t1', 0)", "null"},
		{"task_status(t1, 3)", "task_status('t1', 3)", "null"},
		{"task_status(t0, 3)", "task_status('t0', 3)", "running"},
		{"task_status(nope)", "task_status('nope')", "null"},
		{"call(task_status, [t1], {})", "task_status('t1')", "failed"},
		{"task(t1).task_execution_id", "task('t1').task_execution_id", "e1"},
		{"task(t1).result", "task('t1', 2).result", int64(5)},
		{"st2kv(token)", "st2kv('token')", "secret"},
		{"st2kv('system.url')", "st2kv(key='system.url')", "http://x"},
		{"st2kv(token, decrypt => true)", "st2kv('token', decrypt=true)", "plain secret"},
		{"st2kv(nope, default => null)", "st2kv('nope', default=none)", nil},
		{"$__state.routes.len()", "__state.routes | length", int64(4)},
		{"$__vars.get('__state').routes.len()", "__vars.get('__state').routes | length", int64(4)},
	} {
		require.Equal(t, c.want, evaluate(t, safe, "<% "+c.yaql+" %>", workflow()), c.yaql)
		require.Equal(t, c.want, evaluate(t, safe, "{{ "+c.jinja+" }}", workflow()), c.jinja)
	}
}

func TestScopeFailures(t *testing.T) {
	other := workflow()
	other.Task = &expression.Task{ID: "t1", Route: 9}
	for _, c := range []struct {
		scope       *expression.Scope
		yaql, jinja string
		kind        expression.Kind
	}{
		{workflow(), "ctx(nope)", "ctx('nope')", expression.KindUndefinedVariable},
		{workflow(), "ctx('__nope')", "ctx('__nope')", expression.KindUndefinedVariable},
		{workflow(), "ctx('__own')", "ctx('__own')", expression.KindInaccessible},
		{workflow(), "ctx('__state')", "ctx('__state')", expression.KindInaccessible},
		{workflow(), "ctx('__current_' + item)", "ctx('__current_' ~ 'item')", expression.KindInaccessible},
		{workflow(), "ctx([1, 2])", "ctx([1, 2])", pyvalue.KindType},
		{workflow(), "item(nope)", "item('nope')", expression.KindEvaluation},
		{nil, "item(nope)", "item('nope')", expression.KindEvaluation},
		{nil, "ctx(nope)", "ctx('nope')", expression.KindUndefinedVariable},
		{nil, "ctx('__state')", "ctx('__state')", expression.KindUndefinedVariable},
		{nil, "result()", "result()", expression.KindEvaluation},
		{nil, "succeeded()", "succeeded()", expression.KindEvaluation},
		{nil, "task()", "task()", pyvalue.KindKey},
		{nil, "st2kv(token)", "st2kv('token')", pyvalue.KindKey},
		{workflow(), "st2kv(nope)", "st2kv('nope')", expression.KindEvaluation},
		{workflow(), "st2kv(broken)", "st2kv('broken')", expression.KindEvaluation},
		{workflow(), "st2kv(1)", "st2kv(1)", pyvalue.KindType},
		{workflow(), "st2kv(token, decrypt => 1)", "st2kv('token', decrypt=1)", pyvalue.KindType},
		{workflow(), "task(t0, 0)", "task('t0', 0)", expression.KindEvaluation},
		{workflow(), "task(t2)", "task('t2')", expression.KindEvaluation},
		{workflow(), "task(nope)", "task('nope')", expression.KindEvaluation},
		{other, "succeeded()", "succeeded()", pyvalue.KindIndex},
		{other, "task_status(t1)", "task_status('t1')", pyvalue.KindIndex},
	} {
		require.Equal(t, c.kind, failure(t, safe, "<% "+c.yaql+" %>", c.scope).Kind, c.yaql)
		require.Equal(t, c.kind, failure(t, safe, "{{ "+c.jinja+" }}", c.scope).Kind, c.jinja)
	}
	require.Equal(t, pyvalue.KindType, failure(t, safe, "{{ 'name' | ctx }}", workflow()).Kind)
	require.Equal(t, expression.Kind("undefined"), failure(t, safe, "{{ ctx(name) }}", workflow()).Kind)
}

func TestEmptyScope(t *testing.T) {
	for source, want := range map[string]any{
		"<% ctx().keys().len() %>": int64(0), "{{ ctx() | length }}": int64(0),
		"<% item() %>": nil, "{{ item() }}": nil,
		"<% task_status(x) %>": "null", "{{ task_status('x') }}": "null",
		"<% $__state %>": nil, "{{ __state }}": nil,
		"<% $__vars.keys().len() %>": int64(0), "{{ __vars | length }}": int64(0),
	} {
		require.Equal(t, want, evaluate(t, safe, source, nil), source)
	}
	scope := &expression.Scope{Task: &expression.Task{ID: "t"}}
	require.Equal(t, false, evaluate(t, safe, "<% succeeded() %>", scope))
	require.Equal(t, false, evaluate(t, safe, "{{ succeeded() }}", scope))
}

func TestVariablesMustBeADict(t *testing.T) {
	for _, source := range []string{"<% 1 %>", "{{ 1 }}"} {
		require.Equal(t, pyvalue.KindValue, failure(t, safe, source, &expression.Scope{Variables: []any{1}}).Kind)
	}
}

// TestScopeIsOnlyRead evaluates what changes its data in Python.
func TestScopeIsOnlyRead(t *testing.T) {
	scope := workflow()
	for _, source := range []string{
		"{{ ctx().update({'name': 'Bob'}) }}", "{{ ctx('dict').clear() }}", "{{ ctx().dict.pop('k') }}",
		"{% set _ = ctx().dict.update({'k': 1}) %}{{ ctx().dict.k }}", "{{ result().clear() }}", "{{ item().popitem() | string }}",
		"{{ __vars.clear() }}", "{{ __state.clear() }}",
	} {
		_, err := safe.Compile(source).Eval(context.Background(), scope)
		require.NoError(t, err, source)
	}
	require.Equal(t, workflow().Variables, scope.Variables)
	require.Equal(t, workflow().Task, scope.Task)
	require.Equal(t, workflow().Item, scope.Item)
	require.Equal(t, "Ann v fine web1 4", evaluate(t, safe,
		"{{ ctx().name }} {{ ctx().dict.k }} {{ result().out }} {{ item().host }} {{ __state.routes | length }}", scope))
}
