package pyvalue

import (
	"encoding/json"
	"math"
	"math/big"
	"strconv"
)

// Int returns n as a value: an int64 if it fits, else n itself, which must not
// be changed afterwards.
func Int(n *big.Int) any {
	if n.IsInt64() {
		return n.Int64()
	}
	return n
}

// Uint returns n as a value.
func Uint(n uint64) any {
	if n <= math.MaxInt64 {
		return int64(n)
	}
	return new(big.Int).SetUint64(n)
}

// Canonical returns v with Go's other number types replaced by the ones of
// this package's value model. All other values come back unchanged.
func Canonical(v any) any {
	switch n := v.(type) {
	case nil, bool, int64, float64, string:
		return v
	case *big.Int:
		if n == nil {
			return nil
		}
		return Int(n)
	case int:
		return int64(n)
	case int32:
		return int64(n)
	case int16:
		return int64(n)
	case int8:
		return int64(n)
	case uint:
		return Uint(uint64(n))
	case uint64:
		return Uint(n)
	case uint32:
		return int64(n)
	case uint16:
		return int64(n)
	case uint8:
		return int64(n)
	case float32:
		return float64(n)
	case json.Number:
		if number, ok := ParseNumber(string(n)); ok {
			return number
		}
		return string(n)
	}
	return v
}

// ParseNumber reads a number as JSON writes it: an integer of any size if it
// has neither a point nor an exponent, else a float, which may be infinite.
func ParseNumber(literal string) (any, bool) {
	for i := range len(literal) {
		switch c := literal[i]; {
		case c >= '0' && c <= '9', c == '-' && i == 0:
		default:
			f, err := strconv.ParseFloat(literal, 64)
			if err != nil && !math.IsInf(f, 0) {
				return nil, false
			}
			return f, true
		}
	}
	if n, err := strconv.ParseInt(literal, 10, 64); err == nil {
		return n, true
	}
	if len(literal) > maxDigits {
		return nil, false
	}
	n, ok := new(big.Int).SetString(literal, 10)
	if !ok {
		return nil, false
	}
	return Int(n), true
}

// maxDigits bounds the work of reading and printing decimal integers, both of
// which cost the square of their length. CPython draws the line at the same
// place.
const maxDigits = 4300

// number is a value of a numeric type in the form that arithmetic wants.
// Exactly one of the fields counts, chosen by class.
type number struct {
	class numberClass
	small int64
	big   *big.Int
	float float64
}

type numberClass uint8

const (
	notNumber numberClass = iota
	smallInt
	bigInt
	float
)

func numberOf(v any) number {
	switch n := v.(type) {
	case int64:
		return number{class: smallInt, small: n}
	case float64:
		return number{class: float, float: n}
	case bool:
		if n {
			return number{class: smallInt, small: 1}
		}
		return number{class: smallInt}
	case *big.Int:
		if n == nil {
			return number{}
		}
		if n.IsInt64() {
			return number{class: smallInt, small: n.Int64()}
		}
		return number{class: bigInt, big: n}
	case int:
		return number{class: smallInt, small: int64(n)}
	case nil, string, []any, *List, map[string]any, *Map, Tuple, *Set:
		return number{}
	}
	switch n := Canonical(v).(type) {
	case int64:
		return number{class: smallInt, small: n}
	case float64:
		return number{class: float, float: n}
	case *big.Int:
		return number{class: bigInt, big: n}
	}
	return number{}
}

func (n number) isInt() bool { return n.class == smallInt || n.class == bigInt }

// asBig returns an integer as a big.Int that must not be changed.
func (n number) asBig() *big.Int {
	if n.class == bigInt {
		return n.big
	}
	return big.NewInt(n.small)
}

// asFloat converts to a float, rounding to even; an integer that is too large
// is an overflow error.
func (n number) asFloat() (float64, error) {
	switch n.class {
	case smallInt:
		return float64(n.small), nil
	case bigInt:
		f, _ := new(big.Float).SetInt(n.big).Float64()
		if math.IsInf(f, 0) {
			return 0, Errorf(KindOverflow, "integer of %d bits is too large to convert to float", n.big.BitLen())
		}
		return f, nil
	}
	return n.float, nil
}

func (n number) value() any {
	switch n.class {
	case smallInt:
		return n.small
	case bigInt:
		return n.big
	case float:
		return n.float
	}
	return nil
}

// compareNumbers orders two numbers exactly, without rounding an integer to a
// float. ordered is false if one of them is not a number (NaN).
func compareNumbers(a, b number) (result int, ordered bool) {
	if a.class == smallInt && b.class == smallInt {
		switch {
		case a.small < b.small:
			return -1, true
		case a.small > b.small:
			return 1, true
		}
		return 0, true
	}
	if a.class != float && b.class != float {
		return a.asBig().Cmp(b.asBig()), true
	}
	if a.class == float && b.class == float {
		return compareFloats(a.float, b.float)
	}
	if a.class == float {
		result, ordered = compareNumbers(b, a)
		return -result, ordered
	}
	const exact = 1 << 53
	if a.class == smallInt && a.small >= -exact && a.small <= exact {
		return compareFloats(float64(a.small), b.float)
	}
	switch {
	case math.IsNaN(b.float):
		return 0, false
	case math.IsInf(b.float, 1):
		return -1, true
	case math.IsInf(b.float, -1):
		return 1, true
	}
	return new(big.Float).SetInt(a.asBig()).Cmp(big.NewFloat(b.float)), true
}

func compareFloats(a, b float64) (result int, ordered bool) {
	switch {
	case a < b:
		return -1, true
	case a > b:
		return 1, true
	case a == b:
		return 0, true
	}
	return 0, false
}
