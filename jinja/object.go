package jinja

import "context"

// Object is a value whose attributes and items the host computes, for instance
// a view of a datastore. Templates can read attributes and items, print the
// object and pass it on; it is true, equal only to itself, and neither a string
// nor a mapping. An Object may be used by several goroutines at once.
type Object interface {
	// Attribute returns the value of object.name. The second result is false
	// if there is no such attribute; the template then sees an undefined value.
	Attribute(ctx context.Context, name string) (any, bool, error)
	// Item returns the value of object[key]. If it reports false and key is a
	// string, the attribute of that name is tried.
	Item(ctx context.Context, key any) (any, bool, error)
	// Text returns the text that printing the object gives.
	Text(ctx context.Context) (string, error)
}

// Callable is a value that templates can call.
type Callable interface {
	Call(ctx context.Context, call *Call) (any, error)
}

// TypeNamed is an optional interface of an [Object]: the name that error
// messages use for its type. Without it the name is "object".
type TypeNamed interface {
	TypeName() string
}
