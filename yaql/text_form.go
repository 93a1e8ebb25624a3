package yaql

import (
	"fmt"
	"strings"
	"time"

	"github.com/petrel-dev/petrel/pyvalue"
)

// typeName names v's type in messages.
func typeName(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case float64:
		return "float"
	case *iterator, *memo:
		return "iterator"
	case *ordering:
		return "ordering"
	case *scope:
		return "context"
	case *regex:
		return "regex"
	case *pairValue:
		return "pair"
	case *keysView, *itemsView, *valuesView:
		return "dictionary view"
	case pyvalue.Timedelta:
		return "timespan"
	case *omittedValue:
		return "omitted argument"
	}
	switch {
	case isInteger(v):
		return "integer"
	case isSequence(v):
		return "list"
	case isMapping(v):
		return "dictionary"
	case isSetLike(v):
		return "set"
	}
	return pyvalue.TypeName(v)
}

// strOf is the text of a value for messages and keys, cut if it is long.
func strOf(v any) string {
	s, _ := strWithin(v, maxShortText)
	return s
}

// reprOf is strOf with quotes around strings.
func reprOf(v any) string {
	w := reprWriter{limit: maxShortText}
	w.write(v, 0)
	return w.String()
}

const (
	maxReprDepth = 500
	maxShortText = 1000
)

// strWithin is the text of a value; nested values print as Python's repr. It
// fails if the text gets longer than limit bytes; zero or less means no limit.
func strWithin(v any, limit int) (string, error) {
	switch v.(type) {
	case string, time.Time, pyvalue.Timedelta, pyvalue.Date:
		return pyvalue.Str(v), nil
	}
	w := reprWriter{limit: limit}
	w.write(v, 0)
	if w.full() {
		return w.String() + "...", fail(KindLimit, "a text of more than %d bytes", limit)
	}
	return w.String(), nil
}

type reprWriter struct {
	strings.Builder
	limit int
}

func (w *reprWriter) full() bool { return w.limit > 0 && w.Len() > w.limit }

func (w *reprWriter) list(items []any, opening, closing string, depth int) {
	w.WriteString(opening)
	for i, x := range items {
		if w.full() {
			return
		}
		if i > 0 {
			w.WriteString(", ")
		}
		w.write(x, depth+1)
	}
	w.WriteString(closing)
}

func (w *reprWriter) dict(d any, depth int) {
	w.WriteByte('{')
	first := true
	for k, x := range pyvalue.Entries(plainDict(d)) {
		if w.full() {
			return
		}
		if !first {
			w.WriteString(", ")
		}
		first = false
		w.write(fromKey(k), depth+1)
		w.WriteString(": ")
		w.write(x, depth+1)
	}
	w.WriteByte('}')
}

// view writes a view of a dictionary by Python's name for it.
func (w *reprWriter) view(name string, dict any, items func() []any, depth int) {
	if _, mutable := dict.(*mutableDict); mutable {
		w.list(items(), "dict_"+strings.ToLower(name)+"([", "])", depth)
		return
	}
	w.WriteString(name + "View(")
	w.dict(dict, depth)
	w.WriteByte(')')
}

// time writes a point in time with the original's own names for its zone.
func (w *reprWriter) time(t time.Time) {
	fmt.Fprintf(w, "datetime.datetime(%d, %d, %d, %d, %d", t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute())
	micros := t.Nanosecond() / 1000
	if t.Second() != 0 || micros != 0 {
		fmt.Fprintf(w, ", %d", t.Second())
	}
	if micros != 0 {
		fmt.Fprintf(w, ", %d", micros)
	}
	switch offset := offsetOf(t); {
	case pyvalue.IsNaive(t):
	case offset == 0:
		w.WriteString(", tzinfo=tzutc()")
	default:
		fmt.Fprintf(w, ", tzinfo=tzoffset(None, %d)", offset/pyvalue.Second)
	}
	w.WriteByte(')')
}

func (w *reprWriter) write(v any, depth int) {
	if depth > maxReprDepth {
		w.WriteString("...")
		return
	}
	switch v := v.(type) {
	case *mutableList:
		w.list(v.items, "[", "]", depth)
		return
	case *pyvalue.Set:
		if v.Len() == 0 {
			w.WriteString("frozenset()")
		} else {
			w.list(setItems(v), "frozenset({", "})", depth)
		}
		return
	case *keysView:
		w.view("Keys", v.dict, func() []any { return dictKeys(v.dict) }, depth)
		return
	case *itemsView:
		w.view("Items", v.dict, func() []any { return setItems(v) }, depth)
		return
	case *valuesView:
		w.view("Values", v.dict, func() []any { return dictValues(v.dict) }, depth)
		return
	case time.Time:
		w.time(v)
		return
	case *regex:
		w.WriteString("re.compile(" + pyvalue.Repr(v.pattern) + ")")
		return
	case *iterator, *memo, *ordering, *scope, *pairValue, *omittedValue:
		w.WriteString("<" + typeName(v) + ">")
		return
	}
	if items, ok := elements(v); ok {
		closing := ")"
		if len(items) == 1 {
			closing = ",)"
		}
		w.list(items, "(", closing, depth)
		return
	}
	if isMapping(v) {
		w.dict(v, depth)
		return
	}
	w.WriteString(pyvalue.Repr(v))
}
