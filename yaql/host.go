package yaql

import "context"

// Datastore answers the function st2kv.
type Datastore interface {
	// Get returns the value of a key. A name that begins with "system." is
	// one of the system scope, any other one of the user's. ok is false if
	// there is no such key.
	Get(ctx context.Context, user, key string, decrypt bool) (value any, ok bool, err error)
}

// TaskReader answers the function task.
type TaskReader interface {
	// Latest returns the record of the latest execution of a task on a route,
	// a dictionary; ok is false if there is none.
	Latest(ctx context.Context, workflowExecution, task string, route int) (record any, ok bool, err error)
}
