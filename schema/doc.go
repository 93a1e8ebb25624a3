// Package schema implements StackStorm's parameter schema dialect: the JSON
// schemas that describe the parameters of actions and runners, the payloads of
// triggers, the configuration of packs, the results of actions and the answers
// to inquiries.
//
// The dialect is JSON Schema draft 4 with these differences:
//
//   - required is a boolean that stands at the property itself.
//   - A property that is optional, or whose default is null, accepts null. For
//     this a property without a type counts as a string.
//   - A missing or null property that has a default is checked as if the
//     default had been given. The checked value itself is never changed.
//   - format is not checked. secret, immutable and position are annotations.
//   - An integer is a number written without a fraction: 30.0 is not one.
//   - A $ref stays within the document, such as "#/properties/name".
//
// A [Schema] is one such schema. [Parameters] is an ordered set of named
// specifications, each a schema of its own, as actions, runners and pack
// configurations have them. Both are compiled once, immutable and safe for
// concurrent use. A nil *Schema and a nil *Parameters accept everything.
//
// # Schemas from Go types
//
// [Of] and [ParametersOf] derive a schema from a struct type. Fields are named
// and left out as encoding/json does it. A field is required unless it is a
// pointer, an interface, has omitempty or omitzero in its json tag, has a
// default, or is marked optional. Tags say more:
//
//	type Restart struct {
//		Host    string        `json:"host" description:"Machine to restart." petrel:"position=0"`
//		Signal  string        `json:"signal" enum:"TERM,KILL" default:"TERM"`
//		Retries int           `json:"retries" default:"3" petrel:"minimum=0,maximum=10"`
//		Token   petrel.Secret `json:"token,omitempty"`
//		Labels  []string      `json:"labels" petrel:"optional"`
//	}
//
// The tag petrel holds a comma-separated list of: required, optional, secret,
// immutable, position=N, minimum=N, maximum=N, minLength=N, maxLength=N,
// minItems=N, maxItems=N. The tag description is free text. The tag pattern is
// a regular expression. The tag default is JSON, or the text itself for a field
// that is a string. The tag enum is a comma-separated list of values.
//
// A type with the method of [SecretType] is a secret string.
package schema
