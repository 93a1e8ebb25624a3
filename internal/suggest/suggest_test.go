package suggest

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestClosest(t *testing.T) {
	known := slices.Values([]string{"equals", "nequals", "iequals", "lessthan", "regex", "in", "to_json_string"})
	for name, want := range map[string]string{
		"equalz":                 "equals",
		"eqauls":                 "equals",
		"EQUALS":                 "equals",
		"les_than":               "lessthan",
		"regexp":                 "regex",
		"ni":                     "in",
		"toJsonString":           "to_json_string",
		"between":                "",
		"x":                      "",
		"":                       "",
		strings.Repeat("e", 1e6): "",
	} {
		require.Equal(t, want, Closest(name, known), name)
	}
	require.Equal(t, "workers", Closest("workerz", slices.Values([]string{"walkerz", "workers"})), "the fewest slips win")
	require.Equal(t, "cat", Closest("cot", slices.Values([]string{"cut", "cat"})), "then the alphabet")
}

func TestDidYouMean(t *testing.T) {
	known := slices.Values([]string{"equals"})
	require.Equal(t, `did you mean "equals"?`, DidYouMean("equal", known))
	require.Empty(t, DidYouMean("other", known))
}
