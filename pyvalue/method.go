package pyvalue

import (
	"math"
	"math/big"
	"time"
)

// CallMethod calls a method of a text, number, list, tuple, dict, set, bytes or
// date, such as "a,b".split(","). The keywords may be nil. It is an error of
// kind [KindAttribute] if there is no such method, of kind [KindType] if the
// arguments do not fit, or if the method [Mutates] and the receiver is a host's
// []any or map[string]any, which are never written to.
func CallMethod(receiver any, name string, args []any, keywords *Map) (any, error) {
	switch r := receiver.(type) {
	case string:
		if method, ok := textMethods[name]; ok {
			return method(r, call{name, args, keywords})
		}
	case []any, *List:
		if method, ok := listMethods[name]; ok {
			return method(r, call{name, args, keywords})
		}
	case Tuple:
		if name == "index" || name == "count" {
			return listMethods[name](r, call{name, args, keywords})
		}
	case *Map, map[string]any:
		if method, ok := dictMethods[name]; ok {
			return method(r, call{name, args, keywords})
		}
	case *Set:
		if method, ok := setMethods[name]; ok {
			return method(r, call{name, args, keywords})
		}
	case []byte:
		if method, ok := bytesMethods[name]; ok {
			return method(r, call{name, args, keywords})
		}
	case time.Time:
		if method, ok := timeMethods[name]; ok {
			return method(r, call{name, args, keywords})
		}
	case Date:
		if method, ok := dateMethods[name]; ok {
			return method(r, call{name, args, keywords})
		}
	case Timedelta:
		if name == "total_seconds" {
			return r.Seconds(), call{name, args, keywords}.none()
		}
	}
	if n := numberOf(receiver); n.class != notNumber {
		if method, ok := numberMethods[name]; ok && method.accepts(n) {
			return method.call(n, call{name, args, keywords})
		}
	}
	return nil, Errorf(KindAttribute, "'%s' object has no attribute '%s'", TypeName(receiver), name)
}

// HasMethod reports whether [CallMethod] knows the method for that receiver.
func HasMethod(receiver any, name string) bool {
	ok := false
	switch receiver.(type) {
	case string:
		_, ok = textMethods[name]
	case []any, *List:
		_, ok = listMethods[name]
	case Tuple:
		ok = name == "index" || name == "count"
	case *Map, map[string]any:
		_, ok = dictMethods[name]
	case *Set:
		_, ok = setMethods[name]
	case []byte:
		_, ok = bytesMethods[name]
	case time.Time:
		_, ok = timeMethods[name]
	case Date:
		_, ok = dateMethods[name]
	case Timedelta:
		ok = name == "total_seconds"
	default:
		if n := numberOf(receiver); n.class != notNumber {
			method, found := numberMethods[name]
			ok = found && method.accepts(n)
		}
	}
	return ok
}

// call is one call of a method.
type call struct {
	method   string
	args     []any
	keywords *Map
}

// absent stands for an argument that was not given.
type absent struct{}

func given(v any) bool {
	_, missing := v.(absent)
	return !missing
}

// bind matches the arguments with parameters, of which the first required must
// be given. A parameter whose name begins with "/" cannot be given by keyword.
func (c call) bind(required int, names ...string) ([]any, error) {
	if len(c.args) > len(names) {
		return nil, Errorf(KindType, "%s() takes at most %d arguments (%d given)", c.method, len(names), len(c.args))
	}
	bound := make([]any, len(names))
	for i := range bound {
		bound[i] = absent{}
	}
	copy(bound, c.args)
	for key, value := range c.keywords.All() {
		i := indexOf(names, key)
		if i < 0 {
			return nil, Errorf(KindType, "%s() got an unexpected keyword argument %s", c.method, Repr(key))
		}
		if given(bound[i]) {
			return nil, Errorf(KindType, "%s() got multiple values for argument %s", c.method, Repr(key))
		}
		bound[i] = value
	}
	for i := range required {
		if !given(bound[i]) {
			return nil, Errorf(KindType, "%s() needs at least %d arguments", c.method, required)
		}
	}
	return bound, nil
}

func indexOf(names []string, key any) int {
	for i, name := range names {
		if name == key {
			return i
		}
	}
	return -1
}

func (c call) none() error {
	_, err := c.bind(0)
	return err
}

func (c call) one() (any, error) {
	bound, err := c.bind(1, "/")
	if err != nil {
		return nil, err
	}
	return bound[0], nil
}

// integer reads an argument that must be an integer; held to a range in which
// sums cannot overflow.
func (c call) integer(v any, fallback int) (int, error) {
	if !given(v) {
		return fallback, nil
	}
	if !numberOf(v).isInt() {
		return 0, Errorf(KindType, "%s(): '%s' object cannot be interpreted as an integer", c.method, TypeName(v))
	}
	return sliceBound(v, fallback)
}

func (c call) text(v any, fallback string) (string, error) {
	if !given(v) {
		return fallback, nil
	}
	s, ok := v.(string)
	if !ok {
		return "", Errorf(KindType, "%s() argument must be str, not %s", c.method, TypeName(v))
	}
	return s, nil
}

// numberMethod is a method of integers, floats or both.
type numberMethod struct {
	ints, floats bool
	call         func(number, call) (any, error)
}

func (m numberMethod) accepts(n number) bool {
	return n.isInt() && m.ints || n.class == float && m.floats
}

var numberMethods = map[string]numberMethod{
	"bit_length": {true, false, func(n number, c call) (any, error) { return int64(n.asBig().BitLen()), c.none() }},
	"bit_count": {true, false, func(n number, c call) (any, error) {
		ones := int64(0)
		for _, word := range new(big.Int).Abs(n.asBig()).Bits() {
			for ; word != 0; word &= word - 1 {
				ones++
			}
		}
		return ones, c.none()
	}},
	"is_integer": {false, true, func(n number, c call) (any, error) {
		_, whole := floatKey(n.float).(float64)
		return !whole, c.none()
	}},
	"conjugate": {true, true, func(n number, c call) (any, error) { return n.value(), c.none() }},
	"as_integer_ratio": {true, true, func(n number, c call) (any, error) {
		if n.isInt() {
			return Tuple{n.value(), int64(1)}, c.none()
		}
		ratio := new(big.Rat).SetFloat64(n.float)
		if math.IsInf(n.float, 0) {
			return nil, Errorf(KindOverflow, "cannot convert Infinity to integer ratio")
		}
		if ratio == nil {
			return nil, Errorf(KindValue, "cannot convert %s to integer ratio", FloatText(n.float))
		}
		return Tuple{Int(ratio.Num()), Int(ratio.Denom())}, c.none()
	}},
}
