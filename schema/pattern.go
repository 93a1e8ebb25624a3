package schema

import "regexp"

// pattern is a regular expression that may turn out not to be one: StackStorm
// finds out only when a value is checked.
type pattern struct {
	source  string
	program *regexp.Regexp
	err     error
}

func newPattern(source string) *pattern {
	p := &pattern{source: source}
	p.program, p.err = regexp.Compile(source)
	return p
}

// match reports whether the pattern occurs anywhere in text.
func (p *pattern) match(text string) (bool, error) {
	if p.err != nil {
		return false, p.err
	}
	return p.program.MatchString(text), nil
}
