package schedule

import (
	"errors"
	"strings"
)

// ErrInvalid is what every [*Error] is, by [errors.Is].
var ErrInvalid = errors.New("invalid timer")

// Error lists all reasons why the parameters of a timer were refused.
type Error struct {
	Problems []Problem
}

// Error returns one problem a line.
func (e *Error) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// Is reports whether target is [ErrInvalid].
func (e *Error) Is(target error) bool { return target == ErrInvalid }

// Problem is one defect of a timer's parameters.
type Problem struct {
	// Field is the name of the parameter, or "" if the problem concerns the
	// parameters as a whole.
	Field string
	// Message says what is wrong.
	Message string
	// Hint suggests a correction; it may be empty.
	Hint string
}

// String returns place, message and hint:
//
//	parameters.unit: unknown unit "second" (did you mean "seconds"?)
func (p Problem) String() string {
	place := "parameters"
	if p.Field != "" {
		place += "." + p.Field
	}
	text := place + ": " + p.Message
	if p.Hint != "" {
		text += " (" + p.Hint + ")"
	}
	return text
}

// problems collects what is wrong with one set of parameters.
type problems []Problem

func (ps *problems) add(field, message, hint string) {
	*ps = append(*ps, Problem{Field: field, Message: message, Hint: hint})
}

// err returns nil if there is nothing wrong.
func (ps problems) err() error {
	if len(ps) == 0 {
		return nil
	}
	return &Error{Problems: ps}
}
