package pyvalue

import (
	"math"
	"math/big"
	"strings"
	"unicode/utf8"
)

// FormatPercent returns template % args. A tuple gives one value for each
// conversion, a dict the values of %(name)s; anything else is the only value.
func FormatPercent(template string, args any) (string, error) {
	p := percentFormatter{args: args, rest: template}
	if tuple, ok := args.(Tuple); ok {
		p.values = tuple
	} else {
		p.values = []any{args}
		// A list is a mapping, too, in the eyes of Python's formatter.
		p.mapping = IsDict(args) || IsList(args)
	}
	for p.rest != "" {
		i := strings.IndexByte(p.rest, '%')
		if i < 0 {
			p.out.WriteString(p.rest)
			break
		}
		p.out.WriteString(p.rest[:i])
		p.rest = p.rest[i+1:]
		if err := p.conversion(); err != nil {
			return "", err
		}
		if p.out.Len() > MaxTextBytes {
			return "", errTooLong(p.out.Len())
		}
	}
	if p.used < len(p.values) && !p.mapping {
		return "", Errorf(KindType, "not all arguments converted during string formatting")
	}
	return p.out.String(), nil
}

type percentFormatter struct {
	out     strings.Builder
	rest    string
	args    any
	values  []any
	used    int
	mapping bool
}

func errIncompleteFormat() error { return Errorf(KindValue, "incomplete format") }

// conversion formats one conversion, whose % is already read.
func (p *percentFormatter) conversion() error {
	var v any
	named := false
	if strings.HasPrefix(p.rest, "(") {
		name, err := p.name()
		if err != nil {
			return err
		}
		if !p.mapping {
			return Errorf(KindType, "format requires a mapping")
		}
		if v, err = Index(p.args, name); err != nil {
			return err
		}
		named = true
	}
	spec := formatSpec{fill: " ", align: '>', precision: -1}
	left := false
	for p.rest != "" && strings.IndexByte("-+ #0", p.rest[0]) >= 0 {
		switch p.rest[0] {
		case '-':
			left = true
		case '+':
			spec.sign = '+'
		case ' ':
			if spec.sign == 0 {
				spec.sign = ' '
			}
		case '#':
			spec.alternate = true
		case '0':
			spec.zero = true
		}
		p.rest = p.rest[1:]
	}
	width, err := p.size(0)
	if err != nil {
		return err
	}
	if width < 0 {
		left, width = true, -width
	}
	spec.width = width
	if strings.HasPrefix(p.rest, ".") {
		p.rest = p.rest[1:]
		if spec.precision, err = p.size(0); err != nil {
			return err
		}
		spec.precision = max(spec.precision, 0)
	}
	p.rest = strings.TrimLeft(p.rest, "hlL")
	if p.rest == "" {
		return errIncompleteFormat()
	}
	verb, size := utf8.DecodeRuneInString(p.rest)
	p.rest = p.rest[size:]
	if verb == '%' {
		p.out.WriteByte('%')
		return nil
	}
	if !named {
		if v, err = p.value(); err != nil {
			return err
		}
	}
	if left {
		spec.align, spec.zero = '<', false
	}
	text, err := spec.percent(v, verb)
	p.out.WriteString(text)
	return err
}

// name reads (name), in which brackets may nest.
func (p *percentFormatter) name() (string, error) {
	open := 0
	for i := range len(p.rest) {
		switch p.rest[i] {
		case '(':
			open++
		case ')':
			if open--; open == 0 {
				name := p.rest[1:i]
				p.rest = p.rest[i+1:]
				return name, nil
			}
		}
	}
	return "", Errorf(KindValue, "incomplete format key")
}

func (p *percentFormatter) value() (any, error) {
	if p.used >= len(p.values) {
		return nil, Errorf(KindType, "not enough arguments for format string")
	}
	p.used++
	return p.values[p.used-1], nil
}

// size reads a width or precision: digits, or * for the next value.
func (p *percentFormatter) size(fallback int) (int, error) {
	if strings.HasPrefix(p.rest, "*") {
		p.rest = p.rest[1:]
		v, err := p.value()
		if err != nil {
			return 0, err
		}
		if !numberOf(v).isInt() {
			return 0, Errorf(KindType, "* wants int")
		}
		n, _ := sliceBound(v, fallback)
		if n > MaxTextBytes || n < -MaxTextBytes {
			return 0, errTooLong(n)
		}
		return n, nil
	}
	n := 0
	for p.rest != "" && p.rest[0] >= '0' && p.rest[0] <= '9' {
		n = n*10 + int(p.rest[0]-'0')
		if n > MaxTextBytes {
			return 0, errTooLong(n)
		}
		p.rest = p.rest[1:]
	}
	return n, nil
}

func (f formatSpec) percent(v any, verb rune) (string, error) {
	switch verb {
	case 's', 'r', 'a':
		print := map[rune]func(any) (string, error){
			's': func(v any) (string, error) { return StrWithin(v, 0) },
			'r': func(v any) (string, error) { return ReprWithin(v, 0) },
			'a': asciiRepr,
		}[verb]
		text, err := print(v)
		if err != nil {
			return "", err
		}
		if f.precision >= 0 {
			text = text[:byteOffset(text, f.precision)]
		}
		return f.pad("", text, f.align)
	case 'c':
		if s, ok := v.(string); ok && utf8.RuneCountInString(s) == 1 {
			return f.pad("", s, f.align)
		}
		n := numberOf(v)
		if !n.isInt() {
			return "", Errorf(KindType, "%%c requires int or char")
		}
		if n.class != smallInt || n.small < 0 || n.small > utf8.MaxRune {
			return "", Errorf(KindOverflow, "%%c arg not in range(0x110000)")
		}
		return f.pad("", string(rune(n.small)), f.align)
	case 'd', 'i', 'u', 'o', 'x', 'X':
		return f.percentInt(v, byte(verb))
	case 'e', 'E', 'f', 'F', 'g', 'G':
		n := numberOf(v)
		if n.class == notNumber {
			return "", Errorf(KindType, "must be real number, not %s", TypeName(v))
		}
		value, err := n.asFloat()
		if err != nil {
			return "", err
		}
		if f.precision > maxPrecision {
			return "", errTooLong(f.precision)
		}
		body := floatBody(math.Abs(value), byte(verb), f.precision, f.alternate)
		return f.percentNumber(f.signOf(math.Signbit(value) && !math.IsNaN(value)), body)
	}
	return "", Errorf(KindValue, "unsupported format character '%c'", verb)
}

func (f formatSpec) percentInt(v any, verb byte) (string, error) {
	n := numberOf(v)
	decimal := verb == 'd' || verb == 'i' || verb == 'u'
	if n.class == notNumber || n.class == float && !decimal {
		if decimal {
			return "", Errorf(KindType, "%%%c format: a real number is required, not %s", verb, TypeName(v))
		}
		return "", Errorf(KindType, "%%%c format: an integer is required, not %s", verb, TypeName(v))
	}
	if n.class == float {
		whole, err := floatToInt(math.Trunc(n.float))
		if err != nil {
			return "", err
		}
		n = numberOf(whole)
	}
	base, prefix := 10, ""
	switch verb {
	case 'o':
		base, prefix = 8, "0o"
	case 'x':
		base, prefix = 16, "0x"
	case 'X':
		base, prefix = 16, "0X"
	}
	digits := new(big.Int).Abs(n.asBig()).Text(base)
	if verb == 'X' {
		digits = strings.ToUpper(digits)
	}
	if f.precision > len(digits) {
		var err error
		if digits, err = padded(digits, "0", f.precision-len(digits), 0); err != nil {
			return "", err
		}
	}
	sign := f.signOf(n.asBig().Sign() < 0)
	if f.alternate {
		sign += prefix
	}
	return f.percentNumber(sign, digits)
}

func (f formatSpec) percentNumber(sign, digits string) (string, error) {
	if f.zero {
		f.fill = "0"
		return f.pad(sign, digits, '=')
	}
	return f.pad(sign, digits, f.align)
}
