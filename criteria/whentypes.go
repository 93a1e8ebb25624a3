package criteria

import (
	"github.com/expr-lang/expr/types"

	"github.com/petrel-dev/petrel/pyvalue"
)

// payloadType returns the type of values that a schema accepts, as far as it
// helps to find mistakes. An object that lists its properties has no others
// unless the schema says that it may.
func payloadType(schema any) types.Type {
	t, ok := schemaType(schema, 0).(types.Map)
	if !ok {
		return types.Map{types.Extra: types.Any}
	}
	return t
}

const maxSchemaDepth = 64

func schemaType(schema any, depth int) types.Type {
	if !pyvalue.IsDict(schema) || depth > maxSchemaDepth {
		return types.Any
	}
	switch name := singleType(schema); name {
	case "string":
		return types.String
	case "integer":
		return types.Int
	case "number":
		return types.Float64
	case "boolean":
		return types.Bool
	case "array":
		items, ok := pyvalue.LookupString(schema, "items")
		if !ok || !pyvalue.IsDict(items) {
			return types.Array(types.Any)
		}
		return types.Array(schemaType(items, depth+1))
	case "object":
		return objectType(schema, depth)
	case "":
		if properties, ok := pyvalue.LookupString(schema, "properties"); ok && pyvalue.IsDict(properties) {
			return objectType(schema, depth)
		}
	}
	return types.Any
}

func objectType(schema any, depth int) types.Type {
	t := types.Map{}
	properties, _ := pyvalue.LookupString(schema, "properties")
	for name, property := range pyvalue.Entries(properties) {
		if name, ok := name.(string); ok {
			t[name] = schemaType(property, depth+1)
		}
	}
	extra, ok := pyvalue.LookupString(schema, "additionalProperties")
	_, patterns := pyvalue.LookupString(schema, "patternProperties")
	switch {
	case pyvalue.IsDict(extra) && !patterns:
		t[types.Extra] = schemaType(extra, depth+1)
	case extra == true, patterns, !ok && len(t) == 0:
		t[types.Extra] = types.Any
	}
	return t
}

// singleType returns the one type that a schema names, null not counted, or "".
func singleType(schema any) string {
	value, _ := pyvalue.LookupString(schema, "type")
	if name, ok := value.(string); ok {
		return name
	}
	single := ""
	names, _ := pyvalue.Elements(value)
	for _, name := range names {
		name, ok := name.(string)
		if !ok || single != "" && name != "null" {
			return "any"
		}
		if name != "null" {
			single = name
		}
	}
	return single
}

// propertyNames returns the names of all properties at any depth of a schema.
func propertyNames(schema any, names []string) []string {
	if items, ok := pyvalue.LookupString(schema, "items"); ok {
		names = propertyNames(items, names)
	}
	properties, _ := pyvalue.LookupString(schema, "properties")
	for name, property := range pyvalue.Entries(properties) {
		if name, ok := name.(string); ok {
			names = propertyNames(property, append(names, name))
		}
	}
	return names
}
