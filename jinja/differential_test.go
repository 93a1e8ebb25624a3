package jinja_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel/internal/conformance"
	"github.com/petrel-dev/petrel/jinja"
	"github.com/petrel-dev/petrel/pyvalue"
)

// plainEnvironments are the environments in which the verdicts of testdata/jinja2
// were recorded.
func plainEnvironments() map[string]*jinja.Environment {
	env := func(options ...jinja.Option) *jinja.Environment {
		return jinja.NewEnvironment(append([]jinja.Option{
			jinja.WithUndefined(jinja.Strict), jinja.WithTrimBlocks(true), jinja.WithLStripBlocks(true),
		}, options...)...)
	}
	return map[string]*jinja.Environment{
		"strict":  env(),
		"lenient": env(jinja.WithUndefined(jinja.Lenient)),
		"chain":   env(jinja.WithUndefined(jinja.Chainable)),
		"plain":   env(jinja.WithTrimBlocks(false), jinja.WithLStripBlocks(false)),
		"trim":    env(jinja.WithLStripBlocks(false)),
		"lstrip":  env(jinja.WithTrimBlocks(false)),
		"keep":    env(jinja.WithKeepTrailingNewline(true)),
		"auto":    env(jinja.WithAutoescape(true)),
		"ext":     env(jinja.WithDo(), jinja.WithLoopControls()),
	}
}

// TestConformanceJinja2 replays templates that were rendered by Jinja2 itself,
// about what the other files of verdicts are thin on: white space, scopes,
// loops, macros, filters.
func TestConformanceJinja2(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/jinja2/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	environments := plainEnvironments()
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		document, err := pyvalue.DecodeJSON(string(text), pyvalue.PythonJSON)
		require.NoError(t, err)
		context_ := lookup(document, "context")
		list, _ := pyvalue.Elements(lookup(document, "cases"))
		var cases []conformance.Case
		for _, c := range list {
			cases = append(cases, conformance.Case{Fields: c.(*pyvalue.Map)})
		}
		conformance.Run(t, filepath.Base(file), cases, func(c conformance.Case) error {
			tmpl, err := environments[c.String("env")].Compile(c.String("source"))
			if err != nil {
				return verdict(c, nil, err)
			}
			got, err := tmpl.Render(context.Background(), jinja.Dict(context_.(*pyvalue.Map)))
			return verdict(c, strings.ReplaceAll(got, " object>", " object at 0xADDR>"), err)
		}, nil)
	}
}
