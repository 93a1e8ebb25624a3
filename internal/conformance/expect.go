package conformance

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/petrel-dev/petrel/pyvalue"
)

// Undefined stands for a recorded undefined value of a template. It is the
// [Same] as any object whose type name ends in "Undefined".
type Undefined struct{}

// TypeName returns "Undefined".
func (Undefined) TypeName() string { return "Undefined" }

// Repr returns "Undefined".
func (Undefined) Repr() string { return "Undefined" }

// Decode turns a recorded value into a value: objects with "$type" become what
// JSON cannot hold.
func Decode(v any) (any, error) {
	switch t := v.(type) {
	case *pyvalue.List:
		items, err := decodeItems(t)
		return pyvalue.NewList(items...), err
	case *pyvalue.Map:
		if kind, ok := t.GetString("$type"); ok {
			return decodeTyped(kind, t)
		}
		m := pyvalue.NewMap(t.Len())
		for key, value := range t.All() {
			decoded, err := Decode(value)
			if err != nil {
				return nil, err
			}
			if err := m.Set(key, decoded); err != nil {
				return nil, err
			}
		}
		return m, nil
	}
	return v, nil
}

func decodeItems(v any) ([]any, error) {
	recorded, _ := pyvalue.Elements(v)
	items := make([]any, len(recorded))
	for i, item := range recorded {
		var err error
		if items[i], err = Decode(item); err != nil {
			return nil, err
		}
	}
	return items, nil
}

func decodeTyped(kind any, form *pyvalue.Map) (any, error) {
	recorded, _ := form.GetString("items")
	items, err := decodeItems(recorded)
	if err != nil {
		return nil, err
	}
	value, _ := form.GetString("value")
	text, _ := value.(string)
	switch kind {
	case "tuple":
		return pyvalue.Tuple(items), nil
	case "set":
		return pyvalue.NewSet(items...)
	case "dict":
		m := pyvalue.NewMap(len(items))
		for _, item := range items {
			pair, _ := pyvalue.Elements(item)
			if len(pair) != 2 {
				return nil, fmt.Errorf("recorded dict has the item %s", pyvalue.Repr(item))
			}
			if err := m.Set(pair[0], pair[1]); err != nil {
				return nil, err
			}
		}
		return m, nil
	case "datetime":
		return decodeTime(text)
	case "date":
		day, err := time.Parse(time.DateOnly, text)
		return pyvalue.DateOf(day), err
	case "timespan":
		micros, _ := form.GetString("microseconds")
		n, _ := micros.(int64)
		return pyvalue.Timedelta(n), nil
	case "float":
		switch text {
		case "nan":
			return math.NaN(), nil
		case "inf":
			return math.Inf(1), nil
		case "-inf":
			return math.Inf(-1), nil
		}
	case "bytes":
		b := make([]byte, 0, len(text))
		for _, r := range text {
			b = append(b, byte(r))
		}
		return b, nil
	case "undefined":
		return Undefined{}, nil
	}
	return nil, fmt.Errorf("unknown recorded value %s", pyvalue.Repr(form))
}

func decodeTime(text string) (any, error) {
	for _, layout := range []string{"2006-01-02 15:04:05.999999-07:00", "2006-01-02 15:04:05.999999-07:00:00"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	t, err := time.Parse("2006-01-02 15:04:05.999999", text)
	return pyvalue.NaiveTime(t), err
}

// Same reports whether got is the wanted value: of the same type throughout,
// so that 1, 1.0 and true differ, with NaN equal to itself and keys in the same
// order. A host's []any and map[string]any count as list and (unordered) dict.
// If unordered, lists are compared as multisets at every level.
func Same(want, got any, unordered bool) bool {
	got = pyvalue.Canonical(got)
	switch w := want.(type) {
	case float64:
		g, ok := got.(float64)
		return ok && (w == g && math.Signbit(w) == math.Signbit(g) || math.IsNaN(w) && math.IsNaN(g))
	case *pyvalue.List, pyvalue.Tuple:
		if pyvalue.TypeName(want) != pyvalue.TypeName(got) {
			return false
		}
		wantItems, _ := pyvalue.Elements(want)
		gotItems, _ := pyvalue.Elements(got)
		if unordered {
			return sameMultiset(wantItems, gotItems)
		}
		return slices.EqualFunc(wantItems, gotItems, func(a, b any) bool { return Same(a, b, false) })
	case *pyvalue.Set:
		g, ok := got.(*pyvalue.Set)
		return ok && sameMultiset(w.Items(), g.Items())
	case *pyvalue.Map:
		return sameDict(w, got, unordered)
	case time.Time:
		g, ok := got.(time.Time)
		return ok && pyvalue.Str(w) == pyvalue.Str(g)
	case Undefined:
		g, ok := got.(pyvalue.Object)
		return ok && strings.HasSuffix(g.TypeName(), "Undefined")
	}
	return pyvalue.TypeName(want) == pyvalue.TypeName(got) && pyvalue.Equal(want, got)
}

func sameDict(want *pyvalue.Map, got any, unordered bool) bool {
	if host, ok := got.(map[string]any); ok {
		if want.Len() != len(host) {
			return false
		}
		for key, value := range want.All() {
			other, ok := pyvalue.Lookup(host, key)
			if !ok || !Same(value, other, unordered) {
				return false
			}
		}
		return true
	}
	g, ok := got.(*pyvalue.Map)
	if !ok || want.Len() != g.Len() {
		return false
	}
	gotKeys, gotValues := slices.Collect(g.Keys()), slices.Collect(g.Values())
	i := 0
	for key, value := range want.All() {
		if !Same(key, gotKeys[i], unordered) || !Same(value, gotValues[i], unordered) {
			return false
		}
		i++
	}
	return true
}

func sameMultiset(want, got []any) bool {
	if len(want) != len(got) {
		return false
	}
	rest := slices.Clone(got)
	for _, w := range want {
		i := slices.IndexFunc(rest, func(g any) bool { return Same(w, g, true) })
		if i < 0 {
			return false
		}
		rest = slices.Delete(rest, i, i+1)
	}
	return true
}
