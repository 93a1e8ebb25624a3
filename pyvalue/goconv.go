package pyvalue

import (
	"encoding"
	"encoding/json"
	"fmt"
	"math/big"
	"reflect"
	"slices"
	"strings"
	"time"
)

// FromGo turns any Go value into a value of this package: structs (by their
// json tags), maps, slices, pointers, named types, durations. Values that are of
// the value model already, such as map[string]any, come back as they are and
// are not copied; their elements are not looked at. It is a type error if v
// holds a channel, a function or a complex number, and of kind [KindRecursion]
// if it is nested too deep.
func FromGo(v any) (any, error) {
	if known, ok := fromKnown(v); ok {
		return known, nil
	}
	return fromReflect(reflect.ValueOf(v), 0)
}

func fromKnown(v any) (any, bool) {
	switch t := v.(type) {
	case nil, bool, string, int64, float64, []any, *List, Tuple, *Map, map[string]any, *Set, []byte, time.Time, Date, Timedelta, Object:
		return v, true
	case time.Duration:
		return TimedeltaOf(t), true
	case json.RawMessage:
		decoded, err := DecodeJSON(string(t), PythonJSON)
		return decoded, err == nil
	case error:
		return t.Error(), true
	}
	if n := Canonical(v); numberOf(n).class != notNumber {
		return n, true
	}
	return nil, false
}

func fromReflect(rv reflect.Value, depth int) (any, error) {
	if depth > MaxDepth {
		return nil, errTooDeep()
	}
	if !rv.IsValid() {
		return nil, nil
	}
	if rv.CanInterface() {
		v := rv.Interface()
		if known, ok := fromKnown(v); ok {
			return known, nil
		}
		if m, ok := v.(json.Marshaler); ok && !nilPointer(rv) {
			text, err := m.MarshalJSON()
			if err != nil {
				return nil, Errorf(KindValue, "%T: %w", v, err)
			}
			return DecodeJSON(string(text), PythonJSON)
		}
		if m, ok := v.(encoding.TextMarshaler); ok && !nilPointer(rv) {
			text, err := m.MarshalText()
			if err != nil {
				return nil, Errorf(KindValue, "%T: %w", v, err)
			}
			return string(text), nil
		}
	}
	switch rv.Kind() {
	case reflect.Bool:
		return rv.Bool(), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return rv.Int(), nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return Uint(rv.Uint()), nil
	case reflect.Float32, reflect.Float64:
		return rv.Float(), nil
	case reflect.String:
		return rv.String(), nil
	case reflect.Pointer, reflect.Interface:
		return fromReflect(rv.Elem(), depth+1)
	case reflect.Slice:
		if rv.IsNil() {
			return nil, nil
		}
		if rv.Type().Elem().Kind() == reflect.Uint8 {
			return rv.Bytes(), nil
		}
		return fromItems(rv, depth)
	case reflect.Array:
		return fromItems(rv, depth)
	case reflect.Map:
		if rv.IsNil() {
			return nil, nil
		}
		return fromGoMap(rv, depth)
	case reflect.Struct:
		m := &Map{}
		return m, fromStruct(m, rv, depth)
	}
	return nil, Errorf(KindType, "a Go value of type %s has no Python form", rv.Type())
}

func nilPointer(rv reflect.Value) bool {
	switch rv.Kind() {
	case reflect.Pointer, reflect.Interface, reflect.Map, reflect.Slice:
		return rv.IsNil()
	}
	return false
}

func fromItems(rv reflect.Value, depth int) (any, error) {
	items := make([]any, rv.Len())
	for i := range items {
		item, err := fromReflect(rv.Index(i), depth+1)
		if err != nil {
			return nil, err
		}
		items[i] = item
	}
	return NewList(items...), nil
}

func fromGoMap(rv reflect.Value, depth int) (any, error) {
	type pair struct{ key, value any }
	pairs := make([]pair, 0, rv.Len())
	for it := rv.MapRange(); it.Next(); {
		key, err := fromReflect(it.Key(), depth+1)
		if err != nil {
			return nil, err
		}
		value, err := fromReflect(it.Value(), depth+1)
		if err != nil {
			return nil, err
		}
		pairs = append(pairs, pair{key, value})
	}
	slices.SortFunc(pairs, func(a, b pair) int {
		if less, err := CompareLess(a.key, b.key); err == nil {
			if less {
				return -1
			}
			return 1
		}
		return strings.Compare(Repr(a.key), Repr(b.key))
	})
	m := NewMap(len(pairs))
	for _, p := range pairs {
		if err := m.Set(p.key, p.value); err != nil {
			return nil, err
		}
	}
	return m, nil
}

func fromStruct(m *Map, rv reflect.Value, depth int) error {
	for i := range rv.NumField() {
		field := rv.Type().Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name == "-" && options == "" {
			continue
		}
		value := rv.Field(i)
		if field.Anonymous && name == "" {
			inner := value
			if inner.Kind() == reflect.Pointer {
				inner = inner.Elem()
			}
			if inner.Kind() == reflect.Struct {
				if err := fromStruct(m, inner, depth+1); err != nil {
					return err
				}
				continue
			}
		}
		if !field.IsExported() {
			continue
		}
		if name == "" {
			name = field.Name
		}
		if strings.Contains(options, "omitempty") && emptyField(value) || strings.Contains(options, "omitzero") && value.IsZero() {
			continue
		}
		converted, err := fromReflect(value, depth+1)
		if err != nil {
			return fmt.Errorf("field %s: %w", name, err)
		}
		m.SetString(name, converted)
	}
	return nil
}

func emptyField(rv reflect.Value) bool {
	switch rv.Kind() {
	case reflect.Array, reflect.Map, reflect.Slice, reflect.String:
		return rv.Len() == 0
	case reflect.Struct:
		return false
	}
	return rv.IsZero()
}

// ToGo turns a value into plain Go data: map[string]any, []any, string, bool,
// int64, *big.Int, float64, []byte, time.Time, time.Duration for spans. Tuples
// and sets become []any, dates texts. Keys of dicts that are not texts become
// their text form. The result shares nothing that can change with v. It is of
// kind [KindRecursion] if v is nested too deep.
func ToGo(v any) (any, error) { return toGo(v, 0) }

func toGo(v any, depth int) (any, error) {
	if depth > MaxDepth {
		return nil, errTooDeep()
	}
	switch t := v.(type) {
	case nil, bool, string, int64, float64, *big.Int, time.Time:
		return v, nil
	case []any, *List, Tuple:
		items, _ := Elements(t)
		return toGoItems(items, depth)
	case *Set:
		return toGoItems(t.Items(), depth)
	case *Map, map[string]any:
		plain := make(map[string]any, dictLen(t))
		for key, value := range Entries(t) {
			converted, err := toGo(value, depth+1)
			if err != nil {
				return nil, err
			}
			plain[Str(key)] = converted
		}
		return plain, nil
	case []byte:
		return slices.Clone(t), nil
	case Date:
		return t.String(), nil
	case Timedelta:
		return time.Duration(t) * time.Microsecond, nil
	}
	return Canonical(v), nil
}

func toGoItems(items []any, depth int) (any, error) {
	plain := make([]any, len(items))
	for i, item := range items {
		converted, err := toGo(item, depth+1)
		if err != nil {
			return nil, err
		}
		plain[i] = converted
	}
	return plain, nil
}
