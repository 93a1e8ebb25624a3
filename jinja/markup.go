package jinja

import (
	"strings"

	"github.com/petrel-dev/petrel/pyvalue"
)

// Markup is text that is safe to stand in HTML: the result of the filters
// "escape" and "safe". It differs from other text where automatic escaping is
// on, and escapes what is added to it.
type Markup string

// TypeName returns "Markup".
func (Markup) TypeName() string { return "Markup" }

// Repr returns the text in quotes and marked as Markup.
func (m Markup) Repr() string { return "Markup(" + pyvalue.Repr(string(m)) + ")" }

// Str returns the text.
func (m Markup) Str() string { return string(m) }

// Truth reports whether there is any text.
func (m Markup) Truth() bool { return m != "" }

// EqualTo compares with the other text.
func (m Markup) EqualTo(other any) bool { return plain(other) == any(string(m)) }

var htmlEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "'", "&#39;", `"`, "&#34;")

func escapeHTML(text string) string {
	if !strings.ContainsAny(text, `&<>'"`) {
		return text
	}
	return htmlEscapes.Replace(text)
}

// plain turns Markup into text and leaves everything else.
func plain(v any) any {
	if m, ok := v.(Markup); ok {
		return string(m)
	}
	return v
}

// binaryMarkup is an operator with Markup on its left.
func (s *evaluation) binaryMarkup(op tokenKind, left Markup, right any) (any, error) {
	switch op {
	case tokAdd:
		switch r := right.(type) {
		case Markup:
			return left + r, s.grow(len(left) + len(r))
		case string:
			text := escapeHTML(r)
			return left + Markup(text), s.grow(len(left) + len(text))
		}
	case tokMod:
		right = escapeTexts(right)
	}
	v, err := s.binary(op, string(left), plain(right))
	if text, ok := v.(string); ok {
		return Markup(text), err
	}
	return v, err
}

// escapeTexts escapes the texts that are put into Markup by formatting.
func escapeTexts(v any) any {
	switch t := v.(type) {
	case string:
		return escapeHTML(t)
	case Markup:
		return string(t)
	case pyvalue.Tuple:
		escaped := make(pyvalue.Tuple, len(t))
		for i, item := range t {
			escaped[i] = escapeTexts(item)
		}
		return escaped
	case *pyvalue.Map:
		escaped := pyvalue.NewMap(t.Len())
		for k, item := range t.All() {
			if err := escaped.Set(k, escapeTexts(item)); err != nil {
				return v
			}
		}
		return escaped
	}
	return v
}
