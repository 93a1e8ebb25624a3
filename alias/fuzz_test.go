package alias_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel/alias"
	"github.com/petrel-dev/petrel/pyregexp"
)

// FuzzExtract checks that no format and no command does harm, and that what is
// extracted are texts and nulls.
func FuzzExtract(f *testing.F) {
	for _, seed := range [][2]string{
		{"run {{cmd}} on {{hosts=localhost}}", `run "a b" on c env={"A": "B"} x='1'`},
		{"(run|execute) {{cmd}}( on {{hosts}})?[!.]?", "execute date!"},
		{`(?:\b|^)fix (?P<key>[A-Z]+-\d+)(?:\b|$)`, "fix A-1 and fix B-2 k=v"},
		{"go [ {{a}}", "go 1"},
		{"{{x={'k': 'v'}}}", ""},
		{"* {{a-b}} {{}}", "a= 1"},
		{`(?x)^\s*go # {{a}}` + "\n$", "go"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, format, command string) {
		p, err := alias.CompilePattern(format, 20*time.Millisecond)
		if err != nil {
			require.NotEmpty(t, err.Error())
			return
		}
		values, err := p.Extract(command)
		all, allErr := p.ExtractAll(command)
		if errors.Is(err, pyregexp.ErrTimeout) || allErr != nil {
			return
		}
		if err != nil {
			require.True(t, errors.Is(err, alias.ErrNoMatch) || errors.Is(err, alias.ErrNoValue), err)
			require.Equal(t, errors.Is(err, alias.ErrNoMatch), len(all) == 0)
			return
		}
		require.NotEmpty(t, all)
		require.Equal(t, values, all[0])
		for name, value := range values.All() {
			require.IsType(t, "", name)
			if value != nil {
				require.IsType(t, "", value)
			}
		}
	})
}

func BenchmarkMatch(b *testing.B) {
	index := indexOf(b, manyAliases(500)...)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := index.Match(b.Context(), "task250 web on h1 wait=30"); err != nil {
			b.Fatal(err)
		}
	}
}
