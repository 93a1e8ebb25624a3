package jinja

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// lexer cuts the text of a template into tokens.
type lexer struct {
	src          string
	trimBlocks   bool
	lstripBlocks bool
	tokens       []token
	// lineStarting says that the text before the current place ended a line,
	// either as text or as part of a delimiter that swallowed the line break.
	lineStarting bool
}

// normalizeSource turns every line break into "\n" and drops one at the end.
func normalizeSource(src string, keepTrailingNewline bool) string {
	if strings.IndexByte(src, '\r') >= 0 {
		src = strings.ReplaceAll(src, "\r\n", "\n")
		src = strings.ReplaceAll(src, "\r", "\n")
	}
	if !keepTrailingNewline {
		src = strings.TrimSuffix(src, "\n")
	}
	return src
}

func (l *lexer) emit(kind tokenKind, pos int, text string) {
	l.tokens = append(l.tokens, token{text: text, pos: int32(pos), kind: kind})
}

// template tokenizes text with delimiters.
func (l *lexer) template() ([]token, *Error) {
	l.lineStarting = true
	l.tokens = make([]token, 0, 8+len(l.src)/6)
	pos := 0
	for pos < len(l.src) {
		begin := l.nextDelimiter(pos)
		if begin < 0 {
			l.emit(tokData, pos, l.src[pos:])
			break
		}
		text := l.src[pos:begin]
		after, sign := l.sign(begin + 2)
		text = l.stripBefore(text, sign, l.src[begin+1] == '{')
		if text != "" {
			l.emit(tokData, pos, text)
		}
		var err *Error
		switch l.src[begin+1] {
		case '#':
			pos, err = l.comment(begin, after)
		case '{':
			l.emit(tokVariableBegin, begin, "")
			l.lineStarting = false
			pos, err = l.code(after, tokVariableEnd)
		default:
			if body, ok := l.rawBegin(after); ok {
				l.lineStarting = l.src[body-1] == '\n'
				pos, err = l.raw(begin, body)
				break
			}
			l.emit(tokBlockBegin, begin, "")
			l.lineStarting = false
			pos, err = l.code(after, tokBlockEnd)
		}
		if err != nil {
			return nil, err
		}
	}
	l.emit(tokEOF, len(l.src), "")
	return l.tokens, nil
}

// expression tokenizes text that is the inside of {{ }}.
func (l *lexer) expression() ([]token, *Error) {
	l.tokens = make([]token, 0, 4+len(l.src)/3)
	pos, err := l.code(0, tokVariableEnd)
	if err != nil {
		return nil, err
	}
	l.emit(tokEOF, pos, "")
	return l.tokens, nil
}

func (l *lexer) nextDelimiter(pos int) int {
	for {
		i := strings.IndexByte(l.src[pos:], '{')
		if i < 0 || pos+i+1 >= len(l.src) {
			return -1
		}
		pos += i
		switch l.src[pos+1] {
		case '{', '%', '#':
			return pos
		}
		pos++
	}
}

// sign reads the "-" or "+" that may follow a delimiter.
func (l *lexer) sign(pos int) (int, byte) {
	if pos < len(l.src) && (l.src[pos] == '-' || l.src[pos] == '+') {
		return pos + 1, l.src[pos]
	}
	return pos, 0
}

// stripBefore removes what white-space control removes at the end of the text
// before a delimiter.
func (l *lexer) stripBefore(text string, sign byte, variable bool) string {
	switch {
	case sign == '-':
		return strings.TrimRightFunc(text, isSpace)
	case sign == '+' || variable || !l.lstripBlocks:
		return text
	}
	lineStart := strings.LastIndexByte(text, '\n') + 1
	if (lineStart > 0 || l.lineStarting) && strings.TrimLeftFunc(text[lineStart:], isSpace) == "" {
		return text[:lineStart]
	}
	return text
}

// blockEnd matches the end of a block or comment: an optional sign, the two
// bytes of end, and the white space they swallow.
func (l *lexer) blockEnd(pos int, end string) (after int, ok bool) {
	rest := l.src[pos:]
	switch {
	case strings.HasPrefix(rest, end):
		after = pos + 2
		if l.trimBlocks && after < len(l.src) && l.src[after] == '\n' {
			after++
		}
		return after, true
	case len(rest) > 2 && rest[0] == '-' && strings.HasPrefix(rest[1:], end):
		return l.skipSpace(pos + 3), true
	case len(rest) > 2 && rest[0] == '+' && strings.HasPrefix(rest[1:], end):
		return pos + 3, true
	}
	return pos, false
}

func (l *lexer) skipSpace(pos int) int {
	for pos < len(l.src) {
		c := l.src[pos]
		if c < utf8.RuneSelf {
			if !isASCIISpace(c) {
				break
			}
			pos++
			continue
		}
		r, size := utf8.DecodeRuneInString(l.src[pos:])
		if !isSpace(r) {
			break
		}
		pos += size
	}
	return pos
}

func (l *lexer) comment(begin, pos int) (int, *Error) {
	i := strings.Index(l.src[pos:], "#}")
	if i < 0 {
		return 0, syntaxError(begin, "this comment is never closed; expected '#}'")
	}
	end := pos + i
	if i > 0 && (l.src[end-1] == '-' || l.src[end-1] == '+') {
		end--
	}
	after, _ := l.blockEnd(end, "#}")
	l.lineStarting = l.src[after-1] == '\n'
	return after, nil
}

// rawBegin matches the rest of "{% raw %}" after its sign.
func (l *lexer) rawBegin(pos int) (body int, ok bool) {
	pos = l.skipSpace(pos)
	if !strings.HasPrefix(l.src[pos:], "raw") {
		return 0, false
	}
	pos = l.skipSpace(pos + 3)
	rest := l.src[pos:]
	switch {
	case strings.HasPrefix(rest, "%}"):
		return pos + 2, true
	case strings.HasPrefix(rest, "-%}"):
		return l.skipSpace(pos + 3), true
	}
	return 0, false
}

func (l *lexer) raw(begin, body int) (int, *Error) {
	pos := body
	for {
		i := strings.Index(l.src[pos:], "{%")
		if i < 0 {
			return 0, syntaxError(begin, "this raw block is never closed; expected {%% endraw %%}")
		}
		open := pos + i
		after, sign := l.sign(open + 2)
		after = l.skipSpace(after)
		if strings.HasPrefix(l.src[after:], "endraw") {
			if end, ok := l.blockEnd(l.skipSpace(after+6), "%}"); ok {
				if text := l.stripBefore(l.src[body:open], sign, false); text != "" {
					l.emit(tokData, body, text)
				}
				l.lineStarting = l.src[end-1] == '\n'
				return end, nil
			}
		}
		pos = open + 2
	}
}

// code tokenizes the inside of a block or of an expression up to its end.
func (l *lexer) code(pos int, end tokenKind) (int, *Error) {
	var open []byte
	for {
		pos = l.skipSpace(pos)
		if pos >= len(l.src) {
			return pos, nil
		}
		if len(open) == 0 {
			if after, ok := l.codeEnd(pos, end); ok {
				l.emit(end, pos, "")
				l.lineStarting = l.src[after-1] == '\n'
				return after, nil
			}
		}
		c := l.src[pos]
		switch {
		case isDigit(c):
			kind, length := scanNumber(l.src, pos)
			l.emit(kind, pos, l.src[pos:pos+length])
			pos += length
		case c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z' || c >= utf8.RuneSelf:
			length := scanName(l.src[pos:])
			if length == 0 {
				r, _ := utf8.DecodeRuneInString(l.src[pos:])
				return 0, syntaxError(pos, "unexpected character %q", r)
			}
			l.emit(tokName, pos, l.src[pos:pos+length])
			pos += length
		case c == '\'' || c == '"':
			length := scanString(l.src[pos:])
			if length == 0 {
				return 0, syntaxError(pos, "this string is never closed")
			}
			l.emit(tokString, pos, l.src[pos:pos+length])
			pos += length
		default:
			kind, length := scanOperator(l.src[pos:])
			if length == 0 {
				return 0, syntaxError(pos, "unexpected character %q", rune(c))
			}
			switch kind {
			case tokLParen, tokLBracket, tokLBrace:
				open = append(open, c)
			case tokRParen, tokRBracket, tokRBrace:
				if len(open) == 0 {
					return 0, syntaxError(pos, "unexpected '%c'", c)
				}
				if want := closing(open[len(open)-1]); want != c {
					return 0, syntaxError(pos, "unexpected '%c', expected '%c'", c, want)
				}
				open = open[:len(open)-1]
			}
			l.emit(kind, pos, "")
			pos += length
		}
	}
}

func (l *lexer) codeEnd(pos int, end tokenKind) (int, bool) {
	if end == tokBlockEnd {
		return l.blockEnd(pos, "%}")
	}
	rest := l.src[pos:]
	switch {
	case strings.HasPrefix(rest, "}}"):
		return pos + 2, true
	case strings.HasPrefix(rest, "-}}"):
		return l.skipSpace(pos + 3), true
	}
	return pos, false
}

func closing(open byte) byte {
	switch open {
	case '(':
		return ')'
	case '[':
		return ']'
	}
	return '}'
}

func isASCIISpace(c byte) bool {
	return c == ' ' || c >= '\t' && c <= '\r' || c >= 0x1c && c <= 0x1f
}

// isSpace reports what Python's str.isspace does.
func isSpace(r rune) bool {
	if r < utf8.RuneSelf {
		return isASCIISpace(byte(r))
	}
	return unicode.IsSpace(r)
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
