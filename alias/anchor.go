package alias

import "strings"

// anchors says which ends of a command a pattern is tied to by itself.
type anchors struct{ start, end bool }

func (a anchors) with(b anchors) anchors { return anchors{a.start || b.start, a.end || b.end} }

// findAnchors looks for anchors in a pattern that is known to be valid, where
// StackStorm looks for them: in groups, but of several alternatives only in the
// second, and in nothing that is repeated, optional or a look-around.
func findAnchors(pattern string) anchors {
	s := anchorScanner{src: pattern}
	return s.alternatives()
}

type anchorScanner struct {
	src     string
	pos     int
	verbose bool
}

func (s *anchorScanner) done() bool { return s.pos >= len(s.src) }

func (s *anchorScanner) accept(text string) bool {
	if !strings.HasPrefix(s.src[s.pos:], text) {
		return false
	}
	s.pos += len(text)
	return true
}

// skipPast moves behind the next of the given characters and returns what was
// passed, that character included.
func (s *anchorScanner) skipPast(chars string) string {
	start := s.pos
	n := strings.IndexAny(s.src[start:], chars)
	if n < 0 {
		s.pos = len(s.src)
	} else {
		s.pos += n + 1
	}
	return s.src[start:s.pos]
}

func (s *anchorScanner) alternatives() anchors {
	found := s.sequence()
	for n := 1; s.accept("|"); n++ {
		if next := s.sequence(); n == 1 {
			found = next
		}
	}
	return found
}

func (s *anchorScanner) sequence() anchors {
	var found anchors
	for {
		s.skipIgnored()
		if s.done() || s.src[s.pos] == '|' || s.src[s.pos] == ')' {
			return found
		}
		item := s.item()
		s.skipIgnored()
		if !s.quantifier() {
			found = found.with(item)
		}
	}
}

// skipIgnored skips comments and, in verbose patterns, blanks.
func (s *anchorScanner) skipIgnored() {
	for !s.done() {
		switch {
		case s.accept("(?#"):
			s.skipPast(")")
		case s.verbose && s.accept("#"):
			s.skipPast("\n")
		case s.verbose && strings.IndexByte(" \t\n\r\v\f", s.src[s.pos]) >= 0:
			s.pos++
		default:
			return
		}
	}
}

func (s *anchorScanner) item() anchors {
	c := s.src[s.pos]
	s.pos++
	switch c {
	case '^':
		return anchors{start: true}
	case '$':
		return anchors{end: true}
	case '\\':
		if s.done() {
			return anchors{}
		}
		c = s.src[s.pos]
		s.pos++
		return anchors{start: c == 'A', end: c == 'Z'}
	case '[':
		s.class()
	case '(':
		return s.group()
	}
	return anchors{}
}

// class skips the rest of a set of characters, in which a bracket that comes
// first stands for itself.
func (s *anchorScanner) class() {
	s.accept("^")
	s.accept("]")
	for !s.done() && !s.accept("]") {
		if s.accept(`\`) && s.done() {
			return
		}
		s.pos++
	}
}

func (s *anchorScanner) group() anchors {
	verbose := s.verbose
	seen := true
	switch {
	case !s.accept("?"), s.accept(":"):
	case s.accept("P<"):
		s.skipPast(">")
	case s.accept("P="):
		s.skipPast(")")
		return anchors{}
	case s.accept("="), s.accept("!"), s.accept("<="), s.accept("<!"), s.accept(">"):
		seen = false
	case s.accept("("):
		s.skipPast(")")
		seen = false
	default:
		letters := s.skipPast(":)")
		on, off, _ := strings.Cut(letters, "-")
		s.verbose = (s.verbose || strings.Contains(on, "x")) && !strings.Contains(off, "x")
		if !strings.HasSuffix(letters, ":") {
			return anchors{}
		}
	}
	inner := s.alternatives()
	s.accept(")")
	s.verbose = verbose
	if !seen {
		return anchors{}
	}
	return inner
}

// quantifier skips what repeats the item before it and reports whether there
// was any.
func (s *anchorScanner) quantifier() bool {
	switch {
	case s.accept("*"), s.accept("+"), s.accept("?"), s.bounds():
		_ = s.accept("?") || s.accept("+")
		return true
	}
	return false
}

// bounds skips {m,n}; with anything else inside, the brace stands for itself.
func (s *anchorScanner) bounds() bool {
	rest := s.src[s.pos:]
	end := strings.IndexByte(rest, '}')
	if end < 2 || rest[0] != '{' {
		return false
	}
	low, high, _ := strings.Cut(rest[1:end], ",")
	if strings.Trim(low+high, "0123456789") != "" {
		return false
	}
	s.pos += end + 1
	return true
}
