package pyvalue

import (
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Str returns the text of v as Python's str prints it. It is for values whose
// size the caller knows; see [StrWithin] for others. What is nested deeper than
// [MaxDepth] is printed as "...".
func Str(v any) string {
	switch t := v.(type) {
	case string:
		return t
	case nil:
		return "None"
	case bool:
		if t {
			return "True"
		}
		return "False"
	case int64:
		return strconv.FormatInt(t, 10)
	}
	p := printer{limit: math.MaxInt}
	p.str(v)
	return string(p.out)
}

// Repr returns the text of v as Python's repr prints it: as Str, but texts are
// quoted.
func Repr(v any) string {
	p := printer{limit: math.MaxInt}
	p.repr(v)
	return string(p.out)
}

// StrWithin is Str for values that text from outside may have built. It fails
// with kind [KindTooLarge] if the text gets longer than limit bytes,
// [KindRecursion] if v is nested too deep, and [KindValue] for an integer of
// more than 4300 digits. A limit of zero or less means [MaxTextBytes].
func StrWithin(v any, limit int) (string, error) {
	if s, ok := v.(string); ok {
		return s, nil
	}
	p := newPrinter(limit)
	p.str(v)
	return p.text()
}

// ReprWithin is to Repr what StrWithin is to Str.
func ReprWithin(v any, limit int) (string, error) {
	p := newPrinter(limit)
	p.repr(v)
	return p.text()
}

// AppendStr appends Str(v) to dst.
func AppendStr(dst []byte, v any) []byte {
	if s, ok := v.(string); ok {
		return append(dst, s...)
	}
	p := printer{out: dst, limit: math.MaxInt}
	p.str(v)
	return p.out
}

// printer writes the text of values. It remembers the first failure, after
// which it writes nothing more.
type printer struct {
	out   []byte
	limit int
	// open are the containers being printed, to detect one that holds itself.
	open   []any
	strict bool
	err    error
}

func newPrinter(limit int) *printer {
	if limit <= 0 {
		limit = MaxTextBytes
	}
	return &printer{limit: limit, strict: true}
}

func (p *printer) text() (string, error) {
	if p.err != nil {
		return "", p.err
	}
	if len(p.out) > p.limit {
		return "", Errorf(KindTooLarge, "text is longer than the limit of %d bytes", p.limit)
	}
	return string(p.out), nil
}

func (p *printer) add(s string) { p.out = append(p.out, s...) }

func (p *printer) full() bool {
	if p.err == nil && len(p.out) > p.limit {
		p.err = Errorf(KindTooLarge, "text is longer than the limit of %d bytes", p.limit)
	}
	return p.err != nil
}

func (p *printer) str(v any) {
	switch t := v.(type) {
	case string:
		p.add(t)
	case time.Time:
		p.add(timeText(t))
	case Date:
		p.add(t.String())
	case Timedelta:
		p.add(t.String())
	case Texter:
		p.add(t.Str())
	default:
		p.repr(v)
	}
}

func (p *printer) repr(v any) {
	if p.full() {
		return
	}
	switch t := v.(type) {
	case nil:
		p.add("None")
	case bool:
		if t {
			p.add("True")
		} else {
			p.add("False")
		}
	case string:
		p.out = appendQuoted(p.out, t)
	case int64:
		p.out = strconv.AppendInt(p.out, t, 10)
	case float64:
		p.out = appendFloat(p.out, t)
	case *big.Int:
		if t == nil {
			p.add("None")
			return
		}
		if p.strict && t.BitLen() > maxDigits*10/3 && len(t.Text(10)) > maxDigits+1 {
			p.err = Errorf(KindValue, "integer has more than %d digits", maxDigits)
			return
		}
		p.out = t.Append(p.out, 10)
	case []byte:
		p.out = appendQuotedBytes(p.out, t)
	case []any:
		if p.enter(v, len(t) > 0) {
			p.sequence("[", t, "]")
		}
	case *List:
		if p.enter(v, len(t.Items) > 0) {
			p.sequence("[", t.Items, "]")
		}
	case Tuple:
		if !p.enter(v, len(t) > 0) {
			return
		}
		if len(t) == 1 {
			p.sequence("(", t, ",)")
		} else {
			p.sequence("(", t, ")")
		}
	case *Map:
		if p.enter(v, t.Len() > 0) {
			p.dict(v)
		}
	case map[string]any:
		if p.enter(v, len(t) > 0) {
			p.dict(v)
		}
	case *Set:
		p.set(t)
	case time.Time:
		p.add(timeRepr(t))
	case Date:
		p.add("datetime.date(" + strconv.Itoa(t.Year) + ", " + strconv.Itoa(int(t.Month)) + ", " + strconv.Itoa(t.Day) + ")")
	case Timedelta:
		p.add(t.repr())
	case Object:
		p.add(t.Repr())
	default:
		if n := numberOf(v); n.class != notNumber {
			p.repr(n.value())
			return
		}
		p.add("<object>")
	}
}

// enter notes that the container v is being printed. If v is already open or
// too deep it prints a stand-in and returns false.
func (p *printer) enter(v any, filled bool) bool {
	if filled {
		for _, open := range p.open {
			if sameContainer(open, v) {
				if IsDict(v) {
					p.add("{...}")
				} else {
					p.add("[...]")
				}
				return false
			}
		}
	}
	if len(p.open) >= MaxDepth {
		if p.strict {
			p.err = errTooDeep()
		}
		p.add("...")
		return false
	}
	p.open = append(p.open, v)
	return true
}

// sameContainer is only exact for containers that can hold themselves.
func sameContainer(a, b any) bool {
	switch x := a.(type) {
	case *List:
		y, ok := b.(*List)
		return ok && x == y
	case *Map:
		y, ok := b.(*Map)
		return ok && x == y
	case []any:
		y, ok := b.([]any)
		return ok && len(x) == len(y) && len(x) > 0 && &x[0] == &y[0]
	case map[string]any:
		y, ok := b.(map[string]any)
		return ok && sameGoMap(x, y)
	}
	return false
}

func (p *printer) leave() { p.open = p.open[:len(p.open)-1] }

func (p *printer) sequence(open string, items []any, end string) {
	p.add(open)
	for i, item := range items {
		if i > 0 {
			p.add(", ")
		}
		if p.full() {
			break
		}
		p.repr(item)
	}
	p.add(end)
	p.leave()
}

func (p *printer) dict(d any) {
	p.add("{")
	first := true
	if m, ok := d.(*Map); ok && m != nil {
		// Without the iterator no key needs to be boxed.
		for i := range m.entries {
			e := &m.entries[i]
			if e.isDeleted() {
				continue
			}
			if !first {
				p.add(", ")
			}
			if p.full() {
				break
			}
			first = false
			if e.isString() {
				p.out = appendQuoted(p.out, e.name)
			} else {
				p.repr(e.key)
			}
			p.add(": ")
			p.repr(e.value)
		}
		p.add("}")
		p.leave()
		return
	}
	for key, value := range Entries(d) {
		if !first {
			p.add(", ")
		}
		if p.full() {
			break
		}
		first = false
		p.repr(key)
		p.add(": ")
		p.repr(value)
	}
	p.add("}")
	p.leave()
}

func (p *printer) set(s *Set) {
	open, end := "{", "}"
	switch {
	case s.Len() == 0 && s.Frozen():
		p.add("frozenset()")
		return
	case s.Len() == 0:
		p.add("set()")
		return
	case s.Frozen():
		open, end = "frozenset({", "})"
	}
	if p.enter(s, true) {
		p.sequence(open, s.Items(), end)
	}
}

// FloatText returns f as Python prints it: the shortest digits that read back
// the same, with an exponent below 1e-4 and from 1e16 on.
func FloatText(f float64) string { return string(appendFloat(nil, f)) }

func appendFloat(dst []byte, f float64) []byte {
	switch {
	case math.IsNaN(f):
		return append(dst, "nan"...)
	case math.IsInf(f, 1):
		return append(dst, "inf"...)
	case math.IsInf(f, -1):
		return append(dst, "-inf"...)
	}
	if size := math.Abs(f); f != 0 && (size < 1e-4 || size >= 1e16) {
		return strconv.AppendFloat(dst, f, 'e', -1, 64)
	}
	start := len(dst)
	dst = strconv.AppendFloat(dst, f, 'f', -1, 64)
	for _, c := range dst[start:] {
		if c == '.' {
			return dst
		}
	}
	return append(dst, ".0"...)
}

const hexDigits = "0123456789abcdef"

// appendQuoted quotes s as Python's repr does.
func appendQuoted(dst []byte, s string) []byte {
	quote := byte('\'')
	if strings.IndexByte(s, '\'') >= 0 && strings.IndexByte(s, '"') < 0 {
		quote = '"'
	}
	dst = append(dst, quote)
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			i++
			switch {
			case c == quote || c == '\\':
				dst = append(dst, '\\', c)
			case c == '\n':
				dst = append(dst, `\n`...)
			case c == '\r':
				dst = append(dst, `\r`...)
			case c == '\t':
				dst = append(dst, `\t`...)
			case c < ' ' || c == 0x7f:
				dst = append(dst, '\\', 'x', hexDigits[c>>4], hexDigits[c&15])
			default:
				dst = append(dst, c)
			}
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			dst = append(dst, '\\', 'x', hexDigits[c>>4], hexDigits[c&15])
		case unicode.IsPrint(r):
			dst = append(dst, s[i:i+size]...)
		case r < 0x100:
			dst = append(dst, '\\', 'x', hexDigits[r>>4], hexDigits[r&15])
		case r < 0x10000:
			dst = append(dst, '\\', 'u')
			dst = appendHex(dst, uint32(r), 4)
		default:
			dst = append(dst, '\\', 'U')
			dst = appendHex(dst, uint32(r), 8)
		}
		i += size
	}
	return append(dst, quote)
}

func appendHex(dst []byte, n uint32, digits int) []byte {
	for shift := 4 * (digits - 1); shift >= 0; shift -= 4 {
		dst = append(dst, hexDigits[n>>shift&15])
	}
	return dst
}

func appendQuotedBytes(dst, b []byte) []byte {
	quote := byte('\'')
	if strings.IndexByte(string(b), '\'') >= 0 && strings.IndexByte(string(b), '"') < 0 {
		quote = '"'
	}
	dst = append(dst, 'b', quote)
	for _, c := range b {
		switch {
		case c == quote || c == '\\':
			dst = append(dst, '\\', c)
		case c == '\n':
			dst = append(dst, `\n`...)
		case c == '\r':
			dst = append(dst, `\r`...)
		case c == '\t':
			dst = append(dst, `\t`...)
		case c < ' ' || c >= 0x7f:
			dst = append(dst, '\\', 'x', hexDigits[c>>4], hexDigits[c&15])
		default:
			dst = append(dst, c)
		}
	}
	return append(dst, quote)
}
