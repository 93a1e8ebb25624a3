package criteria

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// wildcard is a compiled shell pattern: * stands for any run of characters, ?
// for one, [seq] and [!seq] for one of a set. There is no escape character.
type wildcard []wildcardPart

type wildcardPart struct {
	kind wildcardKind
	char rune
	set  *charSet
}

type wildcardKind uint8

const (
	matchChar wildcardKind = iota
	matchAny
	matchRun
	matchSet
)

func compileWildcard(pattern string) wildcard {
	chars := []rune(pattern)
	var w wildcard
	for i := 0; i < len(chars); i++ {
		switch c := chars[i]; c {
		case '*':
			if len(w) == 0 || w[len(w)-1].kind != matchRun {
				w = append(w, wildcardPart{kind: matchRun})
			}
		case '?':
			w = append(w, wildcardPart{kind: matchAny})
		case '[':
			end := setEnd(chars, i+1)
			if end < 0 {
				w = append(w, wildcardPart{kind: matchChar, char: c})
				continue
			}
			w = append(w, wildcardPart{kind: matchSet, set: parseSet(chars[i+1 : end])})
			i = end
		default:
			w = append(w, wildcardPart{kind: matchChar, char: c})
		}
	}
	return w
}

// setEnd returns the index of the bracket that closes a set whose content
// begins at start, or -1. A bracket at the very beginning is a member.
func setEnd(chars []rune, start int) int {
	i := start
	if i < len(chars) && chars[i] == '!' {
		i++
	}
	if i < len(chars) && chars[i] == ']' {
		i++
	}
	if i >= len(chars) {
		return -1
	}
	n := slices.Index(chars[i:], ']')
	if n < 0 {
		return -1
	}
	return i + n
}

func (w wildcard) match(text string) bool {
	pos, part := 0, 0
	// Where to resume when the text after the last run does not fit.
	runPart, runPos := -1, 0
	for pos < len(text) {
		if part < len(w) && w[part].kind == matchRun {
			part++
			runPart, runPos = part, pos
			continue
		}
		c, size := utf8.DecodeRuneInString(text[pos:])
		if part < len(w) && w[part].accepts(c) {
			part++
			pos += size
			continue
		}
		if runPart < 0 {
			return false
		}
		_, size = utf8.DecodeRuneInString(text[runPos:])
		runPos += size
		part, pos = runPart, runPos
	}
	for part < len(w) && w[part].kind == matchRun {
		part++
	}
	return part == len(w)
}

func (p wildcardPart) accepts(c rune) bool {
	switch p.kind {
	case matchChar:
		return p.char == c
	case matchAny:
		return true
	case matchSet:
		return p.set.has(c)
	}
	return false
}

// charSet is the set between square brackets.
type charSet struct {
	negated bool
	chars   string
	ranges  [][2]rune
}

func parseSet(content []rune) *charSet {
	set := &charSet{}
	if len(content) > 0 && content[0] == '!' {
		set.negated = true
		content = content[1:]
	}
	// A hyphen makes a range if a character precedes it that does not itself
	// end a range, and another follows.
	var chars []rune
	for i := 0; i < len(content); {
		if i+2 < len(content) && content[i+1] == '-' {
			// A reversed range stands for nothing.
			if low, high := content[i], content[i+2]; low <= high {
				set.ranges = append(set.ranges, [2]rune{low, high})
			}
			i += 3
			continue
		}
		chars = append(chars, content[i])
		i++
	}
	set.chars = string(chars)
	return set
}

func (s *charSet) has(c rune) bool {
	return s.contains(c) != s.negated
}

func (s *charSet) contains(c rune) bool {
	if strings.ContainsRune(s.chars, c) {
		return true
	}
	for _, r := range s.ranges {
		if r[0] <= c && c <= r[1] {
			return true
		}
	}
	return false
}
