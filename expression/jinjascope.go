package expression

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strconv"

	"github.com/petrel-dev/petrel/internal/suggest"
	"github.com/petrel-dev/petrel/jinja"
	"github.com/petrel-dev/petrel/pyvalue"
)

// jinjaScope is a scope as Jinja reads it.
type jinjaScope Scope

// scopeName is no name that a template can write.
const scopeName = "the scope"

// Lookup returns the variables that a template can read without ctx, and to
// the functions below the scope itself.
func (s *jinjaScope) Lookup(name string) (any, bool) {
	if name == scopeName {
		return s, true
	}
	return (*Scope)(s).variable(name)
}

func scopeOf(c *jinja.Call) *Scope {
	v, _ := c.Lookup(scopeName)
	if s, ok := v.(*jinjaScope); ok {
		return (*Scope)(s)
	}
	return &Scope{}
}

// contextFunctions are the functions of workflow expressions that read the
// scope, as options of a Jinja environment.
func contextFunctions() []jinja.Option {
	var options []jinja.Option
	for name, f := range map[string]jinja.Func{
		"ctx":         contextVariable,
		"item":        currentItem,
		"result":      currentResult,
		"succeeded":   statusTest("succeeded"),
		"failed":      statusTest("failed"),
		"completed":   statusTest("succeeded", "failed", "timeout", "abandoned", "canceled"),
		"task_status": taskStatus,
		"task":        latestExecution,
		"st2kv":       datastoreItem,
	} {
		// Orquesta has them as filters, too, but there the piped value takes
		// the place of the context.
		misused := func(context.Context, *jinja.Call) (any, error) {
			return nil, pyvalue.Errorf(pyvalue.KindType, "%s cannot be a filter, write %s(...)", name, name)
		}
		options = append(options, jinja.WithGlobal(name, f), jinja.WithFilter(name, misused))
	}
	return options
}

func failed(format string, args ...any) error {
	return pyvalue.Errorf(KindEvaluation, format, args...)
}

func bare(c *jinja.Call) bool { return len(c.Args) == 0 && len(c.Keywords) == 0 }

// optional returns the only argument of a function, or nil.
func optional(c *jinja.Call, name string) (any, error) {
	if bare(c) {
		return nil, nil
	}
	args, err := c.Bind(name + "?")
	if err != nil {
		return nil, err
	}
	return args[0], nil
}

func contextVariable(_ context.Context, c *jinja.Call) (any, error) {
	s := scopeOf(c)
	if bare(c) {
		return s.visibleVariables(), nil
	}
	key, err := optional(c, "key")
	if err != nil {
		return nil, err
	}
	if !pyvalue.Truth(key) {
		return s.visibleVariables(), nil
	}
	if !pyvalue.Hashable(key) {
		return nil, pyvalue.Errorf(pyvalue.KindType, "the name of a variable must be a string, not %s", pyvalue.TypeName(key))
	}
	name, isText := key.(string)
	v, ok := pyvalue.Lookup(s.Variables, key)
	switch {
	case isText && private(name) && (ok || s.owns(name)):
		return nil, pyvalue.Errorf(KindInaccessible, "the variable %q is for internal use and inaccessible", name)
	case !ok:
		e := &jinja.Error{Kind: KindUndefinedVariable, Message: "the variable " + quoted(key) + " is undefined"}
		if isText {
			e.Hint = didYouMean(name, s.Variables)
		}
		return nil, e
	}
	return v, nil
}

// owns reports whether the whole context has an entry of its own by the name.
func (s *Scope) owns(name string) bool {
	switch name {
	case nameTask:
		return s.Task != nil
	case nameItem:
		return s.Item != nil
	case nameState:
		return s.State != nil
	}
	return false
}

func quoted(v any) string {
	if text, ok := v.(string); ok {
		return strconv.Quote(text)
	}
	return pyvalue.Repr(v)
}

func didYouMean(name string, dict any) string {
	return suggest.DidYouMean(name, publicNames(dict))
}

func publicNames(dict any) iter.Seq[string] {
	return func(yield func(string) bool) {
		for k := range pyvalue.Entries(dict) {
			if name, ok := k.(string); ok && !private(name) && !yield(name) {
				return
			}
		}
	}
}

func currentItem(_ context.Context, c *jinja.Call) (any, error) {
	key, err := optional(c, "key")
	if err != nil {
		return nil, err
	}
	item := scopeOf(c).Item
	if !pyvalue.Truth(key) {
		return item, nil
	}
	if !pyvalue.IsDict(item) {
		return nil, failed("the current item is no dictionary but %s", pyvalue.TypeName(item))
	}
	if !pyvalue.Hashable(key) {
		return nil, pyvalue.Errorf(pyvalue.KindType, "a %s cannot be a key", pyvalue.TypeName(key))
	}
	v, ok := pyvalue.Lookup(item, key)
	if !ok {
		e := &jinja.Error{Kind: KindEvaluation, Message: "the current item has no key " + quoted(key)}
		if name, ok := key.(string); ok {
			e.Hint = didYouMean(name, item)
		}
		return nil, e
	}
	return v, nil
}

// currentTask serves functions without arguments.
func currentTask(c *jinja.Call) (*Scope, *Task, error) {
	if !bare(c) {
		_, err := c.Bind()
		return nil, nil, err
	}
	s := scopeOf(c)
	if s.Task == nil {
		return nil, nil, failed("the current task is not set in the context")
	}
	return s, s.Task, nil
}

func currentResult(_ context.Context, c *jinja.Call) (any, error) {
	_, task, err := currentTask(c)
	if err != nil {
		return nil, err
	}
	return task.Result, nil
}

func statusTest(wanted ...string) jinja.Func {
	return func(_ context.Context, c *jinja.Call) (any, error) {
		s, task, err := currentTask(c)
		if err != nil {
			return nil, err
		}
		status, _, _, err := s.entry(task.ID, task.Route)
		if err != nil {
			return nil, err
		}
		for _, w := range wanted {
			if status == w {
				return true, nil
			}
		}
		return false, nil
	}
}

// find returns the entry that the arguments of a function name. A route of
// nil means the current task's.
func (s *Scope) find(task, route any) (status string, at int, ok bool, err error) {
	n := 0
	switch r := route.(type) {
	case nil:
		if s.Task != nil {
			n = s.Task.Route
		}
	case int64:
		n = int(r)
	default:
		// Any text form of a number finds an entry, but only numbers have
		// earlier routes.
		exact, convErr := strconv.Atoi(pyvalue.Str(route))
		if s.State != nil && convErr == nil {
			if status, ok := s.State.Status(pyvalue.Str(task), exact); ok {
				return status, exact, true, nil
			}
		}
		return "", 0, false, pyvalue.Errorf(pyvalue.KindType, "a route is an integer, not %s", pyvalue.TypeName(route))
	}
	return s.entry(pyvalue.Str(task), n)
}

// unsetStatus is the status of a task that never ran.
const unsetStatus = "null"

func taskStatus(_ context.Context, c *jinja.Call) (any, error) {
	a, err := c.Bind("task_id", "route?")
	if err != nil {
		return nil, err
	}
	status, _, ok, err := scopeOf(c).find(a[0], a[1])
	if err == nil && !ok {
		return unsetStatus, nil
	}
	return status, err
}

// st2 returns an entry of the variable st2.
func (s *Scope) st2(name, what string) (any, error) {
	st2, _ := pyvalue.LookupString(s.Variables, "st2")
	if v, ok := pyvalue.LookupString(st2, name); ok {
		return v, nil
	}
	return nil, pyvalue.Errorf(pyvalue.KindKey, "the context has no %s (st2.%s)", what, name)
}

func latestExecution(ctx context.Context, c *jinja.Call) (any, error) {
	a, err := c.Bind("task_id?", "route?")
	if err != nil {
		return nil, err
	}
	s := scopeOf(c)
	id := a[0]
	if id == nil {
		if s.Task == nil {
			return nil, pyvalue.Errorf(pyvalue.KindKey, "there is no current task")
		}
		id = s.Task.ID
	}
	_, route, ok, err := s.find(id, a[1])
	if err != nil {
		return nil, err
	}
	missing := func() (any, error) { return nil, failed("there is no execution of the task %s", quoted(id)) }
	if !ok {
		return missing()
	}
	workflow, err := s.st2("workflow_execution_id", "workflow execution")
	if err != nil {
		return nil, err
	}
	if s.Tasks == nil {
		return missing()
	}
	e, err := s.Tasks.Latest(ctx, pyvalue.Str(workflow), pyvalue.Str(id), route)
	if err != nil {
		return nil, hostFailure("task "+quoted(id), err)
	}
	if e == nil {
		return missing()
	}
	return pyvalue.MapOf(
		"task_execution_id", e.ID,
		"workflow_execution_id", e.WorkflowExecution,
		"task_name", e.Task,
		"task_id", e.Task,
		"route", int64(e.Route),
		"result", pyvalue.Canonical(e.Result),
		"status", e.Status,
		"start_timestamp", e.Start,
		"end_timestamp", e.End,
	), nil
}

// hostFailure is the error of a hook; the end of the context stays one.
func hostFailure(what string, err error) error {
	kind := KindEvaluation
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		kind = jinja.KindCanceled
	}
	return &jinja.Error{Kind: kind, Message: fmt.Sprintf("%s: %v", what, err), Err: err}
}

func datastoreItem(ctx context.Context, c *jinja.Call) (any, error) {
	if len(c.Args) > 1 {
		return nil, pyvalue.Errorf(pyvalue.KindType, "st2kv() takes one argument, the key; the others need their names")
	}
	given, named := c.Keyword("key")
	if len(c.Args) == 1 {
		given = c.Args[0]
	} else if !named {
		return nil, pyvalue.Errorf(pyvalue.KindType, "st2kv() lacks the argument 'key'")
	}
	if u, ok := given.(*jinja.Undefined); ok {
		return nil, &jinja.Error{Kind: jinja.KindUndefined, Message: u.Message(), Hint: "the key must be quoted"}
	}
	if markup, ok := given.(jinja.Markup); ok {
		given = string(markup)
	}
	key, ok := given.(string)
	if !ok {
		return nil, pyvalue.Errorf(pyvalue.KindType, "the key of a datastore item must be a string, not %s", pyvalue.TypeName(given))
	}
	decrypt := false
	if v, named := c.Keyword("decrypt"); named {
		if decrypt, ok = v.(bool); !ok {
			return nil, pyvalue.Errorf(pyvalue.KindType, "decrypt must be a boolean, not %s", pyvalue.TypeName(v))
		}
	}
	s := scopeOf(c)
	user, err := s.st2("user", "user")
	if err != nil {
		return nil, err
	}
	if s.Datastore == nil {
		return nil, failed("there is no datastore")
	}
	v, found, err := s.Datastore.Get(ctx, pyvalue.Str(user), key, decrypt)
	switch {
	case err != nil:
		return nil, hostFailure("datastore item "+quoted(key), err)
	case found:
		return v, nil
	}
	if fallback, named := c.Keyword("default"); named {
		return fallback, nil
	}
	return nil, failed("the key %q does not exist in the datastore", key)
}
