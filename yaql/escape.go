package yaql

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/runenames"
)

// unescape resolves the escapes of a quoted literal. A backslash that begins
// no escape stays. On failure it returns the offset of the bad escape.
func unescape(s string) (string, int, *Error) {
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); {
		if s[i] != '\\' || i+1 >= len(s) {
			b.WriteByte(s[i])
			i++
			continue
		}
		n, r, err := escape(s[i:])
		switch {
		case err != nil:
			return "", i, err
		case n == 0:
			b.WriteByte('\\')
			i++
		default:
			writeCodePoint(&b, r)
			i += n
		}
	}
	return b.String(), 0, nil
}

var simpleEscapes = map[byte]rune{
	'\\': '\\', '\'': '\'', '"': '"', 'a': '\a', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t', 'v': '\v',
}

// escape reads the escape at the start of s; its length is 0 if there is none.
func escape(s string) (int, rune, *Error) {
	if r, ok := simpleEscapes[s[1]]; ok {
		return 2, r, nil
	}
	switch c := s[1]; {
	case c >= '0' && c <= '7':
		n := 2
		for n < 4 && n < len(s) && s[n] >= '0' && s[n] <= '7' {
			n++
		}
		v, _ := strconv.ParseUint(s[1:n], 8, 32)
		return n, rune(v), nil
	case c == 'x':
		return hexEscape(s, 2)
	case c == 'u':
		return hexEscape(s, 4)
	case c == 'U':
		return hexEscape(s, 8)
	case c == 'N':
		end := strings.IndexByte(s, '}')
		if !strings.HasPrefix(s, "\\N{") || end <= 3 {
			return 0, 0, nil
		}
		r, ok := runeNamed(s[3:end])
		if !ok {
			return 0, 0, fail(KindUnicode, "no character is named %q", s[3:end])
		}
		return end + 1, r, nil
	}
	return 0, 0, nil
}

// hexEscape needs count characters after the letter; fewer make no escape,
// others than hexadecimal digits a broken one.
func hexEscape(s string, count int) (int, rune, *Error) {
	end := 2
	for range count {
		if end >= len(s) || s[end] == '\n' {
			return 0, 0, nil
		}
		_, n := utf8.DecodeRuneInString(s[end:])
		end += n
	}
	v, err := strconv.ParseUint(s[2:end], 16, 32)
	if err != nil || v > utf8.MaxRune || strings.ContainsAny(s[2:end], "+-_") {
		return 0, 0, fail(KindUnicode, "bad escape %q", s[:end])
	}
	return end, rune(v), nil
}

// writeCodePoint writes r; a lone surrogate, which UTF-8 has no form for,
// gets the form that its bits would have.
func writeCodePoint(b *strings.Builder, r rune) {
	if r >= 0xD800 && r <= 0xDFFF {
		b.Write([]byte{0xE0 | byte(r>>12), 0x80 | byte(r>>6)&0x3F, 0x80 | byte(r)&0x3F})
		return
	}
	b.WriteRune(r)
}

func runeNamed(name string) (rune, bool) {
	name = strings.ToUpper(name)
	if hex, ok := strings.CutPrefix(name, "CJK UNIFIED IDEOGRAPH-"); ok {
		v, err := strconv.ParseUint(hex, 16, 32)
		return rune(v), err == nil && strings.HasPrefix(runenames.Name(rune(v)), "<CJK Ideograph")
	}
	for r := range rune(utf8.MaxRune + 1) {
		if runenames.Name(r) == name {
			return r, true
		}
	}
	return 0, false
}
