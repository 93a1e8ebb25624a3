package pyregexp

import (
	"bytes"
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/petrel-dev/petrel/pyvalue"
)

const (
	// maxNesting is the deepest nesting of groups.
	maxNesting = 200
	// maxPattern is the longest pattern, in bytes.
	maxPattern = 1 << 20
	// unbounded is the width of what has no longest match.
	unbounded = math.MaxInt32
)

// translator reads a pattern of Python's re and writes it for the engine. In the
// output every group that captures is unnamed, so that both sides number groups
// alike; flags other than ignoring case are worked into what is written.
type translator struct {
	src    string
	pos    int
	out    bytes.Buffer
	flags  Flags
	groups int
	names  map[string]int
	// widths are the widths of closed groups by number; an open one has max -1.
	widths []width
	depth  int
	// behind says that a look-behind is being read, whose width must be fixed.
	behind int
	// operators says that the pattern is more than a literal text.
	operators bool
	text      strings.Builder
}

// width is the least and the largest number of characters that a part matches.
type width struct{ min, max int }

func (w width) plus(v width) width {
	return width{min(w.min+v.min, unbounded), min(w.max+v.max, unbounded)}
}

func (w width) times(least, most int) width {
	low, high := int64(w.min)*int64(least), int64(w.max)*int64(most)
	if w.max == 0 {
		high = 0
	}
	return width{int(min(low, unbounded)), int(min(high, unbounded))}
}

func translate(pattern string, flags Flags) (*translator, error) {
	t := &translator{src: pattern, flags: flags, names: map[string]int{}, widths: make([]width, 1)}
	if len(pattern) > maxPattern {
		return nil, pyvalue.Errorf(pyvalue.KindTooLarge, "regular expression of %d bytes is longer than the limit of %d", len(pattern), maxPattern)
	}
	if err := t.globalFlags(); err != nil {
		return nil, err
	}
	if t.flags&IgnoreCase != 0 {
		t.operators = true
		t.out.WriteString("(?i:")
	}
	if _, err := t.alternatives(); err != nil {
		return nil, err
	}
	if t.pos < len(t.src) {
		return nil, t.fail(t.pos, "unbalanced parenthesis")
	}
	if t.flags&IgnoreCase != 0 {
		t.out.WriteByte(')')
	}
	return t, nil
}

// literal returns the text that the pattern stands for if it has no operators.
// Where the replacement character occurs, the engine also finds bytes that are no
// valid text, which a plain search would not.
func (t *translator) literal() (string, bool) {
	text := t.text.String()
	return text, !t.operators && !strings.ContainsRune(text, utf8.RuneError)
}

func (t *translator) fail(at int, format string, args ...any) error {
	message := pyvalue.Errorf(pyvalue.KindRegex, format, args...).Error()
	return pyvalue.Errorf(pyvalue.KindRegex, "invalid regular expression: %s at position %d", message, utf8.RuneCountInString(t.src[:min(at, len(t.src))]))
}

func (t *translator) has(prefix string) bool { return strings.HasPrefix(t.src[t.pos:], prefix) }

func (t *translator) accept(prefix string) bool {
	if t.has(prefix) {
		t.pos += len(prefix)
		return true
	}
	return false
}

func (t *translator) done() bool { return t.pos >= len(t.src) }

// globalFlags reads flags such as (?im) at the start of the pattern.
func (t *translator) globalFlags() error {
	for {
		if t.flags&Verbose != 0 {
			t.skipVerbose()
		}
		if !t.has("(?") || t.pos+2 >= len(t.src) || strings.IndexByte("aiLmsux", t.src[t.pos+2]) < 0 {
			return nil
		}
		end := strings.IndexAny(t.src[t.pos:], ":)-")
		if end < 0 || t.src[t.pos+end] != ')' {
			return nil
		}
		start := t.pos + 2
		on, err := t.flagLetters(t.src[start:t.pos+end], start)
		if err != nil {
			return err
		}
		t.flags |= on
		t.pos += end + 1
		t.operators = true
	}
}

func (t *translator) flagLetters(letters string, at int) (Flags, error) {
	var flags Flags
	for i, c := range letters {
		switch c {
		case 'i':
			flags |= IgnoreCase
		case 'm':
			flags |= Multiline
		case 's':
			flags |= DotAll
		case 'x':
			flags |= Verbose
		case 'a':
			flags |= ASCII
		case 'u':
			if flags&ASCII != 0 {
				return 0, t.fail(at+i, "bad inline flags: flags 'a', 'u' and 'L' are incompatible")
			}
		case 'L':
			return 0, t.fail(at+i, "bad inline flags: cannot use 'L' flag with a str pattern")
		default:
			return 0, t.fail(at+i, "unknown flag")
		}
	}
	return flags, nil
}

func (t *translator) skipVerbose() {
	for !t.done() {
		switch t.src[t.pos] {
		case ' ', '\t', '\n', '\r', '\v', '\f':
			t.pos++
		case '#':
			end := strings.IndexByte(t.src[t.pos:], '\n')
			if end < 0 {
				end = len(t.src) - t.pos - 1
			}
			t.pos += end + 1
		default:
			return
		}
	}
}

// skipIgnored skips what may stand between an item and its quantifier.
func (t *translator) skipIgnored() error {
	for {
		if t.flags&Verbose != 0 {
			t.skipVerbose()
		}
		if !t.has("(?#") {
			return nil
		}
		if err := t.comment(); err != nil {
			return err
		}
	}
}

// comment skips (?#...).
func (t *translator) comment() error {
	t.operators = true
	end := strings.IndexByte(t.src[t.pos:], ')')
	if end < 0 {
		return t.fail(t.pos, "missing ), unterminated comment")
	}
	t.pos += end + 1
	return nil
}

// alternatives reads up to a closing bracket or the end.
func (t *translator) alternatives() (width, error) {
	if t.depth++; t.depth > maxNesting {
		return width{}, t.fail(t.pos, "groups are nested deeper than %d levels", maxNesting)
	}
	defer func() { t.depth-- }()
	total, err := t.sequence()
	for err == nil && t.accept("|") {
		t.operators = true
		t.out.WriteByte('|')
		var w width
		w, err = t.sequence()
		total = width{min(total.min, w.min), max(total.max, w.max)}
	}
	return total, err
}

func (t *translator) sequence() (width, error) {
	var total width
	for {
		if err := t.skipIgnored(); err != nil {
			return total, err
		}
		if t.done() || t.src[t.pos] == '|' || t.src[t.pos] == ')' {
			return total, nil
		}
		start := t.pos
		outStart := t.out.Len()
		w, kind, err := t.item()
		if err != nil {
			return total, err
		}
		if w, err = t.quantifier(w, kind, start, outStart); err != nil {
			return total, err
		}
		total = total.plus(w)
	}
}

// itemKind says what may follow an item.
type itemKind uint8

const (
	repeatable itemKind = iota
	position            // an assertion such as ^, which cannot be repeated
)

func (t *translator) item() (width, itemKind, error) {
	start := t.pos
	r, size := utf8.DecodeRuneInString(t.src[t.pos:])
	t.pos += size
	switch r {
	case '.':
		t.operators = true
		if t.flags&DotAll != 0 {
			t.out.WriteString(anything)
		} else {
			t.out.WriteString(`[^\n]`)
		}
		return width{1, 1}, repeatable, nil
	case '^':
		t.operators = true
		if t.flags&Multiline != 0 {
			t.out.WriteByte('^')
		} else {
			t.out.WriteString(`\A`)
		}
		return width{}, position, nil
	case '$':
		t.operators = true
		if t.flags&Multiline != 0 {
			t.out.WriteByte('$')
		} else {
			t.out.WriteString(`\Z`)
		}
		return width{}, position, nil
	case '(':
		t.operators = true
		return t.group(start)
	case '[':
		t.operators = true
		return width{1, 1}, repeatable, t.class(start)
	case '\\':
		return t.escape(start)
	case '*', '+', '?':
		return width{}, 0, t.fail(start, "nothing to repeat")
	case '{':
		if _, _, ok := t.bounds(start); ok {
			return width{}, 0, t.fail(start, "nothing to repeat")
		}
	}
	t.literalRune(r)
	return width{1, 1}, repeatable, nil
}

// dottedI are the letters that Python, but not the engine, takes for the same
// when it ignores case.
const dottedI = "iIıİ"

func isDottedI(r rune) bool { return strings.ContainsRune(dottedI, r) }

func (t *translator) literalRune(r rune) {
	if isDottedI(r) && t.flags&(IgnoreCase|ASCII) == IgnoreCase {
		t.out.WriteString("[" + dottedI + "]")
		return
	}
	t.text.WriteRune(r)
	writeLiteral(&t.out, r)
}

// anything matches every character, also a newline.
const anything = `[\s\S]`

// writeLiteral writes a character so that the engine takes it as itself.
func writeLiteral(b *bytes.Buffer, r rune) {
	switch {
	case r > 0x7e || r == '_' || r >= '0' && r <= '9' || r|0x20 >= 'a' && r|0x20 <= 'z':
		b.WriteRune(r)
	case r <= ' ':
		b.WriteString(`\u00`)
		if r < 0x10 {
			b.WriteByte('0')
		}
		b.WriteString(strconv.FormatInt(int64(r), 16))
	default:
		b.WriteByte('\\')
		b.WriteRune(r)
	}
}

// bounds reads {m,n} whose brace stands at start. ok is false if the text is no
// quantifier, which makes the brace a literal.
func (t *translator) bounds(start int) (text string, limits [2]int, ok bool) {
	end := strings.IndexByte(t.src[start:], '}')
	if end < 0 {
		return "", limits, false
	}
	body := t.src[start+1 : start+end]
	low, high, comma := strings.Cut(body, ",")
	if body == "" || !allDigits(low) || !allDigits(high) || !comma && low == "" {
		return "", limits, false
	}
	limits = [2]int{0, unbounded}
	if low != "" {
		limits[0] = boundedInt(low)
	}
	switch {
	case !comma:
		limits[1] = limits[0]
	case high != "":
		limits[1] = boundedInt(high)
	}
	return t.src[start : start+end+1], limits, true
}

// tooManyTimes reports whether {m,n} holds a number beyond Python's limit.
func tooManyTimes(quantifier string) bool {
	for number := range strings.SplitSeq(strings.Trim(quantifier, "{}"), ",") {
		if n, err := strconv.ParseUint(number, 10, 64); number != "" && (err != nil || n >= math.MaxUint32) {
			return true
		}
	}
	return false
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

func boundedInt(digits string) int {
	n, err := strconv.Atoi(digits)
	if err != nil || n > unbounded {
		return unbounded
	}
	return n
}

// quantifier reads what follows an item that was written from outStart on.
func (t *translator) quantifier(w width, kind itemKind, start, outStart int) (width, error) {
	if err := t.skipIgnored(); err != nil || t.done() {
		return w, err
	}
	at := t.pos
	var mark string
	var limits [2]int
	switch t.src[t.pos] {
	case '*':
		mark, limits = "*", [2]int{0, unbounded}
	case '+':
		mark, limits = "+", [2]int{1, unbounded}
	case '?':
		mark, limits = "?", [2]int{0, 1}
	case '{':
		text, bounds, ok := t.bounds(t.pos)
		if !ok {
			return w, nil
		}
		if len(text) > 10 && tooManyTimes(text) {
			return w, t.fail(at, "the repetition number is too large")
		}
		if bounds[0] > bounds[1] {
			return w, t.fail(at, "min repeat greater than max repeat")
		}
		t.pos += len(text) - 1
		limits = bounds
		mark = "{" + strconv.Itoa(bounds[0]) + ","
		if bounds[1] != unbounded {
			mark += strconv.Itoa(bounds[1])
		}
		mark += "}"
	default:
		return w, nil
	}
	t.pos++
	t.operators = true
	if kind == position {
		return w, t.fail(at, "nothing to repeat")
	}
	body := string(t.out.Bytes()[outStart:])
	possessive := false
	switch {
	case t.accept("?"):
		mark += "?"
	case t.accept("+"):
		possessive = true
	}
	// The engine reads an escape such as \u0020 as one item, but not an item
	// that was translated to several.
	single := strings.HasPrefix(body, "(") && strings.HasSuffix(body, ")") && balanced(body) || utf8.RuneCountInString(body) == 1 || simpleItem(body)
	if !single {
		body = "(?:" + body + ")"
	}
	body += mark
	if possessive {
		body = "(?>" + body + ")"
	}
	t.out.Truncate(outStart)
	t.out.WriteString(body)
	if t.flags&Verbose != 0 {
		t.skipVerbose()
	}
	if !t.done() {
		switch t.src[t.pos] {
		case '*', '+', '?':
			return w, t.fail(t.pos, "multiple repeat")
		case '{':
			if _, _, ok := t.bounds(t.pos); ok {
				return w, t.fail(t.pos, "multiple repeat")
			}
		}
	}
	return w.times(limits[0], limits[1]), nil
}

// simpleItem reports whether the text is one escape or class.
func simpleItem(body string) bool {
	return body == anything || body == `[^\n]` || len(body) == 2 && body[0] == '\\' ||
		strings.HasPrefix(body, "[") && strings.HasSuffix(body, "]") && strings.Count(body, "]") == 1 && strings.Count(body, "[") == 1
}

// balanced reports whether the bracket at the start of body closes only at its
// end.
func balanced(body string) bool {
	open, inClass := 0, false
	for i := 0; i < len(body); i++ {
		switch c := body[i]; {
		case c == '\\':
			i++
		case inClass:
			inClass = c != ']'
		case c == '[':
			inClass = true
		case c == '(':
			open++
		case c == ')':
			if open--; open == 0 && i < len(body)-1 {
				return false
			}
		}
	}
	return open == 0
}

func isName(s string) bool {
	for i, r := range s {
		if r != '_' && !unicode.IsLetter(r) && (i == 0 || !unicode.IsDigit(r) && !unicode.Is(unicode.Mn, r)) {
			return false
		}
	}
	return s != ""
}
