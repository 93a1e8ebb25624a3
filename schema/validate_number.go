package schema

import (
	"math"
	"math/big"

	"github.com/petrel-dev/petrel/pyvalue"
)

func (v *validation) checkNumber(r *numberRules, value any) {
	value = pyvalue.Canonical(value)
	if r.minimum != nil {
		switch {
		case less(value, r.minimum):
			v.report("", "must be at least %s%s", pyvalue.Str(r.minimum), v.shown("; is ", value))
		case r.exclusiveMinimum && !less(r.minimum, value):
			v.report("", "must be more than %s%s", pyvalue.Str(r.minimum), v.shown("; is ", value))
		}
	}
	if r.maximum != nil {
		switch {
		case less(r.maximum, value):
			v.report("", "must be at most %s%s", pyvalue.Str(r.maximum), v.shown("; is ", value))
		case r.exclusiveMaximum && !less(value, r.maximum):
			v.report("", "must be less than %s%s", pyvalue.Str(r.maximum), v.shown("; is ", value))
		}
	}
	if r.multipleOf != nil && !isMultiple(value, r.multipleOf) {
		v.report("", "must be a multiple of %s%s", pyvalue.Str(r.multipleOf), v.shown("; is ", value))
	}
}

// less compares canonical numbers.
func less(a, b any) bool {
	if x, ok := a.(int64); ok {
		if y, ok := b.(int64); ok {
			return x < y
		}
	}
	smaller, err := pyvalue.CompareLess(a, b)
	return err == nil && smaller
}

// isMultiple reports whether a is a multiple of b, which is above zero.
func isMultiple(a, b any) bool {
	switch b := b.(type) {
	case float64:
		quotient := asFloat(a) / b
		return quotient == math.Trunc(quotient) && !math.IsInf(quotient, 0)
	case int64:
		switch a := a.(type) {
		case int64:
			return a%b == 0
		case float64:
			return math.Mod(a, float64(b)) == 0
		}
	}
	x, y := asBig(a), asBig(b)
	if x == nil || y == nil {
		return math.Mod(asFloat(a), asFloat(b)) == 0
	}
	return new(big.Int).Rem(x, y).Sign() == 0
}

func asFloat(number any) float64 {
	switch n := number.(type) {
	case int64:
		return float64(n)
	case float64:
		return n
	case *big.Int:
		f, _ := new(big.Float).SetInt(n).Float64()
		return f
	}
	return math.NaN()
}

// asBig returns nil for a float.
func asBig(number any) *big.Int {
	switch n := number.(type) {
	case int64:
		return big.NewInt(n)
	case *big.Int:
		return n
	}
	return nil
}
