package criteria

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// lower returns the text in lower case by Unicode's full mapping: unlike
// strings.ToLower it maps İ to two characters and a capital sigma at the end
// of a word to the final form.
func lower(s string) string {
	if !strings.ContainsAny(s, "İΣ") {
		return strings.ToLower(s)
	}
	var b strings.Builder
	b.Grow(len(s) + 4)
	for i, c := range s {
		switch c {
		case 'İ':
			b.WriteString("i\u0307")
		case 'Σ':
			if endsWord(s, i) {
				b.WriteRune('ς')
			} else {
				b.WriteRune('σ')
			}
		default:
			b.WriteRune(unicode.ToLower(c))
		}
	}
	return b.String()
}

// endsWord reports whether the sigma at byte i of s comes after a letter that
// has case and before none, characters that case ignores not counted.
func endsWord(s string, i int) bool {
	before := false
	for rest := s[:i]; rest != ""; {
		c, size := utf8.DecodeLastRuneInString(rest)
		if !ignoresCase(c) {
			before = hasCase(c)
			break
		}
		rest = rest[:len(rest)-size]
	}
	if !before {
		return false
	}
	for _, c := range s[i+len("Σ"):] {
		if !ignoresCase(c) {
			return !hasCase(c)
		}
	}
	return true
}

func hasCase(c rune) bool {
	return unicode.In(c, unicode.Lu, unicode.Ll, unicode.Lt, unicode.Other_Lowercase, unicode.Other_Uppercase)
}

func ignoresCase(c rune) bool {
	switch c {
	case '\'', '.', ':', '·', '\u0387', '՟', '״', '‘', '’', '․', '‧', '︓', '﹒', '﹕', '＇', '．', '：':
		return true
	}
	return unicode.In(c, unicode.Mn, unicode.Me, unicode.Cf, unicode.Lm, unicode.Sk)
}
