package orquesta

import (
	"math"
	"strings"
	"time"

	"github.com/petrel-dev/petrel/pyvalue"
)

// Values that JSON does not have are stored as dicts with one of these keys.
// A dict of a user that looks like one is stored below markDict.
const (
	markFloat    = "$float"            // "inf", "-inf" or "nan"
	markSet      = "$set"              // a list
	markTime     = "$datetime"         // RFC 3339
	markNaive    = "$datetime_naive"   // the same, of a datetime without a zone
	markDate     = "$date"             // 2006-01-02
	markTimespan = "$timespan_seconds" // a number
	markDict     = "$dict"
	markText     = "$text" // whatever has no form of its own
)

// portable returns v in a form that JSON can hold.
func portable(v any) any {
	switch v := pyvalue.Canonical(v).(type) {
	case nil, bool, string, int64:
		return v
	case float64:
		if math.IsInf(v, 0) || math.IsNaN(v) {
			return pyvalue.MapOf(markFloat, pyvalue.FloatText(v))
		}
		return v
	case *pyvalue.Set:
		return pyvalue.MapOf(markSet, portableList(v.Items()))
	case time.Time:
		mark := markTime
		if pyvalue.IsNaive(v) {
			mark = markNaive
		}
		return pyvalue.MapOf(mark, v.Format(time.RFC3339Nano))
	case pyvalue.Date:
		return pyvalue.MapOf(markDate, v.String())
	case pyvalue.Timedelta:
		return pyvalue.MapOf(markTimespan, float64(v)/float64(pyvalue.Second))
	case *pyvalue.Map, map[string]any:
		return portableDict(v)
	default:
		if items, ok := pyvalue.Elements(v); ok {
			return portableList(items)
		}
		if isInteger(v) {
			return v
		}
		return pyvalue.MapOf(markText, pyvalue.Str(v))
	}
}

func portableList(items []any) []any {
	out := make([]any, len(items))
	for i, item := range items {
		out[i] = portable(item)
	}
	return out
}

func portableDict(dict any) any {
	out := pyvalue.NewMap(0)
	marked := false
	for key, value := range pyvalue.Entries(dict) {
		name, ok := keyText(key)
		if !ok {
			name = pyvalue.Str(key)
		}
		marked = marked || strings.HasPrefix(name, "$")
		out.SetString(name, portable(value))
	}
	if marked && out.Len() == 1 {
		return pyvalue.MapOf(markDict, out)
	}
	return out
}

// fromPortable is the reverse of portable.
func fromPortable(v any) any {
	if items, ok := pyvalue.Elements(v); ok {
		out := make([]any, len(items))
		for i, item := range items {
			out[i] = fromPortable(item)
		}
		return pyvalue.NewList(out...)
	}
	m, ok := v.(*pyvalue.Map)
	if !ok {
		return v
	}
	if m.Len() == 1 {
		for mark, value := range m.All() {
			if special, ok := unmark(mark, value); ok {
				return special
			}
		}
	}
	return plainDict(m)
}

func plainDict(m *pyvalue.Map) *pyvalue.Map {
	out := pyvalue.NewMap(m.Len())
	for key, value := range m.All() {
		_ = out.Set(key, fromPortable(value)) // a key of a dict is hashable
	}
	return out
}

func unmark(mark, value any) (any, bool) {
	text, _ := value.(string)
	switch mark {
	case markDict:
		if m, ok := value.(*pyvalue.Map); ok {
			return plainDict(m), true
		}
	case markFloat:
		f, err := pyvalue.ParseFloat(text)
		return f, err == nil
	case markText:
		return text, true
	case markSet:
		items, _ := pyvalue.Elements(fromPortable(value))
		set, err := pyvalue.NewSet(items...)
		return set, err == nil
	case markTime, markNaive:
		t, err := time.Parse(time.RFC3339Nano, text)
		if mark == markNaive {
			t = pyvalue.NaiveTime(t)
		}
		return t, err == nil
	case markDate:
		t, err := time.Parse(time.DateOnly, text)
		return pyvalue.DateOf(t), err == nil
	case markTimespan:
		seconds, err := pyvalue.ToFloat(value)
		return pyvalue.Timedelta(math.Round(seconds * float64(pyvalue.Second))), err == nil
	}
	return nil, false
}
