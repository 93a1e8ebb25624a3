package pyvalue

import "math/big"

// BitAnd returns a & b of integers or sets.
func BitAnd(a, b any) (any, error) {
	return bitwise("&", a, b, (*big.Int).And, (*Set).Intersect)
}

// BitOr returns a | b of integers or sets, or the merge of two dicts.
func BitOr(a, b any) (any, error) {
	if IsDict(a) && IsDict(b) {
		left, _ := ToMap(a)
		merged := left.Clone()
		for key, value := range Entries(b) {
			_ = merged.Set(key, value)
		}
		return merged, nil
	}
	return bitwise("|", a, b, (*big.Int).Or, (*Set).Union)
}

// BitXor returns a ^ b of integers or sets.
func BitXor(a, b any) (any, error) {
	return bitwise("^", a, b, (*big.Int).Xor, (*Set).SymmetricDifference)
}

// BitNot returns ~v of an integer.
func BitNot(v any) (any, error) {
	n := numberOf(v)
	if !n.isInt() {
		return nil, Errorf(KindType, "bad operand type for unary ~: '%s'", TypeName(v))
	}
	return Int(new(big.Int).Not(n.asBig())), nil
}

// ShiftLeft returns a << b of integers.
func ShiftLeft(a, b any) (any, error) {
	x, n, err := shiftOperands("<<", a, b)
	if err != nil {
		return nil, err
	}
	if x.Sign() == 0 {
		return int64(0), nil
	}
	if n > MaxIntBits || x.BitLen()+n > MaxIntBits {
		return nil, errBigInt(x.BitLen() + n)
	}
	return Int(new(big.Int).Lsh(x, uint(n))), nil
}

// ShiftRight returns a >> b of integers.
func ShiftRight(a, b any) (any, error) {
	x, n, err := shiftOperands(">>", a, b)
	if err != nil {
		return nil, err
	}
	return Int(new(big.Int).Rsh(x, uint(n))), nil
}

// shiftOperands returns the number and the distance, the latter held to more
// than any integer has bits.
func shiftOperands(op string, a, b any) (x *big.Int, distance int, err error) {
	n, by := numberOf(a), numberOf(b)
	if !n.isInt() || !by.isInt() {
		return nil, 0, errOperands(op, a, b)
	}
	if by.asBig().Sign() < 0 {
		return nil, 0, Errorf(KindValue, "negative shift count")
	}
	distance = MaxIntBits + 1
	if by.class == smallInt && by.small < int64(distance) {
		distance = int(by.small)
	}
	return n.asBig(), distance, nil
}

func bitwise(op string, a, b any, ints func(z, x, y *big.Int) *big.Int, sets func(x, y *Set) *Set) (any, error) {
	if x, ok := a.(*Set); ok {
		if y, ok := b.(*Set); ok {
			return sets(x, y), nil
		}
	}
	x, y := numberOf(a), numberOf(b)
	if !x.isInt() || !y.isInt() {
		return nil, errOperands(op, a, b)
	}
	result := ints(new(big.Int), x.asBig(), y.asBig())
	if p, ok := a.(bool); ok {
		if q, ok := b.(bool); ok {
			_, _ = p, q
			return result.Sign() != 0, nil
		}
	}
	return Int(result), nil
}
