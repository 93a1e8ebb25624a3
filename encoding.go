package petrel

import (
	"encoding/json"

	"github.com/petrel-dev/petrel/pyvalue"
)

// encodedJSON is compact JSON that this package has written itself.
type encodedJSON json.RawMessage

// encode writes a host's value as compact JSON, keys in the order given.
func encode(v any) (json.RawMessage, error) {
	switch v := v.(type) {
	case nil:
		return json.RawMessage("null"), nil
	case encodedJSON:
		return json.RawMessage(v), nil
	case json.RawMessage:
		value, err := decode(v)
		if err != nil {
			return nil, err
		}
		return pyvalue.AppendJSON(nil, value, pyvalue.CompactStyle())
	}
	if encoded, err := pyvalue.AppendJSON(nil, v, pyvalue.CompactStyle()); err == nil {
		return encoded, nil
	}
	// Structs and other types of the host.
	value, err := pyvalue.FromGo(v)
	if err != nil {
		return nil, err
	}
	return pyvalue.AppendJSON(nil, value, pyvalue.CompactStyle())
}

// decode reads stored JSON into values that keep the order of keys. The values
// share the memory of the text, which nobody may change.
func decode(text json.RawMessage) (any, error) {
	if len(text) == 0 {
		return nil, nil
	}
	return pyvalue.DecodeJSON(string(text), pyvalue.PythonJSON)
}

// decodeObject reads a stored JSON object; anything else gives an empty one.
func decodeObject(text json.RawMessage) (*pyvalue.Map, error) {
	value, err := decode(text)
	if err != nil {
		return nil, err
	}
	if object, ok := value.(*pyvalue.Map); ok {
		return object, nil
	}
	return pyvalue.NewMap(0), nil
}
