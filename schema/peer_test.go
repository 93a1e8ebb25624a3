package schema_test

import (
	"bytes"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/petrel-dev/petrel/pyvalue"
	"github.com/petrel-dev/petrel/schema"
)

// TestAgreesWithAnotherValidator compares verdicts on random schemas and values
// with those of an independent validator of draft 4. Nothing in these schemas
// makes a difference between draft 4 and the dialect, but for required, which is
// lifted to where draft 4 has it.
func TestAgreesWithAnotherValidator(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		definition := genSchema(3).Draw(t, "schema")
		value := genValue(3).Draw(t, "value")

		ours, err := schema.New(map[string]any{"allOf": []any{definition}})
		require.NoError(t, err)
		peer := compilePeer(t, lifted(definition).(map[string]any))

		mine, theirs := ours.Validate(value), peer.Validate(forPeer(t, value))
		require.Equal(t, theirs == nil, mine == nil, "schema %v\nvalue %v\nours: %v\npeer: %v",
			pyvalue.Repr(definition), pyvalue.Repr(value), mine, theirs)
	})
}

func compilePeer(t require.TestingT, definition map[string]any) *jsonschema.Schema {
	compiler := jsonschema.NewCompiler()
	compiler.DefaultDraft(jsonschema.Draft4)
	require.NoError(t, compiler.AddResource("mem:schema", forPeer(t, definition)))
	compiled, err := compiler.Compile("mem:schema")
	require.NoError(t, err)
	return compiled
}

// forPeer reads a value again the way the peer wants it.
func forPeer(t require.TestingT, value any) any {
	text, err := pyvalue.EncodeJSON(value, pyvalue.CompactStyle())
	require.NoError(t, err)
	decoded, err := jsonschema.UnmarshalJSON(bytes.NewReader([]byte(text)))
	require.NoError(t, err)
	return decoded
}

// lifted returns a schema with required as draft 4 has it.
func lifted(definition any) any {
	switch definition := definition.(type) {
	case []any:
		list := make([]any, len(definition))
		for i, item := range definition {
			list[i] = lifted(item)
		}
		return list
	case map[string]any:
		result := map[string]any{}
		for keyword, value := range definition {
			if keyword != "required" {
				result[keyword] = lifted(value)
			}
		}
		if properties, ok := definition["properties"].(map[string]any); ok {
			var required []any
			for name, property := range properties {
				if property.(map[string]any)["required"] == true {
					required = append(required, name)
				}
			}
			if required != nil {
				result["required"] = required
			}
		}
		return result
	}
	return definition
}

func genValue(depth int) *rapid.Generator[any] {
	return rapid.Custom(func(t *rapid.T) any {
		kinds := 7
		if depth == 0 {
			kinds = 5
		}
		switch rapid.IntRange(0, kinds-1).Draw(t, "kind") {
		case 0:
			return nil
		case 1:
			return rapid.Bool().Draw(t, "bool")
		case 2:
			return int64(rapid.IntRange(-3, 6).Draw(t, "int"))
		case 3:
			// Whole floats are integers for the peer.
			return float64(rapid.IntRange(-3, 6).Draw(t, "whole")) + 0.5
		case 4:
			return rapid.SampledFrom([]string{"", "a", "b", "ab", "abc", "é🐎"}).Draw(t, "text")
		case 5:
			return toAny(rapid.SliceOfN(genValue(depth-1), 0, 3).Draw(t, "list"))
		default:
			return rapid.MapOfN(rapid.SampledFrom([]string{"a", "b", "ab", "c"}), genValue(depth-1), 0, 3).Draw(t, "map")
		}
	})
}

func toAny(items []any) []any {
	if items == nil {
		return []any{}
	}
	return items
}

func genSchema(depth int) *rapid.Generator[map[string]any] {
	return rapid.Custom(func(t *rapid.T) map[string]any {
		definition := map[string]any{}
		child := func(label string) any {
			if depth == 0 {
				return map[string]any{}
			}
			return genSchema(depth-1).Draw(t, label)
		}
		children := func(label string) []any {
			list := make([]any, rapid.IntRange(1, 3).Draw(t, label))
			for i := range list {
				list[i] = child(label)
			}
			return list
		}
		number := rapid.IntRange(0, 4)
		for range rapid.IntRange(0, 3).Draw(t, "keywords") {
			switch rapid.IntRange(0, 20).Draw(t, "keyword") {
			case 0, 1, 2:
				definition["type"] = rapid.SampledFrom([]any{"null", "boolean", "integer", "number", "string", "array", "object",
					[]any{"string", "null"}, []any{"integer", "object"}}).Draw(t, "type")
			case 3:
				definition["minimum"] = int64(number.Draw(t, "n"))
				definition["exclusiveMinimum"] = rapid.Bool().Draw(t, "exclusive")
			case 4:
				definition["maximum"] = int64(number.Draw(t, "n"))
				definition["exclusiveMaximum"] = rapid.Bool().Draw(t, "exclusive")
			case 5:
				definition["multipleOf"] = rapid.SampledFrom([]any{int64(2), 0.5, int64(3)}).Draw(t, "n")
			case 6:
				definition["minLength"] = int64(number.Draw(t, "n"))
			case 7:
				definition["maxLength"] = int64(number.Draw(t, "n"))
			case 8:
				definition["pattern"] = rapid.SampledFrom([]string{"^a", "b$", "a|é"}).Draw(t, "pattern")
			case 9:
				definition["items"] = child("items")
			case 10:
				definition["items"] = children("places")
				definition["additionalItems"] = rapid.SampledFrom([]any{true, false, map[string]any{"type": "string"}}).Draw(t, "rest")
			case 11:
				definition["minItems"], definition["maxItems"] = int64(number.Draw(t, "n")), int64(number.Draw(t, "n"))
			case 12:
				definition["uniqueItems"] = true
			case 13, 14:
				properties := map[string]any{}
				for _, name := range rapid.SliceOfDistinct(rapid.SampledFrom([]string{"a", "b", "c"}), rapid.ID).Draw(t, "names") {
					property := child(name).(map[string]any)
					property["required"] = rapid.Bool().Draw(t, "required")
					properties[name] = property
				}
				// A plain property at the root would accept null, too.
				definition["properties"] = properties
			case 15:
				definition["patternProperties"] = map[string]any{rapid.SampledFrom([]string{"^a", "b$"}).Draw(t, "pattern"): child("pattern")}
			case 16:
				definition["additionalProperties"] = rapid.SampledFrom([]any{true, false, map[string]any{"type": "integer"}}).Draw(t, "rest")
			case 17:
				definition["minProperties"], definition["maxProperties"] = int64(number.Draw(t, "n")), int64(number.Draw(t, "n"))
			case 18:
				definition["dependencies"] = map[string]any{"a": []any{"b"}, "b": child("dependency")}
			case 19:
				definition[rapid.SampledFrom([]string{"allOf", "anyOf", "oneOf"}).Draw(t, "combination")] = children("combination")
			default:
				definition["not"] = child("not")
			}
		}
		return definition
	})
}
