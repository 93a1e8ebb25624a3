package pyvalue

import (
	"errors"
	"fmt"
)

// Kind says what sort of failure an [Error] is. Its texts are the names that
// the recorded verdicts of the original engines use, so that an error can be
// told apart without reading its message. Languages built on this package add
// kinds of their own.
type Kind string

// Kinds of errors that values, and the functions over them, can raise.
const (
	KindType          Kind = "type"
	KindValue         Kind = "value"
	KindKey           Kind = "key"
	KindIndex         Kind = "index"
	KindAttribute     Kind = "attribute"
	KindZeroDivision  Kind = "zero_division"
	KindOverflow      Kind = "overflow"
	KindAssertion     Kind = "assertion"
	KindStopIteration Kind = "stop_iteration"
	KindRecursion     Kind = "recursion"
	KindRegex         Kind = "regex"
	KindDateParse     Kind = "date_parse"
	KindJSONDecode    Kind = "json_decode"
	KindYAML          Kind = "yaml"
	KindJSONPath      Kind = "jsonpath"
	KindUnicode       Kind = "unicode"
	KindLiteral       Kind = "literal_syntax"
	KindRuntime       Kind = "runtime"
	KindTooLarge      Kind = "too_large"
)

// Error is a failure of an operation on values.
type Error struct {
	// Kind tells failures apart by machine.
	Kind Kind
	// Message is for people.
	Message string

	cause error
}

// Error returns the message.
func (e *Error) Error() string { return e.Message }

// Unwrap returns the cause, or nil.
func (e *Error) Unwrap() error { return e.cause }

// Is reports whether target is an *Error of the same kind with an empty
// message, so that errors.Is(err, &Error{Kind: KindType}) works.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Message == "" && t.Kind == e.Kind
}

// Errorf returns an *Error of the given kind. The verb %w records a cause.
func Errorf(kind Kind, format string, args ...any) error {
	formatted := fmt.Errorf(format, args...)
	return &Error{Kind: kind, Message: formatted.Error(), cause: errors.Unwrap(formatted)}
}

// ErrorKind returns the kind, for [KindOf].
func (e *Error) ErrorKind() Kind { return e.Kind }

// KindOf returns the kind of the first error in err's chain that has one: an
// *Error, or an error of another package with a method ErrorKind. It is "" if
// there is none.
func KindOf(err error) Kind {
	var kinder interface{ ErrorKind() Kind }
	if errors.As(err, &kinder) {
		return kinder.ErrorKind()
	}
	return ""
}
