package pyvalue

import (
	"bytes"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// JSONStyle says how values are written as JSON.
type JSONStyle struct {
	// ItemSeparator and KeySeparator stand after items and keys. Empty means
	// "," and ":".
	ItemSeparator, KeySeparator string
	// Indent puts every item on a line of its own, indented by this text for
	// each level, if Multiline is set.
	Indent    string
	Multiline bool
	// SortKeys writes the keys of dicts in ascending order.
	SortKeys bool
	// ASCII escapes everything beyond ASCII.
	ASCII bool
	// HTML escapes <, >, & and ' as Jinja's tojson does.
	HTML bool
	// Native writes what StackStorm's own encoder can write: dates as ISO 8601
	// texts, and null for numbers that JSON does not have. Otherwise dates are a
	// type error, and these numbers are written NaN and Infinity.
	Native bool
}

// PythonStyle is json.dumps without options.
func PythonStyle() JSONStyle {
	return JSONStyle{ItemSeparator: ", ", KeySeparator: ": ", ASCII: true}
}

// CompactStyle is how StackStorm stores and sends JSON.
func CompactStyle() JSONStyle { return JSONStyle{Native: true} }

// EncodeJSON returns v as JSON. What has no JSON form (a set, bytes, an object)
// is an error of kind [KindType]; a value that holds itself, one of kind
// [KindValue].
func EncodeJSON(v any, style JSONStyle) (string, error) {
	b, err := AppendJSON(nil, v, style)
	return string(b), err
}

// AppendJSON appends v as JSON to dst.
func AppendJSON(dst []byte, v any, style JSONStyle) ([]byte, error) {
	if style.ItemSeparator == "" {
		style.ItemSeparator = ","
	}
	if style.KeySeparator == "" {
		style.KeySeparator = ":"
	}
	if style.Multiline {
		style.ItemSeparator = strings.TrimRight(style.ItemSeparator, " ")
	}
	e := jsonEncoder{out: dst, style: style, start: len(dst)}
	if err := e.value(v, 0); err != nil {
		return dst, err
	}
	return e.out, nil
}

type jsonEncoder struct {
	out   []byte
	start int
	style JSONStyle
}

func (e *jsonEncoder) value(v any, depth int) error {
	if depth > MaxDepth {
		return errTooDeep()
	}
	if n := len(e.out) - e.start; n > 4*MaxTextBytes {
		return errTooLong(n)
	}
	switch t := v.(type) {
	case nil:
		e.out = append(e.out, "null"...)
	case bool:
		e.out = strconv.AppendBool(e.out, t)
	case string:
		e.string(t)
	case int64:
		e.out = strconv.AppendInt(e.out, t, 10)
	case float64:
		e.float(t)
	case *big.Int:
		if t == nil {
			e.out = append(e.out, "null"...)
			return nil
		}
		e.out = t.Append(e.out, 10)
	case []any:
		return e.array(t, depth)
	case *List:
		return e.array(t.Items, depth)
	case Tuple:
		return e.array(t, depth)
	case *Map:
		return e.object(t, depth)
	case map[string]any:
		return e.goMap(t, depth)
	default:
		return e.other(v, depth)
	}
	return nil
}

func (e *jsonEncoder) other(v any, depth int) error {
	if n := numberOf(v); n.class != notNumber {
		return e.value(n.value(), depth)
	}
	if e.style.Native {
		switch t := v.(type) {
		case time.Time:
			text := t.Format("2006-01-02T15:04:05")
			if micros := t.Nanosecond() / 1000; micros != 0 {
				text = t.Format("2006-01-02T15:04:05.000000")
			}
			if !IsNaive(t) {
				text += offsetText(t)
			}
			e.string(text)
			return nil
		case Date:
			e.string(t.String())
			return nil
		}
	}
	return Errorf(KindType, "Object of type %s is not JSON serializable", TypeName(v))
}

func (e *jsonEncoder) float(f float64) {
	switch {
	case !math.IsNaN(f) && !math.IsInf(f, 0):
		e.out = appendFloat(e.out, f)
	case e.style.Native:
		e.out = append(e.out, "null"...)
	case math.IsNaN(f):
		e.out = append(e.out, "NaN"...)
	case f > 0:
		e.out = append(e.out, "Infinity"...)
	default:
		e.out = append(e.out, "-Infinity"...)
	}
}

func (e *jsonEncoder) array(items []any, depth int) error {
	if len(items) == 0 {
		e.out = append(e.out, "[]"...)
		return nil
	}
	e.out = append(e.out, '[')
	for i, item := range items {
		e.separate(i, depth+1)
		if err := e.value(item, depth+1); err != nil {
			return err
		}
	}
	e.newline(depth)
	e.out = append(e.out, ']')
	return nil
}

func (e *jsonEncoder) object(m *Map, depth int) error {
	if m.Len() == 0 {
		e.out = append(e.out, "{}"...)
		return nil
	}
	entries := m.entries
	if e.style.SortKeys {
		var err error
		if entries, err = sortedEntries(m); err != nil {
			return err
		}
	}
	e.out = append(e.out, '{')
	n := 0
	for i := range entries {
		entry := &entries[i]
		if entry.isDeleted() {
			continue
		}
		name := entry.name
		if !entry.isString() {
			var err error
			if name, err = e.keyText(entry.key); err != nil {
				return err
			}
		}
		if err := e.member(n, name, entry.value, depth); err != nil {
			return err
		}
		n++
	}
	e.newline(depth)
	e.out = append(e.out, '}')
	return nil
}

func (e *jsonEncoder) goMap(d map[string]any, depth int) error {
	if len(d) == 0 {
		e.out = append(e.out, "{}"...)
		return nil
	}
	e.out = append(e.out, '{')
	for i, name := range sortedNames(d) {
		if err := e.member(i, name, d[name], depth); err != nil {
			return err
		}
	}
	e.newline(depth)
	e.out = append(e.out, '}')
	return nil
}

func (e *jsonEncoder) member(i int, name string, value any, depth int) error {
	e.separate(i, depth+1)
	e.string(name)
	e.out = append(e.out, e.style.KeySeparator...)
	return e.value(value, depth+1)
}

func (e *jsonEncoder) separate(i, depth int) {
	if i > 0 {
		e.out = append(e.out, e.style.ItemSeparator...)
	}
	e.newline(depth)
}

func (e *jsonEncoder) newline(depth int) {
	if !e.style.Multiline {
		return
	}
	e.out = append(e.out, '\n')
	for range depth {
		e.out = append(e.out, e.style.Indent...)
	}
}

// keyText returns the text form of a key that is not a text.
func (e *jsonEncoder) keyText(key any) (string, error) {
	switch k := key.(type) {
	case nil, bool, int64, float64, *big.Int:
		inner := jsonEncoder{style: JSONStyle{}}
		err := inner.value(k, 0)
		return string(inner.out), err
	}
	return "", Errorf(KindType, "keys must be str, int, float, bool or None, not %s", TypeName(key))
}

func sortedEntries(m *Map) ([]entry, error) {
	entries := slices.DeleteFunc(slices.Clone(m.entries), func(e entry) bool { return e.isDeleted() })
	var failure error
	slices.SortStableFunc(entries, func(a, b entry) int {
		if a.isString() && b.isString() {
			return strings.Compare(a.name, b.name)
		}
		x, y := a.keyValue(), b.keyValue()
		less, err := CompareLess(x, y)
		if err != nil {
			failure = err
			return 0
		}
		if less {
			return -1
		}
		if Equal(x, y) {
			return 0
		}
		return 1
	})
	return entries, failure
}

// AppendJSONText appends a text as a JSON string.
func AppendJSONText(dst []byte, text string, style JSONStyle) []byte {
	e := jsonEncoder{out: dst, style: style}
	e.string(text)
	return e.out
}

func (e *jsonEncoder) string(s string) {
	e.out = append(e.out, '"')
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if c >= ' ' && c != '"' && c != '\\' && (c != 0x7f || !e.style.ASCII) &&
				(!e.style.HTML || c != '<' && c != '>' && c != '&' && c != '\'') {
				i++
				continue
			}
			e.out = append(e.out, s[from:i]...)
			e.escape(c)
			i++
			from = i
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if !e.style.ASCII && (r != utf8.RuneError || size != 1) {
			i += size
			continue
		}
		e.out = append(e.out, s[from:i]...)
		switch {
		case !e.style.ASCII:
			e.out = append(e.out, "\uFFFD"...)
		case r >= 0x10000:
			r -= 0x10000
			e.unicode(0xd800 + r>>10)
			e.unicode(0xdc00 + r&0x3ff)
		default:
			e.unicode(r)
		}
		i += size
		from = i
	}
	e.out = append(e.out, s[from:]...)
	e.out = append(e.out, '"')
}

func (e *jsonEncoder) escape(c byte) {
	switch c {
	case '"', '\\':
		e.out = append(e.out, '\\', c)
	case '\n':
		e.out = append(e.out, `\n`...)
	case '\r':
		e.out = append(e.out, `\r`...)
	case '\t':
		e.out = append(e.out, `\t`...)
	case '\b':
		e.out = append(e.out, `\b`...)
	case '\f':
		e.out = append(e.out, `\f`...)
	default:
		e.unicode(rune(c))
	}
}

func (e *jsonEncoder) unicode(r rune) {
	e.out = appendHex(append(e.out, '\\', 'u'), uint32(r), 4)
}

// MarshalJSON writes the map as a JSON object with its keys in order, so that
// encoding/json keeps them.
func (m *Map) MarshalJSON() ([]byte, error) { return AppendJSON(nil, m, CompactStyle()) }

// UnmarshalJSON reads a JSON object, keeping the order of its keys.
func (m *Map) UnmarshalJSON(data []byte) error {
	if bytes.Equal(bytes.TrimSpace(data), []byte("null")) {
		return nil
	}
	v, err := DecodeJSON(string(data), PythonJSON)
	if err != nil {
		return err
	}
	decoded, ok := v.(*Map)
	if !ok {
		return Errorf(KindType, "expected a JSON object, not %s", TypeName(v))
	}
	*m = *decoded
	return nil
}

// MarshalJSON writes the list as a JSON array.
func (l *List) MarshalJSON() ([]byte, error) { return AppendJSON(nil, l, CompactStyle()) }
