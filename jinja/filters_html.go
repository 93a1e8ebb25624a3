package jinja

import (
	"html"
	"strings"

	"github.com/petrel-dev/petrel/pyvalue"
)

var htmlFilters = map[string]internal{
	"escape":      filterEscape,
	"e":           filterEscape,
	"forceescape": filterForceEscape,
	"safe":        filterSafe,
	"striptags":   filterStripTags,
	"xmlattr":     filterXMLAttr,
	"urlencode":   filterURLEncode,
	"urlize":      filterURLize,
}

func filterEscape(s *evaluation, c *Call) (any, error) {
	v, err := s.only(c)
	if err != nil {
		return nil, err
	}
	if _, ok := v.(Markup); ok {
		return v, nil
	}
	text, err := s.text(v)
	return Markup(escapeHTML(text)), err
}

func filterForceEscape(s *evaluation, c *Call) (any, error) {
	v, err := s.only(c)
	if err != nil {
		return nil, err
	}
	text, err := s.text(v)
	return Markup(escapeHTML(text)), err
}

func filterSafe(s *evaluation, c *Call) (any, error) {
	v, err := s.only(c)
	if err != nil {
		return nil, err
	}
	text, err := s.text(v)
	return Markup(text), err
}

func filterStripTags(s *evaluation, c *Call) (any, error) {
	v, err := s.only(c)
	if err != nil {
		return nil, err
	}
	text, err := s.text(v)
	if err != nil {
		return nil, err
	}
	text = cutBetween(text, "<!--", "-->")
	text = cutBetween(text, "<", ">")
	return html.UnescapeString(strings.Join(strings.FieldsFunc(text, isSpace), " ")), nil
}

// cutBetween removes everything from open to the next close, again and again.
func cutBetween(text, open, close string) string {
	var b strings.Builder
	for {
		start := strings.Index(text, open)
		if start < 0 {
			break
		}
		length := strings.Index(text[start:], close)
		if length < 0 {
			break
		}
		b.WriteString(text[:start])
		text = text[start+length+len(close):]
	}
	b.WriteString(text)
	return b.String()
}

var xmlAttrParams = params(1, "d", nil, "autospace", true)

func filterXMLAttr(s *evaluation, c *Call) (any, error) {
	a, err := s.args(c, xmlAttrParams)
	if err != nil {
		return nil, err
	}
	if u, ok := a[0].(*Undefined); ok {
		return nil, u.err()
	}
	if !pyvalue.IsDict(a[0]) {
		return nil, newError(pyvalue.KindAttribute, "xmlattr takes a mapping, not %s", pyvalue.TypeName(a[0]))
	}
	var parts []string
	for k, v := range pyvalue.Entries(a[0]) {
		if _, ok := v.(*Undefined); ok || v == nil {
			continue
		}
		key, err := s.text(k)
		if err != nil {
			return nil, err
		}
		if strings.ContainsFunc(key, func(r rune) bool { return isSpace(r) || strings.ContainsRune("/>=", r) }) {
			return nil, newError(pyvalue.KindValue, "xmlattr: %s is not the name of an attribute", pyvalue.Repr(key))
		}
		if _, safe := k.(Markup); !safe {
			key = escapeHTML(key)
		}
		text, err := s.text(v)
		if err != nil {
			return nil, err
		}
		if _, safe := v.(Markup); !safe {
			text = escapeHTML(text)
		}
		parts = append(parts, key+`="`+text+`"`)
	}
	joined := strings.Join(parts, " ")
	space, err := s.truth(a[1])
	if err != nil {
		return nil, err
	}
	if space && joined != "" {
		joined = " " + joined
	}
	return s.markupIfEscaping(joined), nil
}

func filterURLEncode(s *evaluation, c *Call) (any, error) {
	v, err := s.only(c)
	if err != nil {
		return nil, err
	}
	if u, ok := v.(*Undefined); ok {
		return nil, u.err()
	}
	var pairs []any
	switch {
	case isText(plain(v)):
		return urlQuote(plain(v).(string), false), nil
	case pyvalue.IsDict(v):
		pairs = s.pairs(v)
	default:
		if pairs, err = s.collect(v); err != nil {
			if pyvalue.KindOf(err) != pyvalue.KindType {
				return nil, err
			}
			text, err := s.text(v)
			return urlQuote(text, false), err
		}
	}
	var b strings.Builder
	for i, pair := range pairs {
		parts, err := s.collect(pair)
		if err != nil {
			return nil, err
		}
		if len(parts) != 2 {
			return nil, newError(pyvalue.KindValue, "urlencode: expected pairs, got %d values", len(parts))
		}
		if i > 0 {
			b.WriteByte('&')
		}
		for j, part := range parts {
			if j > 0 {
				b.WriteByte('=')
			}
			text, err := s.text(part)
			if err != nil {
				return nil, err
			}
			b.WriteString(urlQuote(text, true))
		}
	}
	return b.String(), nil
}

// urlQuote escapes text for a URL; for a query also "/", and blanks as "+".
func urlQuote(text string, query bool) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(text) {
		c := text[i]
		switch {
		case c|0x20 >= 'a' && c|0x20 <= 'z', isDigit(c), strings.IndexByte("_.-~", c) >= 0, c == '/' && !query:
			b.WriteByte(c)
		case c == ' ' && query:
			b.WriteByte('+')
		default:
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
		}
	}
	return b.String()
}
