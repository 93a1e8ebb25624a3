package expression_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/petrel-dev/petrel/pyregexp"
)

// TestVariablesAsByRegularExpressions compares with patterns of the shape that
// Orquesta uses.
func TestVariablesAsByRegularExpressions(t *testing.T) {
	compile := func(pattern string) *pyregexp.Regexp {
		re, err := pyregexp.Compile(pattern, 0)
		require.NoError(t, err)
		return re
	}
	call := compile(`\bctx\(['"]?[][a-zA-Z0-9_'".()]*['"]?\)\.?[][a-zA-Z0-9_'".()]*`)
	names := []*pyregexp.Regexp{
		compile(`(?<=\bctx\(\)\.)([a-zA-Z0-9_-]+)\b(?!\()\.?`),
		compile(`\bctx\(([a-zA-Z0-9_-]+)\)`),
		compile(`\bctx\('([a-zA-Z0-9_-]+)'\)`),
		compile(`\bctx\("([a-zA-Z0-9_-]+)"\)`),
	}
	parts := []string{"ctx(", "ctx()", "ctx().", "ctx", "(", ")", ".", "'", `"`, "x", "name", "é", "_", "-", " ", "[", "]", "+", "my", "9"}
	rapid.Check(t, func(t *rapid.T) {
		inner := strings.Join(rapid.SliceOfN(rapid.SampledFrom(parts), 0, 16).Draw(t, "parts"), "")
		var want []string
		calls, err := call.FindAll(inner, 0)
		require.NoError(t, err)
		for _, c := range calls {
			for _, name := range names {
				m, err := name.Search(c.Text())
				require.NoError(t, err)
				if m != nil {
					want = append(want, m.Group(1).Text)
				}
			}
		}
		slices.Sort(want)
		var got []string
		for _, v := range safe.Compile("<%" + inner + "%>").Variables() {
			got = append(got, v.Name)
		}
		require.Equal(t, want, got, inner)
	})
}
