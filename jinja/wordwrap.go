package jinja

import (
	"slices"
	"strings"
	"unicode"

	"github.com/petrel-dev/petrel/pyvalue"
)

var wordWrapParams = params(1, "s", nil, "width", int64(79), "break_long_words", true, "wrapstring", nil, "break_on_hyphens", true)

func filterWordWrap(s *evaluation, c *Call) (any, error) {
	a, err := s.args(c, wordWrapParams)
	if err != nil {
		return nil, err
	}
	if u, ok := a[0].(*Undefined); ok {
		return nil, u.err()
	}
	text, ok := plain(a[0]).(string)
	if !ok {
		return nil, newError(pyvalue.KindAttribute, "wordwrap takes a string, not %s", pyvalue.TypeName(a[0]))
	}
	width, err := size(c, "width", a[1])
	if err != nil {
		return nil, err
	}
	if width <= 0 {
		return nil, newError(pyvalue.KindValue, "wordwrap: the width must be positive, not %d", width)
	}
	breakLong, err := s.truth(a[2])
	if err != nil {
		return nil, err
	}
	separator := "\n"
	if a[3] != nil {
		if separator, err = s.text(a[3]); err != nil {
			return nil, err
		}
	}
	onHyphens, err := s.truth(a[4])
	if err != nil {
		return nil, err
	}
	lines, err := s.lines(text)
	if err != nil {
		return nil, err
	}
	if err := s.work(len(text)); err != nil {
		return nil, err
	}
	if int64(len(separator))*int64(len(text)) > 2*s.room() {
		return nil, newError(KindLimit, "the template needs more than %d bytes of memory", s.env.limits.Memory)
	}
	for i, line := range lines {
		lines[i] = strings.Join(wrapLine(line, width, breakLong, onHyphens), separator)
	}
	return strings.Join(lines, separator), nil
}

// wrapLine breaks a line into lines of at most width characters.
func wrapLine(line string, width int, breakLong, onHyphens bool) []string {
	var lines []string
	chunks := wordChunks(line, onHyphens)
	for len(chunks) > 0 {
		if len(lines) > 0 && blank(chunks[0]) {
			chunks = chunks[1:]
			continue
		}
		n, used := 0, 0
		for n < len(chunks) && used+len(chunks[n]) <= width {
			used += len(chunks[n])
			n++
		}
		current := append([][]rune(nil), chunks[:n]...)
		chunks = chunks[n:]
		if len(chunks) > 0 && len(chunks[0]) > width {
			switch {
			case breakLong:
				cut := breakAt(chunks[0], max(1, width-used), onHyphens)
				current = append(current, chunks[0][:cut])
				if chunks[0] = chunks[0][cut:]; len(chunks[0]) == 0 {
					chunks = chunks[1:]
				}
			case len(current) == 0:
				current = append(current, chunks[0])
				chunks = chunks[1:]
			}
		}
		if len(current) > 0 && blank(current[len(current)-1]) {
			current = current[:len(current)-1]
		}
		if len(current) > 0 {
			lines = append(lines, string(slices.Concat(current...)))
		}
	}
	return lines
}

// breakAt returns where a word that is longer than space is broken: rather
// after a hyphen.
func breakAt(word []rune, space int, onHyphens bool) int {
	if !onHyphens || len(word) <= space {
		return min(space, len(word))
	}
	for i := space - 1; i > 0; i-- {
		if word[i] == '-' && slices.ContainsFunc(word[:i], func(r rune) bool { return r != '-' }) {
			return i + 1
		}
	}
	return space
}

func blank(chunk []rune) bool {
	return !slices.ContainsFunc(chunk, func(r rune) bool { return !isWrapSpace(r) })
}

func isWrapSpace(r rune) bool { return r == ' ' || r >= '\t' && r <= '\r' }

// wordChunks cuts text where a line may be broken: around white space, after
// the hyphens of compound words, and around dashes.
func wordChunks(text string, onHyphens bool) [][]rune {
	runes := []rune(text)
	var chunks [][]rune
	start := 0
	cut := func(i int) {
		if i > start {
			chunks = append(chunks, runes[start:i])
			start = i
		}
	}
	letter := func(i int) bool {
		return i >= 0 && i < len(runes) && (unicode.IsLetter(runes[i]) || runes[i] == '_')
	}
	wordish := func(i int) bool {
		return i >= 0 && i < len(runes) && (isWordRune(runes[i]) || strings.ContainsRune(`!"'&.,?`, runes[i]))
	}
	for i := 0; i < len(runes); {
		if isWrapSpace(runes[i]) {
			cut(i)
			for i < len(runes) && isWrapSpace(runes[i]) {
				i++
			}
			cut(i)
			continue
		}
		if onHyphens && runes[i] == '-' {
			end := i
			for end < len(runes) && runes[end] == '-' {
				end++
			}
			switch {
			case end-i >= 2 && wordish(i-1) && end < len(runes) && isWordRune(runes[end]):
				cut(i)
				cut(end)
			case end-i == 1 && start < i &&
				(letter(i-1) && letter(i-2) || i >= 3 && wordish(i-1) && runes[i-2] == '-' && letter(i-3)) &&
				letter(i+1) && (letter(i+2) || i+3 < len(runes) && runes[i+2] == '-' && letter(i+3)):
				cut(end)
			}
			i = end
			continue
		}
		i++
	}
	cut(len(runes))
	return chunks
}
