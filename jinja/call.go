package jinja

import "context"

// Func is a filter, a test or a function given to templates. For a filter or a
// test the value it is applied to is the first argument. A test's result is
// taken by its truth. Values arrive as package pyvalue models them; arguments
// must not be written to. A Func must be safe for concurrent use.
type Func func(ctx context.Context, call *Call) (any, error)

// Call calls the function, which makes every Func a [Callable].
func (f Func) Call(ctx context.Context, call *Call) (any, error) { return f(ctx, call) }

// Keyword is a named argument.
type Keyword struct {
	Name  string
	Value any
}

// Call holds the arguments of one call. It is valid until the called function
// returns.
type Call struct {
	// Name is the name the template used, for messages. It may be empty.
	Name string
	// Args are the positional arguments.
	Args []any
	// Keywords are the named arguments in the order written.
	Keywords []Keyword

	eval *evaluation
}

// Keyword returns the named argument of that name.
func (c *Call) Keyword(name string) (any, bool) {
	for _, k := range c.Keywords {
		if k.Name == name {
			return k.Value, true
		}
	}
	return nil, false
}
