package pyyaml_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel/internal/conformance"
	"github.com/petrel-dev/petrel/pyvalue"
	"github.com/petrel-dev/petrel/pyyaml"
)

// TestPython checks against what PyYAML 6.0 with libyaml did.
func TestPython(t *testing.T) {
	t.Setenv(conformance.Variable, "")
	cases := conformance.Load(t, "", "python.json")
	conformance.Run(t, "python.json", cases, func(c conformance.Case) error {
		if c.String("op") == "load" {
			got, err := pyyaml.Load(c.String("text"))
			if err := conformance.Verdict(c, got, err); err != nil {
				return fmt.Errorf("%s: %w", pyvalue.Repr(c.String("text")), err)
			}
			return nil
		}
		value, err := conformance.Decode(c.Value("value"))
		if err != nil {
			return err
		}
		style := map[string]pyyaml.Style{"dump": {}, "dump_ascii": {ASCII: true}, "dump4": {Indent: 4}}[c.String("op")]
		got, err := pyyaml.Dump(value, style)
		if err := conformance.Verdict(c, got, err); err != nil {
			return fmt.Errorf("%s(%s): %w", c.String("op"), pyvalue.Repr(value), err)
		}
		return nil
	}, exception)
}

// exception is for what the parser below the loader does not know.
func exception(c conformance.Case) string {
	if strings.Contains(c.String("text"), `\/`) {
		return "the escape of a slash is not known to the parser"
	}
	return ""
}

func TestErrorLines(t *testing.T) {
	t.Setenv(conformance.Variable, "")
	total, right := 0, 0
	for _, c := range conformance.Load(t, "", "python.json") {
		line, ok := c.Value("line").(int64)
		if !ok || exception(c) != "" {
			continue
		}
		_, err := pyyaml.Load(c.String("text"))
		var failure *pyyaml.Error
		require.ErrorAs(t, err, &failure)
		total++
		if int64(failure.Position.Line) == line {
			right++
		} else {
			t.Logf("%q: line %d, want %d: %v", c.String("text"), failure.Position.Line, line, err)
		}
	}
	require.Greater(t, right*10, total*9)
}

const rules = `---
name: on_push
trigger: &hook
  type: core.webhook
  parameters:
    url: hooks/x
criteria:
  trigger.body.ref:
    type: equals
    pattern: main
  trigger.body.n: {type: gt,
    pattern: 5}
other:
  <<: *hook
  type: x
list:
- a
-
  b: 1
`

func TestPosition(t *testing.T) {
	doc, err := pyyaml.Parse("rules/x.yaml", []byte(rules), pyyaml.Strict)
	require.NoError(t, err)
	require.Empty(t, doc.Warnings)
	for _, c := range []struct {
		want  string
		found bool
		path  []any
	}{
		{"rules/x.yaml:2:1", true, nil},
		{"rules/x.yaml:2:1", true, []any{"name"}},
		{"rules/x.yaml:8:3", true, []any{"criteria", "trigger.body.ref"}},
		{"rules/x.yaml:10:5", true, []any{"criteria", "trigger.body.ref", "pattern"}},
		{"rules/x.yaml:12:5", true, []any{"criteria", "trigger.body.n", "pattern"}},
		{"rules/x.yaml:15:3", true, []any{"other", "type"}},
		{"rules/x.yaml:6:5", true, []any{"other", "parameters", "url"}},
		{"rules/x.yaml:19:3", true, []any{"list", 1, "b"}},
		{"rules/x.yaml:7:1", false, []any{"criteria", "nope", "type"}},
		{"rules/x.yaml:16:1", false, []any{"list", 7}},
	} {
		at, ok := doc.Position(c.path...)
		require.Equal(t, c.want, at.String(), c.path)
		require.Equal(t, c.found, ok, c.path)
	}
}

func TestDuplicateKeys(t *testing.T) {
	const text = "a: 1\nb:\n  x: 1\n  x: 2\n"
	doc, err := pyyaml.Parse("p.yaml", []byte(text), pyyaml.Lenient)
	require.NoError(t, err)
	require.Equal(t, "{'a': 1, 'b': {'x': 2}}", pyvalue.Str(doc.Value))
	require.Len(t, doc.Warnings, 1)
	require.Equal(t, "p.yaml:4:3: the key 'x' occurs twice in this mapping; the last value counts", doc.Warnings[0].String())
	_, err = pyyaml.Parse("p.yaml", []byte(text), pyyaml.Strict)
	require.EqualError(t, err, "p.yaml:4:3: the key 'x' occurs twice in this mapping")
}

func TestHostileDocuments(t *testing.T) {
	var bomb strings.Builder
	bomb.WriteString("a0: &a0 [x, x, x, x, x, x, x, x, x]\n")
	for i := 1; i < 12; i++ {
		fmt.Fprintf(&bomb, "a%d: &a%d [%s]\n", i, i, strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 9))
	}
	for name, text := range map[string]string{
		"alias bomb":      bomb.String(),
		"inside itself":   "a: &a [*a]",
		"merge of itself": "a: &a\n  <<: *a",
		"deep flow":       strings.Repeat("[", 5000) + strings.Repeat("]", 5000),
		"very deep flow":  strings.Repeat("[", 100_000),
		"deep block":      strings.Repeat("- ", 5000) + "x",
		"two documents":   "a\n---\nb",
		"not text":        "\x00\x01",
		"bad UTF-8":       "a: \xff\xfe",
	} {
		_, err := pyyaml.Load(text)
		require.Equal(t, pyvalue.KindYAML, pyvalue.KindOf(err), name)
		var failure *pyyaml.Error
		require.True(t, errors.As(err, &failure), name)
	}
}

func TestDumpSharesContainers(t *testing.T) {
	shared := pyvalue.NewList("x")
	text, err := pyyaml.Dump(pyvalue.MapOf("a", shared, "b", shared, "c", []any{}), pyyaml.Style{})
	require.NoError(t, err)
	require.Equal(t, "a: &id001\n- x\nb: *id001\nc: []\n", text)
	loaded, err := pyyaml.Load(text)
	require.NoError(t, err)
	a, _ := pyvalue.Lookup(loaded, "a")
	b, _ := pyvalue.Lookup(loaded, "b")
	require.True(t, pyvalue.Identical(a, b))
}

func TestDumpRefusesObjects(t *testing.T) {
	_, err := pyyaml.Dump(pyvalue.NewList(conformance.Undefined{}), pyyaml.Style{})
	require.Equal(t, pyvalue.KindYAML, pyvalue.KindOf(err))
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{rules, "a: &x [1, *x]", "? a\n: b", "- !!set {a}", "a: |\n  x\n", "<<: {a: 1}", "a: 12:30:45\nb: 0x1f", "%YAML 1.1\n---\n'a'"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		doc, err := pyyaml.Parse("x", []byte(text), pyyaml.Lenient)
		if err != nil {
			return
		}
		dumped, err := pyyaml.Dump(doc.Value, pyyaml.Style{KeepOrder: true})
		if err != nil {
			require.Contains(t, []pyvalue.Kind{pyvalue.KindYAML, pyvalue.KindTooLarge, pyvalue.KindRecursion}, pyvalue.KindOf(err))
			return
		}
		_, _ = doc.Position("a", 0)
		again, err := pyyaml.Load(dumped)
		if err != nil {
			t.Fatalf("%q was dumped as %q, which does not load: %v", text, dumped, err)
		}
		if before, after := pyvalue.Repr(doc.Value), pyvalue.Repr(again); before != after {
			t.Fatalf("%q was dumped as %q and came back as %s, not %s", text, dumped, after, before)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	data := []byte(rules)
	b.ReportAllocs()
	for b.Loop() {
		_, _ = pyyaml.Parse("x", data, pyyaml.Lenient)
	}
}
