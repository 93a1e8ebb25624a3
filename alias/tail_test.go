package alias

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/petrel-dev/petrel/pyregexp"
)

// The pairs at the end of a command in the words of a regular expression, which
// is short but takes exponential time on hostile commands.
const (
	pairPattern = `(?:^|\s+)\s*(\S+?)\s*=(""|''|"(.+?)"|'(.+?)'|({.+?})|(\S+))`
	tailPattern = `(?:` + pairPattern + `\s*)+$`
)

func TestTailIsThatOfTheRegularExpression(t *testing.T) {
	tail, err := pyregexp.Compile(tailPattern, pyregexp.DotAll)
	require.NoError(t, err)
	onePair, err := pyregexp.Compile(pairPattern, pyregexp.DotAll)
	require.NoError(t, err)
	commands := rapid.OneOf(
		rapid.StringOfN(rapid.SampledFrom([]rune("aé==  \t\u00a0\"\"''{}\n")), 0, 24, -1),
		rapid.StringOfN(rapid.SampledFrom([]rune("a==  \"'")), 0, 20, -1),
		rapid.StringOfN(rapid.SampledFrom([]rune("a== \"\"{}")), 0, 20, -1),
	)
	check := func(t require.TestingT, text string) {
		m, err := tail.Search(text)
		if err != nil {
			return // too slow for the regular expression
		}
		want := ""
		var pairs []pair
		if m != nil {
			want = m.Text()
			all, err := onePair.FindAll(want, 0)
			require.NoError(t, err)
			for _, p := range all {
				value := ""
				for i := 3; i <= 6; i++ {
					value += p.Group(i).Text
				}
				pairs = append(pairs, pair{p.Group(1).Text, value})
			}
		}
		require.Equal(t, want, text[tailStart(text):], "%q", text)
		require.Equal(t, pairs, readPairs(want), "%q", text)
	}
	// The quote that ends a value stands behind it, however many stand before.
	check(t, `k" ="='x y'`)
	check(t, `k" ="='x y' a=" z"`)
	rapid.Check(t, func(t *rapid.T) { check(t, commands.Draw(t, "command")) })
}

func TestTailOfHostileCommands(t *testing.T) {
	for _, text := range []string{
		strings.Repeat("a=b=c ", 20000) + "!",
		strings.Repeat(`a="b `, 20000),
		strings.Repeat("a={b} =", 20000),
		strings.Repeat("=", 100000),
	} {
		c := readCommand(text)
		require.LessOrEqual(t, len(c.pairs), len(text))
	}
}

func TestFindAnchors(t *testing.T) {
	for pattern, want := range map[string]anchors{
		`a`:                     {},
		`^a$`:                   {true, true},
		`\Aa\Z`:                 {true, true},
		`\^a\$`:                 {},
		`[^$]`:                  {},
		`[]^$]`:                 {},
		`[^]$]^`:                {true, false},
		`[\]$]a`:                {},
		`(^a)(?:b$)`:            {true, true},
		`(?P<x>^a)(?i:b$)`:      {true, true},
		`(^a)?(b$)*`:            {},
		`(?:^a){2}(b$){,3}`:     {},
		`(?:^a){x}`:             {true, false},
		`(?:^a){}`:              {true, false},
		`(?=^a)(?!b$)(?<=^)`:    {},
		`^a|b$`:                 {false, true},
		`a|^b|c$`:               {true, false},
		`(x)?(?(1)^a|b$)`:       {},
		`(?#^)a(?#$)`:           {},
		`(?x)a # ^`:             {},
		"(?x)a # ^\n$":          {false, true},
		`(?x: ^ )`:              {true, false},
		`(?P<q>a)(?P=q)$`:       {false, true},
		`(?:(?:(?:x|(?:^y))))`:  {true, false},
		`(?:(?:(?:(?:^y)|x)))z`: {},
	} {
		_, err := pyregexp.Compile(pattern, 0)
		require.NoError(t, err, pattern)
		require.Equal(t, want, findAnchors(pattern), pattern)
	}
}
