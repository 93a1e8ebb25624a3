package pyvalue

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"
)

// IsSpace reports whether Python counts r as white space, in trimming,
// splitting and isspace.
func IsSpace(r rune) bool {
	switch {
	case r < 0x80:
		return r == ' ' || r >= '\t' && r <= '\r' || r >= 0x1c && r <= 0x1f
	case r == 0x85, r == 0xa0:
		return true
	}
	return r >= 0x1680 && unicode.Is(unicode.White_Space, r)
}

// TrimSpace returns s without Python's white space at both ends.
func TrimSpace(s string) string { return strings.TrimFunc(s, IsSpace) }

// Upper returns s in upper case by the full rules of Unicode, under which a
// text may grow: "ß" becomes "SS".
func Upper(s string) string {
	if isASCII(s) {
		return strings.ToUpper(s)
	}
	return cases.Upper(language.Und).String(s)
}

// Lower returns s in lower case by the full rules of Unicode.
func Lower(s string) string {
	if isASCII(s) {
		return strings.ToLower(s)
	}
	return cases.Lower(language.Und).String(s)
}

// CaseFold returns s in the form in which texts are compared without regard to
// case.
func CaseFold(s string) string {
	if isASCII(s) {
		return strings.ToLower(s)
	}
	return cases.Fold().String(s)
}

// Title returns s with every word in title case; a word is a run of letters
// that have a case.
func Title(s string) string {
	var b strings.Builder
	inWord := false
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		letter := s[i : i+size]
		cased := isCased(r)
		switch {
		case !cased:
			b.WriteString(letter)
		case !inWord:
			b.WriteString(titleRune(letter))
		case r == 'Σ' && finalSigma(s[:i], s[i+size:]):
			b.WriteString("ς")
		default:
			b.WriteString(Lower(letter))
		}
		inWord = cased
		i += size
	}
	return b.String()
}

// Capitalize returns s with its first character in title case and the rest in
// lower case.
func Capitalize(s string) string {
	_, size := utf8.DecodeRuneInString(s)
	return titleRune(s[:size]) + lowerAfter(s, size)
}

// lowerAfter returns s from offset size on in lower case. The text before it
// counts for the form of a final sigma.
func lowerAfter(s string, size int) string {
	return Lower(s)[len(Lower(s[:size])):]
}

// SwapCase returns s with upper case made lower and the reverse.
func SwapCase(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		letter := s[i : i+size]
		switch {
		case r == 'Σ' && finalSigma(s[:i], s[i+size:]):
			b.WriteString("ς")
		case isUpper(r):
			b.WriteString(Lower(letter))
		case isLower(r):
			b.WriteString(Upper(letter))
		default:
			b.WriteString(letter)
		}
		i += size
	}
	return b.String()
}

// finalSigma reports whether a sigma between the two texts ends a word.
func finalSigma(before, after string) bool {
	r, _ := utf8.DecodeLastRuneInString(strings.TrimRightFunc(before, caseIgnorable))
	next, _ := utf8.DecodeRuneInString(strings.TrimLeftFunc(after, caseIgnorable))
	return isCased(r) && !isCased(next)
}

func caseIgnorable(r rune) bool {
	return unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf, unicode.Lm, unicode.Sk) || strings.ContainsRune("'.:·’‘․", r)
}

func titleRune(s string) string {
	if isASCII(s) {
		return strings.ToUpper(s)
	}
	return cases.Title(language.Und, cases.NoLower).String(s)
}

func isUpper(r rune) bool {
	return unicode.IsUpper(r) || r >= 0x80 && unicode.Is(unicode.Other_Uppercase, r)
}

func isLower(r rune) bool {
	return unicode.IsLower(r) || r >= 0x80 && unicode.Is(unicode.Other_Lowercase, r)
}

func isCased(r rune) bool { return isUpper(r) || isLower(r) || unicode.IsTitle(r) }

func isDigit(r rune) bool { return unicode.IsDigit(r) || unicode.Is(otherDigits, r) }

func isNumeric(r rune) bool {
	return unicode.IsNumber(r) || r >= 0x80 && unicode.Is(otherNumerals, r)
}

func isAlnum(r rune) bool { return unicode.IsLetter(r) || isNumeric(r) }

// allAre reports whether s has characters and all are of the class.
func allAre(s string, class func(rune) bool) bool {
	return s != "" && strings.IndexFunc(s, func(r rune) bool { return !class(r) }) < 0
}

// isTitled reports whether upper case follows only uncased characters and lower
// case only cased ones.
func isTitled(s string) bool {
	cased, found := false, false
	for _, r := range s {
		switch {
		case isUpper(r) || unicode.IsTitle(r):
			if cased {
				return false
			}
			cased, found = true, true
		case isLower(r):
			if !cased {
				return false
			}
			found = true
		default:
			cased = false
		}
	}
	return found
}

// singleCased reports whether s has cased characters and all are of the class.
func singleCased(s string, class func(rune) bool) bool {
	found := false
	for _, r := range s {
		if isCased(r) {
			if !class(r) {
				return false
			}
			found = true
		}
	}
	return found
}

func isIdentifier(s string) bool {
	for i, r := range s {
		start := r == '_' || unicode.IsLetter(r) || unicode.Is(unicode.Nl, r) || unicode.Is(unicode.Other_ID_Start, r)
		if !start && (i == 0 || !unicode.In(r, unicode.Nd, unicode.Mn, unicode.Mc, unicode.Pc, unicode.Other_ID_Continue)) {
			return false
		}
	}
	return s != ""
}

func isPrintable(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) < 0
}
