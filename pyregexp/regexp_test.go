package pyregexp_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel/internal/conformance"
	"github.com/petrel-dev/petrel/pyregexp"
	"github.com/petrel-dev/petrel/pyvalue"
)

// TestPython checks patterns against what CPython 3.11 did with them.
func TestPython(t *testing.T) {
	t.Setenv(conformance.Variable, "")
	cases := conformance.Load(t, "", "python.json")
	conformance.Run(t, "python.json", cases, func(c conformance.Case) error {
		pattern := c.String("pattern")
		re, err := pyregexp.Compile(pattern, 0)
		if c.Has("template") {
			if err != nil {
				return err
			}
			got, err := re.Sub("abcab", c.String("template"), 0)
			return conformance.Verdict(c, got, err)
		}
		if c.Has("error") {
			return conformance.Verdict(c, re, err)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", pyvalue.Repr(pattern), err)
		}
		if !pyvalue.Equal(c.Value("groups"), re.NumGroups()) {
			return fmt.Errorf("%s: %d groups, want %v", pattern, re.NumGroups(), c.Value("groups"))
		}
		for name, number := range pyvalue.Entries(c.Value("names")) {
			if !pyvalue.Equal(number, re.GroupIndex(name.(string))) {
				return fmt.Errorf("%s: group %v has number %d, want %v", pattern, name, re.GroupIndex(name.(string)), number)
			}
		}
		rows, _ := pyvalue.Elements(c.Value("rows"))
		for _, row := range rows {
			if err := checkRow(re, row); err != nil {
				return err
			}
		}
		return nil
	}, func(c conformance.Case) string {
		if strings.Contains(c.String("pattern"), `\N{`) {
			return "the names of characters are not known"
		}
		return ""
	})
}

func checkRow(re *pyregexp.Regexp, row any) error {
	want, _ := pyvalue.Elements(row)
	s := want[0].(string)
	search, err := re.Search(s)
	if err != nil {
		return err
	}
	match, _ := re.Match(s)
	full, _ := re.FullMatch(s)
	all, err := re.FindAll(s, 0)
	if err != nil {
		return err
	}
	allSpans := pyvalue.NewList()
	for _, m := range all {
		allSpans.Append(spans(m))
	}
	sub, err := re.Sub(s, `<\g<0>>`, 0)
	if err != nil {
		return err
	}
	parts, err := re.Split(s, 0)
	if err != nil {
		return err
	}
	for i, got := range []any{spans(search), spans(match), spans(full), allSpans, sub, pyvalue.NewList(parts...)} {
		if !pyvalue.Equal(want[i+1], got) {
			return fmt.Errorf("%s on %s: %s: got %s, want %s", pyvalue.Repr(re.String()), pyvalue.Repr(s),
				[]string{"search", "match", "fullmatch", "finditer", "sub", "split"}[i], pyvalue.Repr(got), pyvalue.Repr(want[i+1]))
		}
	}
	found, err := re.MatchString(s)
	if err == nil && found != (search != nil) {
		err = fmt.Errorf("%s on %s: MatchString is %v", pyvalue.Repr(re.String()), pyvalue.Repr(s), found)
	}
	return err
}

func spans(m *pyregexp.Match) any {
	if m == nil {
		return nil
	}
	list := pyvalue.NewList()
	for _, g := range m.Groups() {
		list.Append(pyvalue.NewList(g.Start, g.End))
	}
	return list
}

func TestTimeout(t *testing.T) {
	re, err := pyregexp.CompileLimit(`(a+)+$`, 0, 50*time.Millisecond)
	require.NoError(t, err)
	_, err = re.Search(strings.Repeat("a", 40) + "b")
	require.ErrorIs(t, err, pyregexp.ErrTimeout)
	require.Equal(t, pyvalue.KindRegex, pyvalue.KindOf(err))
	require.Less(t, len(err.Error()), 200)
}

func TestFlags(t *testing.T) {
	for _, c := range []struct {
		pattern string
		flags   pyregexp.Flags
		text    string
		want    bool
	}{
		{"abc", pyregexp.IgnoreCase, "xABC", true},
		{"^b", pyregexp.Multiline, "a\nb", true},
		{"^b", 0, "a\nb", false},
		{"a.b", pyregexp.DotAll, "a\nb", true},
		{"a b # x", pyregexp.Verbose, "ab", true},
		{`^\w$`, pyregexp.ASCII, "é", false},
		{`^\w$`, 0, "é", true},
	} {
		re, err := pyregexp.Compile(c.pattern, c.flags)
		require.NoError(t, err)
		found, err := re.MatchString(c.text)
		require.NoError(t, err)
		require.Equal(t, c.want, found, c.pattern)
	}
}

func TestDeepNestingIsRefused(t *testing.T) {
	_, err := pyregexp.Compile(strings.Repeat("(", 100_000)+strings.Repeat(")", 100_000), 0)
	require.Equal(t, pyvalue.KindRegex, pyvalue.KindOf(err))
}

func TestEscape(t *testing.T) {
	const text = "a.b*c [é]\n#-_"
	re, err := pyregexp.Compile(pyregexp.Escape(text), 0)
	require.NoError(t, err)
	m, err := re.FullMatch(text)
	require.NoError(t, err)
	require.NotNil(t, m)
}

func FuzzCompile(f *testing.F) {
	for _, seed := range []string{"abc", "(a|b)*c", `(?P<n>\w+)(?P=n)`, `[^\W\d]{2,3}?`, `(?(1)a|b)`, `(?<=a)b$`, `(?x) a #`, `\u0041`, "[a-z", "a{1,"} {
		f.Add(seed, "abcabc")
	}
	f.Fuzz(func(t *testing.T, pattern, text string) {
		re, err := pyregexp.CompileLimit(pattern, 0, 20*time.Millisecond)
		if err != nil {
			if kind := pyvalue.KindOf(err); kind != pyvalue.KindRegex && kind != pyvalue.KindTooLarge {
				t.Fatalf("error of kind %q: %v", kind, err)
			}
			return
		}
		m, err := re.Search(text)
		if err != nil {
			return
		}
		found, err := re.MatchString(text)
		if err == nil && found != (m != nil) {
			t.Fatalf("%q on %q: Search and MatchString disagree", pattern, text)
		}
		if _, err := re.Sub(text, "x", 0); err != nil && pyvalue.KindOf(err) == "" {
			t.Fatal(err)
		}
	})
}

func BenchmarkMatchString(b *testing.B) {
	for _, pattern := range []string{"pull_request", `^pull_request$`, `(\d+)-(\d+)`} {
		b.Run(pattern, func(b *testing.B) {
			re, err := pyregexp.Compile(pattern, 0)
			require.NoError(b, err)
			for b.Loop() {
				_, _ = re.MatchString("some pull_request 555-1234")
			}
		})
	}
}
