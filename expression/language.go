package expression

import (
	"strings"

	"github.com/petrel-dev/petrel/pyvalue"
)

// Language is one of the two languages of expressions, by the name that
// Orquesta gives it. The zero value means none, or both.
type Language string

// The languages of expressions.
const (
	Jinja Language = "jinja" // {{ expressions }} and {% statements %}
	YAQL  Language = "yaql"  // <% expressions %>
)

// delimiters enclose an expression. It must stand on one line and ends at the
// first closing delimiter, even within a string literal of the expression.
type delimiters struct {
	open, end string
	strip     string // all characters of both
}

var (
	inlineJinja = delimiters{"{{", "}}", "{}"}
	blockJinja  = delimiters{"{%", "%}", "{%}"}
	inlineYAQL  = delimiters{"<%", "%>", "<%>"}
)

// span is a part of a text, from its first byte to the one after its last.
type span struct{ from, to int }

func (s span) of(text string) string { return text[s.from:s.to] }

// next finds the first expression at or after a position.
func (d *delimiters) next(text string, pos int) (span, bool) {
	for {
		i := strings.Index(text[pos:], d.open)
		if i < 0 {
			return span{}, false
		}
		from := pos + i
		line := text[from+len(d.open):]
		lineEnd := strings.IndexByte(line, '\n')
		if lineEnd >= 0 {
			line = line[:lineEnd]
		}
		if j := strings.Index(line, d.end); j >= 0 {
			return span{from, from + len(d.open) + j + len(d.end)}, true
		}
		if lineEnd < 0 {
			return span{}, false
		}
		pos = from + len(d.open) + lineEnd + 1
	}
}

// all finds all expressions, left to right.
func (d *delimiters) all(text string) []span {
	var found []span
	for pos := 0; ; {
		s, ok := d.next(text, pos)
		if !ok {
			return found
		}
		found = append(found, s)
		pos = s.to
	}
}

func (d *delimiters) in(text string) bool {
	_, ok := d.next(text, 0)
	return ok
}

// inner returns where the source of an expression is: without the characters
// of the delimiters, then without the white space, at both ends.
func (d *delimiters) inner(text string, s span) span {
	source := s.of(text)
	trimmed := strings.TrimLeftFunc(strings.TrimLeft(source, d.strip), pyvalue.IsSpace)
	from := s.to - len(trimmed)
	trimmed = strings.TrimRightFunc(strings.TrimRight(trimmed, d.strip), pyvalue.IsSpace)
	return span{from, from + len(trimmed)}
}

func hasJinja(text string) bool {
	return strings.IndexByte(text, '{') >= 0 && (inlineJinja.in(text) || blockJinja.in(text))
}

func hasYAQL(text string) bool { return inlineYAQL.in(text) }

// Recognize returns the language that evaluates a text: Jinja if the text has
// an expression of it, else YAQL if it has one of that, else "". An expression
// has both its delimiters on one line.
func Recognize(text string) Language {
	switch {
	case hasJinja(text):
		return Jinja
	case hasYAQL(text):
		return YAQL
	}
	return ""
}
