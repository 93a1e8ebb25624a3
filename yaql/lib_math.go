package yaql

import (
	"math"
	"math/big"
	"strconv"
	"strings"
	"unicode"

	"github.com/petrel-dev/petrel/pyvalue"
)

func defineMath(s *FunctionSet) {
	s.define("abs", asFunction, "op:number", func(ev *evaluator, _ *scope, a []any) (any, error) { return pyvalue.Abs(a[0]) })
	s.define("int", asFunction, "value:any", func(ev *evaluator, _ *scope, a []any) (any, error) { return toInteger(a[0]) })
	s.define("float", asFunction, "value:any", func(ev *evaluator, _ *scope, a []any) (any, error) { return toFloat(a[0]) })
	s.define("round", asFunction, "number:number, ndigits:int=0", func(ev *evaluator, _ *scope, a []any) (any, error) { return roundTo(a[0], a[1]) })
	s.define("pow", asFunction, "a:number, b:number, c:number?=null", func(ev *evaluator, _ *scope, a []any) (any, error) {
		if a[2] != nil {
			return pyvalue.PowMod(a[0], a[1], a[2])
		}
		return pyvalue.Pow(a[0], a[1])
	})
	s.define("sign", asFunction, "num:number", func(ev *evaluator, _ *scope, a []any) (any, error) {
		switch v := a[0].(type) {
		case float64:
			switch {
			case v > 0:
				return int64(1), nil
			case v < 0:
				return int64(-1), nil
			}
			return int64(0), nil
		case int64:
			return int64(big.NewInt(v).Sign()), nil
		case *big.Int:
			return int64(v.Sign()), nil
		}
		return int64(0), nil
	})
	s.define("max", asFunction, "a:any, b:any", func(ev *evaluator, sc *scope, a []any) (any, error) { return ev.greater(sc, a[0], a[1]) })
	s.define("min", asFunction, "a:any, b:any", func(ev *evaluator, sc *scope, a []any) (any, error) { return ev.smaller(sc, a[0], a[1]) })
	s.define("isInteger", asFunction, "value:any", func(ev *evaluator, _ *scope, a []any) (any, error) { return isInteger(a[0]), nil })
	s.define("isNumber", asFunction, "value:any", func(ev *evaluator, _ *scope, a []any) (any, error) { return isNumber(a[0]), nil })

	bits := map[string]func(a, b any) (any, error){"bitwiseAnd": pyvalue.BitAnd, "bitwiseOr": pyvalue.BitOr, "bitwiseXor": pyvalue.BitXor}
	for name, f := range bits {
		s.define(name, asFunction, "left:int, right:int", pure2(f))
	}
	s.define("bitwiseNot", asFunction, "arg:int", func(ev *evaluator, _ *scope, a []any) (any, error) { return pyvalue.BitNot(asInteger(a[0])) })
	s.define("shiftBitsRight", asFunction, "value:int, bitsNumber:int", func(ev *evaluator, _ *scope, a []any) (any, error) {
		return pyvalue.ShiftRight(asInteger(a[0]), asInteger(a[1]))
	})
	s.define("shiftBitsLeft", asFunction, "value:int, bitsNumber:int", func(ev *evaluator, _ *scope, a []any) (any, error) {
		return pyvalue.ShiftLeft(asInteger(a[0]), asInteger(a[1]))
	})

	s.define("random", asFunction, "", func(ev *evaluator, _ *scope, _ []any) (any, error) {
		if ev.env.Random == nil {
			return nil, fail(KindEvaluation, "no source of random numbers")
		}
		return ev.env.Random.Float64(), nil
	})
	s.define("random", asFunction, "from:any, to:any", func(ev *evaluator, _ *scope, a []any) (any, error) {
		from, ok1 := a[0].(int64)
		to, ok2 := a[1].(int64)
		if !ok1 || !ok2 {
			return nil, fail(KindType, "random needs two integers")
		}
		if to < from {
			return nil, fail(KindValue, "empty range for random(%d, %d)", from, to)
		}
		if ev.env.Random == nil {
			return nil, fail(KindEvaluation, "no source of random numbers")
		}
		width := uint64(to-from) + 1
		if width == 0 {
			return int64(ev.env.Random.Uint64()), nil
		}
		return from + int64(ev.env.Random.Uint64N(width)), nil
	})
}

// asInteger makes a number of a boolean.
func asInteger(v any) any {
	if b, ok := v.(bool); ok {
		if b {
			return int64(1)
		}
		return int64(0)
	}
	return v
}

// greater returns the greater of a and b, by the operator ">".
func (ev *evaluator) greater(sc *scope, a, b any) (any, error) {
	more, err := ev.ordered(sc, ">", b, a)
	if more {
		return b, err
	}
	return a, err
}

func (ev *evaluator) smaller(sc *scope, a, b any) (any, error) {
	more, err := ev.ordered(sc, ">", b, a)
	if more {
		return a, err
	}
	return b, err
}

// ordered evaluates "a op b" for an ordering operator.
func (ev *evaluator) ordered(sc *scope, op string, a, b any) (bool, error) {
	if !sc.hasLocal() {
		if v, ok, err := directOperators[op](a, b); ok || err != nil {
			return truth(v), err
		}
	}
	v, err := ev.delegate(sc, "#operator_"+op, a, b)
	return truth(v), err
}

const maxIntegerDigits = 4300

func toInteger(v any) (any, error) {
	switch v := v.(type) {
	case nil:
		return int64(0), nil
	case bool, int64, *big.Int:
		return asInteger(v), nil
	case float64:
		if math.IsNaN(v) {
			return nil, fail(KindValue, "NaN is no integer")
		}
		if math.IsInf(v, 0) {
			return nil, fail(KindOverflow, "infinity is no integer")
		}
		n, _ := big.NewFloat(v).Int(nil)
		return pyvalue.Int(n), nil
	case string:
		return parseInteger(v)
	}
	return nil, fail(KindType, "%s cannot become an integer", typeName(v))
}

// parseInteger reads decimal digits with single underscores between them.
func parseInteger(s string) (any, error) {
	text := asciiDigits(strings.TrimFunc(s, isSpace))
	sign := ""
	if text != "" && (text[0] == '-' || text[0] == '+') {
		sign, text = text[:1], text[1:]
	}
	digits := strings.ReplaceAll(text, "_", "")
	if digits == "" || strings.HasPrefix(text, "_") || strings.HasSuffix(text, "_") || strings.Contains(text, "__") ||
		strings.Trim(digits, "0123456789") != "" || len(digits) > maxIntegerDigits {
		return nil, fail(KindValue, "%s is no decimal integer", pyvalue.Repr(clip(s)))
	}
	if n, err := strconv.ParseInt(sign+digits, 10, 64); err == nil {
		return n, nil
	}
	n, _ := new(big.Int).SetString(digits, 10)
	if sign == "-" {
		n.Neg(n)
	}
	return pyvalue.Int(n), nil
}

func toFloat(v any) (any, error) {
	switch v := v.(type) {
	case nil:
		return 0.0, nil
	case bool:
		if v {
			return 1.0, nil
		}
		return 0.0, nil
	case int64:
		return float64(v), nil
	case float64:
		return v, nil
	case *big.Int:
		f, _ := new(big.Float).SetInt(v).Float64()
		if math.IsInf(f, 0) {
			return nil, fail(KindOverflow, "an integer too large for a float")
		}
		return f, nil
	case string:
		return parseFloat(v)
	}
	return nil, fail(KindType, "%s cannot become a float", typeName(v))
}

func parseFloat(s string) (any, error) {
	text := asciiDigits(strings.TrimFunc(s, isSpace))
	bad := fail(KindValue, "%s is no number", pyvalue.Repr(clip(s)))
	for i := range len(text) {
		if text[i] == '_' {
			if i == 0 || i+1 == len(text) || !isDigitByte(text[i-1]) || !isDigitByte(text[i+1]) {
				return nil, bad
			}
		}
	}
	text = strings.ToLower(strings.ReplaceAll(text, "_", ""))
	if strings.ContainsAny(text, "xp") {
		return nil, bad
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil && !math.IsInf(f, 0) {
		return nil, bad
	}
	return f, nil
}

func isDigitByte(c byte) bool { return '0' <= c && c <= '9' }

func clip(s string) string {
	if r := []rune(s); len(r) > 80 {
		return string(r[:80]) + "..."
	}
	return s
}

// isSpace is Python's notion of white space.
func isSpace(r rune) bool {
	return unicode.IsSpace(r) || r >= 0x1c && r <= 0x1f
}

// roundTo rounds half to even on the exact value, and keeps the type.
func roundTo(v, digits any) (any, error) {
	n, err := intOf(digits)
	if err != nil {
		return nil, err
	}
	if f, ok := v.(float64); ok {
		switch {
		case math.IsNaN(f) || math.IsInf(f, 0) || f == 0 || n > 400:
			return f, nil
		case n < -400:
			return math.Copysign(0, f), nil
		}
		if n >= 0 {
			r, err := strconv.ParseFloat(strconv.FormatFloat(f, 'f', n, 64), 64)
			return r, err
		}
		scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(-n)), nil)
		q := roundQuotient(new(big.Rat).SetFloat64(f), scale)
		r, _ := new(big.Float).SetInt(q.Mul(q, scale)).Float64()
		if r == 0 {
			return math.Copysign(0, f), nil
		}
		if math.IsInf(r, 0) {
			return nil, fail(KindOverflow, "rounded value too large")
		}
		return r, nil
	}
	if n >= 0 {
		return v, nil
	}
	var i *big.Int
	switch v := v.(type) {
	case int64:
		i = big.NewInt(v)
	case *big.Int:
		i = v
	}
	if -n > 10*maxIntegerDigits {
		return int64(0), nil
	}
	scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(-n)), nil)
	q := roundQuotient(new(big.Rat).SetInt(i), scale)
	return pyvalue.Int(q.Mul(q, scale)), nil
}

// roundQuotient returns x/scale, rounded half to even.
func roundQuotient(x *big.Rat, scale *big.Int) *big.Int {
	x = new(big.Rat).Quo(x, new(big.Rat).SetInt(scale))
	twice := new(big.Int).Lsh(x.Denom(), 1)
	// floor(x + 1/2) = floor((2*num + den) / (2*den))
	num := new(big.Int).Lsh(x.Num(), 1)
	num.Add(num, x.Denom())
	q, r := new(big.Int).DivMod(num, twice, new(big.Int))
	if r.Sign() == 0 && q.Bit(0) == 1 {
		q.Sub(q, big.NewInt(1))
	}
	return q
}
