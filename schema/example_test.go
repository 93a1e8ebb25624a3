package schema_test

import (
	"errors"
	"fmt"

	"github.com/petrel-dev/petrel/schema"
)

func ExampleSchema() {
	payload := schema.MustParse(`{
		"type": "object",
		"properties": {
			"host": {"type": "string", "required": true},
			"load": {"type": "number", "minimum": 0}
		}
	}`)
	fmt.Println(payload.Validate(map[string]any{"host": "web1", "load": 0.5}))
	fmt.Println(payload.Validate(map[string]any{"load": -1}))
	// Output:
	// <nil>
	// host: is required
	// load: must be at least 0; is -1
}

func ExampleParameters() {
	p := schema.MustParseParameters(`{
		"host": {"type": "string", "required": true, "position": 0},
		"password": {"type": "string", "secret": true}
	}`)
	err := p.Validate(map[string]any{"hots": "web1", "password": 5})
	var invalid *schema.ValidationError
	fmt.Println(errors.Is(err, schema.ErrInvalid), errors.As(err, &invalid))
	for _, problem := range invalid.Problems {
		fmt.Println(problem)
	}
	fmt.Println(p.Mask(map[string]any{"host": "web1", "password": "hunter2"}))
	// Output:
	// true true
	// host: is required
	// password: must be a string or null, is an integer
	// hots: is not allowed here, known are host, password (did you mean "host"?)
	// map[host:web1 password:********]
}

func ExampleParametersOf() {
	type Restart struct {
		Host   string `json:"host" description:"Machine to restart." petrel:"position=0"`
		Signal string `json:"signal" enum:"TERM,KILL" default:"TERM"`
	}
	for p := range schema.ParametersOf[Restart]().All() {
		fmt.Println(p.Name, p.Type, p.Required, p.Default)
	}
	// Output:
	// host string true <nil>
	// signal string false TERM
}

func ExampleMerge() {
	runner := schema.MustParseParameters(`{"timeout": {"type": "integer", "default": 60}}`)
	action := schema.MustParseParameters(`{"timeout": {"default": 5}, "host": {"type": "string", "required": true}}`)
	all, err := schema.Merge(runner, action)
	fmt.Println(err)
	for p := range all.All() {
		fmt.Println(p.Name, p.Type, p.Default)
	}
	_, err = schema.Merge(runner, schema.MustParseParameters(`{"timeout": {"type": "string"}}`))
	fmt.Println(err)
	// Output:
	// <nil>
	// timeout integer 5
	// host string <nil>
	// timeout.type: cannot be changed, the runner's parameter has 'integer'
}

func ExampleCast() {
	fmt.Println(schema.Cast("['a', None]", "array"))
	fmt.Println(schema.Cast("7", "integer"))
	fmt.Println(schema.Cast("seven", "integer"))
	// Output:
	// &{[a <nil>]} <nil>
	// 7 <nil>
	// <nil> "seven" is not an integer
}
