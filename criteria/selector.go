package criteria

import (
	"hash/maphash"
	"math"
	"math/big"
	"slices"
	"unicode/utf8"

	"github.com/petrel-dev/petrel/pyvalue"
)

// A selector is a property of the payload without which a rule cannot match,
// and cannot report a failure either: what the index can rule a rule out by.
//
// A criterion that compares with constants makes a selector. But a rule whose
// evaluation would fail before it gets to that criterion has a failure to
// report; so a selector counts only for payloads on which all criteria before
// it work, and these conditions are its guards.
type selector struct {
	guards []guard
	// fields lead from the payload to the value.
	fields []string
	// values are what the value has to be equal to one of; never null.
	values []any
	// fold is set if texts are compared in lower case.
	fold bool
}

// guard holds for payloads in which the value at fields is of a class.
type guard struct {
	fields []string
	class  valueClass
}

func (g guard) holds(payload any) bool {
	return g.class.has(fieldOf(payload, g.fields))
}

func (g guard) equal(other guard) bool {
	return g.class == other.class && slices.Equal(g.fields, other.fields)
}

// maxSelectorValues bounds the places in the index that one rule may take.
const maxSelectorValues = 256

// selectors returns those of the program, in the order of evaluation. The tests
// are those of its criteria.
func (p *Program) selectors(tests []test) []selector {
	var out []selector
	var guards []guard
	places := 1
	for i := range p.source.criteria {
		if p.steps[i].kind == slow {
			return out // may fail for reasons outside the payload
		}
		t, fields := &tests[i], p.source.criteria[i].address.steps
		if n := len(t.values); n > 0 && places*n <= maxSelectorValues {
			if t.fold {
				guards = append(guards, guard{fields, texts})
			}
			out = append(out, selector{guards: guards, fields: fields, values: t.values, fold: t.fold})
			guards, places = nil, places*n
			continue
		}
		switch t.accepts {
		case unknownValues:
			return out
		case anyValue:
		default:
			guards = append(guards, guard{fields, t.accepts})
		}
	}
	if p.when != nil {
		for _, s := range p.when.selectors {
			s.guards = slices.Concat(guards, s.guards)
			out, guards = append(out, s), nil
		}
	}
	return out
}

// selectable returns the values if the index can hold them all.
func selectable(values []any) []any {
	if len(values) == 0 || len(values) > maxSelectorValues {
		return nil
	}
	for _, value := range values {
		if value == nil {
			return nil // a missing key would do
		}
		if _, ok := hashOf(maphash.Seed{}, value); !ok {
			return nil
		}
	}
	return values
}

// hashOf returns a hash that is the same for all values that equal each other
// as criteria compare them: 1, 1.0 and true share one. ok is false for values
// that the comparison itself may refuse, or that decide about it themselves.
func hashOf(seed maphash.Seed, value any) (hash uint64, ok bool) {
	switch v := value.(type) {
	case string:
		return hashText(seed, v), true
	case []byte:
		return hashText(seed, string(v)), utf8.Valid(v)
	case int64:
		return mix(uint64(v)), true
	case float64:
		return hashFloat(v), true
	case bool:
		if v {
			return mix(1), true
		}
		return mix(0), true
	case nil:
		return 0, true
	}
	if items, ok := pyvalue.Elements(value); ok {
		return mix(uint64(len(items)) + 1<<62), true
	}
	if pyvalue.IsDict(value) {
		return mix(1 << 63), true
	}
	switch v := pyvalue.Canonical(value).(type) {
	case int64:
		return mix(uint64(v)), true
	case float64:
		return hashFloat(v), true
	case *big.Int:
		f, _ := new(big.Float).SetInt(v).Float64()
		return mix(math.Float64bits(f)), true
	}
	return 0, false
}

// hashText hashes a text; of texts alone the index may hold many that someone
// outside chose, so their hash is seeded.
func hashText(seed maphash.Seed, text string) uint64 {
	if seed == (maphash.Seed{}) {
		return 0
	}
	return maphash.String(seed, text)
}

func hashFloat(f float64) uint64 {
	if f == math.Trunc(f) && f >= math.MinInt64 && f < math.MaxInt64 {
		return mix(uint64(int64(f)))
	}
	return mix(math.Float64bits(f))
}

// mix spreads the bits of a number.
func mix(n uint64) uint64 {
	n ^= n >> 32
	n *= 0xd6e8feb86659fd93
	n ^= n >> 32
	n *= 0xd6e8feb86659fd93
	return n ^ n>>32
}
