package pyregexp

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"
)

// category returns the members of \d, \w or \s, to be written inside a class.
func (t *translator) category(letter byte) string {
	ascii := t.flags&ASCII != 0
	switch letter | 0x20 {
	case 'd':
		if ascii {
			return "0-9"
		}
		return `\p{Nd}`
	case 'w':
		if ascii {
			return "a-zA-Z0-9_"
		}
		return `\p{L}\p{N}_`
	}
	if ascii {
		return ` \t\n\r\f\v`
	}
	return `\s\u001c-\u001f`
}

func isCategory(c byte) bool { return strings.IndexByte("dDwWsS", c) >= 0 }

// escape reads an escape outside of a class; its backslash, at start, is read.
func (t *translator) escape(start int) (width, itemKind, error) {
	if t.done() {
		return width{}, 0, t.fail(start, "bad escape (end of pattern)")
	}
	c := t.src[t.pos]
	switch {
	case isCategory(c):
		t.operators = true
		t.pos++
		not := ""
		if c < 'a' {
			not = "^"
		}
		t.out.WriteString("[" + not + t.category(c) + "]")
		return width{1, 1}, repeatable, nil
	case c == 'A' || c == 'Z' || c == 'b' || c == 'B':
		t.operators = true
		t.pos++
		t.out.WriteString(t.boundary(c))
		return width{}, position, nil
	case c >= '1' && c <= '9':
		t.pos++
		if !t.done() && t.src[t.pos] >= '0' && t.src[t.pos] <= '9' {
			if c <= '7' && len(octalDigits(t.src[t.pos:], 2)) == 2 {
				t.pos--
				break
			}
			t.pos++
		}
		n, _ := strconv.Atoi(t.src[start+1 : t.pos])
		w, err := t.backReference(n, start+1)
		return w, repeatable, err
	}
	r, err := t.character(start)
	if err != nil {
		return width{}, 0, err
	}
	t.literalRune(r)
	return width{1, 1}, repeatable, nil
}

func (t *translator) boundary(c byte) string {
	// The engine's own idea of a word includes other characters.
	word := "[" + t.category('w') + "]"
	switch c {
	case 'A':
		return `\A`
	case 'Z':
		return `\z`
	case 'b':
		return "(?:(?<=" + word + ")(?!" + word + ")|(?<!" + word + ")(?=" + word + "))"
	}
	return "(?:(?<=" + word + ")(?=" + word + ")|(?<!" + word + ")(?!" + word + "))"
}

// character reads an escape that stands for one character; the position is
// behind the backslash at start.
func (t *translator) character(start int) (rune, error) {
	r, size := utf8.DecodeRuneInString(t.src[t.pos:])
	t.pos += size
	var digits int
	switch {
	case r == 'x':
		digits = 2
	case r == 'u':
		digits = 4
	case r == 'U':
		digits = 8
	case r >= '0' && r <= '7':
		most := 2
		octal := string(r) + octalDigits(t.src[t.pos:], most)
		t.pos += len(octal) - 1
		n, _ := strconv.ParseUint(octal, 8, 32)
		if n > 0o377 {
			return 0, t.fail(start, `octal escape value \%s outside of range 0-0o377`, octal)
		}
		return rune(n), nil
	case r == 'N':
		return 0, t.fail(start, `named characters (\N{...}) are not supported; write \uXXXX`)
	case r < 0x80 && r != 'b' && simpleEscapes[byte(r)] != 0:
		return rune(simpleEscapes[byte(r)]), nil
	case r|0x20 >= 'a' && r|0x20 <= 'z' || r >= '0' && r <= '9':
		return 0, t.fail(start, `bad escape \%c`, r)
	default:
		return r, nil
	}
	end := t.pos
	for end < len(t.src) && end < t.pos+digits && isHex(t.src[end]) {
		end++
	}
	if end-t.pos < digits {
		return 0, t.fail(start, `incomplete escape %s`, t.src[start:end])
	}
	n, _ := strconv.ParseUint(t.src[t.pos:end], 16, 64)
	if n > utf8.MaxRune {
		return 0, t.fail(start, `bad escape %s`, t.src[start:end])
	}
	t.pos = end
	return rune(n), nil
}

func isHex(c byte) bool { return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'f' }

// class reads [...], whose opening bracket, at start, is read.
//
// The engine gets classes wrong that hold a negated category such as \W beside
// other members, so these are written as alternatives.
func (t *translator) class(start int) error {
	negated := t.accept("^")
	var members bytes.Buffer
	var complements []string
	dots := false
	for first := true; ; first = false {
		if t.done() {
			return t.fail(start, "unterminated character set")
		}
		if !first && t.accept("]") {
			break
		}
		at := t.pos
		low, category, err := t.member()
		if err != nil {
			return err
		}
		switch {
		case category >= 'a':
			members.WriteString(t.category(category))
		case category != 0:
			complements = append(complements, "[^"+t.category(category)+"]")
		}
		if !t.has("-") || t.has("-]") {
			if category == 0 {
				writeLiteral(&members, low)
				dots = dots || isDottedI(low)
			}
			continue
		}
		t.pos++
		if t.done() {
			return t.fail(start, "unterminated character set")
		}
		high, highCategory, err := t.member()
		if err != nil {
			return err
		}
		if category != 0 || highCategory != 0 || high < low {
			return t.fail(at, "bad character range %s", t.src[at:t.pos])
		}
		writeLiteral(&members, low)
		members.WriteByte('-')
		writeLiteral(&members, high)
		for _, r := range dottedI {
			dots = dots || low <= r && r <= high
		}
	}
	if dots && t.flags&(IgnoreCase|ASCII) == IgnoreCase {
		members.WriteString(dottedI)
	}
	t.writeClass(negated, members.String(), complements)
	return nil
}

func (t *translator) writeClass(negated bool, members string, complements []string) {
	if len(complements) == 0 {
		not := ""
		if negated {
			not = "^"
		}
		t.out.WriteString("[" + not + members + "]")
		return
	}
	if members != "" {
		complements = append(complements, "["+members+"]")
	}
	either := strings.Join(complements, "|")
	if negated {
		t.out.WriteString("(?:(?!" + either + ")" + anything + ")")
	} else {
		t.out.WriteString("(?:" + either + ")")
	}
}

// member reads one member of a class: a character, or a category.
func (t *translator) member() (r rune, category byte, err error) {
	start := t.pos
	r, size := utf8.DecodeRuneInString(t.src[t.pos:])
	t.pos += size
	if r != '\\' {
		return r, 0, nil
	}
	if t.done() {
		return 0, 0, t.fail(start, "bad escape (end of pattern)")
	}
	switch c := t.src[t.pos]; {
	case isCategory(c):
		t.pos++
		return 0, c, nil
	case c == 'b':
		t.pos++
		return '\b', 0, nil
	case c == '8' || c == '9':
		return 0, 0, t.fail(start, `bad escape \%c`, c)
	}
	r, err = t.character(start)
	return r, 0, err
}
