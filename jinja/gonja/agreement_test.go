package gonja_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel/jinja"
	"github.com/petrel-dev/petrel/jinja/gonja"
	"github.com/petrel-dev/petrel/pyvalue"
)

// recorded is a template, its variables, and what Jinja2 makes of it.
type recorded struct {
	source string
	vars   jinja.Vars
	want   string
	fails  bool
}

func field(v any, name string) any {
	f, _ := pyvalue.LookupString(v, name)
	return f
}

// verdicts returns the recorded templates that are rendered to text in
// StackStorm's configuration, without the cases about its own filters and
// datastore.
func verdicts(t *testing.T) []recorded {
	t.Helper()
	var all []recorded
	for _, file := range []string{"jinja2/language.json", "jinja2/filters.json", "expressions/jinja-st2.json"} {
		text, err := os.ReadFile(filepath.Join("..", "testdata", filepath.FromSlash(file)))
		require.NoError(t, err)
		document, err := pyvalue.DecodeJSON(string(text), pyvalue.PythonJSON)
		require.NoError(t, err)
		list, ok := pyvalue.Elements(document)
		if !ok {
			list, _ = pyvalue.Elements(field(document, "cases"))
		}
		for _, c := range list {
			vars := field(document, "context")
			source, isText := field(c, "source").(string)
			if !isText {
				switch field(c, "tag") {
				case "st2", "jsonpath", "typed", "escaping":
					// About StackStorm's own filters, which gonja lacks.
					continue
				}
				if field(c, "mode") != "render_values" || field(c, "kv") != nil {
					continue
				}
				vars = field(c, "context")
				if source, isText = field(c, "expr").(string); !isText {
					continue
				}
			} else if field(c, "env") != "strict" {
				continue
			}
			m, _ := vars.(*pyvalue.Map)
			if m.Len() == 0 {
				continue
			}
			want, succeeds := field(c, "expect").(string)
			all = append(all, recorded{source, jinja.Dict(m), want, !succeeds})
		}
	}
	return all
}

// TestAgreement counts how often either engine does what Jinja2 does: gives the
// same text, or fails as well.
func TestAgreement(t *testing.T) {
	t.Parallel()
	cases := verdicts(t)
	agrees := func(engine jinja.Engine, c recorded) bool {
		r, err := engine.CompileRenderer(c.source)
		if err != nil {
			return c.fails
		}
		text, err := r.Render(context.Background(), c.vars)
		if err != nil {
			return c.fails
		}
		return !c.fails && text == c.want
	}
	count := func(engine jinja.Engine) int {
		n := 0
		for _, c := range cases {
			if agrees(engine, c) {
				n++
			}
		}
		return n
	}
	ours, theirs := count(jinja.StackStorm()), count(gonja.New())
	t.Logf("AGREEMENT jinja %d of %d (%.1f %%)", ours, len(cases), 100*float64(ours)/float64(len(cases)))
	t.Logf("AGREEMENT gonja %d of %d (%.1f %%)", theirs, len(cases), 100*float64(theirs)/float64(len(cases)))
	require.Greater(t, float64(ours), 0.99*float64(len(cases)))
	require.Greater(t, ours, theirs)
}
