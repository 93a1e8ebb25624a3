package yaql

import (
	"math/big"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"

	"github.com/petrel-dev/petrel/pyvalue"
)

func defineStrings(s *FunctionSet) {
	str := func(f func(s string) any) implementation {
		return func(ev *evaluator, _ *scope, a []any) (any, error) {
			v := f(a[0].(string))
			if out, ok := v.(string); ok {
				return v, ev.text(len(out))
			}
			return v, nil
		}
	}
	s.define("len", asBoth, "string:string", str(func(s string) any { return int64(utf8.RuneCountInString(s)) }))
	s.define("toUpper", asMethod, "string:string", str(func(s string) any { return upper(s) }))
	s.define("toLower", asMethod, "string:string", str(func(s string) any { return lower(s) }))
	s.define("toCharArray", asMethod, "string:string", func(ev *evaluator, _ *scope, a []any) (any, error) {
		c := characters(a[0].(string))
		return c, ev.grow(len(c), 32*len(c))
	})
	s.define("isString", asFunction, "arg:any", func(ev *evaluator, _ *scope, a []any) (any, error) {
		_, ok := a[0].(string)
		return ok, nil
	})
	s.define("str", asFunction, "value:any", func(ev *evaluator, _ *scope, a []any) (any, error) { return ev.str(a[0]) })
	s.define("concat", asFunction, "*args:string", concatStrings)
	s.define("hex", asFunction, "num:number?", func(ev *evaluator, _ *scope, a []any) (any, error) {
		if !isInteger(a[0]) {
			return nil, fail(KindType, "%s has no hexadecimal form", typeName(a[0]))
		}
		return hexOf(a[0]), nil
	})

	s.define("split", asMethod, "string:string, separator:string?=null, maxSplits:int=-1", splitter(false))
	s.define("rightSplit", asMethod, "string:string, separator:string?=null, maxSplits:int=-1", splitter(true))
	s.define("join", asMethod, "sequence:iterable, separator:string", func(ev *evaluator, sc *scope, a []any) (any, error) {
		return ev.join(sc, a[0], a[1].(string))
	})
	s.define("join", asMethod, "separator:string, sequence:iterable", func(ev *evaluator, sc *scope, a []any) (any, error) {
		return ev.join(sc, a[1], a[0].(string))
	})

	trimmer := func(trim func(s string, chars any) string) implementation {
		return func(ev *evaluator, _ *scope, a []any) (any, error) { return trim(a[0].(string), a[1]), nil }
	}
	s.define("trim", asMethod, "string:string, chars:string?=null", trimmer(trim))
	s.define("trimLeft", asMethod, "string:string, chars:string?=null", trimmer(func(s string, chars any) string { return strings.TrimLeftFunc(s, trimSet(chars)) }))
	s.define("trimRight", asMethod, "string:string, chars:string?=null", trimmer(func(s string, chars any) string { return strings.TrimRightFunc(s, trimSet(chars)) }))
	s.define("norm", asBoth, "string:string?, chars:string?=null", func(ev *evaluator, _ *scope, a []any) (any, error) {
		if a[0] == nil {
			return nil, nil
		}
		if t := trim(a[0].(string), a[1]); t != "" {
			return t, nil
		}
		return nil, nil
	})
	s.define("isEmpty", asBoth, "string:string?, trim:bool=true, chars:string?=null", func(ev *evaluator, _ *scope, a []any) (any, error) {
		if a[0] == nil {
			return true, nil
		}
		text := a[0].(string)
		if a[1].(bool) {
			text = trim(text, a[2])
		}
		return text == "", nil
	})

	s.define("replace", asMethod, "string:string, old:string, new:string, count:int=-1", func(ev *evaluator, _ *scope, a []any) (any, error) {
		return ev.replace(a[0].(string), a[1].(string), a[2].(string), a[3])
	})
	s.define("replace", asMethod, "string:string, replacements:mapping, count:int=-1", func(ev *evaluator, sc *scope, a []any) (any, error) {
		text := a[0].(string)
		for k, v := range pyvalue.Entries(plainDict(a[1])) {
			from, err := ev.stringOf(sc, fromKey(k))
			if err != nil {
				return nil, err
			}
			to, err := ev.stringOf(sc, v)
			if err != nil {
				return nil, err
			}
			if text, err = ev.replace(text, from, to, a[2]); err != nil {
				return nil, err
			}
		}
		return text, nil
	})
	s.define("substring", asMethod, "string:string, start:int, length:int=-1", func(ev *evaluator, _ *scope, a []any) (any, error) {
		r := []rune(a[0].(string))
		start, length := clampInt(a[1]), clampInt(a[2])
		if length < 0 {
			length = len(r)
		}
		if start < 0 {
			start += len(r)
		}
		from, to := sliceBounds(start, start+length, len(r))
		return string(r[from:to]), nil
	})
	s.define("indexOf", asMethod, "string:string, sub:string, start:int=0", finder(indexIn))
	s.define("indexOf", asMethod, "string:string, sub:string, start:int, length:int", finder(indexIn))
	s.define("lastIndexOf", asMethod, "string:string, sub:string, start:int=0", finder(lastIndexIn))
	s.define("lastIndexOf", asMethod, "string:string, sub:string, start:int, length:int", finder(lastIndexIn))
	s.define("startsWith", asMethod, "string:string, *prefixes:string", anyAffix(strings.HasPrefix))
	s.define("endsWith", asMethod, "string:string, *suffixes:string", anyAffix(strings.HasSuffix))
	s.define("characters", asFunction, "digits:bool?=false, hexdigits:bool?=false, asciiLowercase:bool?=false, asciiUppercase:bool?=false, "+
		"asciiLetters:bool?=false, letters:bool?=false, octdigits:bool?=false, punctuation:bool?=false, printable:bool?=false, "+
		"lowercase:bool?=false, uppercase:bool?=false, whitespace:bool?=false", characterClasses)
}

// str is the function of that name.
func (ev *evaluator) str(v any) (string, error) {
	var s string
	switch v := v.(type) {
	case nil:
		s = "null"
	case bool:
		s = "false"
		if v {
			s = "true"
		}
	default:
		var err error
		if s, err = strWithin(v, ev.limits.Bytes); err != nil {
			return "", err
		}
	}
	return s, ev.text(len(s))
}

// stringOf converts as str does, unless the program has a function str of its
// own.
func (ev *evaluator) stringOf(sc *scope, v any) (string, error) {
	if !sc.hasLocal() {
		return ev.str(v)
	}
	v, err := ev.delegate(sc, "str", v)
	if err != nil {
		return "", err
	}
	s, ok := v.(string)
	if !ok {
		return "", fail(KindType, "str returned %s", typeName(v))
	}
	return s, nil
}

func (ev *evaluator) join(sc *scope, v any, separator string) (any, error) {
	var b strings.Builder
	first := true
	err := ev.each(v, func(x any) (bool, error) {
		if !first {
			b.WriteString(separator)
		}
		first = false
		s, err := ev.stringOf(sc, x)
		if err != nil {
			return false, err
		}
		if err := ev.text(b.Len() + len(s)); err != nil {
			return false, err
		}
		ev.memory -= b.Len()
		b.WriteString(s)
		return true, nil
	})
	return b.String(), err
}

func upper(s string) string {
	if isASCII(s) {
		return strings.ToUpper(s)
	}
	return cases.Upper(language.Und).String(s)
}

func lower(s string) string {
	if isASCII(s) {
		return strings.ToLower(s)
	}
	return cases.Lower(language.Und).String(s)
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func trimSet(chars any) func(rune) bool {
	if chars == nil {
		return isSpace
	}
	set := chars.(string)
	return func(r rune) bool { return strings.ContainsRune(set, r) }
}

func trim(s string, chars any) string { return strings.TrimFunc(s, trimSet(chars)) }

func splitter(fromRight bool) implementation {
	return func(ev *evaluator, _ *scope, a []any) (any, error) {
		limit := clampInt(a[2])
		var parts []string
		if a[1] == nil {
			parts = splitSpace(a[0].(string), limit, fromRight)
		} else {
			sep := a[1].(string)
			if sep == "" {
				return nil, fail(KindValue, "empty separator")
			}
			parts = splitAt(a[0].(string), sep, limit, fromRight)
		}
		out := make([]any, len(parts))
		for i, p := range parts {
			out[i] = p
		}
		return &mutableList{out}, ev.grow(len(out), 32*len(out))
	}
}

func splitAt(s, sep string, limit int, fromRight bool) []string {
	if limit < 0 {
		return strings.Split(s, sep)
	}
	if !fromRight {
		return strings.SplitN(s, sep, limit+1)
	}
	var parts []string
	for ; limit > 0; limit-- {
		i := strings.LastIndex(s, sep)
		if i < 0 {
			break
		}
		parts = append(parts, s[i+len(sep):])
		s = s[:i]
	}
	parts = append(parts, s)
	slices.Reverse(parts)
	return parts
}

// splitSpace splits at runs of white space; what remains after limit splits
// keeps its inner and far space.
func splitSpace(s string, limit int, fromRight bool) []string {
	if limit < 0 {
		return strings.FieldsFunc(s, isSpace)
	}
	var parts []string
	for {
		if fromRight {
			s = strings.TrimRightFunc(s, isSpace)
		} else {
			s = strings.TrimLeftFunc(s, isSpace)
		}
		if s == "" {
			break
		}
		var word, rest string
		if fromRight {
			i := strings.LastIndexFunc(s, isSpace)
			_, n := utf8.DecodeRuneInString(s[max(i, 0):])
			if i < 0 {
				n = 0
				i = 0
			}
			word, rest = s[i+n:], s[:i]
		} else {
			i := strings.IndexFunc(s, isSpace)
			if i < 0 {
				i = len(s)
			}
			word, rest = s[:i], s[i:]
		}
		if limit == 0 {
			parts = append(parts, s)
			break
		}
		limit--
		parts = append(parts, word)
		s = rest
	}
	if fromRight {
		slices.Reverse(parts)
	}
	return parts
}

func (ev *evaluator) replace(s, old, replacement string, count any) (string, error) {
	n := clampInt(count)
	if n < 0 {
		n = -1
	}
	hits := strings.Count(s, old)
	if n >= 0 {
		hits = min(hits, n)
	}
	if err := ev.text(len(s) + hits*(len(replacement)-len(old))); err != nil {
		return "", err
	}
	return strings.Replace(s, old, replacement, n), nil
}

// clampInt is intOf for positions, where the size of huge ones is irrelevant.
func clampInt(v any) int {
	const huge = 1 << 40
	n, err := intOf(v)
	if err != nil {
		if equal, _ := pyvalue.Compare(pyvalue.Less, v, int64(0)); equal {
			return -huge
		}
		return huge
	}
	return min(max(n, -huge), huge)
}

// sliceBounds cuts start and stop, which may count from the end, to a
// sequence of n elements.
func sliceBounds(start, stop, n int) (int, int) {
	fix := func(i int) int {
		if i < 0 {
			i += n
		}
		return min(max(i, 0), n)
	}
	start, stop = fix(start), fix(stop)
	return start, max(start, stop)
}

// finder searches text[start:start+length] and returns the position in text.
func finder(find func(s, sub []rune) int) implementation {
	return func(ev *evaluator, _ *scope, a []any) (any, error) {
		text, sub := []rune(a[0].(string)), []rune(a[1].(string))
		start, stop := clampInt(a[2]), len(text)
		if len(a) > 3 {
			length := clampInt(a[3])
			if start < 0 {
				start += len(text)
			}
			if length < 0 {
				length = len(text) - start
			}
			stop = start + length
		}
		if start > len(text) {
			return int64(-1), nil
		}
		from, _ := sliceBounds(start, len(text), len(text))
		_, to := sliceBounds(0, stop, len(text))
		if from > to {
			return int64(-1), nil
		}
		i := find(text[from:to], sub)
		if i < 0 {
			return int64(-1), nil
		}
		return int64(from + i), nil
	}
}

func indexIn(s, sub []rune) int {
	text := string(s)
	i := strings.Index(text, string(sub))
	if i < 0 {
		return -1
	}
	return utf8.RuneCountInString(text[:i])
}

func lastIndexIn(s, sub []rune) int {
	text := string(s)
	i := strings.LastIndex(text, string(sub))
	if i < 0 {
		return -1
	}
	return utf8.RuneCountInString(text[:i])
}

func anyAffix(has func(s, affix string) bool) implementation {
	return func(ev *evaluator, _ *scope, a []any) (any, error) {
		for _, x := range a[1:] {
			if affix, ok := x.(string); ok && has(a[0].(string), affix) {
				return true, nil
			}
		}
		return false, nil
	}
}

const (
	digitChars       = "0123456789"
	lowerChars       = "abcdefghijklmnopqrstuvwxyz"
	upperChars       = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	punctuationChars = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
	spaceChars       = " \t\n\r\v\f"
)

func characterClasses(_ *evaluator, _ *scope, a []any) (any, error) {
	classes := [...]string{
		digitChars, digitChars + "abcdefABCDEF", lowerChars, upperChars, lowerChars + upperChars, "",
		"01234567", punctuationChars, digitChars + lowerChars + upperChars + punctuationChars + spaceChars, "", "", spaceChars,
	}
	var chars strings.Builder
	for i, class := range classes {
		if !truth(a[i]) {
			continue
		}
		if class == "" {
			return nil, fail(KindAttribute, "the character class is not available")
		}
		chars.WriteString(class)
	}
	out := []any{}
	seen := map[rune]bool{}
	for _, r := range chars.String() {
		if !seen[r] {
			seen[r] = true
			out = append(out, string(r))
		}
	}
	return out, nil
}

func hexOf(v any) string {
	switch v := v.(type) {
	case int64:
		if v < 0 {
			return "-0x" + strconv.FormatUint(-uint64(v), 16)
		}
		return "0x" + strconv.FormatInt(v, 16)
	case *big.Int:
		if v.Sign() < 0 {
			return "-0x" + new(big.Int).Neg(v).Text(16)
		}
		return "0x" + v.Text(16)
	}
	return ""
}
