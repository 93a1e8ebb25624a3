package parameters_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel/jinja"
)

const (
	benchmarkRunner = `{"cmd": {"type": "string"}, "timeout": {"type": "integer", "default": 60}, "sudo": {"type": "boolean", "default": false},
		"env": {"type": "object"}, "cwd": {"type": "string"}}`
	benchmarkAction = `{"host": {"type": "string", "required": true}, "count": {"type": "integer", "default": 3}, "labels": {"type": "array"}}`
)

func benchmarkLive(b *testing.B, given string) {
	r := newRenderer(b, benchmarkAction, benchmarkRunner)
	values := decoded(b, given)
	vars := jinja.Map{"trigger": map[string]any{"host": "web1"}}
	_, err := r.Live(b.Context(), values, vars)
	require.NoError(b, err)
	b.ReportAllocs()
	for b.Loop() {
		_, _ = r.Live(b.Context(), values, vars)
	}
}

func BenchmarkLiveWithoutTemplates(b *testing.B) {
	benchmarkLive(b, `{"host": "web1", "labels": ["a", "b"]}`)
}

func BenchmarkLiveWithOneTemplate(b *testing.B) {
	benchmarkLive(b, `{"host": "{{ trigger.host }}", "labels": ["a", "b"]}`)
}

func BenchmarkLiveWithTemplateInList(b *testing.B) {
	benchmarkLive(b, `{"host": "web1", "labels": ["{{host}}", "x {{ trigger.host }}"]}`)
}

func BenchmarkFinalWithoutTemplates(b *testing.B) {
	r := newRenderer(b, benchmarkAction, benchmarkRunner)
	values := decoded(b, `{"host": "web1", "labels": ["a", "b"]}`)
	b.ReportAllocs()
	for b.Loop() {
		_, _, _ = r.Final(b.Context(), values, nil)
	}
}

func BenchmarkFinalWithTemplatedDefault(b *testing.B) {
	r := newRenderer(b, `{"host": {"type": "string"}, "cmd": {"immutable": true, "default": "ping {{ host }}"}}`, benchmarkRunner)
	values := decoded(b, `{"host": "web1"}`)
	b.ReportAllocs()
	for b.Loop() {
		_, _, _ = r.Final(b.Context(), values, nil)
	}
}
