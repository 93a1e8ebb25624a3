package pyregexp

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// group reads a group whose opening bracket, at start, is already read.
func (t *translator) group(start int) (width, itemKind, error) {
	if !t.accept("?") {
		w, err := t.capture("", start)
		return w, repeatable, err
	}
	if t.done() {
		return width{}, 0, t.fail(t.pos, "unexpected end of pattern")
	}
	switch {
	case t.accept("P<"):
		name, err := t.name(">")
		if err != nil {
			return width{}, 0, err
		}
		w, err := t.capture(name, start)
		return w, repeatable, err
	case t.accept("P="):
		at := t.pos
		name, err := t.name(")")
		if err != nil {
			return width{}, 0, err
		}
		n, ok := t.names[name]
		if !ok {
			return width{}, 0, t.fail(at, "unknown group name '%s'", name)
		}
		w, err := t.backReference(n, at)
		return w, repeatable, err
	case t.accept(":"):
		w, err := t.plain("(?:", start)
		return w, repeatable, err
	case t.accept(">"):
		w, err := t.plain("(?>", start)
		return w, repeatable, err
	case t.accept("="):
		_, err := t.plain("(?=", start)
		return width{}, repeatable, err
	case t.accept("!"):
		_, err := t.plain("(?!", start)
		return width{}, repeatable, err
	case t.accept("<="):
		return width{}, repeatable, t.lookBehind("(?<=", start)
	case t.accept("<!"):
		return width{}, repeatable, t.lookBehind("(?<!", start)
	case t.accept("("):
		w, err := t.conditional(start)
		return w, repeatable, err
	case strings.IndexByte("aiLmsux-", t.src[t.pos]) >= 0:
		return t.scopedFlags(start)
	}
	_, size := utf8.DecodeRuneInString(t.src[t.pos:])
	return width{}, 0, t.fail(start+1, "unknown extension ?%s", t.src[t.pos:t.pos+size])
}

// plain reads the rest of a group that is written with the given opening.
func (t *translator) plain(open string, start int) (width, error) {
	t.out.WriteString(open)
	flags := t.flags
	w, err := t.alternatives()
	if err != nil {
		return w, err
	}
	t.flags = flags
	if !t.accept(")") {
		return w, t.fail(start, "missing ), unterminated subpattern")
	}
	t.out.WriteByte(')')
	return w, nil
}

func (t *translator) capture(name string, start int) (width, error) {
	t.groups++
	n := t.groups
	if name != "" {
		if earlier, ok := t.names[name]; ok {
			return width{}, t.fail(start, "redefinition of group name '%s' as group %d; was group %d", name, n, earlier)
		}
		t.names[name] = n
	}
	t.widths = append(t.widths, width{0, -1})
	w, err := t.plain("(", start)
	if err == nil {
		t.widths[n] = w
	}
	return w, err
}

func (t *translator) lookBehind(open string, start int) error {
	t.behind++
	w, err := t.plain(open, start)
	t.behind--
	if err == nil && w.min != w.max {
		return t.fail(start, "look-behind requires fixed-width pattern")
	}
	return err
}

// name reads a group name up to the terminator.
func (t *translator) name(terminator string) (string, error) {
	start := t.pos
	end := strings.Index(t.src[t.pos:], terminator)
	switch {
	case t.done():
		return "", t.fail(start, "missing group name")
	case end < 0:
		return "", t.fail(start, "missing %s, unterminated name", terminator)
	case end == 0:
		return "", t.fail(start, "missing group name")
	}
	name := t.src[t.pos : t.pos+end]
	if !isName(name) {
		return "", t.fail(start, "bad character in group name '%s'", name)
	}
	t.pos += end + 1
	return name, nil
}

func (t *translator) backReference(n, at int) (width, error) {
	t.operators = true
	if n >= len(t.widths) {
		return width{}, t.fail(at, "invalid group reference %d", n)
	}
	w := t.widths[n]
	if w.max < 0 {
		return width{}, t.fail(at, "cannot refer to an open group")
	}
	t.out.WriteString(`(?:\` + strconv.Itoa(n) + `)`)
	return w, nil
}

// conditional reads (?(group)yes|no), up to whose second bracket all is read.
func (t *translator) conditional(start int) (width, error) {
	at := t.pos
	end := strings.IndexByte(t.src[t.pos:], ')')
	if end < 0 {
		return width{}, t.fail(at, "missing ), unterminated name")
	}
	name := t.src[t.pos : t.pos+end]
	if name == "" {
		return width{}, t.fail(at, "missing group name")
	}
	t.pos += end + 1
	var n int
	switch {
	case isName(name):
		var ok bool
		if n, ok = t.names[name]; !ok {
			return width{}, t.fail(at, "unknown group name '%s'", name)
		}
	case allDigits(name):
		if n = boundedInt(name); n == 0 {
			return width{}, t.fail(at, "bad group number")
		}
		if n > strings.Count(t.src, "(") {
			return width{}, t.fail(at, "invalid group reference %d", n)
		}
	default:
		return width{}, t.fail(at, "bad character in group name '%s'", name)
	}
	t.out.WriteString("(?(" + strconv.Itoa(n) + ")")
	flags := t.flags
	yes, err := t.branch()
	if err != nil {
		return width{}, err
	}
	total := width{0, yes.max}
	if t.accept("|") {
		t.out.WriteByte('|')
		no, err := t.branch()
		if err != nil {
			return width{}, err
		}
		total = width{min(yes.min, no.min), max(yes.max, no.max)}
		if t.has("|") {
			return width{}, t.fail(t.pos, "conditional backref with more than two branches")
		}
	} else {
		t.out.WriteByte('|')
	}
	t.flags = flags
	if !t.accept(")") {
		return width{}, t.fail(start, "missing ), unterminated subpattern")
	}
	t.out.WriteByte(')')
	return total, nil
}

func (t *translator) branch() (width, error) {
	if t.depth++; t.depth > maxNesting {
		return width{}, t.fail(t.pos, "groups are nested deeper than %d levels", maxNesting)
	}
	defer func() { t.depth-- }()
	t.out.WriteString("(?:")
	w, err := t.sequence()
	t.out.WriteByte(')')
	return w, err
}

// scopedFlags reads (?i:...) and (?-i:...). Flags for the rest of the pattern,
// as in abc(?i), are an error except at its start.
func (t *translator) scopedFlags(start int) (width, itemKind, error) {
	at := t.pos
	end := strings.IndexAny(t.src[t.pos:], ":)")
	if end < 0 {
		return width{}, 0, t.fail(len(t.src), "missing -, : or )")
	}
	letters := t.src[t.pos : t.pos+end]
	onLetters, offLetters, hasOff := strings.Cut(letters, "-")
	on, err := t.flagLetters(onLetters, at)
	if err != nil {
		return width{}, 0, err
	}
	if t.src[t.pos+end] == ')' {
		if hasOff {
			return width{}, 0, t.fail(at+end, "missing :")
		}
		return width{}, 0, t.fail(start, "global flags not at the start of the expression")
	}
	off, err := t.flagLetters(offLetters, at+len(onLetters)+1)
	if err != nil {
		return width{}, 0, err
	}
	switch {
	case hasOff && offLetters == "":
		return width{}, 0, t.fail(at+end, "missing flag")
	case off&ASCII != 0 || strings.Contains(offLetters, "u"):
		return width{}, 0, t.fail(at, "bad inline flags: cannot turn off flags 'a', 'u' and 'L'")
	case on&off != 0:
		return width{}, 0, t.fail(at, "bad inline flags: flag turned on and off")
	}
	t.pos += end + 1
	flags := t.flags
	t.flags = t.flags&^off | on
	if strings.Contains(onLetters, "u") {
		t.flags &^= ASCII
	}
	open := "(?:"
	switch {
	case on&IgnoreCase != 0:
		open = "(?i:"
	case off&IgnoreCase != 0:
		open = "(?-i:"
	}
	w, err := t.plain(open, start)
	t.flags = flags
	return w, repeatable, err
}
