package pyvalue

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

type textMethod = func(s string, c call) (any, error)

var textMethods = map[string]textMethod{
	"upper":      plain(Upper),
	"lower":      plain(Lower),
	"casefold":   plain(CaseFold),
	"title":      plain(Title),
	"capitalize": plain(Capitalize),
	"swapcase":   plain(SwapCase),

	"isalpha":      predicate(func(s string) bool { return allAre(s, unicode.IsLetter) }),
	"isdigit":      predicate(func(s string) bool { return allAre(s, isDigit) }),
	"isdecimal":    predicate(func(s string) bool { return allAre(s, unicode.IsDigit) }),
	"isnumeric":    predicate(func(s string) bool { return allAre(s, isNumeric) }),
	"isalnum":      predicate(func(s string) bool { return allAre(s, isAlnum) }),
	"isspace":      predicate(func(s string) bool { return allAre(s, IsSpace) }),
	"isupper":      predicate(func(s string) bool { return singleCased(s, isUpper) }),
	"islower":      predicate(func(s string) bool { return singleCased(s, isLower) }),
	"istitle":      predicate(isTitled),
	"isascii":      predicate(isASCII),
	"isidentifier": predicate(isIdentifier),
	"isprintable":  predicate(isPrintable),

	"strip":        strip(true, true),
	"lstrip":       strip(true, false),
	"rstrip":       strip(false, true),
	"removeprefix": cutAffix(strings.TrimPrefix),
	"removesuffix": cutAffix(strings.TrimSuffix),

	"center": pad(func(left, missing int) int { return missing/2 + (missing & left & 1) }),
	"ljust":  pad(func(int, int) int { return 0 }),
	"rjust":  pad(func(_, missing int) int { return missing }),
	"zfill":  zeroFill,

	"find":       find(strings.Index, false),
	"rfind":      find(strings.LastIndex, false),
	"index":      find(strings.Index, true),
	"rindex":     find(strings.LastIndex, true),
	"count":      countText,
	"startswith": affix(strings.HasPrefix),
	"endswith":   affix(strings.HasSuffix),

	"split":      split(SplitFields, Split),
	"rsplit":     split(RSplitFields, RSplit),
	"splitlines": splitLines,
	"partition":  partition(strings.Index, false),
	"rpartition": partition(strings.LastIndex, true),
	"join":       joinText,
	"replace":    replaceText,
	"expandtabs": expandTabs,
	"translate":  translate,
	"encode": func(s string, c call) (any, error) {
		a, err := c.bind(0, "encoding", "errors")
		if err != nil {
			return nil, err
		}
		encoding, err := c.text(a[0], "utf-8")
		if err != nil {
			return nil, err
		}
		errors, err := c.text(a[1], "strict")
		if err != nil {
			return nil, err
		}
		return encodeText(s, encoding, errors)
	},
	"format": func(s string, c call) (any, error) { return Format(s, c.args, c.keywords, nil) },
	"format_map": func(s string, c call) (any, error) {
		v, err := c.one()
		if err != nil {
			return nil, err
		}
		m, ok := ToMap(v)
		if !ok {
			return nil, Errorf(KindType, "format_map() argument must be a dict, not %s", TypeName(v))
		}
		return Format(s, nil, m, nil)
	},
}

func plain(f func(string) string) textMethod {
	return func(s string, c call) (any, error) { return f(s), c.none() }
}

func predicate(f func(string) bool) textMethod {
	return func(s string, c call) (any, error) { return f(s), c.none() }
}

func strip(left, right bool) textMethod {
	return func(s string, c call) (any, error) {
		a, err := c.bind(0, "/")
		if err != nil {
			return nil, err
		}
		strips := IsSpace
		if given(a[0]) && a[0] != nil {
			chars, err := c.text(a[0], "")
			if err != nil {
				return nil, err
			}
			strips = func(r rune) bool { return strings.ContainsRune(chars, r) }
		}
		if left {
			s = strings.TrimLeftFunc(s, strips)
		}
		if right {
			s = strings.TrimRightFunc(s, strips)
		}
		return s, nil
	}
}

func cutAffix(cut func(s, affix string) string) textMethod {
	return func(s string, c call) (any, error) {
		v, err := c.one()
		if err != nil {
			return nil, err
		}
		text, err := c.text(v, "")
		return cut(s, text), err
	}
}

// pad makes a method that fills up to a width; left says how many of the
// missing characters go before the text.
func pad(left func(width, missing int) int) textMethod {
	return func(s string, c call) (any, error) {
		a, err := c.bind(1, "/", "/")
		if err != nil {
			return nil, err
		}
		width, err := c.integer(a[0], 0)
		if err != nil {
			return nil, err
		}
		fill, err := c.text(a[1], " ")
		if err != nil {
			return nil, err
		}
		if utf8.RuneCountInString(fill) != 1 {
			return nil, Errorf(KindType, "the fill character must be exactly one character long")
		}
		missing := width - utf8.RuneCountInString(s)
		if missing <= 0 {
			return s, nil
		}
		before := left(width, missing)
		return padded(s, fill, before, missing-before)
	}
}

func padded(s, fill string, before, after int) (string, error) {
	if n := len(s) + (before+after)*len(fill); n > MaxTextBytes {
		return "", errTooLong(n)
	}
	return strings.Repeat(fill, before) + s + strings.Repeat(fill, after), nil
}

func zeroFill(s string, c call) (any, error) {
	v, err := c.one()
	if err != nil {
		return nil, err
	}
	width, err := c.integer(v, 0)
	missing := width - utf8.RuneCountInString(s)
	if err != nil || missing <= 0 {
		return s, err
	}
	sign := ""
	if s != "" && (s[0] == '+' || s[0] == '-') {
		sign, s = s[:1], s[1:]
	}
	s, err = padded(s, "0", missing, 0)
	return sign + s, err
}

// window cuts s to the code points from start to stop, as the search methods
// do. It returns the offset of the window, or ok false if start lies beyond s.
func (c call) window(s string, start, stop any) (part string, offset int, ok bool, err error) {
	if !given(start) {
		return s, 0, true, nil
	}
	n := utf8.RuneCountInString(s)
	from, to := 0, n
	if start != nil {
		if from, err = c.integer(start, 0); err != nil {
			return "", 0, false, err
		}
	}
	if given(stop) && stop != nil {
		if to, err = c.integer(stop, n); err != nil {
			return "", 0, false, err
		}
	}
	if from > n {
		return "", 0, false, nil
	}
	from, to = clampIndex(from, n), clampIndex(to, n)
	if from > to {
		return "", 0, false, nil
	}
	first := byteOffset(s, from)
	return s[first : first+byteOffset(s[first:], to-from)], from, true, nil
}

func find(search func(s, sub string) int, must bool) textMethod {
	return func(s string, c call) (any, error) {
		a, err := c.bind(1, "/", "/", "/")
		if err != nil {
			return nil, err
		}
		sub, err := c.text(a[0], "")
		if err != nil {
			return nil, err
		}
		part, offset, ok, err := c.window(s, a[1], a[2])
		if err != nil {
			return nil, err
		}
		if ok {
			if i := search(part, sub); i >= 0 {
				return int64(offset + runeOffset(part, i)), nil
			}
		}
		if must {
			return nil, Errorf(KindValue, "substring not found")
		}
		return int64(-1), nil
	}
}

func countText(s string, c call) (any, error) {
	a, err := c.bind(1, "/", "/", "/")
	if err != nil {
		return nil, err
	}
	sub, err := c.text(a[0], "")
	if err != nil {
		return nil, err
	}
	part, _, ok, err := c.window(s, a[1], a[2])
	if err != nil || !ok {
		return int64(0), err
	}
	return int64(strings.Count(part, sub)), nil
}

func affix(has func(s, affix string) bool) textMethod {
	return func(s string, c call) (any, error) {
		a, err := c.bind(1, "/", "/", "/")
		if err != nil {
			return nil, err
		}
		part, _, ok, err := c.window(s, a[1], a[2])
		if err != nil {
			return nil, err
		}
		choices, isTuple := a[0].(Tuple)
		if !isTuple {
			choices = Tuple{a[0]}
		}
		for _, choice := range choices {
			text, err := c.text(choice, "")
			if err != nil {
				return nil, err
			}
			if ok && has(part, text) {
				return true, nil
			}
		}
		return false, nil
	}
}

func split(fields func(string, int) []string, at func(s, separator string, limit int) ([]string, error)) textMethod {
	return func(s string, c call) (any, error) {
		a, err := c.bind(0, "sep", "maxsplit")
		if err != nil {
			return nil, err
		}
		limit, err := c.integer(a[1], -1)
		if err != nil {
			return nil, err
		}
		if !given(a[0]) || a[0] == nil {
			return stringItems(fields(s, limit)), nil
		}
		separator, err := c.text(a[0], "")
		if err != nil {
			return nil, err
		}
		parts, err := at(s, separator, limit)
		if err != nil {
			return nil, err
		}
		if len(parts) > MaxItems {
			return nil, errTooMany(len(parts))
		}
		return stringItems(parts), nil
	}
}

func splitLines(s string, c call) (any, error) {
	a, err := c.bind(0, "keepends")
	if err != nil {
		return nil, err
	}
	return stringItems(SplitLines(s, given(a[0]) && Truth(a[0]))), nil
}

func partition(search func(s, sub string) int, fromRight bool) textMethod {
	return func(s string, c call) (any, error) {
		v, err := c.one()
		if err != nil {
			return nil, err
		}
		separator, err := c.text(v, "")
		if err != nil {
			return nil, err
		}
		if separator == "" {
			return nil, Errorf(KindValue, "empty separator")
		}
		i := search(s, separator)
		switch {
		case i >= 0:
			return Tuple{s[:i], separator, s[i+len(separator):]}, nil
		case fromRight:
			return Tuple{"", "", s}, nil
		}
		return Tuple{s, "", ""}, nil
	}
}

func joinText(s string, c call) (any, error) {
	v, err := c.one()
	if err != nil {
		return nil, err
	}
	elements, err := Iterate(v)
	if err != nil {
		return nil, Errorf(KindType, "can only join an iterable")
	}
	var b strings.Builder
	i := 0
	for element := range elements {
		text, ok := element.(string)
		if !ok {
			return nil, Errorf(KindType, "sequence item %d: expected str instance, %s found", i, TypeName(element))
		}
		if i > 0 {
			b.WriteString(s)
		}
		b.WriteString(text)
		if b.Len() > MaxTextBytes {
			return nil, errTooLong(b.Len())
		}
		i++
	}
	return b.String(), nil
}

// Replace returns s with the first count occurrences of old replaced, all of
// them if count is negative. It is of kind [KindTooLarge] if the result would
// exceed [MaxTextBytes].
func Replace(s, old, replacement string, count int) (string, error) {
	if grow := len(replacement) - len(old); grow > 0 {
		n := strings.Count(s, old)
		if count >= 0 {
			n = min(n, count)
		}
		if size := len(s) + n*grow; size > MaxTextBytes {
			return "", errTooLong(size)
		}
	}
	return strings.Replace(s, old, replacement, count), nil
}

func replaceText(s string, c call) (any, error) {
	a, err := c.bind(2, "/", "/", "/")
	if err != nil {
		return nil, err
	}
	old, err := c.text(a[0], "")
	if err != nil {
		return nil, err
	}
	replacement, err := c.text(a[1], "")
	if err != nil {
		return nil, err
	}
	count, err := c.integer(a[2], -1)
	if err != nil {
		return nil, err
	}
	return Replace(s, old, replacement, count)
}

func expandTabs(s string, c call) (any, error) {
	a, err := c.bind(0, "tabsize")
	if err != nil {
		return nil, err
	}
	size, err := c.integer(a[0], 8)
	if err != nil {
		return nil, err
	}
	if tabs := strings.Count(s, "\t"); size > 0 && tabs > 0 && tabs > MaxTextBytes/size {
		return nil, errTooLong(tabs * size)
	}
	var b strings.Builder
	column := 0
	for _, r := range s {
		switch r {
		case '\t':
			if size > 0 {
				n := size - column%size
				b.WriteString(strings.Repeat(" ", n))
				column += n
			}
		default:
			b.WriteRune(r)
			column++
			if r == '\n' || r == '\r' {
				column = 0
			}
		}
	}
	return b.String(), nil
}

// translate maps code points through a dict of numbers to numbers, texts or
// None.
func translate(s string, c call) (any, error) {
	table, err := c.one()
	if err != nil {
		return nil, err
	}
	if !IsDict(table) {
		return nil, Errorf(KindType, "'%s' object is not subscriptable", TypeName(table))
	}
	var b strings.Builder
	for _, r := range s {
		to, ok := Lookup(table, int64(r))
		if !ok {
			b.WriteRune(r)
			continue
		}
		switch t := Canonical(to).(type) {
		case nil:
		case string:
			b.WriteString(t)
		case int64:
			if t < 0 || t > unicode.MaxRune {
				return nil, Errorf(KindValue, "character mapping must be in range(0x110000)")
			}
			b.WriteRune(rune(t))
		default:
			return nil, Errorf(KindType, "character mapping must return integer, None or str")
		}
		if b.Len() > MaxTextBytes {
			return nil, errTooLong(b.Len())
		}
	}
	return b.String(), nil
}
