package pyvalue

import (
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// formatSpec is a parsed format specification: [[fill]align][sign][z][#][0]
// [width][grouping][.precision][type].
type formatSpec struct {
	fill      string
	align     byte // 0 if not given
	sign      byte
	alternate bool
	zero      bool
	noNegZero bool
	width     int
	grouping  byte
	precision int // -1 if not given
	verb      byte
}

// maxPrecision is the largest number of digits a number is formatted with.
const maxPrecision = 100_000

func parseFormatSpec(text string) (formatSpec, error) {
	spec := formatSpec{fill: " ", precision: -1}
	fail := func() (formatSpec, error) {
		return spec, Errorf(KindValue, "invalid format specifier %s", Repr(text))
	}
	isAlign := func(s string) bool { return s != "" && strings.IndexByte("<>=^", s[0]) >= 0 }
	rest := text
	if _, size := utf8.DecodeRuneInString(rest); size > 0 && isAlign(rest[size:]) {
		spec.fill, spec.align, rest = rest[:size], rest[size], rest[size+1:]
	} else if isAlign(rest) {
		spec.align, rest = rest[0], rest[1:]
	}
	take := func(chars string) byte {
		if rest != "" && strings.IndexByte(chars, rest[0]) >= 0 {
			c := rest[0]
			rest = rest[1:]
			return c
		}
		return 0
	}
	spec.sign = take("+- ")
	spec.noNegZero = take("z") != 0
	spec.alternate = take("#") != 0
	filled := spec.align != 0
	if take("0") != 0 {
		spec.zero = true
		if !filled {
			spec.fill, spec.align = "0", '='
		} else if spec.fill == " " && text[0] != ' ' {
			spec.fill = "0"
		}
	}
	number := func(limit int) (int, bool, error) {
		digits := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
		if digits == 0 {
			return 0, false, nil
		}
		n, err := strconv.Atoi(rest[:digits])
		if err != nil {
			return 0, false, Errorf(KindValue, "too many decimal digits in format string")
		}
		if n > limit {
			return 0, false, errTooLong(n)
		}
		rest = rest[digits:]
		return n, true, nil
	}
	var err error
	if spec.width, _, err = number(MaxTextBytes); err != nil {
		return spec, err
	}
	spec.grouping = take(",_")
	if spec.grouping != 0 && take(",_") != 0 {
		return spec, Errorf(KindValue, "cannot specify two separators")
	}
	if take(".") != 0 {
		n, ok, err := number(MaxTextBytes)
		if err != nil {
			return spec, err
		}
		if !ok {
			return spec, Errorf(KindValue, "format specifier missing precision")
		}
		spec.precision = n
	}
	if len(rest) > 1 {
		return fail()
	}
	if rest != "" {
		spec.verb = rest[0]
	}
	return spec, nil
}

// FormatValue returns format(v, spec): the text of v as the part of a
// replacement field after the colon asks for.
func FormatValue(v any, spec string) (string, error) {
	if spec == "" {
		return StrWithin(v, 0)
	}
	switch t := v.(type) {
	case time.Time, Date:
		return "", Errorf(KindValue, "format of dates %s is not supported", Repr(spec))
	case string:
		parsed, err := parseFormatSpec(spec)
		if err != nil {
			return "", err
		}
		return parsed.text(t)
	}
	n := numberOf(v)
	if n.class == notNumber {
		return "", Errorf(KindType, "unsupported format string passed to %s.__format__", TypeName(v))
	}
	parsed, err := parseFormatSpec(spec)
	if err != nil {
		return "", err
	}
	return parsed.number(n)
}

func (f formatSpec) unknownVerb(typeName string) error {
	return Errorf(KindValue, "unknown format code '%c' for object of type '%s'", f.verb, typeName)
}

func (f formatSpec) text(s string) (string, error) {
	switch {
	case f.verb != 0 && f.verb != 's':
		return "", f.unknownVerb("str")
	case f.sign != 0:
		return "", Errorf(KindValue, "sign not allowed in string format specifier")
	case f.alternate:
		return "", Errorf(KindValue, "alternate form (#) not allowed in string format specifier")
	case f.align == '=' && !f.zero:
		return "", Errorf(KindValue, "'=' alignment not allowed in string format specifier")
	case f.grouping != 0:
		return "", Errorf(KindValue, "cannot specify '%c' with 's'", f.grouping)
	}
	if f.precision >= 0 {
		s = s[:byteOffset(s, f.precision)]
	}
	align := f.align
	if align == 0 || align == '=' {
		align = '<'
	}
	return f.pad("", s, align)
}

// pad fills up to the width; the sign stays in front when align is '='.
func (f formatSpec) pad(sign, body string, align byte) (string, error) {
	missing := f.width - utf8.RuneCountInString(body) - utf8.RuneCountInString(sign)
	if missing <= 0 {
		return sign + body, nil
	}
	switch align {
	case '<':
		return padded(sign+body, f.fill, 0, missing)
	case '^':
		return padded(sign+body, f.fill, missing/2, missing-missing/2)
	case '=':
		filled, err := padded(body, f.fill, missing, 0)
		return sign + filled, err
	}
	return padded(sign+body, f.fill, missing, 0)
}

func (f formatSpec) number(n number) (string, error) {
	verb := f.verb
	if n.isInt() {
		switch verb {
		case 0, 'd', 'n', 'b', 'o', 'x', 'X', 'c':
			return f.integer(n)
		case 'e', 'E', 'f', 'F', 'g', 'G', '%':
		default:
			return "", f.unknownVerb("int")
		}
	}
	value, err := n.asFloat()
	if err != nil {
		return "", err
	}
	return f.float(value)
}

func (f formatSpec) integer(n number) (string, error) {
	if f.precision >= 0 {
		return "", Errorf(KindValue, "precision not allowed in integer format specifier")
	}
	if f.noNegZero {
		return "", Errorf(KindValue, "negative zero coercion (z) not allowed in integer format specifier")
	}
	if f.verb == 'c' {
		if n.class != smallInt || n.small < 0 || n.small > utf8.MaxRune {
			return "", Errorf(KindOverflow, "%%c arg not in range(0x110000)")
		}
		if f.sign != 0 {
			return "", Errorf(KindValue, "sign not allowed with integer format specifier 'c'")
		}
		align := f.align
		if align == 0 {
			align = '<'
		}
		return f.pad("", string(rune(n.small)), align)
	}
	base, prefix := 10, ""
	switch f.verb {
	case 'b':
		base, prefix = 2, "0b"
	case 'o':
		base, prefix = 8, "0o"
	case 'x':
		base, prefix = 16, "0x"
	case 'X':
		base, prefix = 16, "0X"
	}
	if base != 10 && f.grouping == ',' {
		return "", Errorf(KindValue, "cannot specify ',' with '%c'", f.verb)
	}
	digits := new(big.Int).Abs(n.asBig()).Text(base)
	if f.verb == 'X' {
		digits = strings.ToUpper(digits)
	}
	sign := f.signOf(n.asBig().Sign() < 0)
	if f.alternate {
		sign += prefix
	}
	return f.grouped(sign, digits, "", base)
}

func (f formatSpec) signOf(negative bool) string {
	switch {
	case negative:
		return "-"
	case f.sign == '+' || f.sign == ' ':
		return string(f.sign)
	}
	return ""
}

// grouped separates the digits before the point by thousands (or groups of
// four when not decimal), including zeros that the width asks for.
func (f formatSpec) grouped(sign, digits, rest string, base int) (string, error) {
	align := f.align
	if align == 0 {
		align = '>'
	}
	if f.grouping == 0 {
		return f.pad(sign, digits+rest, align)
	}
	size := 3
	if base != 10 {
		size = 4
	}
	width := 0
	if f.fill == "0" && align == '=' {
		width = f.width - len(sign) - len(rest)
	}
	if len(digits) > 0 && (digits[0] < '0' || digits[0] > '9') && base == 10 {
		return f.pad(sign, digits+rest, align)
	}
	var groups []string
	for length := 0; ; length++ {
		cut := max(len(digits)-size, 0)
		group := digits[cut:]
		digits = digits[:cut]
		zeros := min(size-len(group), width-length-len(group))
		if group == "" {
			// A separator never stands in front.
			zeros = max(zeros, 1)
		}
		group = strings.Repeat("0", max(zeros, 0)) + group
		groups = append(groups, group)
		length += len(group)
		if digits == "" && length >= width {
			break
		}
	}
	var b strings.Builder
	for i := len(groups) - 1; i >= 0; i-- {
		b.WriteString(groups[i])
		if i > 0 {
			b.WriteByte(f.grouping)
		}
	}
	return f.pad(sign, b.String()+rest, align)
}

func (f formatSpec) float(value float64) (string, error) {
	if f.precision > maxPrecision {
		return "", errTooLong(f.precision)
	}
	var body string
	switch f.verb {
	case 0, 'e', 'E', 'f', 'F', 'g', 'G', 'n', '%':
		body = floatBody(math.Abs(value), f.verb, f.precision, f.alternate)
	default:
		return "", f.unknownVerb("float")
	}
	negative := math.Signbit(value) && !math.IsNaN(value)
	if f.noNegZero && strings.Trim(body, "0.") == "" {
		negative = false
	}
	end := strings.IndexAny(body, ".eE%")
	if end < 0 {
		end = len(body)
	}
	return f.grouped(f.signOf(negative), body[:end], body[end:], 10)
}

// floatBody formats a number that is not negative.
func floatBody(value float64, verb byte, precision int, alternate bool) string {
	suffix := ""
	switch verb {
	case '%':
		value, suffix, verb = value*100, "%", 'f'
	case 'n':
		verb = 'g'
	}
	upper := verb == 'E' || verb == 'F' || verb == 'G'
	if upper {
		verb |= 0x20
	}
	var body string
	switch {
	case math.IsInf(value, 0):
		body = "inf"
	case math.IsNaN(value):
		body = "nan"
	case verb == 0 && precision < 0:
		body = FloatText(value)
	case verb == 0 || verb == 'g':
		if precision < 0 {
			precision = 6
		}
		body = generalFloat(value, max(precision, 1), verb == 0, alternate)
	default:
		if precision < 0 {
			precision = 6
		}
		body = strconv.FormatFloat(value, verb, precision, 64)
		if alternate && precision == 0 {
			body = withPoint(body)
		}
	}
	if upper {
		body = strings.ToUpper(body)
	}
	return body + suffix
}

// generalFloat formats with a number of significant digits, in exponent form
// where that is shorter. point asks for a point even in whole numbers.
func generalFloat(value float64, precision int, point, keepZeros bool) string {
	scientific := strconv.FormatFloat(value, 'e', precision-1, 64)
	mark := strings.IndexByte(scientific, 'e')
	exponent, _ := strconv.Atoi(scientific[mark+1:])
	limit := precision
	if point {
		limit--
	}
	trim := func(s string) string {
		if keepZeros {
			return withPoint(s)
		}
		if strings.IndexByte(s, '.') < 0 {
			return s
		}
		return strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	if exponent < -4 || exponent >= limit {
		return trim(scientific[:mark]) + scientific[mark:]
	}
	fixed := trim(strconv.FormatFloat(value, 'f', max(precision-1-exponent, 0), 64))
	if point && strings.IndexByte(fixed, '.') < 0 {
		fixed += ".0"
	}
	return fixed
}

// withPoint adds a point to a number that has none, before its exponent.
func withPoint(s string) string {
	if strings.IndexByte(s, '.') >= 0 {
		return s
	}
	if mark := strings.IndexByte(s, 'e'); mark >= 0 {
		return s[:mark] + "." + s[mark:]
	}
	return s + "."
}
