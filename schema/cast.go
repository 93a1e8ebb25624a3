package schema

import (
	"math"
	"math/big"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/petrel-dev/petrel/pyvalue"
)

// None is the text that the template filter use_none makes of null. Casting
// turns it back into null.
const None = "%*****__%NONE%__*****%"

// Cast converts a value to a declared type the way StackStorm does:
//
//   - string leaves texts and null as they are and refuses everything else.
//   - integer and number read texts, cut fractions off, and count true as 1.
//   - boolean reads a text in any case as a Python literal, so that "1" is the
//     integer 1; other values stay as they are.
//   - array and object read a text as JSON, or else as a Python literal, of
//     whatever kind; other values stay as they are.
//   - With another type or none the value stays as it is.
//
// A nil value is an error for integer and number; callers that allow null leave
// nil values alone. The error is a *pyvalue.Error of kind type, value, overflow
// or literal_syntax.
func Cast(value any, typ string) (any, error) {
	value = pyvalue.Canonical(value)
	switch typ {
	case "string", "integer", "number", "boolean", "array", "object":
		if value == None {
			value = nil
		}
	}
	text, isText := value.(string)
	switch typ {
	case "string":
		if value != nil && !isText {
			return nil, pyvalue.Errorf(pyvalue.KindValue, "must be a string, is %s", kindOf(value).withArticle())
		}
	case "integer":
		return castInteger(value)
	case "number":
		return castNumber(value)
	case "boolean":
		if isText {
			return parseLiteral(capitalized(text))
		}
	case "array", "object":
		if isText {
			if decoded, err := pyvalue.DecodeJSON(text, pyvalue.StrictJSON); err == nil {
				return decoded, nil
			}
			return parseLiteral(text)
		}
	}
	return value, nil
}

func castInteger(value any) (any, error) {
	switch value := value.(type) {
	case int64, *big.Int:
		return value, nil
	case bool:
		if value {
			return int64(1), nil
		}
		return int64(0), nil
	case float64:
		if math.IsNaN(value) {
			return nil, pyvalue.Errorf(pyvalue.KindValue, "NaN is not an integer")
		}
		if math.IsInf(value, 0) {
			return nil, pyvalue.Errorf(pyvalue.KindOverflow, "infinity is not an integer")
		}
		n, _ := big.NewFloat(value).Int(nil)
		return pyvalue.Int(n), nil
	case string:
		if n, ok := parseInteger(value); ok {
			return n, nil
		}
		return nil, pyvalue.Errorf(pyvalue.KindValue, "%s is not an integer", shortened(value))
	}
	return nil, pyvalue.Errorf(pyvalue.KindType, "must be an integer, is %s", kindOf(value).withArticle())
}

func castNumber(value any) (any, error) {
	switch value := value.(type) {
	case float64:
		return value, nil
	case int64:
		return float64(value), nil
	case *big.Int:
		if f := asFloat(value); !math.IsInf(f, 0) {
			return f, nil
		}
		return nil, pyvalue.Errorf(pyvalue.KindOverflow, "the integer is too large for a number")
	case bool:
		if value {
			return 1.0, nil
		}
		return 0.0, nil
	case string:
		if f, ok := parseFloat(value); ok {
			return f, nil
		}
		return nil, pyvalue.Errorf(pyvalue.KindValue, "%s is not a number", shortened(value))
	}
	return nil, pyvalue.Errorf(pyvalue.KindType, "must be a number, is %s", kindOf(value).withArticle())
}

// shortened quotes a text for a message.
func shortened(text string) string {
	const limit = 60
	if utf8.RuneCountInString(text) > limit {
		text = string([]rune(text)[:limit]) + "…"
	}
	return strconv.Quote(text)
}

// maxDigits is how long an integer in a text may be, as in Python.
const maxDigits = 4300

// parseInteger reads a text as Python's int does.
func parseInteger(text string) (any, bool) {
	digits, ok := plainDigits(strings.TrimFunc(text, unicode.IsSpace))
	if !ok || len(digits) > maxDigits {
		return nil, false
	}
	unsigned := strings.TrimLeft(digits, "+-")
	if len(digits)-len(unsigned) > 1 || unsigned == "" || strings.Trim(unsigned, "0123456789") != "" {
		return nil, false
	}
	if n, err := strconv.ParseInt(digits, 10, 64); err == nil {
		return n, true
	}
	n, ok := new(big.Int).SetString(digits, 10)
	if !ok {
		return nil, false
	}
	return pyvalue.Int(n), true
}

// parseFloat reads a text as Python's float does.
func parseFloat(text string) (float64, bool) {
	plain, ok := plainDigits(strings.TrimFunc(text, unicode.IsSpace))
	if !ok {
		return 0, false
	}
	switch unsigned := strings.ToLower(strings.TrimLeft(plain, "+-")); unsigned {
	case "inf", "infinity", "nan":
		if len(plain)-len(unsigned) > 1 {
			return 0, false
		}
		f, err := strconv.ParseFloat(plain[len(plain)-len(unsigned):], 64)
		if strings.HasPrefix(plain, "-") {
			f = -f
		}
		return f, err == nil
	default:
		// Go alone knows hexadecimal floats.
		if strings.Trim(unsigned, "0123456789.e+-") != "" {
			return 0, false
		}
	}
	f, err := strconv.ParseFloat(plain, 64)
	if err != nil && !math.IsInf(f, 0) {
		return 0, false
	}
	return f, true
}

// plainDigits removes the underscores that Python allows between digits and
// turns the digits of all scripts into ASCII ones.
func plainDigits(text string) (string, bool) {
	var b strings.Builder
	wasDigit, wasUnderscore := false, false
	for _, r := range text {
		digit, isDigit := decimal(r)
		switch {
		case r == '_':
			if !wasDigit {
				return "", false
			}
		case wasUnderscore && !isDigit:
			return "", false
		case isDigit:
			b.WriteByte('0' + digit)
		default:
			b.WriteRune(r)
		}
		wasDigit, wasUnderscore = isDigit, r == '_'
	}
	return b.String(), !wasUnderscore
}

// decimal returns the value of a decimal digit of any script: digits of one
// script stand in a row.
func decimal(r rune) (byte, bool) {
	if r >= '0' && r <= '9' {
		return byte(r - '0'), true
	}
	if r < utf8.RuneSelf || !unicode.Is(unicode.Nd, r) {
		return 0, false
	}
	for _, block := range unicode.Nd.R16 {
		if r >= rune(block.Lo) && r <= rune(block.Hi) {
			return byte((r - rune(block.Lo)) % 10), true
		}
	}
	for _, block := range unicode.Nd.R32 {
		if r >= rune(block.Lo) && r <= rune(block.Hi) {
			return byte((r - rune(block.Lo)) % 10), true
		}
	}
	return 0, false
}

// capitalized makes the first letter upper case and all others lower case.
func capitalized(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	if size == 0 {
		return text
	}
	return string(unicode.ToTitle(first)) + strings.ToLower(text[size:])
}
