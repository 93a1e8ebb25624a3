package pyyaml

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// scalar writes a scalar: plain if it reads back as the same, else quoted.
func (d *dumper) scalar(text string, isText bool, at place) {
	if !isText {
		d.write(text)
		return
	}
	form := analyze(text, d.style.ASCII)
	indent := max(at.indent, 0) + d.style.Indent
	switch {
	case form.plain && resolve(text) == "str" && (!at.key || text != "" && !form.multiline):
		d.plain(text, indent, !at.key)
	case form.single && (!at.key || !form.multiline):
		d.singleQuoted(text, indent, !at.key)
	default:
		d.doubleQuoted(text, indent, !at.key)
	}
}

// form says in which styles a text can be written.
type form struct{ plain, single, multiline bool }

func isBreak(r rune) bool {
	return r == '\n' || r == 0x85 || r == 0x2028 || r == 0x2029
}

func isBlankOrEnd(r rune) bool {
	return r == 0 || r == ' ' || r == '\t' || r == '\r' || isBreak(r)
}

// printable reports whether the emitter writes a character as it is.
func printable(r rune, ascii bool) bool {
	switch {
	case r == '\n' || r >= ' ' && r <= '~':
		return true
	case ascii:
		return false
	}
	return r >= 0xa0 && r <= 0xd7ff || r >= 0xe000 && r <= 0xfffd && r != 0xfeff
}

func analyze(text string, ascii bool) form {
	if text == "" {
		return form{plain: true, single: true}
	}
	runes := []rune(text)
	indicators := strings.HasPrefix(text, "---") || strings.HasPrefix(text, "...")
	special, breaks := false, false
	spaceBreak, breakSpace := false, false
	previousSpace, previousBreak := false, false
	for i, r := range runes {
		before, after := i == 0 || isBlankOrEnd(runes[i-1]), i == len(runes)-1 || isBlankOrEnd(runes[i+1])
		switch {
		case i == 0 && strings.ContainsRune("#,[]{}&*!|>'\"%@`", r):
			indicators = true
		case i == 0 && (r == '-' || r == '?' || r == ':') && after:
			indicators = true
		case i > 0 && r == ':' && after, i > 0 && r == '#' && before:
			indicators = true
		}
		if isBreak(r) {
			breaks = true
		}
		if !printable(r, ascii) {
			special = true
		}
		switch {
		case r == ' ':
			breakSpace = breakSpace || previousBreak
			previousSpace, previousBreak = true, false
		case isBreak(r):
			spaceBreak = spaceBreak || previousSpace
			previousSpace, previousBreak = false, true
		default:
			previousSpace, previousBreak = false, false
		}
	}
	first, last := runes[0], runes[len(runes)-1]
	edges := first == ' ' || last == ' ' || isBreak(first) || isBreak(last)
	return form{
		plain:     !indicators && !special && !breaks && !edges,
		single:    !special && !breakSpace && !spaceBreak,
		multiline: breaks,
	}
}

// plain writes a text of words, folding at single blanks.
func (d *dumper) plain(text string, indent int, fold bool) {
	for text != "" {
		end := strings.IndexByte(text, ' ')
		if end < 0 {
			end = len(text)
		}
		d.write(text[:end])
		text = text[end:]
		blanks := len(text) - len(strings.TrimLeft(text, " "))
		if blanks == 1 && d.column > lineWidth && fold {
			d.newline(indent)
		} else {
			d.write(text[:blanks])
		}
		text = text[blanks:]
	}
}

func (d *dumper) singleQuoted(text string, indent int, fold bool) {
	d.write("'")
	start := 0
	for start < len(text) {
		rest := text[start:]
		r, _ := utf8.DecodeRuneInString(rest)
		switch {
		case r == ' ':
			blanks := len(rest) - len(strings.TrimLeft(rest, " "))
			if blanks == 1 && d.column > lineWidth && fold && start > 0 && start+1 < len(text) {
				d.newline(indent)
			} else {
				d.write(rest[:blanks])
			}
			start += blanks
		case isBreak(r):
			end := strings.IndexFunc(rest, func(r rune) bool { return !isBreak(r) })
			if end < 0 {
				end = len(rest)
			}
			if r == '\n' {
				// A single line break would read back as a blank.
				d.out.WriteByte('\n')
			}
			d.out.WriteString(rest[:end])
			d.column = 0
			d.write(strings.Repeat(" ", indent))
			start += end
		case r == '\'':
			d.write("''")
			start++
		default:
			end := strings.IndexFunc(rest, func(r rune) bool { return r == ' ' || r == '\'' || isBreak(r) })
			if end < 0 {
				end = len(rest)
			}
			d.write(rest[:end])
			start += end
		}
	}
	d.write("'")
}

var doubleEscapes = map[rune]string{
	0: `\0`, 7: `\a`, 8: `\b`, 9: `\t`, 10: `\n`, 11: `\v`, 12: `\f`, 13: `\r`, 0x1b: `\e`,
	'"': `\"`, '\\': `\\`, 0x85: `\N`, 0xa0: `\_`, 0x2028: `\L`, 0x2029: `\P`,
}

func (d *dumper) doubleQuoted(text string, indent int, fold bool) {
	d.write(`"`)
	runes := []rune(text)
	wasSpace := false
	for i, r := range runes {
		switch {
		case r == ' ':
			if fold && !wasSpace && d.column > lineWidth && i > 0 && i < len(runes)-1 {
				d.newline(indent)
				if runes[i+1] == ' ' {
					d.write(`\`)
				}
			} else {
				d.write(" ")
			}
			wasSpace = true
			continue
		case doubleEscapes[r] != "":
			d.write(doubleEscapes[r])
		case printable(r, d.style.ASCII):
			d.write(string(r))
		case r <= 0xff:
			d.write(fmt.Sprintf(`\x%02X`, r))
		case r <= 0xffff:
			d.write(fmt.Sprintf(`\u%04X`, r))
		default:
			d.write(fmt.Sprintf(`\U%08X`, r))
		}
		wasSpace = false
	}
	d.write(`"`)
}
