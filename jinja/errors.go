package jinja

import (
	"errors"
	"strconv"
	"strings"

	"github.com/petrel-dev/petrel/pyvalue"
)

// Kind classifies errors. The values are stable and may be compared.
type Kind = pyvalue.Kind

// The kinds of errors that templates cause beside those of pyvalue.
const (
	KindSyntax            Kind = "syntax"             // the template is not Jinja
	KindTemplateAssertion Kind = "template_assertion" // unknown filter or test, bad block
	KindTemplateRuntime   Kind = "template_runtime"   // misuse found while rendering
	KindUndefined         Kind = "undefined"          // an undefined value was used
	KindUnresolved        Kind = "unresolved"         // an expression was left over, see Interpolator
	KindFilterArgument    Kind = "filter_argument"    // a filter rejected an argument
	KindSecurity          Kind = "security"           // the sandbox refused an access
	KindLimit             Kind = "limit"              // a limit of Limits was reached
	KindCanceled          Kind = "canceled"           // the context ended
	KindHost              Kind = "exception"          // a function of the host failed
)

// Error is the error of compiling or rendering a template. Line and Column
// start at 1; they are 0 if the place is not known.
type Error struct {
	Kind    Kind
	Message string
	Line    int
	Column  int
	// Source is the text of that line.
	Source string
	// Hint suggests a correction; it may be empty.
	Hint string
	// offset is the place in the source in bytes, once placed is set.
	offset int
	placed bool
	// Err is the cause, such as a *pyvalue.Error or the error of a host's
	// function. It may be nil.
	Err error
}

// Error returns position, message and suggestion in one line.
func (e *Error) Error() string {
	var b strings.Builder
	if e.Line > 0 {
		b.WriteString("line ")
		b.WriteString(strconv.Itoa(e.Line))
		b.WriteString(", column ")
		b.WriteString(strconv.Itoa(e.Column))
		b.WriteString(": ")
	}
	b.WriteString(e.Message)
	if e.Hint != "" {
		b.WriteString(" (")
		b.WriteString(e.Hint)
		b.WriteString(")")
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is reports whether target is an *Error of the same kind without a message,
// so that errors.Is(err, &jinja.Error{Kind: jinja.KindUndefined}) works.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Message == "" && t.Kind == e.Kind
}

// Snippet returns the source line with a caret under the place of the error,
// on two lines, or "" if the place is not known.
func (e *Error) Snippet() string {
	if e.Line == 0 {
		return ""
	}
	var b strings.Builder
	prefix := strconv.Itoa(e.Line) + " | "
	b.WriteString(prefix)
	b.WriteString(e.Source)
	b.WriteByte('\n')
	b.WriteString(strings.Repeat(" ", len(prefix)))
	column := 1
	for _, r := range e.Source {
		if column >= e.Column {
			break
		}
		if r == '\t' {
			b.WriteByte('\t')
		} else {
			b.WriteByte(' ')
		}
		column++
	}
	b.WriteByte('^')
	return b.String()
}

// KindOf returns the kind of a template error, or "" if err is not one.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return ""
}
