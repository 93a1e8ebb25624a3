package functions_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel/functions"
	"github.com/petrel-dev/petrel/internal/conformance"
	"github.com/petrel-dev/petrel/pyvalue"
)

// literal finds the arguments of the plainest templates: texts without
// backslashes, numbers, constants and variables, with or without a keyword.
const literal = `(?:(\w+)=)?(?:'([^'\\{}]*)'|(-?\d+(?:\.\d+)?)|(true|false|none)|ctx\('(\w+)'\)|ctx\(\)\.(\w+)|([a-z]\w*))`

var (
	filterForm = regexp.MustCompile(`^\{\{ (` + literal + `) \| (\w+)(?:\(([^()]*)\))? \}\}$`)
	callForm   = regexp.MustCompile(`^\{\{ (\w+)\((.*)\) \}\}$`)
	argument   = regexp.MustCompile(`^\s*` + literal + `\s*(?:,|$)`)
)

func table() map[string]functions.Function {
	table := map[string]functions.Function{}
	for _, f := range functions.All() {
		table[f.Name] = f
	}
	value := []functions.Parameter{{Name: "value"}}
	table["to_complex"] = functions.Function{Name: "to_complex", Parameters: value, Call: func(a []any) (any, error) { return functions.ToComplex(a[0]) }}
	return table
}

// parse reads a template of one call of a function; ok is false if it is not as
// plain as that.
func parse(c conformance.Case, f map[string]functions.Function) (function functions.Function, args []any, ok bool) {
	expr := c.String("expr")
	if parts := filterForm.FindStringSubmatch(expr); parts != nil {
		function, ok = f[parts[9]]
		expr = parts[1] + "," + parts[10]
	} else if parts := callForm.FindStringSubmatch(expr); parts != nil {
		function, ok = f[parts[1]]
		expr = parts[2]
	}
	if !ok {
		return function, nil, false
	}
	type unset struct{}
	args = slices.Repeat([]any{unset{}}, len(function.Parameters))
	for i := 0; strings.TrimSpace(expr) != ""; i++ {
		parts := argument.FindStringSubmatch(expr)
		if parts == nil {
			return function, nil, false
		}
		expr = expr[len(parts[0]):]
		at := i
		if parts[1] != "" {
			at = slices.IndexFunc(function.Parameters, func(p functions.Parameter) bool { return p.Name == parts[1] })
		}
		v, found := argumentValue(c, parts)
		if at < 0 || at >= len(args) || !found {
			return function, nil, false
		}
		args[at] = v
	}
	for i, p := range function.Parameters {
		if args[i] == (unset{}) {
			if !p.Optional {
				return function, nil, false
			}
			args[i] = p.Default
		}
	}
	return function, args, true
}

func argumentValue(c conformance.Case, parts []string) (any, bool) {
	switch {
	case parts[3] != "":
		return pyvalue.ParseNumber(parts[3])
	case parts[4] != "":
		return map[string]any{"true": true, "false": false, "none": nil}[parts[4]], true
	case parts[5]+parts[6]+parts[7] != "":
		return pyvalue.LookupString(c.Value("context"), parts[5]+parts[6]+parts[7])
	}
	return parts[2], true
}

func TestConformanceFunctions(t *testing.T) {
	f := table()
	for _, file := range []string{"jinja-orquesta.json", "jinja-st2.json"} {
		st2 := file == "jinja-st2.json"
		var cases []conformance.Case
		for _, c := range conformance.Load(t, "expressions", file) {
			if kind, _ := pyvalue.LookupString(c.Value("error"), "kind"); kind == "template_assertion" || kind == "undefined" {
				continue // the function does not exist there
			}
			if mode := c.String("mode"); st2 && mode != "render_values" && mode != "template" {
				continue
			}
			if _, _, ok := parse(c, f); ok {
				cases = append(cases, c)
			}
		}
		require.Greater(t, len(cases), 10)
		conformance.Run(t, file, cases, func(c conformance.Case) error {
			function, args, _ := parse(c, f)
			got, err := function.Call(args)
			if err == nil && st2 {
				got = pyvalue.Str(got)
			}
			return conformance.Verdict(c, got, err)
		}, nil)
	}
}

func call(t *testing.T, name string, args ...any) (any, error) {
	t.Helper()
	f, ok := table()[name]
	require.True(t, ok, name)
	for _, p := range f.Parameters[len(args):] {
		require.True(t, p.Optional, "%s: %s", name, p.Name)
		args = append(args, p.Default)
	}
	return f.Call(args)
}

func TestFunctions(t *testing.T) {
	for _, c := range []struct {
		want string
		name string
		args []any
	}{
		{"'c.txt'", "basename", []any{"/a/b/c.txt"}},
		{"''", "basename", []any{"/a/b/"}},
		{"'/a/b'", "dirname", []any{"/a/b/"}},
		{"'/'", "dirname", []any{"/a"}},
		{"'//'", "dirname", []any{"//a"}},
		{"''", "dirname", []any{"a"}},
		{"1.2345678901234568e+29", "from_json_string", []any{"123456789012345678901234567890"}},
		{"18446744073709551615", "from_json_string", []any{"18446744073709551615"}},
		{"{'b': 1, 'a': 15}", "from_yaml_string", []any{"b: 1\na: 017"}},
		{"None", "from_yaml_string", []any{""}},
		{"45045", "from_yaml_string", []any{"12:30:45"}},
		{`'{"a": [1,"\\u00e9"]}'`, "to_json_string", []any{map[string]any{"a": []any{1, "é"}}}},
		{`'{\n "a": 1\n}'`, "to_json_string", []any{map[string]any{"a": 1}, 1}},
		{`'NaN'`, "to_json_string", []any{pyvalue.Canonical(nan())}},
		{`'a: 1\nb:\n- x\n'`, "to_yaml_string", []any{pyvalue.MapOf("b", []any{"x"}, "a", 1)}},
		{`'\\"q\\'`, "json_escape", []any{`"q"`}},
		{"[1, 2]", "jsonpath_query", []any{map[string]any{"a": []any{1, 2}}, "a[*]"}},
		{"None", "jsonpath_query", []any{nil, "a"}},
		{"True", "regex_match", []any{nil, "None"}},
		{"False", "regex_match", []any{"abc", "b"}},
		{"'bac'", "regex_replace", []any{"abc", "(a)(b)", `\2\1`}},
		{"('a', 'b')", "regex_substring", []any{"abc", "([a-z])([a-z])"}},
		{"'456'", "regex_substring", []any{"123 456", `\d+`, -1}},
		{"'0s'", "to_human_time_from_seconds", []any{0}},
		{"'1y0d0h0m0s'", "to_human_time_from_seconds", []any{365 * 86400}},
		{"'0s'", "to_human_time_from_seconds", []any{31 * 86400}},
		{"'9d0h0m0s'", "to_human_time_from_seconds", []any{40 * 86400}},
		{"'0.5μs'", "to_human_time_from_seconds", []any{0.5}},
		{"'2s'", "to_human_time_from_seconds", []any{2.5}},
		{"'1s'", "to_human_time_from_seconds", []any{true}},
		{"'%*****__%NONE%__*****%'", "use_none", []any{nil}},
		{"-1", "version_compare", []any{"1.0.0-rc.2", "1.0.0-rc.10"}},
		{"-1", "version_compare", []any{"1.0.0-1", "1.0.0-a"}},
		{"1", "version_compare", []any{"1.0.0", "1.0.0-a"}},
		{"0", "version_compare", []any{"1.0.0+a", "1.0.0+b"}},
		{"True", "version_match", []any{"1.10.0", ">=1.9.0"}},
		{"True", "version_match", []any{"1.10.0", "1.10.0"}},
		{"'1.2.4'", "version_bump_patch", []any{"1.2.3-rc1+b"}},
		{"'1.2'", "version_strip_patch", []any{"1.2.3"}},
		{`'"\\u00e9"'`, "json_dump", []any{"é", []any{"no indent"}}},
	} {
		got, err := call(t, c.name, c.args...)
		require.NoError(t, err, "%s%v", c.name, c.args)
		require.Equal(t, c.want, pyvalue.Repr(got), "%s%v", c.name, c.args)
	}
	for _, c := range []struct {
		want pyvalue.Kind
		name string
		args []any
	}{
		{pyvalue.KindType, "basename", []any{nil}},
		{pyvalue.KindJSONDecode, "from_json_string", []any{nil}},
		{pyvalue.KindJSONDecode, "from_json_string", []any{"NaN"}},
		{pyvalue.KindYAML, "from_yaml_string", []any{"a: [1"}},
		{pyvalue.KindType, "to_json_string", []any{[]any{[]byte("x")}}},
		{pyvalue.KindRegex, "regex_match", []any{"abc", "("}},
		{pyvalue.KindIndex, "regex_substring", []any{"abc", `\d`}},
		{pyvalue.KindAssertion, "to_human_time_from_seconds", []any{"5"}},
		{pyvalue.KindOverflow, "to_human_time_from_seconds", []any{1 << 60}},
		{pyvalue.KindValue, "version_compare", []any{"1.0", "1.0.0"}},
		{pyvalue.KindValue, "version_compare", []any{"01.0.0", "1.0.0"}},
		{pyvalue.KindType, "version_compare", []any{nil, "1.0.0"}},
		{pyvalue.KindValue, "version_match", []any{"1.0.0", "~1"}},
		{pyvalue.KindType, "version_match", []any{"1.0.0", nil}},
		{pyvalue.KindValue, "version_match", []any{"1", nil}},
		{pyvalue.KindType, "version_match", []any{nil, "~1"}},
		{pyvalue.KindType, "jsonpath_query", []any{nil, 1}},
		{pyvalue.KindValue, "jsonpath_query", []any{nil, []any{"a"}}},
		{pyvalue.KindValue, "jsonpath_query", []any{nil, pyvalue.NewList("a")}},
		{pyvalue.KindType, "to_json_string", []any{1, []any{"no indent"}}},
		{pyvalue.KindTooLarge, "to_json_string", []any{1, 1 << 20}},
	} {
		_, err := call(t, c.name, c.args...)
		require.Equal(t, c.want, pyvalue.KindOf(err), "%s%v: %v", c.name, c.args, err)
	}
}

func nan() float64 {
	v, _ := pyvalue.ParseFloat("nan")
	return v
}

func TestZip(t *testing.T) {
	for _, c := range []struct {
		want  string
		lists []any
		pad   any
	}{
		{"[]", nil, nil},
		{"[1, 2]", []any{[]any{1, 2}}, nil},
		{"[(1, 'a'), (2, None)]", []any{[]any{1, 2}, "a"}, nil},
		{"[('-', 1)]", []any{nil, []any{1}}, "-"},
	} {
		got, err := functions.Zip(c.lists, c.pad)
		require.NoError(t, err)
		require.Equal(t, c.want, pyvalue.Str(got))
	}
	_, err := functions.Zip([]any{1, 2}, nil)
	require.Equal(t, pyvalue.KindType, pyvalue.KindOf(err))
}

func TestTableIsSorted(t *testing.T) {
	require.True(t, slices.IsSortedFunc(functions.All(), func(a, b functions.Function) int { return strings.Compare(a.Name, b.Name) }))
}
