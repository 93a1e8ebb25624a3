package jinja

import (
	"math/big"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/petrel-dev/petrel/pyvalue"
)

// scanName returns the length of the name at the start of s, 0 if there is
// none.
func scanName(s string) int {
	for i, r := range s {
		if r == '_' || r < utf8.RuneSelf && (isDigit(byte(r)) || r|0x20 >= 'a' && r|0x20 <= 'z') {
			continue
		}
		if r >= utf8.RuneSelf && r != utf8.RuneError {
			if unicode.IsLetter(r) || unicode.Is(unicode.Nl, r) ||
				i > 0 && (unicode.IsDigit(r) || unicode.IsMark(r) || unicode.Is(unicode.Pc, r)) {
				continue
			}
		}
		return i
	}
	return len(s)
}

// scanNumber returns the kind and length of the number at pos. Digits may be
// grouped by single underscores. A number after a dot is never a float, so
// that a.0.1 is two look-ups.
func scanNumber(src string, pos int) (tokenKind, int) {
	s := src[pos:]
	if s[0] == '0' && len(s) > 2 {
		if base := baseDigits(s[1]); base != "" {
			if n := scanDigits(s[2:], base, true); n > 0 {
				return tokInteger, 2 + n
			}
		}
	}
	n := scanDigits(s, "0123456789", false)
	if pos == 0 || src[pos-1] != '.' {
		end := n
		if f := fraction(s[n:]); f > 0 {
			end += f
		}
		end += exponent(s[end:])
		if end > n {
			return tokFloat, end
		}
	}
	if s[0] == '0' {
		// Leading zeros stand alone: 007 is 00 followed by 7, which no
		// grammar rule allows.
		n = scanDigits(s, "0", false)
	}
	return tokInteger, n
}

func baseDigits(c byte) string {
	switch c | 0x20 {
	case 'b':
		return "01"
	case 'o':
		return "01234567"
	case 'x':
		return "0123456789abcdefABCDEF"
	}
	return ""
}

// scanDigits measures digits with single underscores between them, or also
// before the first one.
func scanDigits(s, digits string, leadingUnderscore bool) int {
	n := 0
	for n < len(s) {
		switch {
		case strings.IndexByte(digits, s[n]) >= 0:
			n++
		case s[n] == '_' && (n > 0 || leadingUnderscore) && n+1 < len(s) && strings.IndexByte(digits, s[n+1]) >= 0:
			n += 2
		default:
			return n
		}
	}
	return n
}

func fraction(s string) int {
	if len(s) > 1 && s[0] == '.' && isDigit(s[1]) {
		return 1 + scanDigits(s[1:], "0123456789", false)
	}
	return 0
}

func exponent(s string) int {
	if s == "" || s[0]|0x20 != 'e' {
		return 0
	}
	n := 1
	if n < len(s) && (s[n] == '+' || s[n] == '-') {
		n++
	}
	if n < len(s) && isDigit(s[n]) {
		return n + scanDigits(s[n:], "0123456789", false)
	}
	return 0
}

// scanString returns the length of the quoted string at the start of s, 0 if
// it is not closed.
func scanString(s string) int {
	quote := s[0]
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case quote:
			return i + 1
		}
	}
	return 0
}

func scanOperator(s string) (tokenKind, int) {
	if len(s) > 1 {
		switch s[:2] {
		case "//":
			return tokFloorDiv, 2
		case "**":
			return tokPow, 2
		case "==":
			return tokEq, 2
		case "!=":
			return tokNe, 2
		case "<=":
			return tokLe, 2
		case ">=":
			return tokGe, 2
		}
	}
	switch s[0] {
	case '+':
		return tokAdd, 1
	case '-':
		return tokSub, 1
	case '*':
		return tokMul, 1
	case '/':
		return tokDiv, 1
	case '%':
		return tokMod, 1
	case '~':
		return tokTilde, 1
	case '<':
		return tokLt, 1
	case '>':
		return tokGt, 1
	case '=':
		return tokAssign, 1
	case '.':
		return tokDot, 1
	case ':':
		return tokColon, 1
	case ',':
		return tokComma, 1
	case '|':
		return tokPipe, 1
	case ';':
		return tokSemicolon, 1
	case '(':
		return tokLParen, 1
	case ')':
		return tokRParen, 1
	case '[':
		return tokLBracket, 1
	case ']':
		return tokRBracket, 1
	case '{':
		return tokLBrace, 1
	case '}':
		return tokRBrace, 1
	}
	return tokEOF, 0
}

// integerValue returns the value of an integer literal.
func integerValue(text string) (any, bool) {
	text = strings.ReplaceAll(text, "_", "")
	if n, err := strconv.ParseInt(text, 0, 64); err == nil {
		return n, true
	}
	if len(text) > 0 && text[0] == '0' {
		if strings.Trim(text, "0") == "" {
			return int64(0), true
		}
	}
	if len(text) > 4300 {
		return nil, false
	}
	n, ok := new(big.Int).SetString(text, 0)
	if !ok {
		return nil, false
	}
	return pyvalue.Int(n), true
}

// floatValue returns the value of a float literal; what is too large is
// infinite.
func floatValue(text string) float64 {
	f, _ := strconv.ParseFloat(strings.ReplaceAll(text, "_", ""), 64)
	return f
}

// stringValue returns the text of a quoted literal. An escape that Python does
// not know keeps its backslash.
func stringValue(literal string) (string, string) {
	s := literal[1 : len(literal)-1]
	i := strings.IndexByte(s, '\\')
	if i < 0 {
		return s, ""
	}
	b := make([]byte, 0, len(s))
	for {
		b = append(b, s[:i]...)
		s = s[i+1:]
		if s == "" {
			return string(b), ""
		}
		c := s[0]
		s = s[1:]
		switch c {
		case '\n':
		case '\\', '\'', '"':
			b = append(b, c)
		case 'a':
			b = append(b, '\a')
		case 'b':
			b = append(b, '\b')
		case 'f':
			b = append(b, '\f')
		case 'n':
			b = append(b, '\n')
		case 'r':
			b = append(b, '\r')
		case 't':
			b = append(b, '\t')
		case 'v':
			b = append(b, '\v')
		case 'x', 'u', 'U':
			size := 2
			switch c {
			case 'u':
				size = 4
			case 'U':
				size = 8
			}
			if len(s) < size {
				return "", "the escape \\" + string(c) + " is cut short"
			}
			n, err := strconv.ParseUint(s[:size], 16, 32)
			if err != nil || n > unicode.MaxRune {
				return "", "the escape \\" + string(c) + s[:size] + " is no character"
			}
			b = utf8.AppendRune(b, rune(n))
			s = s[size:]
		case 'N':
			return "", "the escape \\N{...} is not supported; use \\u with the number of the character"
		case '0', '1', '2', '3', '4', '5', '6', '7':
			n := rune(c - '0')
			for j := 0; j < 2 && s != "" && s[0] >= '0' && s[0] <= '7'; j++ {
				n = n*8 + rune(s[0]-'0')
				s = s[1:]
			}
			b = utf8.AppendRune(b, n)
		default:
			b = append(b, '\\', c)
		}
		i = strings.IndexByte(s, '\\')
		if i < 0 {
			return string(append(b, s...)), ""
		}
	}
}
