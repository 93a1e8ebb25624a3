package yaql

import (
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

// strOf is the text of a value; nested values print as Python's repr.
func strOf(v any) string {
	switch v.(type) {
	case string, time.Time, pyvalue.Timedelta, pyvalue.Date:
		return pyvalue.Str(v)
	}
	return reprOf(v)
}

func reprOf(v any) string {
	var b strings.Builder
	writeRepr(&b, v, 0)
	return b.String()
}

const maxReprDepth = 500

func writeRepr(b *strings.Builder, v any, depth int) {
	if depth > maxReprDepth {
		b.WriteString("...")
		return
	}
	list := func(items []any, opening, closing string) {
		b.WriteString(opening)
		for i, x := range items {
			if i > 0 {
				b.WriteString(", ")
			}
			writeRepr(b, x, depth+1)
		}
		b.WriteString(closing)
	}
	dict := func(d any) {
		b.WriteByte('{')
		first := true
		for k, x := range pyvalue.Entries(plainDict(d)) {
			if !first {
				b.WriteString(", ")
			}
			first = false
			writeRepr(b, fromKey(k), depth+1)
			b.WriteString(": ")
			writeRepr(b, x, depth+1)
		}
		b.WriteByte('}')
	}
	switch v := v.(type) {
	case *mutableList:
		list(v.items, "[", "]")
		return
	case *pyvalue.Set:
		if v.Len() == 0 {
			b.WriteString("frozenset()")
		} else {
			list(setItems(v), "frozenset({", "})")
		}
		return
	case *keysView:
		if d, ok := v.dict.(*mutableDict); ok {
			list(dictKeys(d), "dict_keys([", "])")
			return
		}
		b.WriteString("KeysView(")
		dict(v.dict)
		b.WriteByte(')')
		return
	case *itemsView:
		if _, ok := v.dict.(*mutableDict); ok {
			list(setItems(v), "dict_items([", "])")
			return
		}
		b.WriteString("ItemsView(")
		dict(v.dict)
		b.WriteByte(')')
		return
	case *valuesView:
		if d, ok := v.dict.(*mutableDict); ok {
			list(dictValues(d), "dict_values([", "])")
			return
		}
		b.WriteString("ValuesView(")
		dict(v.dict)
		b.WriteByte(')')
		return
	case *regex:
		b.WriteString("regex(" + pyvalue.Repr(v.pattern) + ")")
		return
	case *iterator, *memo, *ordering, *scope, *pairValue, *omittedValue:
		b.WriteString("<" + typeName(v) + ">")
		return
	}
	if items, ok := elements(v); ok {
		closing := ")"
		if len(items) == 1 {
			closing = ",)"
		}
		list(items, "(", closing)
		return
	}
	if isMapping(v) {
		dict(v)
		return
	}
	b.WriteString(pyvalue.Repr(v))
}
