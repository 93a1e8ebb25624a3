package schema_test

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel/pyvalue"
	"github.com/petrel-dev/petrel/schema"
)

type password string

func (password) SchemaSecret() {}

type level int

func (l *level) UnmarshalText(text []byte) error { return nil }

type base struct {
	ID     string `json:"id"`
	Shadow string `json:"name"`
}

type tree struct {
	Name  string `json:"name"`
	Child []tree `json:"child,omitempty"`
}

type everything struct {
	base
	Name    string            `json:"name" description:"Who it is." petrel:"position=0,minLength=1"`
	Count   int               `json:"count" default:"3" petrel:"minimum=1,maximum=9"`
	Ratio   float64           `json:"ratio,omitempty"`
	Flag    *bool             `json:"flag"`
	Tags    []string          `json:"tags" default:"[\"a\"]" petrel:"maxItems=2"`
	Pair    [2]uint8          `json:"pair" petrel:"optional"`
	Env     map[string]string `json:"env" petrel:"optional"`
	Token   password          `json:"token"`
	At      time.Time         `json:"at"`
	Raw     json.RawMessage   `json:"raw"`
	Any     any               `json:"any"`
	Tree    tree              `json:"tree" petrel:"optional"`
	Blob    []byte            `json:"blob,omitempty"`
	Level   level             `json:"level,omitempty" pattern:"^[a-z]+$"`
	Signal  string            `json:"signal" enum:"TERM,KILL" default:"TERM"`
	Fixed   string            `json:"fixed" default:"x" petrel:"immutable,secret"`
	Quoted  int               `json:"quoted,string,omitempty"`
	Ignored string            `json:"-"`
	private string
}

func TestParametersOf(t *testing.T) {
	_ = everything{}.private
	p := schema.ParametersOf[everything]()
	anything := `{"anyOf": [{"type": "boolean"}, {"type": "integer"}, {"type": "number"}, {"type": "string"}, {"type": "array"}, {"type": "object"}]`
	want := `{
		"name": {"type": "string", "description": "Who it is.", "position": 0, "minLength": 1, "required": true},
		"count": {"type": "integer", "default": 3, "minimum": 1, "maximum": 9},
		"ratio": {"type": "number"},
		"flag": {"type": "boolean"},
		"tags": {"type": "array", "items": {"type": "string"}, "default": ["a"], "maxItems": 2},
		"pair": {"type": "array", "items": {"type": "integer", "minimum": 0}, "maxItems": 2},
		"env": {"type": "object", "additionalProperties": {"type": "string"}},
		"token": {"type": "string", "secret": true, "required": true},
		"at": {"type": "string", "required": true},
		"raw": ` + anything + `, "required": true},
		"any": ` + anything + `},
		"tree": {"type": "object", "properties": {"name": {"type": "string", "required": true}, "child": {"type": "array", "items": {"type": "object"}}}},
		"blob": {"type": "string"},
		"level": {"type": "string", "pattern": "^[a-z]+$"},
		"signal": {"type": "string", "enum": ["TERM", "KILL"], "default": "TERM"},
		"fixed": {"type": "string", "default": "x", "immutable": true, "secret": true},
		"quoted": {"type": "string"},
		"id": {"type": "string", "required": true}
	}`
	require.Equal(t, pyvalue.Repr(decoded(t, want)), pyvalue.Repr(p.Definition()))

	require.NoError(t, p.Validate(decoded(t, `{"name": "n", "token": "t", "at": "2026-01-01", "raw": 1, "id": "i", "any": null}`)))
	require.Equal(t, []string{
		"name: must have at least 1 character, has 0", "token: is required", "at: is required", "raw: is required", "id: is required",
	}, problems(t, p.Validate(decoded(t, `{"name": ""}`))))
	token, _ := p.Get("token")
	require.True(t, token.Secret)
}

func TestOf(t *testing.T) {
	require.NoError(t, schema.Of[[]int]().Validate([]any{int64(1)}))
	require.Error(t, schema.Of[map[string]bool]().Validate(map[string]any{"a": 1}))
	require.NoError(t, schema.Of[any]().Validate(5))
}

func TestTypesWithoutSchema(t *testing.T) {
	_, err := schema.FromType(reflect.TypeFor[struct {
		A map[int]string
		B chan int
		C int    `petrel:"maximum=x,position=one,colour=red,required=1"`
		D []int  `default:"oops"`
		E string `petrel:"optional" default:"fine"`
	}]())
	require.Equal(t, []string{
		"A: is map[int]string, whose keys are not text",
		"B: is chan int, which has no form in JSON",
		`C: has "maximum=x" in its petrel tag, which needs a number`,
		`C: has "position=one" in its petrel tag, which needs a whole number`,
		`C: has "colour=red" in its petrel tag, which is not known`,
		`C: has "required" in its petrel tag, which takes no value`,
		`D: has "oops" in a tag, which is not JSON`,
	}, faults(t, err))
	require.Panics(t, func() { schema.ParametersOf[int]() })
	require.Panics(t, func() { schema.Of[func()]() })
}
