package schema

import "github.com/petrel-dev/petrel/pyregexp"

// pattern is a regular expression that may turn out not to be one: StackStorm
// finds out only when a value is checked.
type pattern struct {
	source  string
	program *pyregexp.Regexp
	err     error
}

func newPattern(source string) *pattern {
	p := &pattern{source: source}
	p.program, p.err = pyregexp.Compile(source, 0)
	return p
}

// match reports whether the pattern occurs anywhere in text.
func (p *pattern) match(text string) (bool, error) {
	if p.err != nil {
		return false, p.err
	}
	return p.program.MatchString(text)
}
