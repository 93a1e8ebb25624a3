package pyregexp

import (
	"strconv"
	"strings"

	"github.com/petrel-dev/petrel/pyvalue"
)

// Sub returns s with the first count matches (all, if count is not greater than
// zero) replaced by the template, in which \1, \g<1> and \g<name> stand for
// groups and \n and the like for characters. A bad template is an error of kind
// [pyvalue.KindRegex], an unknown name one of kind [pyvalue.KindIndex].
func (re *Regexp) Sub(s, template string, count int) (string, error) {
	parts, err := re.parseTemplate(template)
	if err != nil {
		return "", err
	}
	return re.SubFunc(s, count, func(m *Match) (string, error) {
		if len(parts) == 1 && parts[0].group < 0 {
			return parts[0].text, nil
		}
		var b strings.Builder
		for _, part := range parts {
			if part.group < 0 {
				b.WriteString(part.text)
			} else {
				b.WriteString(m.Group(part.group).Text)
			}
		}
		return b.String(), nil
	})
}

// SubFunc is Sub with a function that returns what a match is replaced by. A
// result longer than [pyvalue.MaxTextBytes] is of kind [pyvalue.KindTooLarge].
func (re *Regexp) SubFunc(s string, count int, replacement func(*Match) (string, error)) (string, error) {
	var b strings.Builder
	rest, at := s, 0
	err := re.each(s, count, func(m *Match) error {
		offset := byteOffset(rest, m.Start()-at)
		b.WriteString(rest[:offset])
		text, err := replacement(m)
		if err != nil {
			return err
		}
		b.WriteString(text)
		if b.Len() > pyvalue.MaxTextBytes {
			return pyvalue.Errorf(pyvalue.KindTooLarge, "text is longer than the limit of %d bytes", pyvalue.MaxTextBytes)
		}
		rest, at = rest[offset+byteOffset(rest[offset:], m.End()-m.Start()):], m.End()
		return nil
	})
	if err != nil {
		return "", err
	}
	return b.String() + rest, nil
}

// Split returns the parts of s between the first limit matches (all, if limit is
// not greater than zero). After each part come the groups of the match, nil for
// those that took no part.
func (re *Regexp) Split(s string, limit int) ([]any, error) {
	var parts []any
	rest, at := s, 0
	err := re.each(s, limit, func(m *Match) error {
		offset := byteOffset(rest, m.Start()-at)
		parts = append(parts, rest[:offset])
		for _, g := range m.groups[1:] {
			parts = append(parts, g.Value())
		}
		if len(parts) > pyvalue.MaxItems {
			return pyvalue.Errorf(pyvalue.KindTooLarge, "more than %d parts", pyvalue.MaxItems)
		}
		rest, at = rest[offset+byteOffset(rest[offset:], m.End()-m.Start()):], m.End()
		return nil
	})
	return append(parts, rest), err
}

// Escape returns a pattern that matches s itself.
func Escape(s string) string {
	const special = "()[]{}?*+-|^$\\.&~# \t\n\r\v\f"
	var b strings.Builder
	for _, r := range s {
		if strings.ContainsRune(special, r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

func byteOffset(s string, n int) int {
	if n <= 0 {
		return 0
	}
	for i := range s {
		if n == 0 {
			return i
		}
		n--
	}
	return len(s)
}

// templatePart is a piece of text, or a group if group is not negative.
type templatePart struct {
	text  string
	group int
}

func (re *Regexp) parseTemplate(template string) ([]templatePart, error) {
	var parts []templatePart
	var text strings.Builder
	group := func(n int) error {
		if n > re.groups {
			return pyvalue.Errorf(pyvalue.KindRegex, "invalid group reference %d in the replacement", n)
		}
		if text.Len() > 0 {
			parts = append(parts, templatePart{text.String(), -1})
			text.Reset()
		}
		parts = append(parts, templatePart{"", n})
		return nil
	}
	for rest := template; rest != ""; {
		i := strings.IndexByte(rest, '\\')
		if i < 0 {
			text.WriteString(rest)
			break
		}
		text.WriteString(rest[:i])
		rest = rest[i+1:]
		if rest == "" {
			return nil, pyvalue.Errorf(pyvalue.KindRegex, "bad escape (end of pattern) in the replacement")
		}
		c := rest[0]
		rest = rest[1:]
		switch {
		case c == 'g':
			name, after, err := templateName(rest)
			if err != nil {
				return nil, err
			}
			rest = after
			n := boundedInt(name)
			if !allDigits(name) {
				if n = re.GroupIndex(name); n < 0 {
					return nil, re.unknownName(name)
				}
			}
			if err := group(n); err != nil {
				return nil, err
			}
		case c == '0':
			digits := octalDigits(rest, 2)
			n, _ := strconv.ParseUint("0"+digits, 8, 32)
			text.WriteRune(rune(n & 0xff))
			rest = rest[len(digits):]
		case c >= '1' && c <= '9':
			n := int(c - '0')
			if rest != "" && rest[0] >= '0' && rest[0] <= '9' {
				if c <= '7' && len(octalDigits(rest, 2)) == 2 {
					code, _ := strconv.ParseUint(string(c)+rest[:2], 8, 32)
					if code > 0o377 {
						return nil, pyvalue.Errorf(pyvalue.KindRegex, `octal escape \%c%s outside of range 0-0o377 in the replacement`, c, rest[:2])
					}
					text.WriteRune(rune(code))
					rest = rest[2:]
					continue
				}
				n = n*10 + int(rest[0]-'0')
				rest = rest[1:]
			}
			if err := group(n); err != nil {
				return nil, err
			}
		case simpleEscapes[c] != 0:
			text.WriteByte(simpleEscapes[c])
		case c|0x20 >= 'a' && c|0x20 <= 'z':
			return nil, pyvalue.Errorf(pyvalue.KindRegex, `bad escape \%c in the replacement`, c)
		default:
			// The backslash stays before what is no letter.
			text.WriteByte('\\')
			if c != '\\' {
				text.WriteByte(c)
			}
		}
	}
	if text.Len() > 0 || len(parts) == 0 {
		parts = append(parts, templatePart{text.String(), -1})
	}
	return parts, nil
}

func (re *Regexp) unknownName(name string) error {
	if !isName(name) {
		return pyvalue.Errorf(pyvalue.KindRegex, "bad character in group name %s in the replacement", pyvalue.Repr(name))
	}
	return pyvalue.Errorf(pyvalue.KindIndex, "unknown group name %s in the replacement", pyvalue.Repr(name))
}

func templateName(rest string) (name, after string, err error) {
	if !strings.HasPrefix(rest, "<") {
		return "", "", pyvalue.Errorf(pyvalue.KindRegex, "missing < after \\g in the replacement")
	}
	end := strings.IndexByte(rest, '>')
	if end < 0 {
		return "", "", pyvalue.Errorf(pyvalue.KindRegex, "missing >, unterminated name in the replacement")
	}
	if end == 1 {
		return "", "", pyvalue.Errorf(pyvalue.KindRegex, "missing group name in the replacement")
	}
	return rest[1:end], rest[end+1:], nil
}

func octalDigits(s string, most int) string {
	n := 0
	for n < most && n < len(s) && s[n] >= '0' && s[n] <= '7' {
		n++
	}
	return s[:n]
}

// simpleEscapes are the characters that a backslash and a letter stand for.
var simpleEscapes = [256]byte{'a': '\a', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t', 'v': '\v'}
