package criteria

import (
	"errors"
	"strings"
)

// ErrInvalid is what every [*Error] is, by [errors.Is].
var ErrInvalid = errors.New("invalid criteria")

// Error lists all reasons why criteria were refused.
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

// Problem is one defect of a rule's criteria or expression.
type Problem struct {
	// Key is the key of the criterion, for a child of a search both keys
	// ("trigger.hosts > item.name"); "" if the problem is the rule's expression.
	Key string
	// Message says what is wrong.
	Message string
	// Hint suggests a correction; it may be empty.
	Hint string
	// Line and Column place the problem inside an expression, from 1; else 0.
	Line, Column int
}

// String returns place, message and hint:
//
//	criteria.trigger.hosts: unknown operator "equalz" (did you mean "equals"?)
func (p Problem) String() string {
	place := "when"
	if p.Key != "" {
		place = "criteria." + p.Key
	}
	text := place + ": " + p.Message
	if p.Hint != "" {
		text += " (" + p.Hint + ")"
	}
	return text
}
