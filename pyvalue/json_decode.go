package pyvalue

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// JSONDialect says how strictly JSON is read.
type JSONDialect uint8

const (
	// PythonJSON is Python's json.loads: NaN and Infinity are numbers, integers
	// have any size, control characters in texts are refused.
	PythonJSON JSONDialect = iota
	// StrictJSON is the JSON of the standard, as StackStorm's fast decoder reads
	// it: no NaN, no lone surrogates, no numbers beyond the range of a float, and
	// integers beyond 64 bits become floats.
	StrictJSON
)

// DecodeJSON reads one JSON value. Objects become *Map in the order of the text,
// arrays *List; of keys that occur twice the last value wins. Numbers without
// point and exponent are integers. The error is of kind [KindJSONDecode] and
// says line and column, or of kind [KindRecursion] beyond [MaxDepth] levels.
//
// Texts without escapes share the memory of the input.
func DecodeJSON(text string, dialect JSONDialect) (any, error) {
	d := jsonDecoder{text: text, strict: dialect == StrictJSON}
	if d.strict && !utf8.ValidString(text) {
		return nil, d.fail("text is not valid UTF-8")
	}
	d.skipBlanks()
	v, err := d.value(0)
	if err != nil {
		return nil, err
	}
	d.skipBlanks()
	if d.pos < len(d.text) {
		return nil, d.fail("unexpected text after the value")
	}
	return v, nil
}

type jsonDecoder struct {
	text   string
	pos    int
	strict bool
}

func (d *jsonDecoder) fail(message string) error {
	before := d.text[:min(d.pos, len(d.text))]
	line := 1 + strings.Count(before, "\n")
	column := 1 + utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:])
	return Errorf(KindJSONDecode, "line %d column %d: %s", line, column, message)
}

func (d *jsonDecoder) skipBlanks() {
	for d.pos < len(d.text) {
		switch d.text[d.pos] {
		case ' ', '\t', '\n', '\r':
			d.pos++
		default:
			return
		}
	}
}

func (d *jsonDecoder) value(depth int) (any, error) {
	if depth > MaxDepth {
		return nil, errTooDeep()
	}
	if d.pos >= len(d.text) {
		return nil, d.fail("expected a value, found the end of the text")
	}
	switch c := d.text[d.pos]; c {
	case '{':
		return d.object(depth)
	case '[':
		return d.array(depth)
	case '"':
		s, err := d.string()
		if err != nil {
			return nil, err
		}
		return s, nil
	case 't':
		return true, d.word("true")
	case 'f':
		return false, d.word("false")
	case 'n':
		return nil, d.word("null")
	case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		return d.number()
	case 'N':
		if !d.strict {
			return math.NaN(), d.word("NaN")
		}
	case 'I':
		if !d.strict {
			return math.Inf(1), d.word("Infinity")
		}
	}
	return nil, d.fail("expected a value")
}

func (d *jsonDecoder) word(word string) error {
	if !strings.HasPrefix(d.text[d.pos:], word) {
		return d.fail("expected a value")
	}
	d.pos += len(word)
	return nil
}

func (d *jsonDecoder) object(depth int) (any, error) {
	d.pos++
	d.skipBlanks()
	if d.pos < len(d.text) && d.text[d.pos] == '}' {
		d.pos++
		return &Map{}, nil
	}
	// Most objects have a few members; growing from nothing costs more.
	m := NewMap(4)
	for {
		if d.pos >= len(d.text) || d.text[d.pos] != '"' {
			return nil, d.fail("expected a property name in double quotes")
		}
		name, err := d.string()
		if err != nil {
			return nil, err
		}
		d.skipBlanks()
		if d.pos >= len(d.text) || d.text[d.pos] != ':' {
			return nil, d.fail("expected ':'")
		}
		d.pos++
		d.skipBlanks()
		value, err := d.value(depth + 1)
		if err != nil {
			return nil, err
		}
		m.SetString(name, value)
		more, err := d.separator('}')
		if err != nil || !more {
			return m, err
		}
	}
}

func (d *jsonDecoder) array(depth int) (any, error) {
	l := &List{}
	d.pos++
	d.skipBlanks()
	if d.pos < len(d.text) && d.text[d.pos] == ']' {
		d.pos++
		l.Items = []any{}
		return l, nil
	}
	l.Items = make([]any, 0, 4)
	for {
		value, err := d.value(depth + 1)
		if err != nil {
			return nil, err
		}
		l.Items = append(l.Items, value)
		more, err := d.separator(']')
		if err != nil || !more {
			return l, err
		}
	}
}

// separator reads a comma, after which more is true, or the end character.
func (d *jsonDecoder) separator(end byte) (more bool, err error) {
	d.skipBlanks()
	if d.pos < len(d.text) {
		switch d.text[d.pos] {
		case end:
			d.pos++
			return false, nil
		case ',':
			d.pos++
			d.skipBlanks()
			return true, nil
		}
	}
	return false, d.fail("expected ',' or '" + string(end) + "'")
}

func (d *jsonDecoder) number() (any, error) {
	start := d.pos
	if d.text[d.pos] == '-' {
		d.pos++
		if !d.strict && strings.HasPrefix(d.text[d.pos:], "Infinity") {
			d.pos += len("Infinity")
			return math.Inf(-1), nil
		}
	}
	whole := d.digits()
	if whole == 0 {
		return nil, d.fail("expected a digit")
	}
	if whole > 1 && d.text[d.pos-whole] == '0' {
		d.pos -= whole - 1
		return nil, d.fail("a number must not begin with 0")
	}
	integer := true
	if d.pos < len(d.text) && d.text[d.pos] == '.' {
		integer = false
		d.pos++
		if d.digits() == 0 {
			return nil, d.fail("expected a digit after the point")
		}
	}
	if d.pos < len(d.text) && (d.text[d.pos] == 'e' || d.text[d.pos] == 'E') {
		integer = false
		d.pos++
		if d.pos < len(d.text) && (d.text[d.pos] == '+' || d.text[d.pos] == '-') {
			d.pos++
		}
		if d.digits() == 0 {
			return nil, d.fail("expected a digit in the exponent")
		}
	}
	return d.convert(d.text[start:d.pos], integer)
}

func (d *jsonDecoder) digits() int {
	start := d.pos
	for d.pos < len(d.text) && d.text[d.pos] >= '0' && d.text[d.pos] <= '9' {
		d.pos++
	}
	return d.pos - start
}

func (d *jsonDecoder) convert(literal string, integer bool) (any, error) {
	if integer {
		if n, err := strconv.ParseInt(literal, 10, 64); err == nil {
			return n, nil
		}
		if d.strict {
			if n, err := strconv.ParseUint(literal, 10, 64); err == nil {
				return Uint(n), nil
			}
		} else {
			n, ok := ParseNumber(literal)
			if !ok {
				return nil, Errorf(KindValue, "integer has more than %d digits", maxDigits)
			}
			return n, nil
		}
	}
	f, _ := strconv.ParseFloat(literal, 64)
	if d.strict && math.IsInf(f, 0) {
		return nil, d.fail("number is out of range")
	}
	return f, nil
}

// string reads a text whose opening quote is at pos.
func (d *jsonDecoder) string() (string, error) {
	d.pos++
	start := d.pos
	for d.pos < len(d.text) {
		switch c := d.text[d.pos]; {
		case c == '"':
			s := d.text[start:d.pos]
			d.pos++
			return s, nil
		case c == '\\':
			return d.escaped(start)
		case c < ' ':
			return "", d.fail("control character in a text")
		}
		d.pos++
	}
	return "", d.fail("text has no closing quote")
}

// escaped continues string from the first backslash on.
func (d *jsonDecoder) escaped(start int) (string, error) {
	b := make([]byte, 0, 2*(d.pos-start)+16)
	b = append(b, d.text[start:d.pos]...)
	for d.pos < len(d.text) {
		c := d.text[d.pos]
		switch {
		case c == '"':
			d.pos++
			return string(b), nil
		case c < ' ':
			return "", d.fail("control character in a text")
		case c != '\\':
			b = append(b, c)
			d.pos++
			continue
		}
		if d.pos+1 >= len(d.text) {
			break
		}
		d.pos += 2
		switch c := d.text[d.pos-1]; c {
		case '"', '\\', '/':
			b = append(b, c)
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
		case 'u':
			r, err := d.unicodeEscape()
			if err != nil {
				return "", err
			}
			b = utf8.AppendRune(b, r)
		default:
			d.pos -= 2
			return "", d.fail("unknown escape in a text")
		}
	}
	return "", d.fail("text has no closing quote")
}

// unicodeEscape reads the digits after \u, and the second half of a surrogate
// pair. A lone surrogate has no place in UTF-8 and becomes U+FFFD.
func (d *jsonDecoder) unicodeEscape() (rune, error) {
	r, err := d.hex4()
	if err != nil || !utf16.IsSurrogate(r) {
		return r, err
	}
	if strings.HasPrefix(d.text[d.pos:], `\u`) {
		mark := d.pos
		d.pos += 2
		second, err := d.hex4()
		if err != nil {
			return 0, err
		}
		if pair := utf16.DecodeRune(r, second); pair != utf8.RuneError {
			return pair, nil
		}
		d.pos = mark
	}
	if d.strict {
		return 0, d.fail("lone surrogate in a text")
	}
	return utf8.RuneError, nil
}

func (d *jsonDecoder) hex4() (rune, error) {
	if d.pos+4 > len(d.text) {
		return 0, d.fail(`expected four hexadecimal digits after \u`)
	}
	n := rune(0)
	for i := range 4 {
		c := d.text[d.pos+i]
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, d.fail(`expected four hexadecimal digits after \u`)
		}
		n = n<<4 | rune(c)
	}
	d.pos += 4
	return n, nil
}
