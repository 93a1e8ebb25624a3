package criteria

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/petrel-dev/petrel/pyregexp"
)

// defaultRegexTimeout bounds one match of a regular expression.
const defaultRegexTimeout = time.Second

// regexMode tells the three regular expression operators apart.
type regexMode uint8

const (
	regexSearch     regexMode = iota // anywhere in the value
	regexSearchFold                  // anywhere, without regard to case
	regexMatchStart                  // at the start; a dot matches line ends
)

func (m regexMode) compile(pattern string, timeout time.Duration) (*pyregexp.Regexp, error) {
	switch m {
	case regexSearchFold:
		return pyregexp.CompileLimit(pattern, pyregexp.IgnoreCase, timeout)
	case regexMatchStart:
		return pyregexp.CompileLimit(pattern, pyregexp.DotAll, timeout)
	}
	return pyregexp.CompileLimit(pattern, 0, timeout)
}

func (m regexMode) find(re *pyregexp.Regexp, text string) (bool, error) {
	if m == regexMatchStart {
		match, err := re.Match(text)
		return match != nil, err
	}
	return re.MatchString(text)
}

func bindRegex(mode regexMode) func(*Compiler, any) test {
	return func(c *Compiler, pattern any) test {
		want, err := text(pattern)
		if err != nil {
			return defective(patternError(err))
		}
		re, err := c.regexes.get(regexKey{mode, want}, func() (*pyregexp.Regexp, error) {
			return mode.compile(want, c.settings.regexTimeout)
		})
		if err != nil {
			return defective(patternError(err))
		}
		accepts := unknownValues
		if c.settings.regexTimeout >= defaultRegexTimeout && isQuick(want) {
			accepts = shortTexts
		}
		first := literalStart(mode, want)
		return test{accepts: accepts, holds: func(_ *run, value any) (bool, error) {
			have, err := text(value)
			if err != nil || !first.possible(have) {
				return false, err
			}
			return mode.find(re, have)
		}}
	}
}

type regexKey struct {
	mode    regexMode
	pattern string
}

// start is the text that every match of a pattern begins with. Looking for it
// first spares most rules their regular expression.
type start struct {
	text string
	// anchored is set if matches begin at the start of the value.
	anchored bool
}

func (s start) possible(value string) bool {
	if s.anchored {
		return strings.HasPrefix(value, s.text)
	}
	return strings.Contains(value, s.text)
}

// literalStart returns the start of a pattern, empty if it is not plain.
func literalStart(mode regexMode, pattern string) start {
	if mode == regexSearchFold || strings.Contains(pattern, "|") {
		return start{}
	}
	literal, anchored := strings.CutPrefix(pattern, "^")
	if i := strings.IndexAny(literal, `\.^$*+?{}[]()`); i >= 0 {
		repeatable := strings.IndexByte("*?{", literal[i]) >= 0
		literal = literal[:i]
		if repeatable { // perhaps no times
			_, size := utf8.DecodeLastRuneInString(literal)
			literal = literal[:len(literal)-size]
		}
	}
	return start{text: literal, anchored: anchored || mode == regexMatchStart}
}

// isQuick reports whether a pattern certainly stays within its time on texts of
// the class shortTexts: it can repeat in one place at most and choose in a few.
func isQuick(pattern string) bool {
	repeats, choices := 0, 0
	for i := range len(pattern) {
		if strings.IndexByte("*+{", pattern[i]) >= 0 {
			repeats++
		}
		if strings.IndexByte("?|", pattern[i]) >= 0 {
			choices++
		}
	}
	return repeats <= 1 && choices <= 4
}

// maxShortText is the length in bytes of the longest text of the class shortTexts.
const maxShortText = 1 << 10
