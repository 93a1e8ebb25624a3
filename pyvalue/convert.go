package pyvalue

import (
	"math"
	"math/big"
	"strconv"
	"strings"
	"unicode"
)

// ToInt returns int(v): numbers lose their fraction, texts are read as decimal
// integers. Kinds of errors are [KindType], [KindValue] and, for infinity,
// [KindOverflow].
func ToInt(v any) (any, error) {
	switch t := v.(type) {
	case string:
		return ParseInt(t, 10)
	case []byte:
		return ParseInt(string(t), 10)
	}
	switch n := numberOf(v); n.class {
	case smallInt, bigInt:
		return n.value(), nil
	case float:
		return floatToInt(math.Trunc(n.float))
	}
	return nil, Errorf(KindType, "int() argument must be a string or a real number, not '%s'", TypeName(v))
}

func floatToInt(f float64) (any, error) {
	switch {
	case math.IsNaN(f):
		return nil, Errorf(KindValue, "cannot convert float NaN to integer")
	case math.IsInf(f, 0):
		return nil, Errorf(KindOverflow, "cannot convert float infinity to integer")
	case f >= -(1<<63) && f < 1<<63:
		return int64(f), nil
	}
	n, _ := big.NewFloat(f).Int(nil)
	return Int(n), nil
}

// ParseInt returns int(text, base): blanks around it, a sign, underscores
// between digits and digits of any script are accepted, and a prefix such as
// 0x where it fits the base. Base 0 takes the base from the prefix.
func ParseInt(text string, base int) (any, error) {
	if base != 0 && (base < 2 || base > 36) {
		return nil, Errorf(KindValue, "int() base must be >= 2 and <= 36, or 0")
	}
	fail := func() (any, error) {
		return nil, Errorf(KindValue, "invalid literal for int() with base %d: %s", base, Repr(text))
	}
	digits := asciiDigits(TrimSpace(text))
	negative := false
	if digits != "" && (digits[0] == '+' || digits[0] == '-') {
		negative, digits = digits[0] == '-', digits[1:]
	}
	radix := base
	if len(digits) > 1 && digits[0] == '0' {
		prefix := map[byte]int{'x': 16, 'o': 8, 'b': 2}[digits[1]|0x20]
		if prefix != 0 && (base == 0 || base == prefix) {
			radix, digits = prefix, strings.TrimPrefix(digits[2:], "_")
		}
	}
	if radix == 0 {
		radix = 10
		if strings.Trim(digits, "0_") != "" && digits[0] == '0' {
			return fail()
		}
	}
	digits, ok := joinDigits(digits, isHexLike)
	if !ok || digits[0] == '+' || digits[0] == '-' {
		return fail()
	}
	if n, err := strconv.ParseInt(digits, radix, 64); err == nil {
		if negative {
			n = -n
		}
		return n, nil
	}
	if len(digits) > maxDigits && radix&(radix-1) != 0 {
		return nil, Errorf(KindValue, "integer has more than %d digits", maxDigits)
	}
	if len(digits) > MaxIntBits {
		return nil, errBigInt(len(digits))
	}
	n, ok := new(big.Int).SetString(digits, radix)
	if !ok {
		return fail()
	}
	if negative {
		n.Neg(n)
	}
	return Int(n), nil
}

// ToFloat returns float(v). Kinds of errors are [KindType], [KindValue] and
// [KindOverflow].
func ToFloat(v any) (float64, error) {
	switch t := v.(type) {
	case string:
		return ParseFloat(t)
	case []byte:
		return ParseFloat(string(t))
	}
	n := numberOf(v)
	if n.class == notNumber {
		return 0, Errorf(KindType, "float() argument must be a string or a real number, not '%s'", TypeName(v))
	}
	return n.asFloat()
}

// ParseFloat returns float(text).
func ParseFloat(text string) (float64, error) {
	fail := func() (float64, error) {
		return 0, Errorf(KindValue, "could not convert string to float: %s", Repr(text))
	}
	s := asciiDigits(TrimSpace(text))
	if s == "" {
		return fail()
	}
	unsigned := strings.ToLower(strings.TrimLeft(s, "+-"))
	if len(s)-len(unsigned) > 1 {
		return fail()
	}
	switch unsigned {
	case "nan":
		return math.NaN(), nil
	case "inf", "infinity":
	default:
		// Go also reads hexadecimal, and underscores in other places.
		for i := range len(unsigned) {
			if c := unsigned[i]; (c < '0' || c > '9') && c != '.' && c != 'e' && c != '+' && c != '-' && c != '_' {
				return fail()
			}
		}
		var ok bool
		if s, ok = joinDigits(s, isDecimalDigit); !ok {
			return fail()
		}
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil && !math.IsInf(f, 0) {
		return fail()
	}
	return f, nil
}

// asciiDigits replaces the decimal digits of other scripts by ASCII ones.
func asciiDigits(s string) string {
	if isASCII(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if r < 0x80 || !unicode.IsDigit(r) {
			return r
		}
		// The ten digits of a script are consecutive and start at a digit
		// whose predecessor is none, or at a multiple of ten from there.
		zero := r
		for unicode.IsDigit(zero-1) && r-zero < 60 {
			zero--
		}
		return '0' + (r-zero)%10
	}, s)
}

func isDecimalDigit(c byte) bool { return c >= '0' && c <= '9' }

func isHexLike(c byte) bool { return isDecimalDigit(c) || c|0x20 >= 'a' && c|0x20 <= 'z' }

// joinDigits removes underscores, which must stand between two digits.
func joinDigits(s string, digit func(byte) bool) (string, bool) {
	if strings.IndexByte(s, '_') < 0 {
		return s, s != ""
	}
	for i := range len(s) {
		if s[i] == '_' && (i == 0 || i == len(s)-1 || !digit(s[i-1]) || !digit(s[i+1])) {
			return "", false
		}
	}
	return strings.ReplaceAll(s, "_", ""), true
}

// Round returns round(v, digits), half to even on the exact value. With digits
// nil the result is an integer, else of v's type.
func Round(v, digits any) (any, error) {
	n := numberOf(v)
	if n.class == notNumber {
		return nil, Errorf(KindType, "type %s doesn't define __round__ method", TypeName(v))
	}
	if digits == nil {
		if n.isInt() {
			return n.value(), nil
		}
		return floatToInt(math.RoundToEven(n.float))
	}
	if !numberOf(digits).isInt() {
		return nil, Errorf(KindType, "'%s' object cannot be interpreted as an integer", TypeName(digits))
	}
	places, _ := sliceBound(digits, 0)
	if n.isInt() {
		return roundInt(n, places), nil
	}
	return roundFloat(n.float, places)
}

func roundInt(n number, places int) any {
	if places >= 0 {
		return n.value()
	}
	if -places > MaxIntBits/3 {
		return int64(0)
	}
	unit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(-places)), nil)
	quotient, rest := new(big.Int).DivMod(n.asBig(), unit, new(big.Int))
	half := new(big.Int).Lsh(rest, 1).Cmp(unit)
	if half > 0 || half == 0 && quotient.Bit(0) == 1 {
		quotient.Add(quotient, big.NewInt(1))
	}
	return Int(quotient.Mul(quotient, unit))
}

func roundFloat(f float64, places int) (any, error) {
	switch {
	case f == 0 || math.IsNaN(f) || math.IsInf(f, 0) || places > 323:
		return f, nil
	case places < -308:
		return math.Copysign(0, f), nil
	case places < 0:
		exact, _ := big.NewFloat(math.Trunc(f)).Int(nil)
		if f != math.Trunc(f) {
			// A fraction only matters for telling a tie from more than half.
			exact.Mul(exact, big.NewInt(10))
			exact.Add(exact, big.NewInt(int64(math.Copysign(1, f))))
			rounded := roundInt(number{class: bigInt, big: exact}, places-1)
			big10, _ := Div(rounded, int64(10))
			return math.Copysign(big10.(float64), f), nil
		}
		rounded, err := numberOf(roundInt(number{class: bigInt, big: exact}, places)).asFloat()
		if err != nil {
			return nil, Errorf(KindOverflow, "rounded value too large to represent")
		}
		return math.Copysign(rounded, f), nil
	}
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(f, 'f', places, 64), 64)
	if err != nil {
		return nil, Errorf(KindOverflow, "rounded value too large to represent")
	}
	return rounded, nil
}
