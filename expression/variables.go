package expression

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Variable is one mention of a context variable in a text.
type Variable struct {
	Name     string
	Language Language
	// Path says where in the compiled value the text stands, as in [Error].
	Path string
	// Text is the whole text in which the variable is mentioned.
	Text string
	// Offset is the byte offset of the name in Text.
	Offset int
	// Line and Column count from 1, columns in characters.
	Line, Column int
}

// Variables returns the context variables that the value uses, as Orquesta
// finds them, sorted by name and then in the order of the value: the names in
// ctx().name, ctx(name), ctx('name') and ctx("name") within <% %> and {{ }}.
// Other ways to read a variable stay unseen: ctx()['name'], ctx().get(name),
// statements of Jinja, names with a hyphen. Names within string literals are
// seen. In a text that mixes both languages the variables of both are seen.
func (p *Program) Variables() []Variable {
	var found []Variable
	for _, t := range p.texts {
		if t.text == nil {
			continue
		}
		found = t.variables(found, Jinja, &inlineJinja)
		found = t.variables(found, YAQL, &inlineYAQL)
	}
	slices.SortStableFunc(found, func(a, b Variable) int { return strings.Compare(a.Name, b.Name) })
	return found
}

func (t *placedText) variables(found []Variable, language Language, d *delimiters) []Variable {
	for _, block := range d.all(t.source) {
		inner := d.inner(t.source, block)
		expression := inner.of(t.source)
		for _, ref := range references(expression) {
			for _, name := range referenced(ref.of(expression)) {
				offset := inner.from + ref.from + name.from
				e := (&Error{}).at(t.source, offset)
				found = append(found, Variable{
					Name: name.of(ref.of(expression)), Language: language, Path: t.path, Text: t.source,
					Offset: offset, Line: e.Line, Column: e.Column,
				})
			}
		}
	}
	return found
}

const call = "ctx("

// references finds the calls of ctx, each with what follows it without a
// break: letters, digits, dots, quotes and brackets.
func references(expression string) []span {
	var found []span
	for pos := 0; ; {
		i := strings.Index(expression[pos:], call)
		if i < 0 {
			return found
		}
		from := pos + i
		to := from + len(call)
		closed := false
		for to < len(expression) && isReference(expression[to]) {
			closed = closed || expression[to] == ')'
			to++
		}
		if !startsWord(expression, from) {
			pos = from + len(call)
			continue
		}
		// If this call is not closed, no other within its reach is.
		if closed {
			found = append(found, span{from, to})
		}
		pos = to
	}
}

func isReference(c byte) bool {
	return isName(c) || strings.IndexByte(`[]'".()`, c) >= 0
}

func isName(c byte) bool {
	return c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// startsWord reports whether no word goes on from before the position.
func startsWord(text string, pos int) bool {
	r, size := utf8.DecodeLastRuneInString(text[:pos])
	return size == 0 || r != '_' && !unicode.IsLetter(r) && !unicode.IsNumber(r)
}

// forms are the ways to name a variable: what precedes the name and what
// follows it.
var forms = [...]struct{ before, after string }{
	{"ctx().", ""}, {"ctx(", ")"}, {"ctx('", "')"}, {`ctx("`, `")`},
}

// referenced finds, for each form, the first name in a reference.
func referenced(ref string) []span {
	var names []span
	for _, form := range forms {
		for pos := 0; ; {
			i := strings.Index(ref[pos:], form.before)
			if i < 0 {
				break
			}
			from := pos + i + len(form.before)
			to := from
			for to < len(ref) && isName(ref[to]) {
				to++
			}
			followed := strings.HasPrefix(ref[to:], form.after)
			if form.after == "" {
				followed = !strings.HasPrefix(ref[to:], "(")
			}
			if to > from && followed && startsWord(ref, pos+i) {
				names = append(names, span{from, to})
				break
			}
			pos += i + 1
		}
	}
	return names
}
