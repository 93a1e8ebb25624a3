package alias

import (
	"strings"

	"github.com/petrel-dev/petrel/pyvalue"
)

// command is a command split into its text and the pairs at its end.
type command struct {
	text string
	// padded is the text without the pairs, between two blanks.
	padded string
	pairs  []pair
}

// pair is a parameter written as key=value.
type pair struct{ key, value string }

// readCommand splits a command. Bytes that are no valid text are replaced.
func readCommand(text string) command {
	text = strings.ToValidUTF8(text, "\ufffd")
	c := command{text: text}
	rest := text
	if start := tailStart(text); start < len(text) {
		tail := text[start:]
		c.pairs = readPairs(tail)
		// StackStorm cuts the text of the tail wherever it occurs.
		rest = strings.ReplaceAll(text, tail, "")
	}
	c.padded = " " + rest + " "
	return c
}

// span is a run of characters that are not blank, in bytes.
type span struct{ start, end int }

func words(s string) []span {
	var list []span
	start := -1
	for i, r := range s {
		switch blank := pyvalue.IsSpace(r); {
		case blank && start >= 0:
			list = append(list, span{start, i})
			start = -1
		case !blank && start < 0:
			start = i
		}
	}
	if start >= 0 {
		list = append(list, span{start, len(s)})
	}
	return list
}

// tailStart returns where the longest end of s starts that consists of pairs
// and the blanks before them, or the length of s if there is none. A pair starts
// with a word, and its value, quoted or not, stops with one. So one pass from
// right to left decides for every word whether the rest is made of pairs, where
// trying all ways to quote could take exponential time.
func tailStart(s string) int {
	list := words(s)
	start := len(s)
	// closing holds where the last quote or brace is that can end a value.
	closing := map[byte]int{}
	// pairsFollow says that the words after the current one are pairs.
	pairsFollow, ends := true, false
	for i := len(list) - 1; i >= 0; i-- {
		word := list[i]
		endsNext := ends
		ends = pairsFollow
		if last := word.end - 1; ends && closing[s[last]] == 0 {
			closing[s[last]] = last
		}
		isPair := false
		for at := word.start + 1; at < word.end && !isPair; at++ {
			isPair = s[at] == '=' && hasValue(s, at+1, word.end, ends, closing)
		}
		if !isPair && i+1 < len(list) {
			next := list[i+1]
			isPair = s[next.start] == '=' && hasValue(s, next.start+1, next.end, endsNext, closing)
		}
		if isPair {
			start = 0
			if i > 0 {
				start = list[i-1].end
			}
		}
		pairsFollow = isPair
	}
	return start
}

// hasValue reports whether a value that starts at a place can be followed by the
// rest of the pairs. It stands in a word that stops at end; ends says that a
// value may stop there.
func hasValue(s string, at, end int, ends bool, closing map[byte]int) bool {
	if at >= end {
		return false
	}
	if ends {
		return true
	}
	mark := closingMark(s[at])
	return mark != 0 && closing[mark] >= at+2
}

// closingMark returns what ends a value that starts with a quote or a brace, or
// zero.
func closingMark(opening byte) byte {
	switch opening {
	case '"', '\'':
		return opening
	case '{':
		return '}'
	}
	return 0
}

// readPairs returns the pairs of a tail, the shortest key and value each.
func readPairs(tail string) []pair {
	var pairs []pair
	list := words(tail)
	stop := 0
	for i, word := range list {
		if word.start < stop {
			continue
		}
		at := word.start + 1
		for ; at < word.end; at++ {
			if tail[at] != '=' {
				continue
			}
			if value, end, ok := readValue(tail, at+1, word.end); ok {
				pairs = append(pairs, pair{tail[word.start:at], value})
				stop = end
				break
			}
		}
		if at < word.end || i+1 == len(list) || tail[list[i+1].start] != '=' {
			continue
		}
		if value, end, ok := readValue(tail, list[i+1].start+1, list[i+1].end); ok {
			pairs = append(pairs, pair{tail[word.start:word.end], value})
			stop = end
		}
	}
	return pairs
}

// readValue reads the value that starts at a place in a word that stops at
// wordEnd, and returns it without its quotes and where it stops.
func readValue(s string, at, wordEnd int) (value string, end int, ok bool) {
	if at >= wordEnd {
		return "", 0, false
	}
	mark := closingMark(s[at])
	if mark != 0 && mark != '}' && s[at+1:] != "" && s[at+1] == mark {
		return "", at + 2, true
	}
	if mark != 0 && at+2 <= len(s) {
		if n := strings.IndexByte(s[at+2:], mark); n >= 0 {
			end = at + 2 + n + 1
			if mark == '}' {
				return s[at:end], end, true
			}
			return s[at+1 : end-1], end, true
		}
	}
	return s[at:wordEnd], wordEnd, true
}
