package expression

import (
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/petrel-dev/petrel/jinja"
	"github.com/petrel-dev/petrel/pyvalue"
	"github.com/petrel-dev/petrel/yaql"
)

// Kind says what sort of failure an [Error] is. The values are stable and
// meant to be compared. They are those of packages yaql and jinja, which share
// their names, and the ones below.
type Kind = pyvalue.Kind

// The kinds of failure that hosts most often need to tell apart.
const (
	KindSyntax            Kind = "syntax"                // the text is no expression; YAQL also has "lexical" and "unicode"
	KindMixed             Kind = "mixed_languages"       // a text has expressions of both languages
	KindUndefinedVariable Kind = "undefined_variable"    // ctx(name) without such a variable
	KindInaccessible      Kind = "inaccessible_variable" // ctx(name) of a variable that is hidden
	KindUnresolved        Kind = "unresolved"            // a Jinja expression without a value
	KindEvaluation        Kind = "evaluation"            // a function of workflows refused
	KindRecursion         Kind = "recursion"             // nested too deep
	KindLimit             Kind = "limit"                 // beyond another limit
	KindCanceled          Kind = "canceled"              // the context ended
)

// ErrLimit is matched (errors.Is) by every error of kind [KindLimit] or
// [KindRecursion].
var ErrLimit = errors.New("expression: limit exceeded")

// Error is the failure to compile or evaluate an expression.
type Error struct {
	Kind     Kind
	Language Language // "" if it concerns both, or none
	Message  string   // what went wrong, without position

	// Path says where in the compiled value the text stands, such as
	// vars[0].name; it is empty if the value is the text itself.
	Path string
	// Text is the whole text, and Expression the part of it that failed,
	// delimiters included.
	Text, Expression string

	Offset int // byte offset in Text, or -1 if unknown
	Line   int // in Text, from 1; 0 if unknown
	Column int // from 1, in characters; 0 if unknown

	Expected   string // what could have stood here, or ""
	Suggestion string // what may have been meant, or ""

	Err error // the cause, usually a *yaql.Error or *jinja.Error
}

// Error returns place, cause and suggestion in one line.
func (e *Error) Error() string {
	var b strings.Builder
	if e.Path != "" {
		b.WriteString(e.Path)
		b.WriteString(": ")
	}
	if e.Line > 0 {
		b.WriteString(strconv.Itoa(e.Line))
		b.WriteByte(':')
		b.WriteString(strconv.Itoa(e.Column))
		b.WriteString(": ")
	}
	if e.Language != "" {
		b.WriteString(string(e.Language))
		b.WriteString(": ")
	}
	b.WriteString(e.Message)
	if e.Expected != "" {
		b.WriteString(", expected ")
		b.WriteString(e.Expected)
	}
	if e.Suggestion != "" {
		b.WriteString(" (")
		b.WriteString(e.Suggestion)
		b.WriteByte(')')
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// ErrorKind returns the kind, for [pyvalue.KindOf].
func (e *Error) ErrorKind() Kind { return e.Kind }

// Is reports whether target is [ErrLimit] and e is the breach of a limit.
func (e *Error) Is(target error) bool {
	return target == ErrLimit && (e.Kind == KindLimit || e.Kind == KindRecursion)
}

// Excerpt returns the line of the text in which the failure lies and below it
// a line with a caret under the place, or "" if the position is unknown.
func (e *Error) Excerpt() string {
	if e.Line == 0 || e.Offset < 0 || e.Offset > len(e.Text) {
		return ""
	}
	from := strings.LastIndexByte(e.Text[:e.Offset], '\n') + 1
	line, _, _ := strings.Cut(e.Text[from:], "\n")
	var pad strings.Builder
	for _, r := range e.Text[from:e.Offset] {
		if r != '\t' {
			r = ' '
		}
		pad.WriteRune(r)
	}
	return strings.TrimSuffix(line, "\r") + "\n" + pad.String() + "^"
}

// at sets the position.
func (e *Error) at(text string, offset int) *Error {
	offset = max(0, min(offset, len(text)))
	before := text[:offset]
	lineStart := strings.LastIndexByte(before, '\n') + 1
	e.Text, e.Offset = text, offset
	e.Line = 1 + strings.Count(before, "\n")
	e.Column = 1 + utf8.RuneCountInString(before[lineStart:])
	return e
}

// in adds the place in the compiled value.
func (e *Error) in(path string) *Error {
	if path == "" || e.Path == path {
		return e
	}
	c := *e
	c.Path = path
	return &c
}

// fromYAQL makes an error of the text out of one of its expressions'.
func fromYAQL(err error, text string, block, inner span) *Error {
	e := &Error{Kind: pyvalue.Kind(yaql.KindException), Language: YAQL, Message: err.Error(), Expression: block.of(text), Err: err}
	offset := block.from
	if y, ok := errors.AsType[*yaql.Error](err); ok {
		e.Kind, e.Message, e.Expected = Kind(y.Kind), y.Message, y.Expected
		if y.Suggestion != "" {
			e.Suggestion = "did you mean " + strconv.Quote(y.Suggestion) + "?"
		}
		if y.Line > 0 && y.Source == inner.of(text) {
			offset = inner.from + y.Offset
		}
	}
	return e.at(text, offset)
}

// fromJinja makes an error of the text out of one of its expressions'. source
// is what was compiled, and place maps an offset in it to one in the text.
func fromJinja(err error, text string, block span, source string, place func(int) int) *Error {
	e := &Error{Kind: jinja.KindHost, Language: Jinja, Message: err.Error(), Expression: block.of(text), Err: err}
	offset := block.from
	if j, ok := errors.AsType[*jinja.Error](err); ok {
		e.Kind, e.Message, e.Suggestion = j.Kind, j.Message, j.Hint
		if j.Line > 0 {
			offset = place(offsetOf(source, j.Line, j.Column))
		}
	}
	return e.at(text, offset)
}

// offsetOf returns the byte offset of a line and column, where a line ends at
// a line feed, a carriage return, or both.
func offsetOf(text string, line, column int) int {
	pos := 0
	for ; line > 1; line-- {
		i := strings.IndexAny(text[pos:], "\r\n")
		if i < 0 {
			break
		}
		if strings.HasPrefix(text[pos+i:], "\r\n") {
			i++
		}
		pos += i + 1
	}
	for ; column > 1 && pos < len(text); column-- {
		_, size := utf8.DecodeRuneInString(text[pos:])
		pos += size
	}
	return pos
}
