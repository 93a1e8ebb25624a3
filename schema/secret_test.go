package schema_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel/pyvalue"
	"github.com/petrel-dev/petrel/schema"
)

const secretSpecs = `{"a": {"type": "string", "secret": true},
	"o": {"type": "object", "properties": {"x": {"secret": true}, "y": {"type": "string"}}},
	"l": {"type": "array", "items": {"type": "object", "properties": {"p": {"secret": true}}}},
	"m": {"type": "object", "patternProperties": {"^s": {"type": "string", "secret": true}}, "additionalProperties": {"type": "object", "properties": {"k": {"secret": true}}}},
	"plain": {"type": "string"}}`

func TestMask(t *testing.T) {
	p := schema.MustParseParameters(secretSpecs)
	tests := map[string]struct{ value, want string }{
		"the documented example": {
			`{"a": "1", "o": {"x": "3", "y": "4"}, "l": [{"p": "5", "q": "6"}, {"q": "7"}]}`,
			`{"a": "********", "o": {"x": "********", "y": "4"}, "l": [{"p": "********", "q": "6"}, {"q": "7"}]}`,
		},
		"null":               {`{"a": null, "o": null, "l": null}`, `{"a": "********", "o": null, "l": null}`},
		"absent":             {`{"plain": "x"}`, `{"plain": "x"}`},
		"unknown":            {`{"zz": "x"}`, `{"zz": "x"}`},
		"text for an object": {`{"o": "{'x': 3}", "l": "x"}`, `{"o": "********", "l": "********"}`},
		"list for an object": {`{"o": [1], "l": {"p": 1}}`, `{"o": "********", "l": "********"}`},
		"patterns":           {`{"m": {"s1": "x", "t": {"k": 1, "j": 2}}}`, `{"m": {"s1": "********", "t": {"k": "********", "j": 2}}}`},
		"not an object":      {`[1]`, `"********"`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			value := decoded(t, test.value)
			before := pyvalue.Repr(value)
			require.Equal(t, pyvalue.Repr(decoded(t, test.want)), pyvalue.Repr(p.Mask(value)))
			require.Equal(t, before, pyvalue.Repr(value))
		})
	}
}

func TestMaskKeepsTheFormOfHostData(t *testing.T) {
	p := schema.MustParseParameters(secretSpecs)
	require.Equal(t, map[string]any{"a": schema.Masked, "o": map[string]any{"x": schema.Masked, "y": 1}},
		p.Mask(map[string]any{"a": 5, "o": map[string]any{"x": 1, "y": 1}}))
	untouched := map[string]any{"plain": "x"}
	require.Equal(t, untouched, p.Mask(untouched))
}

func TestMaskAlternatives(t *testing.T) {
	s := schema.MustParse(`{"anyOf": [{"type": "string"}, {"type": "object", "properties": {"pw": {"secret": true}}}]}`)
	require.Equal(t, "text", s.Mask("text"))
	require.Equal(t, map[string]any{"pw": schema.Masked}, s.Mask(map[string]any{"pw": "x"}))
	require.Equal(t, []schema.Path{{"pw"}}, s.Secrets())
}

func TestSecretsAndIsSecret(t *testing.T) {
	p := schema.MustParseParameters(secretSpecs)
	require.Equal(t, []schema.Path{{"a"}, {"o", "x"}, {"l", "*", "p"}, {"m", "*"}, {"m", "*", "k"}}, p.Secrets())
	for _, place := range []schema.Path{{"a"}, {"a", "deeper"}, {"o", "x"}, {"l", 3, "p"}, {"m", "s9"}, {"m", "other", "k"}} {
		require.True(t, p.IsSecret(place), place)
	}
	for _, place := range []schema.Path{nil, {"o"}, {"o", "y"}, {"l", "p"}, {"plain"}, {"zz"}, {"m", "other"}} {
		require.False(t, p.IsSecret(place), place)
	}
	recursive := schema.MustParse(`{"properties": {"next": {"$ref": "#"}, "pw": {"secret": true}}}`)
	require.Equal(t, []schema.Path{{"pw"}}, recursive.Secrets())
	require.Equal(t, "{'next': {'pw': '********'}}", pyvalue.Repr(recursive.Mask(pyvalue.MapOf("next", pyvalue.MapOf("pw", "x")))))
}

func TestOutputSchema(t *testing.T) {
	flat, err := schema.NewOutput(decoded(t, `{"token": {"type": "string", "secret": true}, "type": {"type": "string"}}`))
	require.NoError(t, err)
	require.NoError(t, flat.Validate(pyvalue.MapOf("token", int64(5))))
	require.Equal(t, "{'token': '********'}", pyvalue.Repr(flat.Mask(pyvalue.MapOf("token", "x"))))

	full, err := schema.NewOutput(decoded(t, `{"type": "object", "properties": {"token": {"type": "string", "secret": true}}}`))
	require.NoError(t, err)
	require.Error(t, full.Validate(pyvalue.MapOf("token", int64(5))))
}

func TestConfigDefaults(t *testing.T) {
	tests := map[string]struct{ specs, config, want string }{
		"patterns":                  {`{"o": {"type": "object", "patternProperties": {"^x": {"type": "object", "properties": {"k": {"type": "string", "default": "K"}}}}}}`, `{"o": {"x1": {}, "y": {}}}`, `{"o": {"x1": {"k": "K"}, "y": {}}}`},
		"items":                     {`{"l": {"type": "array", "items": {"type": "object", "properties": {"k": {"default": "K", "type": "string"}}}}}`, `{"l": [{}, {"k": "z"}]}`, `{"l": [{"k": "K"}, {"k": "z"}]}`},
		"no default, absent":        {`{"a": {"type": "string"}}`, `{}`, `{}`},
		"default, absent":           {`{"a": {"type": "string", "default": "x"}}`, `{}`, `{"a": "x"}`},
		"default, null":             {`{"a": {"type": "string", "default": "x"}}`, `{"a": null}`, `{"a": null}`},
		"object, absent":            {`{"o": {"type": "object", "properties": {"k": {"default": 1}, "j": {}}}}`, `{}`, `{"o": {"k": 1}}`},
		"object, null":              {`{"o": {"type": "object", "properties": {"k": {"default": 1}}}}`, `{"o": null}`, `{"o": {"k": 1}}`},
		"bare object, absent":       {`{"o": {"type": "object"}}`, `{}`, `{}`},
		"array, absent":             {`{"l": {"type": "array", "items": {"type": "string"}}}`, `{}`, `{"l": []}`},
		"bare array, absent":        {`{"l": {"type": "array"}}`, `{}`, `{}`},
		"template stays":            {`{"a": {"type": "string", "default": "{{ x }}"}}`, `{}`, `{"a": "{{ x }}"}`},
		"other properties":          {`{"o": {"type": "object", "additionalProperties": {"type": "object", "properties": {"k": {"default": 1}}}}}`, `{"o": {"z": {}}}`, `{"o": {"z": {"k": 1}}}`},
		"places":                    {`{"l": {"type": "array", "items": [{"type": "object", "properties": {"k": {"default": 1}}}], "additionalItems": {"type": "object", "properties": {"j": {"default": 2}}}}}`, `{"l": [{}, {}]}`, `{"l": [{"k": 1}, {"j": 2}]}`},
		"references do not count":   {`{"a": {"type": "object", "properties": {"k": {"default": 1}}}, "b": {"type": "object", "patternProperties": {"^x": {"$ref": "#/properties/a"}}}}`, `{"a": {"k": 2}, "b": {"x": {}}}`, `{"a": {"k": 2}, "b": {"x": {}}}`},
		"a text where an object is": {`{"o": {"type": "object", "properties": {"k": {"default": 1}}}}`, `{"o": "{{ st2kv.system.o }}"}`, `{"o": "{{ st2kv.system.o }}"}`},
		"extra keys":                {`{"a": {"default": 1}}`, `{"z": 1}`, `{"z": 1, "a": 1}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			config := decoded(t, test.config)
			before := pyvalue.Repr(config)
			got := schema.MustParseParameters(test.specs).ConfigDefaults(config)
			require.Equal(t, pyvalue.Repr(decoded(t, test.want)), pyvalue.Repr(got))
			require.Equal(t, before, pyvalue.Repr(config))
		})
	}
	require.NoError(t, schema.MustParseParameters(`{"a": {"type": "string"}}`).ValidateConfig(map[string]any{"extra": 1}))
}

func TestWithDefaults(t *testing.T) {
	s := schema.MustParse(`{"type": "object", "properties": {"a": {"default": 1},
		"o": {"type": "object", "properties": {"k": {"default": "K"}}},
		"l": {"type": "array", "items": {"type": "object", "properties": {"k": {"default": "K"}}}}}}`)
	require.Equal(t, "{'o': {'k': 'K'}, 'l': [{'k': 'K'}, {'k': 2}], 'a': 1}",
		pyvalue.Repr(s.WithDefaults(decoded(t, `{"o": {}, "l": [{}, {"k": 2}]}`))))
	require.Equal(t, map[string]any{"a": int64(1)}, s.WithDefaults(map[string]any{}))
	full := pyvalue.MapOf("a", int64(2))
	require.Same(t, full, s.WithDefaults(full))
}
