package yaql

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Kind says what sort of failure an [Error] is. The values are stable and
// meant to be compared; the wording of messages is not.
type Kind string

// The kinds of failure.
const (
	KindSyntax             Kind = "syntax"               // the text is no expression
	KindLexical            Kind = "lexical"              // a character or word that no token begins with
	KindUnicode            Kind = "unicode"              // a bad escape in a string literal
	KindUnknownFunction    Kind = "unknown_function"     // no function of that name
	KindUnknownMethod      Kind = "unknown_method"       // no method of that name
	KindNoMatchingFunction Kind = "no_matching_function" // the function exists, but not for these arguments
	KindNoMatchingMethod   Kind = "no_matching_method"   // the method exists, but not for these arguments
	KindAmbiguousFunction  Kind = "ambiguous_function"   // several overloads fit equally well
	KindAmbiguousMethod    Kind = "ambiguous_method"     // several overloads fit equally well
	KindMappingTranslation Kind = "mapping_translation"  // a keyword argument whose name is not a bare word
	KindInvalidArgument    Kind = "invalid_argument"     // an argument that a function refuses
	KindUndefinedVariable  Kind = "undefined_variable"   // ctx(name) without such a variable
	KindInaccessible       Kind = "inaccessible_variable"
	KindKey                Kind = "key"
	KindIndex              Kind = "index"
	KindType               Kind = "type"
	KindValue              Kind = "value"
	KindAttribute          Kind = "attribute"
	KindZeroDivision       Kind = "zero_division"
	KindOverflow           Kind = "overflow"
	KindAssertion          Kind = "assertion"
	KindStopIteration      Kind = "stop_iteration" // first(), last() or single() without such an element
	KindRegex              Kind = "regex"
	KindDateParse          Kind = "date_parse"
	KindJSONDecode         Kind = "json_decode"
	KindYAML               Kind = "yaml"
	KindJSONPath           Kind = "jsonpath"
	KindEvaluation         Kind = "evaluation" // a host or workflow function refused
	KindRuntime            Kind = "runtime"
	KindException          Kind = "exception" // any other failure of a host function
	KindRecursion          Kind = "recursion" // nesting beyond Limits.Depth
	KindLimit              Kind = "limit"     // beyond another of the Limits
	KindCanceled           Kind = "canceled"  // the context ended; Err holds its cause
)

// ErrLimit is matched (errors.Is) by every error of kind [KindLimit] or
// [KindRecursion].
var ErrLimit = errors.New("yaql: limit exceeded")

// Error is the failure of a compilation or an evaluation.
type Error struct {
	Kind    Kind
	Message string // what went wrong, without position

	Source     string // the whole expression
	Offset     int    // byte offset in Source, or -1 if unknown
	Line       int    // from 1; 0 if unknown
	Column     int    // from 1, in characters; 0 if unknown
	AtEnd      bool   // the expression ended too early
	Expected   string // what could have stood here, or ""
	Suggestion string // a known name that resembles the unknown one, or ""

	Err error // the cause, or nil
}

// Error returns position, cause and suggestion in one line.
func (e *Error) Error() string {
	var b strings.Builder
	if e.Line > 0 {
		fmt.Fprintf(&b, "%d:%d: ", e.Line, e.Column)
	}
	b.WriteString(e.Message)
	if e.Expected != "" {
		fmt.Fprintf(&b, ", expected %s", e.Expected)
	}
	if e.Suggestion != "" {
		fmt.Fprintf(&b, " (did you mean %q?)", e.Suggestion)
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is reports whether target is [ErrLimit] and e is the breach of a limit.
func (e *Error) Is(target error) bool {
	return target == ErrLimit && (e.Kind == KindLimit || e.Kind == KindRecursion)
}

// Excerpt returns the source line of the failure and below it a line with a
// caret under the place, or "" if the position is unknown.
func (e *Error) Excerpt() string {
	if e.Line == 0 {
		return ""
	}
	lines := strings.Split(e.Source, "\n")
	if e.Line > len(lines) {
		return ""
	}
	line := strings.TrimSuffix(lines[e.Line-1], "\r")
	var pad strings.Builder
	for i, r := range []rune(line) {
		if i >= e.Column-1 {
			break
		}
		if r == '\t' {
			pad.WriteByte('\t')
		} else {
			pad.WriteByte(' ')
		}
	}
	return line + "\n" + pad.String() + "^"
}

// at sets the position of e unless it has one.
func (e *Error) at(source string, offset int) *Error {
	if e.Line > 0 || offset < 0 {
		return e
	}
	e.Source, e.Offset = source, offset
	offset = min(offset, len(source))
	before := source[:offset]
	e.Line = 1 + strings.Count(before, "\n")
	e.Column = 1 + utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:])
	return e
}

func fail(kind Kind, format string, args ...any) *Error {
	return &Error{Kind: kind, Message: fmt.Sprintf(format, args...), Offset: -1}
}

// isKind reports whether err is an *Error of one of the kinds.
func isKind(err error, kinds ...Kind) bool {
	var e *Error
	if !errors.As(err, &e) {
		return false
	}
	for _, k := range kinds {
		if e.Kind == k {
			return true
		}
	}
	return false
}
