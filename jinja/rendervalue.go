package jinja

import (
	"context"

	"github.com/petrel-dev/petrel/pyvalue"
)

// Compiler compiles templates: an [Environment], or a [Cache] in front of one.
type Compiler interface {
	// Compile compiles the text of a template.
	Compile(source string) (*Template, error)
	// CompileExpression compiles a single expression, written without braces.
	CompileExpression(source string) (*Template, error)
}

var (
	_ Compiler = (*Environment)(nil)
	_ Compiler = (*Cache)(nil)
)

// RenderValue renders a value as StackStorm renders the values of an action
// chain, an alias or a notification. A string is a template and gives text. A
// list or mapping is written as JSON, rendered as one template and read again,
// so that each templated leaf becomes a string. If rendering changes nothing
// the value itself comes back, type kept; so it does if there are no variables
// at all. The name __context holds all variables.
func RenderValue(ctx context.Context, compiler Compiler, value any, vars Vars) (any, error) {
	if noVars(vars) {
		return value, nil
	}
	var source string
	var err error
	structured := pyvalue.IsDict(value) || pyvalue.IsList(value)
	if structured {
		source, err = pyvalue.EncodeJSON(value, pyvalue.CompactStyle())
	} else {
		source, err = pyvalue.StrWithin(value, 0)
	}
	if err != nil {
		return nil, place(0, err)
	}
	t, err := compiler.Compile(source)
	if err != nil {
		return nil, err
	}
	text, err := t.Render(ctx, Layers(vars, contextVars{vars}))
	if err != nil {
		return nil, err
	}
	switch {
	case text == source:
		return value, nil
	case structured:
		decoded, err := pyvalue.DecodeJSON(text, pyvalue.StrictJSON)
		if err != nil {
			return nil, place(0, err)
		}
		return decoded, nil
	}
	return text, nil
}

// RenderValues renders every value of a mapping by [RenderValue] and returns a
// new mapping with the same keys.
func RenderValues(ctx context.Context, compiler Compiler, values any, vars Vars) (*pyvalue.Map, error) {
	n, _ := pyvalue.Len(values)
	rendered := pyvalue.NewMap(n)
	for k, v := range pyvalue.Entries(values) {
		v, err := RenderValue(ctx, compiler, v, vars)
		if err != nil {
			return nil, err
		}
		if err := rendered.Set(k, v); err != nil {
			return nil, place(0, err)
		}
	}
	return rendered, nil
}

func noVars(vars Vars) bool {
	switch t := vars.(type) {
	case nil:
		return true
	case Map:
		return len(t) == 0
	case dictVars:
		return t.m.Len() == 0
	}
	return false
}

// contextVars has one name, __context, which stands for all variables.
type contextVars struct{ vars Vars }

func (c contextVars) Lookup(name string) (any, bool) {
	if name != "__context" {
		return nil, false
	}
	switch t := c.vars.(type) {
	case Map:
		return map[string]any(t), true
	case dictVars:
		return t.m, true
	}
	return varsObject(c), true
}

// varsObject lets templates read variables as items.
type varsObject struct{ vars Vars }

// TypeName returns "dict".
func (varsObject) TypeName() string { return "dict" }

// Repr returns "{...}".
func (varsObject) Repr() string { return "{...}" }

// Attribute finds nothing.
func (varsObject) Attribute(context.Context, string) (any, bool, error) { return nil, false, nil }

// Subscript returns the variable of that name.
func (o varsObject) Subscript(_ context.Context, key any) (any, bool, error) {
	name, ok := key.(string)
	if !ok {
		return nil, false, nil
	}
	v, ok := o.vars.Lookup(name)
	return v, ok, nil
}
