package schema

import (
	"math/big"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/petrel-dev/petrel/pyvalue"
)

type tokenKind uint8

const (
	tokenEnd tokenKind = iota
	tokenName
	tokenNumber
	tokenText
	tokenOperator
)

// token is one token of Python. value is that of a number or a text; it is nil
// for an imaginary number and for a formatted text.
type token struct {
	kind  tokenKind
	text  string
	value any
	at    int
	// level is that of a binary operator.
	level int
}

// operators, longer ones first.
var operators = []string{
	"...", "**", "//", "<<", ">>", "<=", ">=", "==", "!=", ":=", "->",
	"(", ")", "[", "]", "{", "}", ",", ":", ".", "=", "<", ">", "+", "-", "*", "/", "%", "@", "|", "^", "&", "~", ";",
}

type literalScanner struct {
	text   string
	at     int
	tokens []token
	open   int // brackets
	err    error
}

// scanLiteral splits a text into tokens, with an end token behind.
func scanLiteral(text string) ([]token, error) {
	if strings.ContainsRune(text, 0) {
		return nil, pyvalue.Errorf(pyvalue.KindValue, "a literal cannot contain null characters")
	}
	text = strings.TrimLeft(text, " \t")
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	s := &literalScanner{text: text}
	for s.err == nil && s.scan() {
	}
	if s.err != nil {
		return nil, s.err
	}
	return append(s.tokens, token{kind: tokenEnd, at: s.at}), nil
}

func (s *literalScanner) fail(at int) bool {
	if s.err == nil {
		s.err = syntaxError(at)
	}
	return false
}

func (s *literalScanner) add(kind tokenKind, from int, value any) {
	t := token{kind: kind, text: s.text[from:s.at], value: value, at: from}
	if kind == tokenOperator || kind == tokenName {
		t.level = binaryLevel(t.text)
	}
	s.tokens = append(s.tokens, t)
}

// scan reads one token. It reports false at the end.
func (s *literalScanner) scan() bool {
	s.skipBlanks()
	if s.at >= len(s.text) {
		return false
	}
	c := s.text[s.at]
	switch {
	case c == '\n':
		return s.lineEnd()
	case c >= '0' && c <= '9', c == '.' && s.at+1 < len(s.text) && isDigit(s.text[s.at+1]):
		return s.number()
	case c == '"' || c == '\'':
		return s.quoted("")
	}
	if r, _ := utf8.DecodeRuneInString(s.text[s.at:]); isNameStart(r) {
		return s.name()
	}
	for _, operator := range operators {
		if operator[0] == c && strings.HasPrefix(s.text[s.at:], operator) {
			from := s.at
			s.at += len(operator)
			switch operator {
			case "(", "[", "{":
				s.open++
			case ")", "]", "}":
				s.open--
			}
			s.add(tokenOperator, from, nil)
			return true
		}
	}
	return s.fail(s.at)
}

func (s *literalScanner) skipBlanks() {
	for s.at < len(s.text) {
		switch c := s.text[s.at]; {
		case c == ' ', c == '\t', c == '\f', c == '\n' && s.open > 0:
			s.at++
		case c == '\\' && strings.HasPrefix(s.text[s.at:], "\\\n") && s.at+2 < len(s.text):
			s.at += 2
		case c == '#':
			if end := strings.IndexByte(s.text[s.at:], '\n'); end >= 0 {
				s.at += end
			} else {
				s.at = len(s.text)
			}
		default:
			return
		}
	}
}

// lineEnd ends the expression, unless nothing came before it. Only empty lines
// may follow, and what follows empty lines must not be indented.
func (s *literalScanner) lineEnd() bool {
	for s.at < len(s.text) {
		s.at++ // the line break
		start := s.at
		s.skipBlanks()
		if s.at >= len(s.text) {
			if strings.TrimLeft(s.text[start:], " \t\f") == "" && s.at > start {
				return s.fail(s.at) // blanks that open a line nothing stands on
			}
			return false
		}
		if s.text[s.at] == '\n' {
			continue
		}
		if len(s.tokens) > 0 || s.at > start {
			return s.fail(s.at)
		}
		return true
	}
	return false
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isNameStart(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.Is(unicode.Nl, r) }

func isNamePart(r rune) bool {
	return isNameStart(r) || unicode.In(r, unicode.Nd, unicode.Mn, unicode.Mc, unicode.Pc)
}

// name reads a name, or a text with a prefix.
func (s *literalScanner) name() bool {
	from := s.at
	s.skipName()
	word := s.text[from:s.at]
	if s.at < len(s.text) && (s.text[s.at] == '"' || s.text[s.at] == '\'') {
		switch prefix := strings.ToLower(word); prefix {
		case "r", "u", "b", "f", "br", "rb", "fr", "rf":
			return s.quoted(prefix)
		}
	}
	s.add(tokenName, from, nil)
	return true
}

func (s *literalScanner) skipName() {
	for s.at < len(s.text) {
		r, size := utf8.DecodeRuneInString(s.text[s.at:])
		if !isNamePart(r) {
			return
		}
		s.at += size
	}
}

func (s *literalScanner) number() bool {
	from := s.at
	base := 10
	if s.text[s.at] == '0' && s.at+1 < len(s.text) {
		switch s.text[s.at+1] {
		case 'x', 'X':
			base = 16
		case 'o', 'O':
			base = 8
		case 'b', 'B':
			base = 2
		}
	}
	if base != 10 {
		return s.prefixedNumber(from, base)
	}
	s.digits()
	isFloat := false
	if s.peek() == '.' {
		isFloat = true
		s.at++
		s.digits()
	}
	if c := s.peek(); c == 'e' || c == 'E' {
		exponent := strings.TrimLeft(s.text[s.at+1:], "+-")
		if exponent != "" && isDigit(exponent[0]) && len(s.text)-s.at-1-len(exponent) <= 1 {
			isFloat = true
			s.at = len(s.text) - len(exponent)
			s.digits()
		}
	}
	literal, ok := plainDigits(s.text[from:s.at])
	if !ok {
		return s.fail(from)
	}
	if c := s.peek(); c == 'j' || c == 'J' {
		s.at++
		s.add(tokenNumber, from, nil)
		return s.noName()
	}
	if isFloat {
		f, ok := parseFloat(literal)
		if !ok {
			return s.fail(from)
		}
		s.add(tokenNumber, from, f)
		return s.noName()
	}
	n, ok := parseInteger(literal)
	if !ok || len(literal) > 1 && literal[0] == '0' && strings.Trim(literal, "0") != "" {
		return s.fail(from)
	}
	s.add(tokenNumber, from, n)
	return s.noName()
}

// prefixedNumber reads an integer such as 0xff or 0b_1010.
func (s *literalScanner) prefixedNumber(from, base int) bool {
	s.at += 2
	start := s.at
	s.skipName()
	digits := s.text[start:s.at]
	if strings.Contains(digits, "__") || strings.HasSuffix(digits, "_") {
		return s.fail(from)
	}
	n, ok := new(big.Int).SetString(strings.ReplaceAll(digits, "_", ""), base)
	if !ok {
		return s.fail(from)
	}
	s.add(tokenNumber, from, pyvalue.Int(n))
	return true
}

func (s *literalScanner) peek() byte {
	if s.at < len(s.text) {
		return s.text[s.at]
	}
	return 0
}

func (s *literalScanner) digits() {
	for isDigit(s.peek()) || s.peek() == '_' {
		s.at++
	}
}

// noName refuses a name right behind a number.
func (s *literalScanner) noName() bool {
	if r, _ := utf8.DecodeRuneInString(s.text[s.at:]); s.at < len(s.text) && isNamePart(r) {
		return s.fail(s.at)
	}
	return true
}

// quoted reads a text whose prefix has been read.
func (s *literalScanner) quoted(prefix string) bool {
	from := s.at
	quote := s.text[s.at : s.at+1]
	if strings.HasPrefix(s.text[s.at:], strings.Repeat(quote, 3)) {
		quote = strings.Repeat(quote, 3)
	}
	s.at += len(quote)
	start := s.at
	for !strings.HasPrefix(s.text[s.at:], quote) {
		switch s.peek() {
		case '\\':
			s.at++
		case '\n':
			if len(quote) == 1 {
				return s.fail(from)
			}
		}
		if s.at++; s.at >= len(s.text) {
			return s.fail(from)
		}
	}
	body := s.text[start:s.at]
	s.at += len(quote)
	isBytes, isRaw := strings.Contains(prefix, "b"), strings.Contains(prefix, "r")
	if strings.Contains(prefix, "f") {
		s.add(tokenText, from, nil)
		return true
	}
	if isBytes && strings.ContainsFunc(body, func(r rune) bool { return r >= utf8.RuneSelf }) {
		return s.fail(from)
	}
	if !isRaw {
		var ok bool
		if body, ok = unescape(body, isBytes); !ok {
			return s.fail(from)
		}
	}
	if isBytes {
		s.add(tokenText, from, []byte(body))
	} else {
		s.add(tokenText, from, body)
	}
	return true
}

var simpleEscapes = map[byte]string{
	'\n': "", '\\': "\\", '\'': "'", '"': "\"", 'a': "\a", 'b': "\b", 'f': "\f", 'n': "\n", 'r': "\r", 't': "\t", 'v': "\v",
}

// unescape replaces the escapes of a text. Unknown ones stay as they are.
// Characters by name, \N{...}, are not supported.
func unescape(body string, isBytes bool) (string, bool) {
	var b strings.Builder
	write := func(code uint64) bool {
		switch {
		case isBytes:
			b.WriteByte(byte(code))
		case code > unicode.MaxRune:
			return false
		default:
			b.WriteRune(rune(code))
		}
		return true
	}
	for {
		plain, rest, found := strings.Cut(body, "\\")
		b.WriteString(plain)
		if !found {
			return b.String(), true
		}
		if rest == "" {
			return "", false
		}
		c := rest[0]
		if text, ok := simpleEscapes[c]; ok {
			b.WriteString(text)
			body = rest[1:]
			continue
		}
		if c >= '0' && c <= '7' {
			n := 1
			for n < 3 && n < len(rest) && rest[n] >= '0' && rest[n] <= '7' {
				n++
			}
			code, _ := strconv.ParseUint(rest[:n], 8, 32)
			write(code)
			body = rest[n:]
			continue
		}
		size := map[byte]int{'x': 2, 'u': 4, 'U': 8}[c]
		switch {
		case size == 0 || isBytes && c != 'x':
			if c == 'N' && !isBytes {
				return "", false
			}
			b.WriteByte('\\')
			body = rest
			continue
		case len(rest) < size+1:
			return "", false
		}
		code, err := strconv.ParseUint(rest[1:size+1], 16, 64)
		if err != nil || !write(code) {
			return "", false
		}
		body = rest[size+1:]
	}
}
