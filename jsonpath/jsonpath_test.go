package jsonpath_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel/internal/conformance"
	"github.com/petrel-dev/petrel/jsonpath"
	"github.com/petrel-dev/petrel/pyvalue"
)

// query finds the plainest form of a recorded template, a variable and a query.
var query = regexp.MustCompile(`^\{\{ (?:ctx\('(\w+)'\)|ctx\(\)\.(\w+)|(\w+)) \| jsonpath_query\((?:'((?:[^'\\])*)'|"([^"\\]*)")\) \}\}$`)

func find(path string, v any) (any, error) {
	p, err := jsonpath.Compile(path)
	if err != nil {
		return nil, err
	}
	matches, err := p.Find(v)
	if err != nil || len(matches) == 0 {
		return nil, err
	}
	return pyvalue.NewList(matches...), nil
}

func TestConformanceQueries(t *testing.T) {
	for _, file := range []string{"jinja-orquesta.json", "jinja-st2.json"} {
		var cases []conformance.Case
		for _, c := range conformance.Load(t, "expressions", file) {
			if query.MatchString(c.String("expr")) {
				cases = append(cases, c)
			}
		}
		require.NotEmpty(t, cases)
		conformance.Run(t, file, cases, func(c conformance.Case) error {
			parts := query.FindStringSubmatch(c.String("expr"))
			name, path := parts[1]+parts[2]+parts[3], parts[4]+parts[5]
			v, ok := pyvalue.LookupString(c.Value("context"), name)
			if !ok {
				return errors.New("no variable " + name)
			}
			got, err := find(path, v)
			if err == nil && strings.HasPrefix(file, "jinja-st2") {
				got = pyvalue.Str(got)
			}
			return conformance.Verdict(c, got, err)
		}, nil)
	}
}

func TestConformanceCriteriaKeys(t *testing.T) {
	var cases []conformance.Case
	for _, c := range conformance.Load(t, "expressions", "jinja-st2.json") {
		// Keys into the datastore need a datastore.
		if c.String("mode") == "criteria_key" && !strings.Contains(c.String("expr"), "system") {
			cases = append(cases, c)
		}
	}
	require.NotEmpty(t, cases)
	conformance.Run(t, "jinja-st2.json", cases, func(c conformance.Case) error {
		got, err := find(c.String("expr"), pyvalue.MapOf("trigger", c.Value("context")))
		return conformance.Verdict(c, got, err)
	}, nil)
}

func TestFind(t *testing.T) {
	document, err := pyvalue.DecodeJSON(`{"a":{"b":{"c":"deep"}},"list":["x","y",{"k":"z"}],"empty":[],"h-y":"hyphen","sp ace":"blank","where":"w","f":1.5,"n":5,"nil":null,"é":1}`, pyvalue.PythonJSON)
	require.NoError(t, err)
	for path, want := range map[string]string{
		"a.b.c": "['deep']", "$.a.b.c": "['deep']", "h-y": "['hyphen']", "'sp ace'": "['blank']", `"where"`: "['w']",
		"list[-1].k": "['z']", "list[0]": "['x']", "list[00]": "['x']", "list[7]": "None", "a['b'].c": "['deep']", "a[b].c": "['deep']",
		"list[1:]": "['y', {'k': 'z'}]", "list[:1]": "['x']", "list[ 0 : 2 ]": "['x', 'y']", "n[*]": "[5]", "h-y[0]": "['h']",
		"a,n": "[{'b': {'c': 'deep'}}, 5]", "n,zz,f": "[5, 1.5]", "(n)|(f)": "[5, 1.5]", "n|f": "[5, 1.5]", "a.b|c": "[{'c': 'deep'}]",
		"$..k": "['z']", "list..k": "['z']", "a where b": "[{'b': {'c': 'deep'}}]", "a where x": "None", "a.b.`parent`.b.c": "['deep']",
		"`this`.n": "[5]", "a.b.$.n": "[5]", "nil": "[None]", "nil.x": "None", "n.x": "None", "'é'": "[1]", "a['*']": "[{'c': 'deep'}]",
		"list.*": "None", "empty[*]": "None", `'sp\ ace'`: "['blank']", "\ta\n.b.c": "['deep']", "list[99999999999999999999]": "None",
	} {
		got, err := find(path, document)
		require.NoError(t, err, path)
		require.Equal(t, want, pyvalue.Str(got), path)
	}
	for path, kind := range map[string]pyvalue.Kind{
		"": pyvalue.KindAttribute, "a.": pyvalue.KindAttribute, "list.0": pyvalue.KindJSONPath, "'a": pyvalue.KindJSONPath, "é": pyvalue.KindJSONPath,
		"a b": pyvalue.KindJSONPath, "a[?(@.x)]": pyvalue.KindJSONPath, "list[0,1]": pyvalue.KindJSONPath, "list[::2]": pyvalue.KindJSONPath,
		"`len`": pyvalue.KindJSONPath, "(a": pyvalue.KindAttribute, "a.where": pyvalue.KindJSONPath, "a,": pyvalue.KindAttribute, "a[]": pyvalue.KindJSONPath,
		"n[0]": pyvalue.KindType, "nil[0]": pyvalue.KindType, "nil[*]": pyvalue.KindType, "f[*]": pyvalue.KindType, "a[0]": pyvalue.KindKey,
		"empty[-1]": pyvalue.KindIndex, "list[-9]": pyvalue.KindIndex, "a & n": pyvalue.KindRuntime, "`parent`": pyvalue.KindAttribute,
	} {
		_, err := find(path, document)
		require.Equal(t, kind, pyvalue.KindOf(err), "%s: %v", path, err)
	}
}

func TestLimits(t *testing.T) {
	_, err := jsonpath.Compile(strings.Repeat("(", 20_000) + "a" + strings.Repeat(")", 20_000))
	require.Equal(t, pyvalue.KindJSONPath, pyvalue.KindOf(err))

	var wide any = pyvalue.MapOf("a", 1)
	for range 40 {
		wide = pyvalue.NewList(wide, wide)
	}
	p, err := jsonpath.Compile("$..a")
	require.NoError(t, err)
	_, err = p.Find(wide)
	require.Equal(t, pyvalue.KindTooLarge, pyvalue.KindOf(err))
}

func FuzzCompile(f *testing.F) {
	for _, seed := range []string{"$.a.b", "a[0]", "a['x','y']", "$..a[*]", "(a|b) where c", "`this`", "a[1:2]", "'q\\'uote'"} {
		f.Add(seed)
	}
	document := pyvalue.MapOf("a", pyvalue.NewList(1, pyvalue.MapOf("b", "text")), "b", nil)
	f.Fuzz(func(t *testing.T, path string) {
		p, err := jsonpath.Compile(path)
		if err != nil {
			require.Contains(t, []pyvalue.Kind{pyvalue.KindJSONPath, pyvalue.KindAttribute}, pyvalue.KindOf(err))
			return
		}
		matches, err := p.Find(document)
		first, ok, firstErr := p.First(document)
		require.Equal(t, err == nil, firstErr == nil)
		require.Equal(t, len(matches) > 0, ok)
		if ok {
			require.True(t, pyvalue.Equal(matches[0], first))
		}
	})
}

func BenchmarkFirst(b *testing.B) {
	document := pyvalue.MapOf("trigger", map[string]any{"body": map[string]any{"name": "web1"}})
	p, err := jsonpath.Compile("trigger.body.name")
	require.NoError(b, err)
	b.ReportAllocs()
	for b.Loop() {
		_, _, _ = p.First(document)
	}
}
