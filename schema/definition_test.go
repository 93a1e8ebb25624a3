package schema_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel/pyvalue"
	"github.com/petrel-dev/petrel/schema"
)

// faults returns the problems of a definition, as texts.
func faults(t testing.TB, err error) []string {
	t.Helper()
	if err == nil {
		return nil
	}
	require.ErrorIs(t, err, schema.ErrDefinition)
	var definition *schema.DefinitionError
	require.ErrorAs(t, err, &definition)
	texts := make([]string, len(definition.Problems))
	for i, p := range definition.Problems {
		texts[i] = p.String()
	}
	return texts
}

func TestNewParametersChecks(t *testing.T) {
	tests := map[string]struct {
		specs string
		want  []string
	}{
		"fine":                     {`{"a": {"type": "string"}, "b": {}, "é": {"type": "integer", "position": 0}}`, nil},
		"null spec":                {`{"a": null}`, []string{"a: must be a map, is null (use {} for a parameter without any attribute)"}},
		"name":                     {`{"a-b": {}}`, []string{"a-b: is not a name: only letters, digits and _ are allowed"}},
		"list of types":            {`{"a": {"type": ["string", "null"]}}`, []string{"a.type: must be one type, is a list (use anyOf for a parameter of several types)"}},
		"unknown type":             {`{"a": {"type": "str"}, "b": {"type": "any"}}`, []string{"a.type: has no type 'str', there are array, boolean, integer, null, number, object and string", "b.type: has no type 'any', there are array, boolean, integer, null, number, object and string"}},
		"type with a typo":         {`{"a": {"type": "strnig"}}`, []string{"a.type: has no type 'strnig', there are array, boolean, integer, null, number, object and string (did you mean \"string\"?)"}},
		"required list":            {`{"a": {"type": "object", "required": ["x"]}}`, []string{"a.required: must be true or false, is ['x'] (write required: true at each property that must be there)"}},
		"nested required list":     {`{"a": {"type": "object", "properties": {"o": {"required": ["x"]}}}}`, []string{"a.properties.o.required: must be true or false, is ['x'] (write required: true at each property that must be there)"}},
		"empty enum":               {`{"a": {"enum": []}}`, []string{"a.enum: must be a list of values, is []"}},
		"enum twice":               {`{"a": {"enum": [1, 1]}}`, []string{"a.enum[1]: repeats value 0"}},
		"format":                   {`{"a": {"type": "string", "format": "ipv4"}}`, []string{"a.format: is not an attribute of a parameter"}},
		"reference":                {`{"a": {"$ref": "#/properties/b"}, "b": {}}`, []string{"a[\"$ref\"]: is not an attribute of a parameter"}[:0]},
		"unknown attribute":        {`{"a": {"type": "string", "requierd": true}}`, []string{"a.requierd: is not an attribute of a parameter (did you mean \"required\"?)"}},
		"position":                 {`{"a": {"position": -1}, "b": {"position": 1.5}}`, []string{"a.position: must be a whole number, zero or more, is -1", "b.position: must be a whole number, zero or more, is 1.5"}},
		"exclusive without bound":  {`{"a": {"exclusiveMinimum": true}}`, []string{"a.exclusiveMinimum: needs minimum beside it"}},
		"description":              {`{"a": {"description": 5}}`, []string{"a.description: must be text, is 5"}},
		"reference to nothing":     {`{"a": {"type": "array", "items": {"$ref": "#/properties/zz"}}}`, []string{"a.items.$ref: refers to #/properties/zz, which does not exist"}},
		"reference to elsewhere":   {`{"a": {"type": "array", "items": {"$ref": "http://x/y"}}}`, []string{"a.items.$ref: cannot refer to 'http://x/y' (refer to a place in the same document, such as #/definitions/name)"}},
		"reference without end":    {`{"a": {"type": "array", "items": {"$ref": "#/properties/a/items"}}}`, []string{"#/properties/a/items: refers to itself without end"}},
		"nested is tolerant":       {`{"a": {"type": "object", "properties": {"o": {"type": ["string", "null"], "format": "x", "filter": 1, "$ref": "#/properties/a"}}}}`, nil},
		"every problem at once":    {`{"a": {"type": "x"}, "b": {"minLength": -1}, "c": {"secret": "yes"}}`, []string{"a.type: has no type 'x', there are array, boolean, integer, null, number, object and string", "b.minLength: must be a whole number, zero or more, is -1", "c.secret: must be true or false, is 'yes'"}},
		"wrapped in type: object":  {`{"type": "object", "properties": {}}`, []string{"type: must be a map, is a string (use {} for a parameter without any attribute)"}},
		"null type":                {`{"a": {"type": "null"}}`, nil},
		"items that are no schema": {`{"a": {"type": "array", "items": "string"}}`, []string{"a.items: must be a schema, is a string"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := schema.ParseParameters(test.specs)
			if name == "reference" {
				require.Len(t, faults(t, err), 1)
				return
			}
			require.Equal(t, test.want, faults(t, err))
		})
	}
}

func TestWarnings(t *testing.T) {
	p, err := schema.ParseParameters(`{"a": {"type": "array", "items": {"type": "object", "propertees": {}}, "pattern": "("}}`)
	require.NoError(t, err)
	require.Len(t, p.Warnings(), 2)
	require.Equal(t, "a.items.propertees: is not a keyword of a schema and is ignored (did you mean \"properties\"?)", p.Warnings()[0].String())
	require.Panics(t, func() { schema.MustParseParameters(`{"a": {"pattern": "("}}`) })

	s, err := schema.Parse(`{"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}}`)
	require.NoError(t, err)
	require.Len(t, s.Warnings(), 1)
	require.NoError(t, s.Validate(map[string]any{}))
	require.Panics(t, func() { schema.MustParse(`{"required": ["a"]}`) })
}

func TestMerge(t *testing.T) {
	const runner = `{"timeout": {"type": "integer", "default": 60, "description": "Seconds."},
		"dir": {"type": "string", "immutable": true, "default": "/tmp"},
		"env": {"type": "object", "properties": {"A": {"type": "string"}}},
		"cmd": {"type": "string"}}`
	tests := map[string]struct {
		action string
		want   []string
	}{
		"overriding":                 {`{"timeout": {"default": 5, "description": "x", "immutable": true, "required": true}}`, nil},
		"repeating":                  {`{"timeout": {"type": "integer", "default": 5}}`, nil},
		"changing the type":          {`{"timeout": {"type": "string"}}`, []string{"timeout.type: cannot be changed, the runner's parameter has 'integer'"}},
		"adding an attribute":        {`{"timeout": {"minimum": 1, "secret": true, "position": 0}}`, []string{"timeout.minimum: cannot be added to a parameter of the runner", "timeout.secret: cannot be added to a parameter of the runner", "timeout.position: cannot be added to a parameter of the runner"}},
		"immutable of the runner":    {`{"dir": {"immutable": true}}`, []string{"dir.immutable: cannot be set, the runner's parameter decides it"}},
		"immutable without default":  {`{"a": {"immutable": false}, "cmd": {"immutable": true}}`, []string{"a.immutable: needs a default beside it", "cmd.immutable: needs a default beside it"}},
		"immutable, runner default":  {`{"timeout": {"immutable": true}}`, nil},
		"immutable, null default":    {`{"a": {"immutable": true, "default": null}}`, nil},
		"positions":                  {`{"a": {"position": 3}, "b": {"position": 2}, "c": {"position": 4}}`, nil},
		"positions twice":            {`{"a": {"position": 0}, "b": {"position": 0}}`, []string{"b.position: is used by a as well"}},
		"positions with a gap":       {`{"a": {"position": 0}, "b": {"position": 2}}`, []string{"b.position: leaves a gap after the position of a"}},
		"no own parameters":          {`{}`, nil},
		"merging nested definitions": {`{"env": {"required": true, "description": "e"}}`, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := schema.Merge(schema.MustParseParameters(runner), schema.MustParseParameters(test.action))
			require.Equal(t, test.want, faults(t, err))
		})
	}

	merged, err := schema.Merge(schema.MustParseParameters(runner),
		schema.MustParseParameters(`{"own": {"type": "string"}, "timeout": {"default": 5}}`))
	require.NoError(t, err)
	var names []string
	for p := range merged.All() {
		names = append(names, p.Name)
	}
	require.Equal(t, []string{"timeout", "dir", "env", "cmd", "own"}, names)
	timeout, ok := merged.Get("timeout")
	require.True(t, ok)
	require.Equal(t, "integer", timeout.Type)
	require.Equal(t, int64(5), timeout.Default)
	require.Equal(t, "Seconds.", timeout.Description)

	alone, err := schema.Merge(nil, schema.MustParseParameters(`{"a": {}}`))
	require.NoError(t, err)
	require.Equal(t, 1, alone.Len())
	none, err := schema.Merge(nil, nil)
	require.NoError(t, err)
	require.Zero(t, none.Len())
}

func TestJSONForm(t *testing.T) {
	const text = `{"b":{"type":"string","default":1.0},"a":{}}`
	var p schema.Parameters
	require.NoError(t, json.Unmarshal([]byte(text), &p))
	require.Equal(t, 2, p.Len())
	encoded, err := json.Marshal(&p)
	require.NoError(t, err)
	require.Equal(t, text, string(encoded))

	var s schema.Schema
	require.NoError(t, json.Unmarshal([]byte(`null`), &s))
	require.True(t, s.IsEmpty())
	require.True(t, errors.Is(json.Unmarshal([]byte(`{"type": 5}`), &s), schema.ErrDefinition))
	_, err = schema.Parse(`{`)
	require.Equal(t, pyvalue.KindJSONDecode, pyvalue.KindOf(err))
	_, err = schema.New([]any{})
	require.ErrorIs(t, err, schema.ErrDefinition)
}
