package criteria

import (
	"errors"
	"fmt"
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
	// ("trigger.hosts > item.name"), "when" for the rule's expression, and "" if
	// the problem concerns the criteria as a whole.
	Key string
	// Message says what is wrong.
	Message string
	// Hint suggests a correction; it may be empty.
	Hint string
	// Line and Column place the problem in an expression, from 1; else they are 0.
	Line, Column int
	// Snippet is the line of the expression with a caret under the place, on two
	// lines; or "".
	Snippet string
}

// String returns place, message and hint, and below them the snippet:
//
//	criteria.trigger.hosts: unknown operator "equalz" (did you mean "equals"?)
func (p Problem) String() string {
	var b strings.Builder
	switch p.Key {
	case "":
		b.WriteString("criteria")
	case whenKey:
		b.WriteString(whenKey)
	default:
		b.WriteString("criteria." + p.Key)
	}
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", p.Line, p.Column)
	}
	b.WriteString(": " + p.Message)
	if p.Hint != "" {
		b.WriteString(" (" + p.Hint + ")")
	}
	if p.Snippet != "" {
		b.WriteString("\n" + p.Snippet)
	}
	return b.String()
}
