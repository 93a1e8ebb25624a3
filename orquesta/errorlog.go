package orquesta

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/petrel-dev/petrel/expression"
	"github.com/petrel-dev/petrel/pyvalue"
)

// LogEntry is an entry of a run's error log.
type LogEntry struct {
	Message string
	// Task is "" if the entry concerns no single task. Route is nil if it
	// concerns none.
	Task  string
	Route *int
	// Transition is the transition, TARGET__tKEY, that went wrong, or "".
	Transition string
	// Result is what the failed action returned, or nil.
	Result any
}

const failureMessage = "Execution failed. See result for details."

// identity is the same for entries that are equal.
func (e LogEntry) identity() string {
	route := "-"
	if e.Route != nil {
		route = strconv.Itoa(*e.Route)
	}
	return strings.Join([]string{e.Message, e.Task, route, e.Transition, pyvalue.Repr(e.Result)}, "\x00")
}

func (c *Conductor) log(e LogEntry) {
	id := e.identity()
	if !c.logged[id] {
		c.logged[id] = true
		c.errors = append(c.errors, e)
	}
}

// Log adds an error of the host to the log, for the task and route it concerns;
// a task of "" means none. An entry that is there already is not added again.
func (c *Conductor) Log(err error, task string, route int) {
	e := LogEntry{Message: logMessage(err), Task: task}
	if task != "" {
		e.Route = &route
	}
	c.log(e)
}

// forget removes all entries of a task.
func (c *Conductor) forget(task string) {
	kept := c.errors[:0]
	for _, e := range c.errors {
		if e.Task != task {
			kept = append(kept, e)
		} else {
			delete(c.logged, e.identity())
		}
	}
	c.errors = kept
}

// Error is a failure of a run's definition or data, as opposed to one of an action.
type Error struct {
	// Kind is the name under which StackStorm logs such failures, such as
	// YaqlEvaluationException or TypeError.
	Kind    string
	Message string
	// Err is the cause, or nil.
	Err error
}

// Error returns kind and message, as they stand in the error log.
func (e *Error) Error() string { return e.Kind + ": " + e.Message }

// Unwrap returns the cause, or nil.
func (e *Error) Unwrap() error { return e.Err }

func errorf(kind, format string, args ...any) *Error {
	return &Error{Kind: kind, Message: fmt.Sprintf(format, args...)}
}

func logMessage(err error) string {
	var known *Error
	if errors.As(err, &known) {
		return known.Error()
	}
	return err.Error()
}

// evaluationError gives the failure of an expression the form that StackStorm
// logs: the exception's name and the expression.
func evaluationError(err error) error {
	var e *expression.Error
	if !errors.As(err, &e) || e.Kind == expression.KindCanceled {
		return err
	}
	kind := "YaqlEvaluationException"
	if e.Language == expression.Jinja {
		kind = "JinjaEvaluationException"
	}
	message := e.Message
	switch {
	case e.Kind == expression.KindUnresolved && e.Language == expression.Jinja:
		name := strings.TrimSpace(strings.Trim(e.Expression, "{}"))
		message = "There are unresolved variables: " + name
	case e.Kind == pyvalue.KindKey && e.Language == expression.YAQL:
		message = fmt.Sprintf("Unable to resolve key %s in expression '%s' from context.", keyOf(e.Message), e.Expression)
	default:
		message = fmt.Sprintf("Unable to evaluate expression '%s'. %s", e.Expression, message)
	}
	return &Error{Kind: kind, Message: message, Err: err}
}

func keyOf(message string) string {
	if i := strings.IndexByte(message, '\''); i >= 0 {
		if j := strings.LastIndexByte(message, '\''); j > i {
			return message[i : j+1]
		}
	}
	return message
}
