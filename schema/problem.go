package schema

import (
	"errors"
	"strconv"
	"strings"
)

var (
	// ErrInvalid marks a value that its schema does not accept. The error is a
	// [*ValidationError].
	ErrInvalid = errors.New("value does not match its schema")
	// ErrDefinition marks a schema that is not well formed. The error is a
	// [*DefinitionError].
	ErrDefinition = errors.New("schema is not well formed")
)

// Path is a place in a value or in a schema: string keys and int indexes, from
// the outside in. In paths that stand for many places "*" is any key or index.
type Path []any

// String returns the path as people write it: servers[0].name. The path of the
// whole value is the empty text.
func (p Path) String() string {
	var b strings.Builder
	for _, step := range p {
		switch step := step.(type) {
		case int:
			b.WriteByte('[')
			b.WriteString(strconv.Itoa(step))
			b.WriteByte(']')
		case string:
			if step == "" || strings.ContainsAny(step, ".[] \"") {
				b.WriteByte('[')
				b.WriteString(strconv.Quote(step))
				b.WriteByte(']')
				continue
			}
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			b.WriteString(step)
		}
	}
	return b.String()
}

// with returns the path of a step further in.
func (p Path) with(step any) Path {
	return append(p[:len(p):len(p)], step)
}

// Problem is one thing that is wrong at one place.
type Problem struct {
	Path    Path
	Message string
	// Suggestion is what may have been meant, or empty.
	Suggestion string
}

// String returns place, message and suggestion in one line.
func (p Problem) String() string {
	var b strings.Builder
	if len(p.Path) > 0 {
		b.WriteString(p.Path.String())
		b.WriteString(": ")
	}
	b.WriteString(p.Message)
	if p.Suggestion != "" {
		b.WriteString(" (" + p.Suggestion + ")")
	}
	return b.String()
}

// ValidationError says everything that is wrong with a value. It never shows
// the value of a secret. errors.Is reports it to be [ErrInvalid].
type ValidationError struct {
	Problems []Problem
}

// Error returns the problems, one a line if there are several.
func (e *ValidationError) Error() string { return joinProblems(e.Problems) }

// Is reports whether target is [ErrInvalid].
func (e *ValidationError) Is(target error) bool { return target == ErrInvalid }

// DefinitionError says everything that is wrong with the definition of a
// schema. Paths are places in the definition. errors.Is reports it to be
// [ErrDefinition].
type DefinitionError struct {
	Problems []Problem
}

// Error returns the problems, one a line if there are several.
func (e *DefinitionError) Error() string { return joinProblems(e.Problems) }

// Is reports whether target is [ErrDefinition].
func (e *DefinitionError) Is(target error) bool { return target == ErrDefinition }

func joinProblems(problems []Problem) string {
	lines := make([]string, len(problems))
	for i, p := range problems {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// validationError returns nil if there are no problems.
func validationError(problems []Problem) error {
	if len(problems) == 0 {
		return nil
	}
	return &ValidationError{Problems: problems}
}
