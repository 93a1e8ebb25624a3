package schema

import (
	"reflect"

	"github.com/petrel-dev/petrel/pyvalue"
)

// Schema is one compiled schema. It is immutable and safe for concurrent use.
// The zero value and nil accept everything.
type Schema struct {
	definition *pyvalue.Map
	root       *node
	warnings   []Problem
}

// New compiles a schema from its definition, a *pyvalue.Map or a
// map[string]any. A nil definition and an empty one accept everything. What
// the dialect does not know is ignored and listed in [Schema.Warnings];
// anything malformed is a [*DefinitionError] with all problems.
func New(definition any) (*Schema, error) { return nil, nil }

// Parse compiles a schema from JSON text. Beside the errors of [New] it returns
// those of the text.
func Parse(text string) (*Schema, error) { return nil, nil }

// MustParse is [Parse] for schemas written in a program. It panics on errors
// and on warnings.
func MustParse(text string) *Schema { return nil }

// Of returns the schema of a Go type, see the package documentation. It panics
// if the type has no schema, which is a mistake in the program: a map whose
// keys are not text, a channel, a function, or a malformed tag.
func Of[T any]() *Schema { return nil }

// FromType is [Of] for a type known at run time. It returns a
// [*DefinitionError] where Of panics.
func FromType(t reflect.Type) (*Schema, error) { return nil, nil }

// NewOutput compiles the output schema of an action. An old flat one, which
// maps names to schemas and has no type of its own, checks nothing and only
// says which properties are secret.
func NewOutput(definition any) (*Schema, error) { return nil, nil }

// Definition returns the schema as it was given, not to be written to. It is an
// empty map if there is none.
func (s *Schema) Definition() *pyvalue.Map { return nil }

// Warnings lists what was ignored when the schema was compiled, such as unknown
// keywords.
func (s *Schema) Warnings() []Problem { return nil }

// IsEmpty reports whether the schema accepts every value.
func (s *Schema) IsEmpty() bool { return true }

// Validate checks a value. The error is a [*ValidationError] with all problems.
// The value may be anything package pyvalue models and any Go value that
// pyvalue.FromGo converts.
func (s *Schema) Validate(value any) error { return nil }

// WithDefaults returns the value with the defaults of missing properties filled
// in. The value itself is not changed; it is returned if there is nothing to
// fill in.
func (s *Schema) WithDefaults(value any) any { return value }

// Mask returns the value with everything secret replaced by [Masked]. The value
// itself is not changed; it is returned if there is nothing to mask. A value
// whose kind contradicts the schema is masked whole if the schema expected
// secrets inside.
func (s *Schema) Mask(value any) any { return value }

// Secrets lists the places of secrets.
func (s *Schema) Secrets() []Path { return nil }

// MarshalJSON returns the definition.
func (s *Schema) MarshalJSON() ([]byte, error) { return nil, nil }

// UnmarshalJSON compiles a definition.
func (s *Schema) UnmarshalJSON(text []byte) error { return nil }

// Masked is what stands in place of a secret.
const Masked = "********"

type node struct{}
