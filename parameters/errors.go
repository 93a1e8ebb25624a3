package parameters

import (
	"errors"
	"strings"
)

var (
	// ErrRender marks parameters that cannot be rendered: a name that does not
	// exist, a cycle, or a template that fails. StackStorm records an execution
	// that has failed.
	ErrRender = errors.New("parameters cannot be rendered")
	// ErrCast marks a rendered parameter that cannot be converted to its declared
	// type. StackStorm refuses the request without an execution.
	ErrCast = errors.New("parameter does not have its declared type")
)

// Problem is what is wrong with one parameter.
type Problem struct {
	// Parameter is the name.
	Parameter string
	Message   string
	// Suggestion is what may have been meant, or empty.
	Suggestion string
	// Err is the cause, such as a *jinja.Error or a *pyvalue.Error, or nil.
	Err error
}

// String returns parameter, message and suggestion in one line.
func (p Problem) String() string {
	text := p.Parameter + ": " + p.Message
	if p.Suggestion != "" {
		text += " (" + p.Suggestion + ")"
	}
	return text
}

// Error says why parameters could not be rendered. errors.Is reports it to be
// either [ErrRender] or [ErrCast], and finds the causes of all problems.
type Error struct {
	// Kind is ErrRender or ErrCast.
	Kind     error
	Problems []Problem
}

// Error returns the problems, one a line if there are several.
func (e *Error) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// Unwrap returns the kind and the causes.
func (e *Error) Unwrap() []error {
	errs := []error{e.Kind}
	for _, p := range e.Problems {
		if p.Err != nil {
			errs = append(errs, p.Err)
		}
	}
	return errs
}
