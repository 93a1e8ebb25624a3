package schema_test

import (
	"math/big"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel/pyvalue"
	"github.com/petrel-dev/petrel/schema"
)

// decoded reads JSON text, keeping the order of keys.
func decoded(t testing.TB, text string) any {
	t.Helper()
	value, err := pyvalue.DecodeJSON(text, pyvalue.PythonJSON)
	require.NoError(t, err)
	return value
}

// problems returns the problems of a validation, as texts.
func problems(t testing.TB, err error) []string {
	t.Helper()
	if err == nil {
		return nil
	}
	require.ErrorIs(t, err, schema.ErrInvalid)
	var invalid *schema.ValidationError
	require.ErrorAs(t, err, &invalid)
	texts := make([]string, len(invalid.Problems))
	for i, p := range invalid.Problems {
		texts[i] = p.String()
	}
	return texts
}

func TestParametersValidate(t *testing.T) {
	tests := map[string]struct {
		specs, values string
		want          []string
	}{
		"nothing specified allows everything": {`{}`, `{"a": 1}`, nil},
		"required with default, absent":       {`{"a": {"type": "string", "required": true, "default": "x"}}`, `{}`, nil},
		"required with default, null":         {`{"a": {"type": "string", "required": true, "default": "x"}}`, `{"a": null}`, nil},
		"required, absent":                    {`{"a": {"type": "string", "required": true}}`, `{}`, []string{"a: is required"}},
		"required, null":                      {`{"a": {"type": "string", "required": true}}`, `{"a": null}`, []string{"a: must be a string, is null"}},
		"optional, null":                      {`{"a": {"type": "string"}}`, `{"a": null}`, nil},
		"optional enum, null":                 {`{"a": {"type": "string", "enum": ["x"]}}`, `{"a": null}`, []string{"a: must be one of 'x'"}},
		"optional enum, absent":               {`{"a": {"type": "string", "enum": ["x"]}}`, `{}`, nil},
		"default of wrong type, absent":       {`{"a": {"type": "string", "default": 5}}`, `{}`, []string{"a: must be a string, is an integer: 5"}},
		"default outside enum, absent":        {`{"a": {"type": "string", "enum": ["x", "y"], "default": "z"}}`, `{}`, []string{"a: must be one of 'x' or 'y'; is 'z'"}},
		"default of wrong type, given":        {`{"a": {"type": "string", "default": 5}}`, `{"a": "x"}`, nil},
		"default null":                        {`{"a": {"type": "string", "default": null, "required": true}}`, `{}`, nil},
		"integer with a fraction":             {`{"a": {"type": "integer"}}`, `{"a": 1.0}`, []string{"a: must be an integer or null, is a number written with a fraction: 1.0"}},
		"integer as number":                   {`{"a": {"type": "number"}}`, `{"a": 1}`, nil},
		"boolean is no integer":               {`{"a": {"type": "integer"}}`, `{"a": true}`, []string{"a: must be an integer or null, is a boolean: True"}},
		"integer is no boolean":               {`{"a": {"type": "boolean", "required": true}}`, `{"a": 1}`, []string{"a: must be a boolean, is an integer: 1"}},
		"unknown name":                        {`{"host": {"type": "string"}}`, `{"hots": "x"}`, []string{"hots: is not allowed here, known are host (did you mean \"host\"?)"}},
		"empty spec":                          {`{"a": {}, "b": {}}`, `{"a": {"x": [1]}, "b": null}`, nil},
		"typeless optional":                   {`{"a": {"description": "d"}}`, `{"a": 5}`, []string{"a: must be a string or null, is an integer: 5"}},
		"typeless required":                   {`{"a": {"required": true}}`, `{"a": 5}`, nil},
		"typeless defaulted":                  {`{"a": {"default": 1}}`, `{"a": [5]}`, nil},
		"anyOf optional null":                 {`{"a": {"anyOf": [{"type": "string"}, {"type": "integer"}]}}`, `{"a": null}`, nil},
		"anyOf required null":                 {`{"a": {"required": true, "anyOf": [{"type": "string"}, {"type": "integer"}]}}`, `{"a": null}`, []string{"a: must be an integer or a string, is null"}},
		"oneOf optional null":                 {`{"a": {"oneOf": [{"type": "string"}, {"type": "integer"}]}}`, `{"a": null}`, nil},
		"oneOf twice":                         {`{"a": {"oneOf": [{"type": "string"}, {"minLength": 1}]}}`, `{"a": "x"}`, []string{"a: must match exactly one of 2 alternatives, matches 2; is 'x'"}},
		"the only alternative of that kind":   {`{"a": {"anyOf": [{"type": "string", "minLength": 3}, {"type": "integer"}]}}`, `{"a": "x"}`, []string{"a: must have at least 3 characters, has 1"}},
		"nested required":                     {`{"o": {"type": "object", "properties": {"x": {"type": "string", "required": true}, "y": {"type": "integer"}}}}`, `{"o": {"y": "1"}}`, []string{"o.x: is required", "o.y: must be an integer or null, is a string: '1'"}},
		"nested optional null":                {`{"o": {"type": "object", "properties": {"x": {"type": "string"}}}}`, `{"o": {"x": null}}`, nil},
		"nested default":                      {`{"o": {"type": "object", "properties": {"x": {"type": "string", "required": true, "default": "d"}}}}`, `{"o": {}}`, nil},
		"nested required, parent absent":      {`{"o": {"type": "object", "properties": {"x": {"type": "string", "required": true}}}}`, `{}`, nil},
		"items with defaults":                 {`{"l": {"type": "array", "items": {"type": "object", "properties": {"x": {"type": "string", "required": true, "default": "d"}, "y": {"type": "string"}}}}}`, `{"l": [{}, {"y": null}]}`, nil},
		"null item with a default":            {`{"l": {"type": "array", "items": {"type": "integer", "default": 1}}}`, `{"l": [null, 2]}`, nil},
		"items in items":                      {`{"l": {"type": "array", "items": {"type": "array", "items": {"type": "object", "properties": {"x": {"required": true, "default": 1}}}}}}`, `{"l": [[{}]]}`, nil},
		"places with defaults":                {`{"l": {"type": "array", "items": [{"type": "object", "properties": {"x": {"required": true, "default": 1}}}]}}`, `{"l": [{}]}`, nil},
		"default whose dependency is missing": {`{"o": {"type": "object", "dependencies": {"x": ["y"]}, "properties": {"x": {"type": "string", "default": "d"}, "y": {"type": "string"}}}}`, `{"o": {}}`, nil},
		"dependency":                          {`{"o": {"type": "object", "dependencies": {"x": ["y"]}}}`, `{"o": {"x": 1}}`, []string{"o.y: is required because x is given"}},
		"every problem":                       {`{"a": {"type": "string", "required": true}, "b": {"type": "array", "items": {"type": "integer"}}}`, `{"b": [1, "x", null], "c": 1}`, []string{"a: is required", "b[1]: must be an integer, is a string: 'x'", "b[2]: must be an integer, is null", "c: is not allowed here, known are a, b"}},
		"secrets stay hidden":                 {`{"a": {"type": "integer", "secret": true}, "o": {"type": "object", "secret": true, "properties": {"k": {"type": "string", "pattern": "^x"}}}}`, `{"a": "hunter2", "o": {"k": "hunter2"}}`, []string{"a: must be an integer or null, is a string", `o.k: must match the pattern "^x"`}},
		"reference":                           {`{"a": {"type": "object", "additionalProperties": {"$ref": "#/properties/b"}}, "b": {"type": "object", "properties": {"k": {"type": "integer", "required": true}}}}`, `{"a": {"x": {"k": 1}, "y": {}}}`, []string{"a.y.k: is required"}},
		"patterns of names":                   {`{"a": {"type": "object", "patternProperties": {"^n": {"type": "integer"}}, "additionalProperties": false}}`, `{"a": {"n1": 1, "n2": "x", "m": 1}}`, []string{"a.n2: must be an integer, is a string: 'x'", "a.m: is not allowed"}},
		"not an object":                       {`{"a": {"type": "string"}}`, `[1]`, []string{"must be an object, is an array: [1]"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			p, err := schema.ParseParameters(test.specs)
			require.NoError(t, err)
			require.Equal(t, test.want, problems(t, p.Validate(decoded(t, test.values))))
		})
	}
}

func TestSchemaKeywords(t *testing.T) {
	tests := map[string]struct {
		schema string
		good   []string
		bad    []string
	}{
		"minimum":          {`{"minimum": 2}`, []string{`2`, `2.5`, `"x"`, `99999999999999999999`}, []string{`1`, `1.99`, `-99999999999999999999`}},
		"exclusiveMinimum": {`{"minimum": 2, "exclusiveMinimum": true}`, []string{`2.1`}, []string{`2`, `2.0`}},
		"maximum":          {`{"maximum": 2}`, []string{`2`, `-1`}, []string{`3`, `2.01`}},
		"exclusiveMaximum": {`{"maximum": 2, "exclusiveMaximum": true}`, []string{`1`}, []string{`2`}},
		"multipleOf":       {`{"multipleOf": 3}`, []string{`9`, `9.0`, `-3`, `300000000000000000000`}, []string{`10`, `0.5`}},
		"multipleOf half":  {`{"multipleOf": 0.5}`, []string{`1.5`, `2`}, []string{`1.2`}},
		"lengths":          {`{"minLength": 2, "maxLength": 3}`, []string{`"éü"`, `"🐎🐎🐎"`, `[1]`}, []string{`"é"`, `"abcd"`}},
		"pattern":          {`{"pattern": "b+$"}`, []string{`"abb"`, `1`}, []string{`"ba"`}},
		"items":            {`{"items": {"type": "integer"}}`, []string{`[]`, `[1]`, `{}`}, []string{`["x"]`}},
		"places":           {`{"items": [{"type": "integer"}], "additionalItems": {"type": "string"}}`, []string{`[1]`, `[1, "x"]`, `[]`}, []string{`["x"]`, `[1, 1]`}},
		"no more places":   {`{"items": [{}], "additionalItems": false}`, []string{`[1]`}, []string{`[1, 2]`}},
		"counts":           {`{"minItems": 1, "maxItems": 2}`, []string{`[1]`}, []string{`[]`, `[1, 2, 3]`}},
		"uniqueItems":      {`{"uniqueItems": true}`, []string{`[1, "1", true, [1], [2], {"a": 1}]`}, []string{`[1, 1.0]`, `[[1], [1]]`, `[{"a": 1, "b": 2}, {"b": 2, "a": 1}]`}},
		"sizes":            {`{"minProperties": 1, "maxProperties": 2}`, []string{`{"a": 1}`}, []string{`{}`, `{"a": 1, "b": 1, "c": 1}`}},
		"enum":             {`{"enum": [1, "a", {"k": [1]}, null]}`, []string{`1`, `1.0`, `"a"`, `{"k": [1]}`, `null`}, []string{`true`, `"b"`, `{}`}},
		"allOf":            {`{"allOf": [{"minimum": 1}, {"maximum": 3}]}`, []string{`2`}, []string{`0`, `4`}},
		"not":              {`{"not": {"type": "string"}}`, []string{`2`}, []string{`"x"`}},
		"types":            {`{"type": ["string", "null"]}`, []string{`"x"`, `null`}, []string{`1`}},
		"schema of dependency": {`{"dependencies": {"a": {"minProperties": 2}}}`,
			[]string{`{"b": 1}`, `{"a": 1, "b": 1}`}, []string{`{"a": 1}`}},
		"recursion": {`{"type": "object", "properties": {"next": {"$ref": "#"}, "v": {"type": "integer", "required": true}}}`,
			[]string{`{"v": 1, "next": {"v": 2}}`}, []string{`{"v": 1, "next": {}}`, `{"v": 1, "next": {"v": 2, "next": {"v": "x"}}}`}},
		"broken pattern": {`{"pattern": "("}`, []string{`1`}, []string{`"x"`}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s, err := schema.Parse(test.schema)
			require.NoError(t, err)
			for _, value := range test.good {
				require.NoError(t, s.Validate(decoded(t, value)), value)
			}
			for _, value := range test.bad {
				require.Error(t, s.Validate(decoded(t, value)), value)
			}
		})
	}
}

func TestSchemaValidatesGoValues(t *testing.T) {
	s := schema.MustParse(`{"type": "object", "properties": {
		"tags": {"type": "array", "items": {"type": "string"}},
		"at": {"type": "string"}, "n": {"type": "integer", "maximum": 10}, "f": {"type": "number"},
		"in": {"type": "object", "properties": {"k": {"type": "integer", "required": true}}}}}`)
	type inner struct {
		K int `json:"k"`
	}
	require.NoError(t, s.Validate(map[string]any{
		"tags": []string{"a"}, "at": time.Now(), "n": uint8(3), "f": float32(1), "in": inner{K: 1},
	}))
	require.Equal(t, []string{
		"tags[0]: must be a string, is an integer: 1",
		"n: must be at most 10; is 99999999999999999999",
	}, problems(t, s.Validate(map[string]any{
		"tags": []int{1}, "n": bigInt("99999999999999999999"),
	})))
	require.Error(t, s.Validate(map[string]any{"in": make(chan int)}))
}

func bigInt(digits string) *big.Int {
	n, _ := new(big.Int).SetString(digits, 10)
	return n
}

func TestEmptySchemasAcceptEverything(t *testing.T) {
	var s *schema.Schema
	var p *schema.Parameters
	require.NoError(t, s.Validate(nil))
	require.NoError(t, p.Validate(nil))
	require.NoError(t, new(schema.Schema).Validate(5))
	require.True(t, s.IsEmpty())
	require.Equal(t, 5, s.Mask(5))
	require.Empty(t, p.Secrets())
	require.Error(t, schema.MustParse(`{"type": "object"}`).Validate(nil))
}

func TestValidateRequestRefusesImmutables(t *testing.T) {
	p := schema.MustParseParameters(`{"cmd": {"type": "string", "immutable": true, "default": "ls"}, "a": {"type": "integer"}}`)
	require.NoError(t, p.ValidateRequest(pyvalue.MapOf("a", int64(1))))
	require.Equal(t, []string{"a: must be an integer or null, is a string: 'x'", "cmd: is immutable and cannot be given"},
		problems(t, p.ValidateRequest(pyvalue.MapOf("a", "x", "cmd", "ls"))))
}

func TestValidationOfHugeWorkEnds(t *testing.T) {
	s := schema.MustParse(`{"properties": {"a": {"anyOf": [{"$ref": "#"}, {"$ref": "#"}, {"type": "integer"}]}}, "type": "object"}`)
	value := any("leaf")
	for range 60 {
		value = map[string]any{"a": value}
	}
	require.Equal(t, []string{"is too large or nested too deep to be checked"}, problems(t, s.Validate(value)))

	deep := any(nil)
	for range 5000 {
		deep = []any{deep}
	}
	require.Error(t, schema.MustParse(`{"items": {"$ref": "#"}}`).Validate(deep))
}

func TestNoValuesAreNoneAtAll(t *testing.T) {
	p := schema.MustParseParameters(`{"a": {"type": "string", "required": true}}`)
	for _, none := range []any{nil, (*pyvalue.Map)(nil), map[string]any(nil)} {
		require.Equal(t, []string{"a: is required"}, problems(t, p.ValidateRequest(none)))
	}
}
