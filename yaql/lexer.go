package yaql

import (
	"math/big"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

type tokenKind uint8

const (
	tokEnd      tokenKind = iota
	tokLiteral            // string, number, true, false, null: value
	tokWord               // bare word: text
	tokVariable           // $name: text
	tokFunction           // name directly followed by "(": text is the name
	tokOperator           // text
	tokPair               // =>
	tokPunct              // one of ( ) [ ] { } ,: text
)

type token struct {
	kind  tokenKind
	text  string
	value any
	pos   int
}

// lexer turns the source into tokens, one at a time, so that a grammar error
// is found before a lexical error behind it.
type lexer struct {
	src string
	pos int
}

// Symbols of two characters come before their prefixes.
var symbols = [...]string{"?.", "=~", "!~", "->", ">=", "<=", "!=", "=>", "=", ">", "<", "/", ".", "+", "-", "*"}

func (l *lexer) next() (token, *Error) {
	for l.pos < len(l.src) && strings.IndexByte(" \t\r\n", l.src[l.pos]) >= 0 {
		l.pos++
	}
	start := l.pos
	if start >= len(l.src) {
		return token{kind: tokEnd, pos: start}, nil
	}
	switch c := l.src[start]; c {
	case '$':
		l.pos = wordEnd(l.src, start+1)
		return token{kind: tokVariable, text: l.src[start:l.pos], pos: start}, nil
	case '\'', '"', '`':
		return l.quoted(c)
	case '(', ')', '[', ']', '{', '}', ',':
		l.pos++
		return token{kind: tokPunct, text: l.src[start:l.pos], pos: start}, nil
	}
	r, _ := utf8.DecodeRuneInString(l.src[start:])
	if unicode.IsDigit(r) {
		return l.number()
	}
	if isWordRune(r) {
		return l.word()
	}
	for _, s := range symbols {
		if strings.HasPrefix(l.src[start:], s) {
			l.pos += len(s)
			kind := tokOperator
			if s == "=>" {
				kind = tokPair
			}
			return token{kind: kind, text: s, pos: start}, nil
		}
	}
	return token{}, l.illegal(start)
}

func (l *lexer) illegal(pos int) *Error {
	r, _ := utf8.DecodeRuneInString(l.src[pos:])
	e := fail(KindLexical, "illegal character %q", r)
	switch rest := l.src[pos:]; {
	case strings.HasPrefix(rest, "&&"):
		e.Suggestion = "and"
	case strings.HasPrefix(rest, "||"):
		e.Suggestion = "or"
	case r == '%':
		e.Suggestion = "mod"
	case r == '!':
		e.Suggestion = "not"
	case r == ':':
		e.Suggestion = "=>"
	case r == '\'' || r == '"' || r == '`':
		e.Message = "unterminated string"
	}
	return e.at(l.src, pos)
}

func (l *lexer) word() (token, *Error) {
	start := l.pos
	end := wordEnd(l.src, start)
	text := l.src[start:end]
	if end < len(l.src) && l.src[end] == '(' {
		l.pos = end + 1
		return token{kind: tokFunction, text: text, pos: start}, nil
	}
	if strings.HasPrefix(text, "__") {
		e := fail(KindLexical, "a word cannot begin with two underscores")
		return token{}, e.at(l.src, start)
	}
	l.pos = end
	t := token{kind: tokLiteral, text: text, pos: start}
	switch text {
	case "true":
		t.value = true
	case "false":
		t.value = false
	case "null":
	case "and", "or", "not", "in", "mod":
		t.kind = tokOperator
	default:
		t.kind = tokWord
	}
	return t, nil
}

// number reads digits with an optional fraction. Both must end at a word
// boundary; if only the fraction does not, it is not part of the number.
func (l *lexer) number() (token, *Error) {
	start := l.pos
	whole := digitsEnd(l.src, start)
	boundary := func(i int) bool {
		r, _ := utf8.DecodeRuneInString(l.src[i:])
		return i >= len(l.src) || !isWordRune(r)
	}
	end, float := whole, false
	if whole < len(l.src) && l.src[whole] == '.' {
		if f := digitsEnd(l.src, whole+1); f > whole+1 && boundary(f) {
			end, float = f, true
		}
	}
	if !boundary(end) {
		e := fail(KindLexical, "malformed number")
		e.Expected = "digits, or digits with a point and digits"
		return token{}, e.at(l.src, start)
	}
	l.pos = end
	text := asciiDigits(l.src[start:end])
	t := token{kind: tokLiteral, text: text, pos: start}
	if float {
		t.value, _ = strconv.ParseFloat(text, 64)
		return t, nil
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		t.value = n
		return t, nil
	}
	const maxDigits = 4300
	if len(text) > maxDigits {
		return token{}, fail(KindValue, "an integer of more than %d digits", maxDigits).at(l.src, start)
	}
	n, _ := new(big.Int).SetString(text, 10)
	if n.IsInt64() { // leading zeros
		t.value = n.Int64()
	} else {
		t.value = n
	}
	return t, nil
}

// quoted reads a string literal. A backslash takes the next character with
// it, except a line feed.
func (l *lexer) quoted(quote byte) (token, *Error) {
	start := l.pos
	escaped := false
	i := start + 1
	for ; i < len(l.src) && l.src[i] != quote; i++ {
		if l.src[i] != '\\' {
			continue
		}
		i++
		escaped = true
		if i >= len(l.src) || l.src[i] == '\n' {
			return token{}, l.illegal(start)
		}
	}
	if i >= len(l.src) {
		return token{}, l.illegal(start)
	}
	text := l.src[start+1 : i]
	l.pos = i + 1
	t := token{kind: tokLiteral, text: l.src[start:l.pos], value: text, pos: start}
	if !escaped {
		return t, nil
	}
	if quote == '`' {
		t.value = strings.ReplaceAll(text, "\\`", "`")
		return t, nil
	}
	s, at, err := unescape(text)
	if err != nil {
		return token{}, err.at(l.src, start+1+at)
	}
	t.value = s
	return t, nil
}

func isWordRune(r rune) bool {
	if r < utf8.RuneSelf {
		return r == '_' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
	}
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsNumber(r))
}

func wordEnd(s string, i int) int {
	for i < len(s) {
		r, n := utf8.DecodeRuneInString(s[i:])
		if !isWordRune(r) {
			break
		}
		i += n
	}
	return i
}

func digitsEnd(s string, i int) int {
	for i < len(s) {
		r, n := utf8.DecodeRuneInString(s[i:])
		if !unicode.IsDigit(r) {
			break
		}
		i += n
	}
	return i
}

// asciiDigits replaces decimal digits of other scripts. Unicode keeps the
// ten digits of a script together, in runs of whole tens.
func asciiDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf || !unicode.IsDigit(r) {
			return r
		}
		first := r
		for unicode.IsDigit(first - 1) {
			first--
		}
		return '0' + (r-first)%10
	}, s)
}
