package jinja

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/petrel-dev/petrel/pyvalue"
)

var textFilters = map[string]internal{
	"capitalize": textFunc(pyvalue.Capitalize),
	"upper":      textFunc(pyvalue.Upper),
	"lower":      textFunc(pyvalue.Lower),
	"title":      filterTitle,
	"center":     filterCenter,
	"trim":       filterTrim,
	"replace":    filterReplace,
	"format":     filterFormat,
	"indent":     filterIndent,
	"truncate":   filterTruncate,
	"wordcount":  filterWordCount,
	"wordwrap":   filterWordWrap,
}

// soft returns the text of a value and a function that gives a result the type
// the value had: Markup stays Markup.
func (s *evaluation) soft(v any) (string, func(string) any, error) {
	if m, ok := v.(Markup); ok {
		return string(m), func(text string) any { return Markup(text) }, nil
	}
	text, err := s.text(v)
	return text, func(text string) any { return text }, err
}

// textFunc is a filter that turns a text into another.
func textFunc(f func(string) string) internal {
	return func(s *evaluation, c *Call) (any, error) {
		v, err := s.only(c)
		if err != nil {
			return nil, err
		}
		text, like, err := s.soft(v)
		if err != nil {
			return nil, err
		}
		if err := s.work(len(text) >> 6); err != nil {
			return nil, err
		}
		return like(f(text)), nil
	}
}

// callText calls a method of str within the limits.
func (s *evaluation) callText(text, name string, args ...any) (string, error) {
	v, err := s.callMethod(text, name, &Call{Name: name, Args: args, eval: s})
	if err != nil {
		return "", err
	}
	result, _ := v.(string)
	return result, nil
}

// filterTitle begins every word with a capital; words begin after blanks,
// hyphens and opening brackets.
func filterTitle(s *evaluation, c *Call) (any, error) {
	v, err := s.only(c)
	if err != nil {
		return nil, err
	}
	text, like, err := s.soft(v)
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	flush := func(word string) {
		if word != "" {
			_, size := utf8.DecodeRuneInString(word)
			b.WriteString(pyvalue.Upper(word[:size]))
			b.WriteString(pyvalue.Lower(word[size:]))
		}
	}
	start := 0
	for i, r := range text {
		if isSpace(r) || strings.ContainsRune("-({[<", r) {
			flush(text[start:i])
			b.WriteRune(r)
			start = i + utf8.RuneLen(r)
		}
	}
	flush(text[start:])
	return like(b.String()), nil
}

var centerParams = params(1, "value", nil, "width", int64(80))

func filterCenter(s *evaluation, c *Call) (any, error) {
	a, err := s.args(c, centerParams)
	if err != nil {
		return nil, err
	}
	text, like, err := s.soft(a[0])
	if err != nil {
		return nil, err
	}
	text, err = s.callText(text, "center", a[1])
	return like(text), err
}

var trimParams = params(1, "value", nil, "chars", nil)

func filterTrim(s *evaluation, c *Call) (any, error) {
	var a [2]any
	if err := c.bind(trimParams, a[:]); err != nil {
		return nil, err
	}
	text, like, err := s.soft(a[0])
	if err != nil {
		return nil, err
	}
	if a[1] == nil {
		return like(strings.TrimFunc(text, isSpace)), nil
	}
	text, err = s.callText(text, "strip", a[1])
	return like(text), err
}

var replaceParams = params(3, "s", nil, "old", nil, "new", nil, "count", nil)

func filterReplace(s *evaluation, c *Call) (any, error) {
	var a [4]any
	if err := c.bind(replaceParams, a[:]); err != nil {
		return nil, err
	}
	var texts [3]string
	for i := range texts {
		var err error
		if texts[i], err = s.text(a[i]); err != nil {
			return nil, err
		}
	}
	result := func(text string) any { return text }
	if s.autoescape {
		_, safeInput := a[0].(Markup)
		_, safeOld := a[1].(Markup)
		_, safeNew := a[2].(Markup)
		if !safeInput && (safeOld || safeNew) {
			texts[0], safeInput = escapeHTML(texts[0]), true
		}
		if safeInput {
			if !safeNew {
				texts[2] = escapeHTML(texts[2])
			}
			result = func(text string) any { return Markup(text) }
		}
	}
	count := -1
	if a[3] != nil {
		var err error
		if count, err = size(c, "count", a[3]); err != nil {
			return nil, err
		}
	}
	found := strings.Count(texts[0], texts[1])
	if count >= 0 {
		found = min(found, count)
	}
	if int64(found)*int64(len(texts[2])) > s.room() {
		return nil, newError(KindLimit, "the template needs more than %d bytes of memory", s.env.limits.Memory)
	}
	return result(strings.Replace(texts[0], texts[1], texts[2], count)), s.work(len(texts[0]) >> 6)
}

func filterFormat(s *evaluation, c *Call) (any, error) {
	if len(c.Args) == 0 {
		return nil, newError(pyvalue.KindType, "format lacks the argument 'value'")
	}
	text, like, err := s.soft(c.Args[0])
	if err != nil {
		return nil, err
	}
	var values any = pyvalue.Tuple(c.Args[1:])
	if len(c.Keywords) > 0 {
		if len(c.Args) > 1 {
			return nil, newError(KindFilterArgument, "format takes either positional or named arguments, not both")
		}
		m := pyvalue.NewMap(len(c.Keywords))
		for _, k := range c.Keywords {
			m.SetString(k.Name, k.Value)
		}
		values = m
	}
	if _, safe := c.Args[0].(Markup); safe {
		values = escapeTexts(values)
	}
	v, err := s.printf(text, values)
	if err != nil {
		return nil, err
	}
	return like(v.(string)), nil
}

var indentParams = params(1, "s", nil, "width", int64(4), "first", false, "blank", false)

func filterIndent(s *evaluation, c *Call) (any, error) {
	a, err := s.args(c, indentParams)
	if err != nil {
		return nil, err
	}
	if u, ok := a[0].(*Undefined); ok {
		return nil, u.err()
	}
	text, ok := plain(a[0]).(string)
	if !ok {
		return nil, badArgument(c, "s", "a string", a[0])
	}
	indention, ok := plain(a[1]).(string)
	if !ok {
		n, err := size(c, "width", a[1])
		if err != nil {
			return nil, err
		}
		if int64(n) > s.room() {
			return nil, newError(KindLimit, "the template needs more than %d bytes of memory", s.env.limits.Memory)
		}
		indention = strings.Repeat(" ", max(0, n))
	}
	first, err := s.truth(a[2])
	if err != nil {
		return nil, err
	}
	blank, err := s.truth(a[3])
	if err != nil {
		return nil, err
	}
	lines, err := s.lines(text + "\n")
	if err != nil {
		return nil, err
	}
	if int64(len(indention))*int64(len(lines)) > s.room() {
		return nil, newError(KindLimit, "the template needs more than %d bytes of memory", s.env.limits.Memory)
	}
	var b strings.Builder
	for i, line := range lines {
		if i > 0 {
			b.WriteByte('\n')
		}
		if i == 0 && first || i > 0 && (line != "" || blank) {
			b.WriteString(indention)
		}
		b.WriteString(line)
	}
	if _, ok := a[0].(Markup); ok {
		return Markup(b.String()), nil
	}
	return b.String(), nil
}

// lines is text.splitlines().
func (s *evaluation) lines(text string) ([]string, error) {
	v, err := pyvalue.CallMethod(text, "splitlines", nil, nil)
	if err != nil {
		return nil, err
	}
	items, _ := pyvalue.Elements(v)
	lines := make([]string, len(items))
	for i, item := range items {
		lines[i], _ = item.(string)
	}
	return lines, s.grow(16 * len(lines))
}

var truncateParams = params(1, "s", nil, "length", int64(255), "killwords", false, "end", "...", "leeway", nil)

func filterTruncate(s *evaluation, c *Call) (any, error) {
	a, err := s.args(c, truncateParams)
	if err != nil {
		return nil, err
	}
	if u, ok := a[0].(*Undefined); ok {
		return nil, u.err()
	}
	length, err := size(c, "length", a[1])
	if err != nil {
		return nil, err
	}
	killWords, err := s.truth(a[2])
	if err != nil {
		return nil, err
	}
	end, err := s.text(a[3])
	if err != nil {
		return nil, err
	}
	leeway := 5
	if a[4] != nil {
		if leeway, err = size(c, "leeway", a[4]); err != nil {
			return nil, err
		}
	}
	endLength := utf8.RuneCountInString(end)
	if length < endLength || leeway < 0 {
		return nil, newError(pyvalue.KindAssertion, "truncate: the length must be at least that of the end, and the leeway at least 0")
	}
	n, err := pyvalue.Len(a[0])
	if err != nil {
		return nil, err
	}
	if n <= length+leeway {
		return a[0], nil
	}
	text, ok := plain(a[0]).(string)
	if !ok {
		return nil, badArgument(c, "s", "a string", a[0])
	}
	cut := 0
	for range length - endLength {
		_, size := utf8.DecodeRuneInString(text[cut:])
		cut += size
	}
	text = text[:cut]
	if !killWords {
		if blank := strings.LastIndexByte(text, ' '); blank >= 0 {
			text = text[:blank]
		}
	}
	if _, ok := a[0].(Markup); ok {
		return Markup(text + end), nil
	}
	return text + end, nil
}

func filterWordCount(s *evaluation, c *Call) (any, error) {
	v, err := s.only(c)
	if err != nil {
		return nil, err
	}
	text, _, err := s.soft(v)
	if err != nil {
		return nil, err
	}
	count, inWord := int64(0), false
	for _, r := range text {
		word := isWordRune(r)
		if word && !inWord {
			count++
		}
		inWord = word
	}
	return count, nil
}

// isWordRune reports whether \w of Python matches r.
func isWordRune(r rune) bool {
	return r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r)
}
