package schema_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel/schema"
)

const benchmarkSpecs = `{
	"cmd": {"type": "string", "required": true}, "hosts": {"type": "array", "items": {"type": "string"}},
	"timeout": {"type": "integer", "default": 60, "minimum": 1}, "sudo": {"type": "boolean", "default": false},
	"env": {"type": "object"}, "cwd": {"type": "string"}, "kwarg_op": {"type": "string", "default": "--"},
	"user": {"type": "string", "default": "root"}, "level": {"type": "string", "enum": ["debug", "info", "error"], "default": "info"},
	"token": {"type": "string", "secret": true}}`

func BenchmarkValidateParameters(b *testing.B) {
	p := schema.MustParseParameters(benchmarkSpecs)
	values := decoded(b, `{"cmd": "uptime", "hosts": ["a", "b", "c"], "timeout": 30, "env": {"A": "1"}, "level": "debug", "token": "t"}`)
	require.NoError(b, p.ValidateRequest(values))
	b.ReportAllocs()
	for b.Loop() {
		_ = p.ValidateRequest(values)
	}
}

func BenchmarkValidatePayload(b *testing.B) {
	s := schema.MustParse(`{"type": "object", "properties": {
		"host": {"type": "string", "required": true}, "status": {"type": "string"}, "body": {"type": "object",
			"properties": {"id": {"type": "integer"}, "labels": {"type": "array", "items": {"type": "string"}}}}}}`)
	payload := map[string]any{"host": "web1", "status": "down", "body": map[string]any{"id": 5, "labels": []any{"a", "b"}}}
	require.NoError(b, s.Validate(payload))
	b.ReportAllocs()
	for b.Loop() {
		_ = s.Validate(payload)
	}
}

func BenchmarkValidateEmptySchema(b *testing.B) {
	s := schema.MustParse(`{}`)
	payload := map[string]any{"a": 1}
	b.ReportAllocs()
	for b.Loop() {
		_ = s.Validate(payload)
	}
}

func BenchmarkMask(b *testing.B) {
	p := schema.MustParseParameters(benchmarkSpecs)
	values := decoded(b, `{"cmd": "uptime", "hosts": ["a", "b", "c"], "token": "t"}`)
	b.ReportAllocs()
	for b.Loop() {
		_ = p.Mask(values)
	}
}

func BenchmarkNewParameters(b *testing.B) {
	definition := decoded(b, benchmarkSpecs)
	b.ReportAllocs()
	for b.Loop() {
		_, _ = schema.NewParameters(definition)
	}
}

func BenchmarkCastLiteral(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		_, _ = schema.Cast("{'a': [1, None, True], 'b': 'text'}", "object")
	}
}
