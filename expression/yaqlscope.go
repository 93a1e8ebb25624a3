package expression

import (
	"strconv"
	"strings"

	"github.com/petrel-dev/petrel/yaql"
)

// need is how much of a scope a YAQL expression may read, so that the cheap
// and frequent ones cost no preparation.
type need uint8

const (
	needsVariables need = iota // by ctx only
	needsTask                  // the current task, its status, the current item
	needsAll                   // any task's status, or names that are computed
)

// needOf finds out what an expression reads. If in doubt it is everything.
func needOf(p *yaql.Program) need {
	n := needsVariables
	for node := range yaql.Walk(p.Tree()) {
		switch node := node.(type) {
		case *yaql.Variable:
			if private(strings.TrimPrefix(node.Name, "$")) {
				return needsAll
			}
		case *yaql.Call:
			switch strings.TrimRight(node.Name, "_") {
			case "task", "task_status", "call":
				return needsAll
			case "ctx":
				if !plainName(node.Args) {
					return needsAll
				}
			case "item", "result", "succeeded", "failed", "completed":
				n = needsTask
			}
		}
	}
	return n
}

// plainName reports whether the arguments of ctx name one variable that is
// not hidden, or none.
func plainName(args []yaql.Node) bool {
	switch len(args) {
	case 0:
		return true
	case 1:
		switch arg := args[0].(type) {
		case *yaql.Word:
			return !private(arg.Name)
		case *yaql.Literal:
			name, ok := arg.Value.(string)
			return ok && !private(name)
		}
	}
	return false
}

// yaqlEnv returns the scope as YAQL reads it.
func (s *Scope) yaqlEnv(n need) yaql.Env {
	env := yaql.Env{
		Context: s.Variables, Datastore: s.Datastore, Tasks: s.Tasks,
		Now: s.Now, Location: s.Location, Random: s.Random,
	}
	switch n {
	case needsTask:
		env.Variables = s.task.get(s, taskVariables)
	case needsAll:
		env.Variables = s.all.get(s, allVariables)
	case needsVariables:
	}
	return env
}

func allVariables(s *Scope) map[string]any {
	return map[string]any{
		nameVariables: s.wholeContext(), nameTask: s.currentTask(), nameItem: s.Item, nameState: s.state(),
	}
}

// taskVariables holds of the workflow's state no more than the current task's
// part, in a form that is quick to make.
func taskVariables(s *Scope) map[string]any {
	if s.Task == nil {
		return map[string]any{nameTask: nil, nameItem: s.Item, nameState: nil}
	}
	m := map[string]any{
		nameTask: map[string]any{"id": s.Task.ID, "route": int64(s.Task.Route), "result": s.Task.Result},
		nameItem: s.Item,
	}
	status, _, ok, err := s.entry(s.Task.ID, s.Task.Route)
	if err != nil {
		m[nameState] = s.state() // for YAQL's own error
		return m
	}
	if !ok {
		status = unsetStatus
	}
	m[nameState] = map[string]any{
		"tasks":    map[string]any{s.Task.ID + "__r" + strconv.Itoa(s.Task.Route): int64(0)},
		"sequence": []any{map[string]any{"status": status}},
	}
	return m
}
