package jinja

import (
	"context"

	"github.com/petrel-dev/petrel/pyvalue"
)

// Object is a value whose attributes and items the host computes, for instance
// a view of a datastore. Its text is that of pyvalue.Texter if it implements
// that, else Repr. Unless it implements more of pyvalue's interfaces it is
// true, equal only to itself, and neither a string nor a mapping. An Object may
// be used by several goroutines at once.
type Object interface {
	pyvalue.Object
	// Attribute returns the value of object.name. The second result is false
	// if there is no such attribute; the template then sees an undefined value.
	Attribute(ctx context.Context, name string) (any, bool, error)
	// Subscript returns the value of object[key]. If it reports false and key
	// is a string, the attribute of that name is tried.
	Subscript(ctx context.Context, key any) (any, bool, error)
}

// Printer is an optional interface of an [Object] whose text costs something or
// can fail. Printing the object and turning it into text uses it; inside of
// collections its Repr is used.
type Printer interface {
	Text(ctx context.Context) (string, error)
}

// Callable is an [Object], or another value, that templates can call.
type Callable interface {
	Call(ctx context.Context, call *Call) (any, error)
}
