package alias

import (
	"github.com/petrel-dev/petrel/pyregexp"
)

// A value is quoted, in braces, or text that is as short as possible.
const placeholderValue = `(?:""|''|"(.+?)"|'(.+?)'|({.+?})|(.+?))`

var (
	optionalPlaceholder = mustCompile(`(\s*)\{\{\s*(\S+?)\s*=\s*` + placeholderValue + `\s*\}\}`)
	requiredPlaceholder = mustCompile(`\{\{\s*(\S+?)\s*\}\}`)
)

func mustCompile(pattern string) *pyregexp.Regexp {
	re, err := pyregexp.Compile(pattern, pyregexp.DotAll)
	if err != nil {
		panic(err)
	}
	return re
}

// placeholder is a {{name}} or {{name=default}} in a format.
type placeholder struct {
	text     string
	name     string
	fallback string
	optional bool
}

// capture returns the pattern of a parameter's value. Quotes around it are left
// out of the group. The pattern is written so that it also means what it does in
// StackStorm when the format has an open bracket before it.
func capture(name string) string {
	return `["\']?(?P<` + name + `>(?:(?<=\').+?(?=\')|(?<=").+?(?=")|{.+?}|.+?))["\']?`
}

// expand replaces the placeholders of a format: first the optional ones, each
// together with the blanks before it, then the others.
func expand(format string, replace func(blanks string, p placeholder) string) (string, error) {
	pattern, err := optionalPlaceholder.SubFunc(format, 0, func(m *pyregexp.Match) (string, error) {
		p := placeholder{text: m.Text()[len(m.Group(1).Text):], name: m.Group(2).Text, optional: true}
		for i := 3; i <= 6; i++ {
			p.fallback += m.Group(i).Text
		}
		return replace(m.Group(1).Text, p), nil
	})
	if err != nil {
		return "", err
	}
	return requiredPlaceholder.SubFunc(pattern, 0, func(m *pyregexp.Match) (string, error) {
		return replace("", placeholder{text: m.Text(), name: m.Group(1).Text}), nil
	})
}
