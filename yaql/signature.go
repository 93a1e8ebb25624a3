package yaql

import (
	"math/big"
	"time"

	"github.com/petrel-dev/petrel/pyvalue"
)

// Type is the declared type of a parameter. A parameter accepts null only if
// it is Nullable; an Any is always nullable.
type Type uint8

// The types of parameters.
const (
	Any      Type = iota // any value
	String               // string
	Integer              // integer; true and false count as 1 and 0
	Whole                // integer, no boolean
	Number               // integer or float, no boolean
	Boolean              // true or false
	Iterable             // anything with elements but strings and dictionaries
	Sequence             // list
	Mapping              // dictionary
	SetLike              // set
	DateTime             // point in time
	Timespan             // span of time
	typeNone
	typeNonNull // any value but null
	typeIterator
	typeOrderable // an Iterable that is no set
	typeOrdering
	typeRegex
	typeContext
	typePair   // key => value, evaluated
	typeLambda // an unevaluated expression
	typeRule   // key => value, unevaluated
)

func (t Type) lazy() bool { return t == typeLambda || t == typeRule }

// param is a parameter of an overload.
type param struct {
	name     string
	typ      Type
	nullable bool
	optional bool
	def      any // the value if the argument is omitted
}

// accepts reports whether the value fits.
func (p *param) accepts(v any) bool {
	if v == nil {
		return p.nullable
	}
	switch p.typ {
	case Any, typeNonNull, typeLambda:
		return true
	case String:
		_, ok := v.(string)
		return ok
	case Integer:
		switch v.(type) {
		case int64, bool, *big.Int:
			return true
		}
		return false
	case Whole:
		return isInteger(v)
	case Number:
		return isNumber(v)
	case Boolean:
		_, ok := v.(bool)
		return ok
	case Iterable:
		return isIterable(v)
	case Sequence:
		return isSequence(v)
	case Mapping:
		return isMapping(v)
	case SetLike:
		return isSetLike(v)
	case DateTime:
		_, ok := v.(time.Time)
		return ok
	case Timespan:
		_, ok := v.(pyvalue.Timedelta)
		return ok
	case typeIterator:
		return isIterator(v)
	case typeOrderable:
		return isIterable(v) && !isSetLike(v)
	case typeOrdering:
		_, ok := v.(*ordering)
		return ok
	case typeRegex:
		_, ok := v.(*regex)
		return ok
	case typeContext:
		_, ok := v.(*scope)
		return ok
	case typePair:
		_, ok := v.(*pairValue)
		return ok
	}
	return false
}

// narrower reports whether every value of type a is one of type b, and not
// the other way round, in the original engine's hierarchy of types.
func narrower(a, b Type) bool {
	if a == b || a.lazy() || b.lazy() {
		return false
	}
	broad := func(t Type) bool { return t == Any || t == typeNonNull }
	if broad(b) {
		return !broad(a)
	}
	switch b {
	case Iterable, typeOrderable:
		switch a {
		case Sequence, Mapping, SetLike, String, typeIterator, typeOrdering:
			return true
		}
	case Integer, Whole:
		return a == Boolean
	}
	return false
}

// overload is one implementation of a function name.
type overload struct {
	name     string
	function bool // callable as name(...)
	method   bool // callable as receiver.name(...)
	pairs    bool // takes key => value arguments as pairs, not as keywords
	params   []param
	order    []*param // the same, for calls that pass just these
	required int      // how many cannot be omitted; those come first
	rest     *param   // of further positional arguments, or nil
	keywords *param   // of further keyword arguments, or nil
	// call gets the values of params in order and then the further positional
	// arguments; with keywords, a []variable comes last. Lambdas are *lambda,
	// or nil if omitted; rules are *rule.
	call func(ev *evaluator, sc *scope, a []any) (any, error)
}

// argument is what a call passes for one parameter: an unevaluated operation,
// or a value.
type argument struct {
	op    op
	value any
}

// accepts is the first check of a call, made before anything is evaluated:
// only values and constants can fail it, and the parameters that need an
// expression of a certain form.
func (p *param) acceptsUnevaluated(a argument) bool {
	if a.op == nil {
		if a.value == omitted {
			return p.optional && (p.def == omitted || p.typ == typeLambda || p.accepts(p.def)) || p.typ == Any
		}
		if p.typ == typeRule {
			return false
		}
		return p.accepts(a.value)
	}
	switch p.typ {
	case typeLambda:
		return true
	case typeRule:
		_, ok := a.op.(*pairOp)
		return ok
	}
	if c, ok := a.op.(*constOp); ok {
		return p.accepts(c.value)
	}
	return true
}

// mapping says which parameter each argument of a call goes to.
type mapping struct {
	fn         *overload
	positional []*param
	keyword    []*param // one for each keyword argument of the call
}

// mapArguments matches arguments to the parameters of fn by position and
// name, and makes the first check of types.
func (fn *overload) mapArguments(args []argument, kwargs []keyword) (mapping, bool) {
	if len(kwargs) == 0 && fn.fitsDirectly(args) {
		m := mapping{fn: fn, positional: fn.order[:len(args)]}
		return m, m.acceptsUnevaluated(args)
	}
	m := mapping{fn: fn, positional: make([]*param, len(args))}
	if len(kwargs) > 0 {
		m.keyword = make([]*param, len(kwargs))
	}
	find := func(name string) int {
		for i := range kwargs {
			if kwargs[i].name == name && m.keyword[i] == nil {
				return i
			}
		}
		return -1
	}
	for i := range fn.params {
		p := &fn.params[i]
		k := find(p.name)
		switch {
		case i < len(args) && (args[i].op != nil || args[i].value != omitted):
			if k >= 0 {
				return m, false
			}
			m.positional[i] = p
		case k >= 0:
			m.keyword[k] = p
			if i < len(args) && fn.rest == nil {
				return m, false
			}
			if i < len(args) {
				m.positional[i] = fn.rest
			}
		case !p.optional:
			return m, false
		case i < len(args):
			m.positional[i] = p
		}
	}
	for i := len(fn.params); i < len(args); i++ {
		if fn.rest == nil {
			return m, false
		}
		m.positional[i] = fn.rest
	}
	if !m.acceptsUnevaluated(args) {
		return m, false
	}
	for i := range kwargs {
		if m.keyword[i] != nil {
			continue
		}
		if fn.keywords == nil || !fn.keywords.acceptsUnevaluated(kwargs[i].argument) {
			return m, false
		}
		m.keyword[i] = fn.keywords
	}
	return m, true
}

// fitsDirectly reports whether the arguments go to the first parameters one
// by one, and all others may be omitted.
func (fn *overload) fitsDirectly(args []argument) bool {
	if len(args) > len(fn.order) || len(args) < fn.required {
		return false
	}
	for i := range args {
		if args[i].op == nil && args[i].value == omitted {
			return false
		}
	}
	return true
}

func (m mapping) acceptsUnevaluated(args []argument) bool {
	for i, p := range m.positional {
		if !p.acceptsUnevaluated(args[i]) {
			return false
		}
	}
	return true
}

// narrowerThan reports whether m is the more special of two mappings.
func (m mapping) narrowerThan(other mapping) bool {
	result := false
	compare := func(a, b []*param) bool {
		for i := range min(len(a), len(b)) {
			if narrower(b[i].typ, a[i].typ) {
				return false
			}
			result = result || narrower(a[i].typ, b[i].typ)
		}
		return true
	}
	return compare(m.positional, other.positional) && compare(m.keyword, other.keyword) && result
}
