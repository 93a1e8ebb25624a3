package jinja

import (
	"context"
	"strings"

	"github.com/petrel-dev/petrel/pyvalue"
)

// Func is a filter, a test or a function given to templates. For a filter or a
// test the value it is applied to is the first argument. A test's result is
// taken by its truth. Values arrive as package pyvalue models them; arguments
// must not be written to. A Func must be safe for concurrent use.
//
// A panic of a Func is not caught: it is a bug of the host.
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

	eval  *evaluation
	first [1]any // memory for Args
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

// Lookup returns a variable of the rendering, as [Vars] gives it.
func (c *Call) Lookup(name string) (any, bool) {
	if c.eval == nil || c.eval.vars == nil {
		return nil, false
	}
	v, ok := c.eval.vars.Lookup(name)
	if ok && c.eval.owned != nil {
		v = c.eval.own(v)
	}
	return v, ok
}

// Bind matches the arguments with parameters, positional ones first. A
// parameter whose name ends in "?" may be absent and is nil then; another that
// is absent, and an argument for which there is no parameter, are errors of
// kind type. An undefined argument is an error of kind undefined.
func (c *Call) Bind(params ...string) ([]any, error) {
	p := parameters{names: make([]string, len(params)), defaults: make([]any, len(params))}
	for i, name := range params {
		p.names[i] = strings.TrimSuffix(name, "?")
		if p.names[i] == name {
			p.required = i + 1
		}
	}
	bound := make([]any, len(params))
	if err := c.bind(&p, bound); err != nil {
		return nil, err
	}
	for i, v := range bound {
		switch t := v.(type) {
		case *Undefined:
			return nil, t.err()
		case Markup:
			bound[i] = string(t)
		}
	}
	return bound, nil
}

// parameters are the parameters of a built-in function.
type parameters struct {
	names    []string
	defaults []any
	required int
}

// params returns the parameters given as names and default values in turn; the
// first required have no use for theirs.
func params(required int, namesAndDefaults ...any) *parameters {
	p := &parameters{required: required}
	for i := 0; i < len(namesAndDefaults); i += 2 {
		p.names = append(p.names, namesAndDefaults[i].(string))
		p.defaults = append(p.defaults, namesAndDefaults[i+1])
	}
	return p
}

// bind fills bound, which has the length of p, with arguments and defaults.
func (c *Call) bind(p *parameters, bound []any) error {
	if len(c.Args) > len(p.names) {
		return newError(pyvalue.KindType, "%s takes at most %d arguments, got %d", c.title(), len(p.names), len(c.Args))
	}
	n := copy(bound, c.Args)
	copy(bound[n:], p.defaults[n:])
	if len(c.Keywords) == 0 {
		if n < p.required {
			return newError(pyvalue.KindType, "%s lacks the argument '%s'", c.title(), p.names[n])
		}
		return nil
	}
	var given uint64
	for _, k := range c.Keywords {
		i := 0
		for i < len(p.names) && p.names[i] != k.Name {
			i++
		}
		if i == len(p.names) {
			return newError(pyvalue.KindType, "%s takes no argument '%s'", c.title(), k.Name)
		}
		if i < n {
			return newError(pyvalue.KindType, "%s got two values for the argument '%s'", c.title(), k.Name)
		}
		given |= 1 << i
		bound[i] = k.Value
	}
	for i := n; i < p.required; i++ {
		if given&(1<<i) == 0 {
			return newError(pyvalue.KindType, "%s lacks the argument '%s'", c.title(), p.names[i])
		}
	}
	return nil
}

func (c *Call) title() string {
	if c.Name == "" {
		return "the function"
	}
	return c.Name + "()"
}
