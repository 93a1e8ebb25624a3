package packloader

import (
	"fmt"
	"strings"

	"github.com/petrel-dev/petrel"
)

// Severity tells what a [Problem] has done.
type Severity int

const (
	// Fault marks a problem that kept a file, or a part of it, from being loaded.
	Fault Severity = iota
	// Warning marks something that was loaded but hardly means what its author thinks.
	Warning
)

// String returns "error" or "warning".
func (s Severity) String() string {
	if s == Warning {
		return "warning"
	}
	return "error"
}

// Problem is one thing that is wrong at one place of one file.
type Problem struct {
	Severity Severity
	// File is the path of the file inside the file system that was given to the
	// loader. Files of [WithConfigs] and [WithOverrides] begin with "configs/"
	// and "overrides/".
	File string
	// Line and Column count from 1; they are 0 if the problem concerns the whole file.
	Line, Column int
	// Key is the place inside the document, such as "criteria.trigger.hosts"; it
	// is empty if the problem concerns the whole document.
	Key     string
	Message string
	// Suggestion says what to do, such as `did you mean "equals"?`, or is empty.
	Suggestion string
	// Err is the cause. It is never nil: what has no cause of its own is a
	// [petrel.ErrInvalid].
	Err error
}

// String returns place, message and suggestion in one line:
//
//	mymonitor/rules/x.yaml:12: criteria.trigger.hosts: unknown operator "equalz" (did you mean "equals"?)
//
// A warning says so after the place.
func (p Problem) String() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d", p.Line)
	}
	if b.Len() > 0 {
		b.WriteString(": ")
	}
	if p.Severity == Warning {
		b.WriteString("warning: ")
	}
	if p.Key != "" {
		b.WriteString(p.Key + ": ")
	}
	b.WriteString(p.Message)
	if p.Suggestion != "" {
		b.WriteString(" (" + p.Suggestion + ")")
	}
	return b.String()
}

// Error says everything that could not be loaded. [errors.Is] finds the causes
// of all problems: [petrel.ErrInvalid], [petrel.ErrUnknownRunner],
// [petrel.ErrUnknownTrigger], the errors of the file system.
type Error struct {
	Problems []Problem
}

// Error returns one problem a line.
func (e *Error) Error() string {
	lines := make([]string, len(e.Problems))
	for n, p := range e.Problems {
		lines[n] = p.String()
	}
	return strings.Join(lines, "\n")
}

// Unwrap returns the causes.
func (e *Error) Unwrap() []error {
	causes := make([]error, 0, len(e.Problems))
	for _, p := range e.Problems {
		if p.Err == nil {
			p.Err = petrel.ErrInvalid
		}
		causes = append(causes, p.Err)
	}
	return causes
}

// faults returns the problems that kept something from being loaded, as an
// error, or nil if there are none.
func faults(problems []Problem) error {
	var list []Problem
	for _, p := range problems {
		if p.Severity == Fault {
			list = append(list, p)
		}
	}
	if len(list) == 0 {
		return nil
	}
	return &Error{Problems: list}
}
