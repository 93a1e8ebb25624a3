package jinja

import "context"

// Template is a compiled template. It is immutable and safe for concurrent use.
type Template struct {
	env    *Environment
	source string
}

// Compile compiles a template in the environment that [StackStorm] returns
// without options.
func Compile(source string) (*Template, error) { return defaultEnvironment.Compile(source) }

// Compile compiles the text of a template. Errors are of type *[Error].
func (e *Environment) Compile(source string) (*Template, error) {
	return nil, &Error{Kind: KindRuntime, Message: "not implemented"}
}

// CompileExpression compiles a single expression, written without braces.
// Rendering it prints the value. Errors are of type *[Error].
func (e *Environment) CompileExpression(source string) (*Template, error) {
	return nil, &Error{Kind: KindRuntime, Message: "not implemented"}
}

// Source returns the text that was compiled.
func (t *Template) Source() string { return t.source }

// IsExpression reports whether the template is one expression without text
// around it, so that [Template.Eval] keeps the type of its value.
func (t *Template) IsExpression() bool { return false }

// Variables returns the names the template reads but does not define itself,
// sorted. Names of the environment's globals are among them.
func (t *Template) Variables() []string { return nil }

// Render returns the text of the template. A nil vars has no variables. Errors
// are of type *[Error]; if the context ended, they wrap its error.
func (t *Template) Render(ctx context.Context, vars Vars) (string, error) {
	return "", &Error{Kind: KindRuntime, Message: "not implemented"}
}

// Eval returns the value of a template that is a single expression with its
// type kept, and the rendered text of any other. Iterators arrive as lists.
// The value may share memory with vars. An undefined result is an [*Undefined].
func (t *Template) Eval(ctx context.Context, vars Vars) (any, error) {
	return nil, &Error{Kind: KindRuntime, Message: "not implemented"}
}
