package jinja

import "context"

// Compiler compiles templates: an [Environment], or a [Cache] in front of one.
type Compiler interface {
	Compile(source string) (*Template, error)
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
// the value itself comes back, type kept.
func RenderValue(ctx context.Context, compiler Compiler, value any, vars Vars) (any, error) {
	return nil, &Error{Kind: KindRuntime, Message: "not implemented"}
}
