package expression

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/petrel-dev/petrel/jinja"
)

// problems finds errors of syntax as Orquesta does: first in the text as a
// whole, then in each expression, even within a raw block.
func (t *jinjaText) problems(env *Environment) []*Error {
	var found []*Error
	seen := make(map[string]bool)
	whole := &jinjaText{source: t.source, cut: t.source}
	if _, err := env.jinja.Compile(t.source); syntactic(err) {
		found = append(found, whole.templateError(err))
		seen[t.source] = true
	}
	for _, s := range inlineJinja.all(t.source) {
		b := jinjaBlock{span: s, inner: inlineJinja.inner(t.source, s)}
		if seen[s.of(t.source)] {
			continue
		}
		if err := env.beginsExpression(b.inner.of(t.source)); err != nil {
			found = append(found, whole.blockError(&b, err))
			seen[s.of(t.source)] = true
		}
	}
	return found
}

// beginsExpression returns the error of a source that does not begin with an
// expression. What follows one is not looked at: that the closing brace of
// {{{'a': 1}}} gets lost with the delimiters is no mistake of its author.
func (env *Environment) beginsExpression(source string) error {
	_, err := env.jinja.CompileExpression(source)
	for rest := source; syntactic(err); {
		e, ok := errors.AsType[*jinja.Error](err)
		if !ok || e.Line == 0 {
			return err
		}
		end := offsetOf(rest, e.Line, e.Column)
		if end >= len(rest) || !startsToken(rest[end:]) {
			return err
		}
		rest = rest[:end]
		_, shorter := env.jinja.CompileExpression(rest)
		if !syntactic(shorter) {
			return nil
		}
		if end == 0 {
			return err
		}
		if e, ok := errors.AsType[*jinja.Error](shorter); !ok || offsetOf(rest, e.Line, e.Column) >= len(rest) {
			return err
		}
		err = shorter
	}
	return nil
}

// startsToken reports whether Jinja's lexer can make a token of the beginning
// of a source.
func startsToken(source string) bool {
	r, _ := utf8.DecodeRuneInString(source)
	switch r {
	case '\'', '"':
		return strings.ContainsRune(source[1:], r)
	case '!':
		return strings.HasPrefix(source, "!=")
	}
	return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("+-/*%~[](){}=<>.:|,;", r)
}

// syntactic reports whether a template does not parse. What it uses may be
// unknown all the same.
func syntactic(err error) bool {
	return err != nil && jinja.KindOf(err) != jinja.KindTemplateAssertion
}
