package yaql

import (
	"math/big"
	"time"

	"github.com/petrel-dev/petrel/pyvalue"
)

// asKey returns v in a form that can be a key of a pyvalue.Map.
func (ev *evaluator) asKey(v any) (any, error) { return ev.keyWithin(v, maxResultDepth) }

func (ev *evaluator) keyWithin(v any, depth int) (any, error) {
	switch v := v.(type) {
	case nil, string, bool, int64, float64, *big.Int, time.Time, pyvalue.Timedelta, pyvalue.Date, []byte:
		return v, nil
	case *mutableList, *mutableDict, *keysView, *itemsView:
		return nil, fail(KindType, "%s cannot be a key or an element of a set", typeName(v))
	case *pyvalue.Set:
		if v.Frozen() {
			return v, nil
		}
		return v.Clone().Freeze(), nil
	}
	if depth <= 0 {
		return nil, fail(KindRecursion, "a key nested deeper than %d", maxResultDepth)
	}
	if items, ok := elements(v); ok {
		out := make(pyvalue.Tuple, len(items))
		for i, x := range items {
			if err := ev.step(); err != nil {
				return nil, err
			}
			k, err := ev.keyWithin(canonical(x), depth-1)
			if err != nil {
				return nil, err
			}
			out[i] = k
		}
		return out, ev.allocate(16 * len(items))
	}
	if isMapping(v) {
		m := pyvalue.NewMap(dictLen(v))
		for k, x := range pyvalue.Entries(v) {
			if err := ev.step(); err != nil {
				return nil, err
			}
			kx, err := ev.keyWithin(canonical(x), depth-1)
			if err != nil {
				return nil, err
			}
			if err := m.Set(k, kx); err != nil {
				return nil, err
			}
		}
		return m.Freeze(), ev.allocate(64 * m.Len())
	}
	return identityKey{v}, nil
}

// identityKey lets values that equal only themselves be keys.
type identityKey struct{ value any }

func (k identityKey) TypeName() string { return typeName(k.value) }
func (k identityKey) Repr() string     { return reprOf(k.value) }
func (k identityKey) HashKey() any     { return k }

func fromKey(k any) any {
	if id, ok := k.(identityKey); ok {
		return id.value
	}
	return k
}

// setKey sets an entry of a dictionary under construction.
func (ev *evaluator) setKey(m *pyvalue.Map, key, value any) error {
	if name, ok := key.(string); ok {
		m.SetString(name, value)
		return nil
	}
	k, err := ev.asKey(key)
	if err != nil {
		return err
	}
	return m.Set(k, value)
}
