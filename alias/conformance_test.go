package alias_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel/alias"
	"github.com/petrel-dev/petrel/internal/conformance"
	"github.com/petrel-dev/petrel/pyvalue"
)

const verdicts = "alias.json"

// TestConformanceExtract replays commands read by one format.
func TestConformanceExtract(t *testing.T) {
	check := func(c conformance.Case) error {
		p, err := alias.CompilePattern(c.String("format"), 0)
		kind := c.Value("error_kind")
		if (err != nil) != (kind == "bad_format") {
			return fmt.Errorf("compiling %q: got error %w, want %v", c.String("format"), err, kind)
		}
		if err != nil {
			return nil
		}
		var got any
		if pyvalue.Truth(c.Value("match_multiple")) {
			var list []*pyvalue.Map
			list, err = p.ExtractAll(c.String("command"))
			got = asList(list)
		} else {
			got, err = p.Extract(c.String("command"))
		}
		return compare(c, c.Value("extracted"), got, err)
	}
	conformance.Run(t, verdicts, conformance.Load(t, "rules", verdicts), check, nil)
}

func compare(c conformance.Case, want, got any, err error) error {
	kind := map[bool]any{true: "no_match"}[errors.Is(err, alias.ErrNoMatch)]
	if errors.Is(err, alias.ErrNoValue) {
		kind = "no_value"
	}
	if wanted := c.Value("error_kind"); wanted != kind || err != nil && kind == nil {
		return fmt.Errorf("%q: got %s and error %w, want %v", c.String("command"), pyvalue.Repr(got), err, wanted)
	}
	if err == nil && !conformance.Same(want, got, false) {
		return fmt.Errorf("%q: got %s, want %s", c.String("command"), pyvalue.Repr(got), pyvalue.Repr(want))
	}
	return nil
}

func asList(maps []*pyvalue.Map) []any {
	list := make([]any, len(maps))
	for i, m := range maps {
		list[i] = m
	}
	return list
}

// aliases compiles recorded aliases, which lack what is of no account here, and
// reports whether any was refused.
func aliases(t *testing.T, list any) (index *alias.Index, refused bool) {
	items, _ := pyvalue.Elements(list)
	var compiled []*alias.Alias
	for _, item := range items {
		m := item.(*pyvalue.Map).Clone()
		m.SetString("action_ref", "core.local")
		m.SetString("description", "d")
		d, err := alias.Decode(m)
		require.NoError(t, err)
		a, err := alias.Compile(d)
		if err != nil {
			refused = true
			continue
		}
		compiled = append(compiled, a)
	}
	return alias.NewIndex(compiled...), refused
}

// TestConformanceMatch replays commands given to many aliases.
func TestConformanceMatch(t *testing.T) {
	sets, _ := pyvalue.LookupString(conformance.Document(t, "rules", verdicts), "alias_sets")
	set := func(c conformance.Case) any {
		list, ok := pyvalue.LookupString(sets, c.String("aliases"))
		require.True(t, ok)
		return list
	}
	check := func(c conformance.Case) error {
		index, _ := aliases(t, set(c))
		found, err := index.Matches(t.Context(), c.String("command"))
		var got []any
		for _, m := range found {
			var display any = m.Format.Display
			if display == "" {
				display = nil
			}
			got = append(got, pyvalue.MapOf("name", m.Alias.Definition().Name, "display", display, "representation", m.Representation))
		}
		return compare(c, c.Value("matches"), got, err)
	}
	conformance.Run(t, verdicts+" match_cases", conformance.Load(t, "rules", verdicts, "match_cases"), check, func(c conformance.Case) string {
		if _, refused := aliases(t, set(c)); refused && c.Value("error_kind") == "bad_format" {
			return "defect 11: one invalid format breaks matching for all aliases"
		}
		return ""
	})
}

// TestConformanceHelp replays requests for help.
func TestConformanceHelp(t *testing.T) {
	list, _ := pyvalue.LookupString(conformance.Document(t, "rules", verdicts), "help_aliases")
	index, _ := aliases(t, list)
	number := func(c conformance.Case, name string) int {
		v, _ := pyvalue.LookupString(c.Value("args"), name)
		n, _ := v.(int64)
		return int(n)
	}
	text := func(c conformance.Case, name string) string {
		v, _ := pyvalue.LookupString(c.Value("args"), name)
		s, _ := v.(string)
		return s
	}
	check := func(c conformance.Case) error {
		help, err := index.Help(alias.HelpQuery{
			Pack: text(c, "pack"), Filter: text(c, "filter"),
			Limit: number(c, "limit"), Offset: number(c, "offset"),
		})
		if c.Value("error_kind") == "bad_format" {
			if pyvalue.KindOf(err) != pyvalue.KindRegex {
				return fmt.Errorf("got error %w, want an invalid pattern", err)
			}
			return nil
		}
		if err != nil {
			return err
		}
		got, err := pyvalue.FromGo(help)
		if err != nil {
			return err
		}
		if !conformance.Same(c.Value("result"), got, false) {
			return fmt.Errorf("got %s, want %s", pyvalue.Repr(got), pyvalue.Repr(c.Value("result")))
		}
		return nil
	}
	conformance.Run(t, verdicts+" help_cases", conformance.Load(t, "rules", verdicts, "help_cases"), check, func(c conformance.Case) string {
		for _, name := range []string{"limit", "offset"} {
			if v, ok := pyvalue.LookupString(c.Value("args"), name); ok {
				if _, isNumber := v.(int64); !isNumber {
					return "a number of the wrong type, which the compiler refuses in Go"
				}
			}
		}
		return ""
	})
}
