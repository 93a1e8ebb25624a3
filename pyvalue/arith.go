package pyvalue

import (
	"math"
	"math/big"
	"math/bits"
	"slices"
	"strings"
	"time"
)

// Add returns a + b: the sum of numbers, spans and times, or the concatenation
// of two texts, lists, tuples or bytes.
func Add(a, b any) (any, error) {
	switch x := a.(type) {
	case int64:
		if y, ok := b.(int64); ok {
			if sum := x + y; (sum > x) == (y > 0) {
				return sum, nil
			}
		}
	case string:
		if y, ok := b.(string); ok {
			if n := len(x) + len(y); n > MaxTextBytes {
				return nil, errTooLong(n)
			}
			return x + y, nil
		}
	case []any, *List:
		if IsList(b) {
			left, _ := Elements(a)
			right, _ := Elements(b)
			items, err := concat(left, right)
			if err != nil {
				return nil, err
			}
			return NewList(items...), nil
		}
	case Tuple:
		if y, ok := b.(Tuple); ok {
			items, err := concat(x, y)
			return Tuple(items), err
		}
	case []byte:
		if y, ok := b.([]byte); ok {
			return slices.Concat(x, y), nil
		}
	case Timedelta:
		switch y := b.(type) {
		case Timedelta:
			return addSpans(x, y)
		case time.Time:
			return moveTime(y, x)
		case Date:
			return moveDate(y, x)
		}
	case time.Time:
		if y, ok := b.(Timedelta); ok {
			return moveTime(x, y)
		}
	case Date:
		if y, ok := b.(Timedelta); ok {
			return moveDate(x, y)
		}
	}
	return arith("+", a, b,
		func(x, y *big.Int) (*big.Int, error) { return new(big.Int).Add(x, y), nil },
		func(x, y float64) (float64, error) { return x + y, nil })
}

// Sub returns a - b of numbers, spans, times or sets.
func Sub(a, b any) (any, error) {
	switch x := a.(type) {
	case int64:
		if y, ok := b.(int64); ok {
			if diff := x - y; (diff < x) == (y > 0) {
				return diff, nil
			}
		}
	case *Set:
		if y, ok := b.(*Set); ok {
			return x.Difference(y), nil
		}
	case Timedelta:
		if y, ok := b.(Timedelta); ok {
			return addSpans(x, -y)
		}
	case time.Time:
		switch y := b.(type) {
		case Timedelta:
			return moveTime(x, -y)
		case time.Time:
			if IsNaive(x) != IsNaive(y) {
				return nil, Errorf(KindType, "can't subtract offset-naive and offset-aware datetimes")
			}
			return TimedeltaBetween(y, x), nil
		}
	case Date:
		switch y := b.(type) {
		case Timedelta:
			return moveDate(x, -y)
		case Date:
			return Timedelta(x.ordinal()-y.ordinal()) * Day, nil
		}
	}
	return arith("-", a, b,
		func(x, y *big.Int) (*big.Int, error) { return new(big.Int).Sub(x, y), nil },
		func(x, y float64) (float64, error) { return x - y, nil })
}

// Mul returns a * b: the product of numbers, a scaled span, or the repetition of
// a text, list, tuple or bytes.
func Mul(a, b any) (any, error) {
	switch x := a.(type) {
	case int64:
		if y, ok := b.(int64); ok {
			high, low := bits.Mul64(uint64(x), uint64(y))
			// high and low hold the unsigned product; correct it to the signed.
			if x < 0 {
				high -= uint64(y)
			}
			if y < 0 {
				high -= uint64(x)
			}
			if (high == 0 && int64(low) >= 0) || (high == math.MaxUint64 && int64(low) < 0) {
				return int64(low), nil
			}
		}
	case string, []any, *List, Tuple, []byte:
		return Repeat(a, b)
	case Timedelta:
		return scaleSpan(x, b, func(x, y float64) float64 { return x * y })
	}
	switch y := b.(type) {
	case string, []any, *List, Tuple, []byte:
		return Repeat(b, a)
	case Timedelta:
		return scaleSpan(y, a, func(x, y float64) float64 { return x * y })
	}
	return arith("*", a, b, mulBig,
		func(x, y float64) (float64, error) { return x * y, nil })
}

func mulBig(x, y *big.Int) (*big.Int, error) {
	if n := x.BitLen() + y.BitLen(); n > MaxIntBits {
		return nil, errBigInt(n)
	}
	return new(big.Int).Mul(x, y), nil
}

// Repeat returns the text, list, tuple or bytes v repeated times times; less
// than once makes it empty.
func Repeat(v, times any) (any, error) {
	n := numberOf(times)
	if !n.isInt() {
		return nil, Errorf(KindType, "can't multiply sequence by non-int of type '%s'", TypeName(times))
	}
	count := 0
	switch {
	case n.class == bigInt && n.big.Sign() > 0, n.small > math.MaxInt32:
		count = math.MaxInt32
	case n.class == smallInt && n.small > 0:
		count = int(n.small)
	}
	switch t := v.(type) {
	case string:
		if len(t)*count > MaxTextBytes {
			return nil, errTooLong(len(t) * count)
		}
		if t == "" {
			return "", nil
		}
		return strings.Repeat(t, count), nil
	case []byte:
		if len(t)*count > MaxTextBytes {
			return nil, errTooLong(len(t) * count)
		}
		if len(t) == 0 {
			return []byte{}, nil
		}
		return slices.Repeat(t, count), nil
	}
	items, ok := Elements(v)
	if !ok {
		return nil, errOperands("*", v, times)
	}
	if len(items)*count > MaxItems {
		return nil, errTooMany(len(items) * count)
	}
	repeated := []any{}
	if len(items) > 0 {
		repeated = slices.Repeat(items, count)
	}
	if _, ok := v.(Tuple); ok {
		return Tuple(repeated), nil
	}
	return NewList(repeated...), nil
}

// Div returns a / b, always a float for numbers.
func Div(a, b any) (any, error) {
	if x, ok := a.(Timedelta); ok {
		if y, ok := b.(Timedelta); ok {
			if y == 0 {
				return nil, errZeroDivision()
			}
			return float64(x) / float64(y), nil
		}
		if n := numberOf(b); n.class != notNumber && !Truth(n.value()) {
			return nil, errZeroDivision()
		}
		return scaleSpan(x, b, func(x, y float64) float64 { return x / y })
	}
	x, y := numberOf(a), numberOf(b)
	if x.class == notNumber || y.class == notNumber {
		return nil, errOperands("/", a, b)
	}
	if !Truth(y.value()) {
		return nil, errZeroDivision()
	}
	const exact = 1 << 53
	if x.isInt() && y.isInt() && Truth(x.value()) && (x.class == bigInt || y.class == bigInt || x.small > exact || x.small < -exact || y.small > exact || y.small < -exact) {
		f, _ := new(big.Rat).SetFrac(x.asBig(), y.asBig()).Float64()
		if math.IsInf(f, 0) {
			return nil, Errorf(KindOverflow, "integer division result too large for a float")
		}
		return f, nil
	}
	p, err := x.asFloat()
	if err != nil {
		return nil, err
	}
	q, err := y.asFloat()
	if err != nil {
		return nil, err
	}
	return p / q, nil
}

// FloorDiv returns a // b, rounded down.
func FloorDiv(a, b any) (any, error) {
	quotient, _, err := divMod("//", a, b)
	return quotient, err
}

// Mod returns a % b of numbers or spans, with the sign of b. Formatting of texts
// with % is [FormatPercent].
func Mod(a, b any) (any, error) {
	_, remainder, err := divMod("%", a, b)
	return remainder, err
}

func divMod(op string, a, b any) (quotient, remainder any, err error) {
	if x, ok := a.(Timedelta); ok {
		if y, ok := b.(Timedelta); ok {
			if y == 0 {
				return nil, nil, errZeroDivision()
			}
			q, r := floorDivInt(int64(x), int64(y))
			return q, Timedelta(r), nil
		}
		if y := numberOf(b); op == "//" && y.class == smallInt {
			if y.small == 0 {
				return nil, nil, errZeroDivision()
			}
			q, _ := floorDivInt(int64(x), y.small)
			return Timedelta(q), nil, nil
		}
	}
	x, y := numberOf(a), numberOf(b)
	if x.class == notNumber || y.class == notNumber {
		return nil, nil, errOperands(op, a, b)
	}
	if !Truth(y.value()) {
		return nil, nil, errZeroDivision()
	}
	if x.isInt() && y.isInt() {
		if x.class == smallInt && y.class == smallInt && y.small != -1 {
			q, r := floorDivInt(x.small, y.small)
			return q, r, nil
		}
		q, r := new(big.Int).QuoRem(x.asBig(), y.asBig(), new(big.Int))
		if r.Sign() != 0 && (r.Sign() < 0) != (y.asBig().Sign() < 0) {
			q.Sub(q, big.NewInt(1))
			r.Add(r, y.asBig())
		}
		return Int(q), Int(r), nil
	}
	p, err := x.asFloat()
	if err != nil {
		return nil, nil, err
	}
	q, err := y.asFloat()
	if err != nil {
		return nil, nil, err
	}
	div, mod := floatDivMod(p, q)
	return div, mod, nil
}

func floatDivMod(a, b float64) (quotient, remainder float64) {
	remainder = math.Mod(a, b)
	div := (a - remainder) / b
	if remainder != 0 {
		if (b < 0) != (remainder < 0) {
			remainder += b
			div--
		}
	} else {
		remainder = math.Copysign(0, b)
	}
	if div == 0 {
		return math.Copysign(0, a/b), remainder
	}
	quotient = math.Floor(div)
	if div-quotient > 0.5 {
		quotient++
	}
	return quotient, remainder
}

// Pow returns a ** b. A negative exponent makes a float.
func Pow(a, b any) (any, error) {
	x, y := numberOf(a), numberOf(b)
	if x.class == notNumber || y.class == notNumber {
		return nil, errOperands("** or pow()", a, b)
	}
	if x.isInt() && y.isInt() && y.asBig().Sign() >= 0 {
		base := x.asBig()
		if base.BitLen() <= 1 {
			// 0, 1 and -1 stay small whatever the exponent.
			if y.asBig().Sign() == 0 || (base.Sign() < 0 && y.asBig().Bit(0) == 0) {
				return int64(1), nil
			}
			return x.value(), nil
		}
		if y.class == bigInt || y.small > MaxIntBits || int64(base.BitLen()-1)*y.small > MaxIntBits {
			return nil, Errorf(KindTooLarge, "result of ** is larger than %d bits", MaxIntBits)
		}
		return Int(new(big.Int).Exp(base, y.asBig(), nil)), nil
	}
	p, err := x.asFloat()
	if err != nil {
		return nil, err
	}
	q, err := y.asFloat()
	if err != nil {
		return nil, err
	}
	switch {
	case p == 0 && q < 0 && !math.IsInf(q, -1):
		return nil, Errorf(KindZeroDivision, "0.0 cannot be raised to a negative power")
	case p < 0 && q != math.Trunc(q) && !math.IsInf(p, 0) && !math.IsNaN(q):
		return nil, Errorf(KindType, "a fractional power of a negative number is complex")
	}
	result := floatPow(p, q)
	if math.IsInf(result, 0) && !math.IsInf(p, 0) && !math.IsInf(q, 0) {
		return nil, Errorf(KindOverflow, "result of ** is too large for a float")
	}
	return result, nil
}

// floatPow rounds correctly where the exponent is a multiple of one half, which
// math.Pow does not always do.
func floatPow(p, q float64) float64 {
	result := math.Pow(p, q)
	halves := 2 * q
	if p <= 0 || p == 1 || halves != math.Trunc(halves) || math.Abs(halves) > 4096 || result == 0 || math.IsInf(result, 0) || math.IsNaN(result) || math.IsNaN(p) || math.IsInf(p, 0) {
		return result
	}
	root := new(big.Float).SetPrec(256).SetFloat64(p)
	n := int(math.Abs(halves))
	if n%2 == 0 {
		n /= 2
	} else {
		root.Sqrt(root)
	}
	power := new(big.Float).SetPrec(256).SetInt64(1)
	for ; n > 0; n >>= 1 {
		if n&1 == 1 {
			power.Mul(power, root)
		}
		root.Mul(root, root)
	}
	if q < 0 {
		power.Quo(new(big.Float).SetPrec(256).SetInt64(1), power)
	}
	exact, _ := power.Float64()
	return exact
}

// PowMod returns pow(a, b, modulus) of three integers, with the sign of the
// modulus. A negative b asks for the inverse.
func PowMod(a, b, modulus any) (any, error) {
	x, y, m := numberOf(a), numberOf(b), numberOf(modulus)
	if !x.isInt() || !y.isInt() || !m.isInt() {
		return nil, Errorf(KindType, "pow() with a modulus needs three integers")
	}
	mod := m.asBig()
	if mod.Sign() == 0 {
		return nil, Errorf(KindValue, "pow() modulus cannot be 0")
	}
	result := new(big.Int).Exp(new(big.Int).Mod(x.asBig(), mod), y.asBig(), new(big.Int).Abs(mod))
	if result == nil {
		return nil, Errorf(KindValue, "base is not invertible for the given modulus")
	}
	if mod.Sign() < 0 && result.Sign() > 0 {
		result.Add(result, mod)
	}
	return Int(result), nil
}

// Neg returns -v.
func Neg(v any) (any, error) {
	if d, ok := v.(Timedelta); ok {
		return -d, nil
	}
	switch n := numberOf(v); n.class {
	case smallInt:
		if n.small != math.MinInt64 {
			return -n.small, nil
		}
		return new(big.Int).Neg(n.asBig()), nil
	case bigInt:
		return Int(new(big.Int).Neg(n.big)), nil
	case float:
		return -n.float, nil
	}
	return nil, Errorf(KindType, "bad operand type for unary -: '%s'", TypeName(v))
}

// Pos returns +v, which makes an integer of a boolean.
func Pos(v any) (any, error) {
	if d, ok := v.(Timedelta); ok {
		return d, nil
	}
	if n := numberOf(v); n.class != notNumber {
		return n.value(), nil
	}
	return nil, Errorf(KindType, "bad operand type for unary +: '%s'", TypeName(v))
}

// Abs returns the absolute value of a number or span.
func Abs(v any) (any, error) {
	if d, ok := v.(Timedelta); ok {
		return max(d, -d), nil
	}
	switch n := numberOf(v); n.class {
	case smallInt, bigInt:
		return Int(new(big.Int).Abs(n.asBig())), nil
	case float:
		return math.Abs(n.float), nil
	}
	return nil, Errorf(KindType, "bad operand type for abs(): '%s'", TypeName(v))
}

func arith(op string, a, b any, ints func(x, y *big.Int) (*big.Int, error), floats func(x, y float64) (float64, error)) (any, error) {
	x, y := numberOf(a), numberOf(b)
	if x.class == notNumber || y.class == notNumber {
		return nil, errOperands(op, a, b)
	}
	if x.isInt() && y.isInt() {
		n, err := ints(x.asBig(), y.asBig())
		if err != nil {
			return nil, err
		}
		if n.BitLen() > MaxIntBits {
			return nil, errBigInt(n.BitLen())
		}
		return Int(n), nil
	}
	p, err := x.asFloat()
	if err != nil {
		return nil, err
	}
	q, err := y.asFloat()
	if err != nil {
		return nil, err
	}
	return floats(p, q)
}

func concat(a, b []any) ([]any, error) {
	if n := len(a) + len(b); n > MaxItems {
		return nil, errTooMany(n)
	}
	return slices.Concat(a, b), nil
}

func addSpans(a, b Timedelta) (any, error) {
	sum := a + b
	if (sum > a) != (b > 0) && b != 0 {
		return nil, Errorf(KindOverflow, "time span is too large")
	}
	return sum, nil
}

func scaleSpan(d Timedelta, by any, scale func(x, y float64) float64) (any, error) {
	n := numberOf(by)
	if n.class == notNumber {
		return nil, errOperands("*", d, by)
	}
	f, err := n.asFloat()
	if err != nil {
		return nil, err
	}
	return spanFromFloat(scale(float64(d), f))
}

func moveTime(t time.Time, d Timedelta) (any, error) {
	moved := d.AddTo(t)
	if year := moved.Year(); year < 1 || year > 9999 {
		return nil, Errorf(KindOverflow, "date value out of range")
	}
	return moved, nil
}

func moveDate(d Date, by Timedelta) (any, error) {
	days, _ := floorDivInt(int64(by), int64(Day))
	moved := d.Time().AddDate(0, 0, int(days))
	if year := moved.Year(); year < 1 || year > 9999 {
		return nil, Errorf(KindOverflow, "date value out of range")
	}
	return DateOf(moved), nil
}

func errOperands(op string, a, b any) error {
	return Errorf(KindType, "unsupported operand type(s) for %s: '%s' and '%s'", op, TypeName(a), TypeName(b))
}

func errZeroDivision() error { return Errorf(KindZeroDivision, "division by zero") }

func errBigInt(bits int) error {
	return Errorf(KindTooLarge, "integer of %d bits is larger than the limit of %d", bits, MaxIntBits)
}
