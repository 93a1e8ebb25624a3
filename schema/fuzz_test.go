package schema_test

import (
	"testing"
	"unicode/utf8"

	"github.com/petrel-dev/petrel/pyvalue"
	"github.com/petrel-dev/petrel/schema"
)

// FuzzSchema compiles arbitrary schemas and checks, fills and masks arbitrary
// values with them.
func FuzzSchema(f *testing.F) {
	f.Add(secretSpecs, `{"a": "1", "o": {"x": 3}, "l": [{"p": 5}]}`)
	f.Add(benchmarkSpecs, `{"cmd": 5, "nope": null}`)
	f.Add(`{"a": {"type": "object", "patternProperties": {"^x": {"$ref": "#/properties/a"}}, "default": {}}}`, `{"a": {"x": {"x": 1}}}`)
	f.Add(`{"type": "object", "anyOf": [{"$ref": "#/definitions/d"}], "definitions": {"d": {"not": {"enum": [1]}}}}`, `{}`)
	f.Fuzz(func(t *testing.T, definition, value string) {
		v, err := pyvalue.DecodeJSON(value, pyvalue.PythonJSON)
		if err != nil {
			return
		}
		if s, err := schema.Parse(definition); err == nil {
			_ = s.Validate(v)
			_ = s.Validate(s.WithDefaults(v))
			_ = s.Mask(v)
			_ = s.Secrets()
		}
		if p, err := schema.ParseParameters(definition); err == nil {
			_ = p.ValidateRequest(v)
			_ = p.ConfigDefaults(v)
			_ = p.Mask(v)
			for _, path := range p.Secrets() {
				_ = path.String()
			}
			if _, err := schema.Merge(p, p); err == nil && p.Len() > 0 {
				_ = p.Validate(p.ConfigDefaults(v))
			}
		}
	})
}

// FuzzCast casts arbitrary texts. What comes out of a literal reads back as the
// same value.
func FuzzCast(f *testing.F) {
	for _, text := range []string{"[1, 'a', None]", "{'a': {'b': (1, 2.5)}}", "{1, 2}", "1_000", "0x_f", "b'\\x41'", "a if b else c",
		"f(*a, **b)", "lambda x: x[1:2]", "{**a, 'b': 1}", "'''x\ny'''", "[x for x in y if z]", "-1", "1e400", "\"\\u00e9\"", "(", "0777"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) {
			return // Python has no such text
		}
		for _, typ := range []string{"string", "integer", "number", "boolean", "array", "object"} {
			value, err := schema.Cast(text, typ)
			if err != nil || typ != "array" && typ != "object" || pyvalue.TypeName(value) == "set" {
				continue
			}
			repr, err := pyvalue.ReprWithin(value, 0)
			if err != nil || repr == "nan" || repr == "inf" {
				continue
			}
			again, err := schema.Cast(repr, typ)
			if err == nil && pyvalue.Repr(again) != repr {
				t.Fatalf("%q gives %s, which gives %s", text, repr, pyvalue.Repr(again))
			}
		}
	})
}
