package schema_test

import (
	"testing"

	"github.com/petrel-dev/petrel/internal/conformance"
	"github.com/petrel-dev/petrel/schema"
)

// TestConformanceCast replays the recorded casts.
func TestConformanceCast(t *testing.T) {
	const file = "jinja-st2.json"
	var cases []conformance.Case
	for _, c := range conformance.Load(t, "expressions", file) {
		if c.String("mode") == "cast" {
			cases = append(cases, c)
		}
	}
	conformance.Run(t, file+" cast", cases, func(c conformance.Case) error {
		value, err := conformance.Decode(c.Value("expr"))
		if err != nil {
			return err
		}
		got, err := schema.Cast(value, c.String("cast_type"))
		return conformance.Verdict(c, got, err)
	}, nil)
}
