package schema

import (
	"iter"
	"reflect"

	"github.com/petrel-dev/petrel/pyvalue"
)

// Parameters is an ordered set of parameter specifications, such as the
// parameters of an action or the items of a pack's configuration. It is
// immutable and safe for concurrent use. The zero value and nil are empty sets.
type Parameters struct {
	definition *pyvalue.Map
	list       []Parameter
	index      map[string]int
	root       *node
	warnings   []Problem
}

// Parameter is the specification of one parameter.
type Parameter struct {
	Name        string
	Description string
	// Type is one of array, boolean, integer, null, number, object and string,
	// or empty.
	Type string
	// Default is meaningful only if HasDefault; it may be nil.
	Default    any
	HasDefault bool
	Required   bool
	Secret     bool
	Immutable  bool
	// Position is the place among the positional arguments of a script, or -1.
	Position int
	// Enum lists the allowed values; nil allows all.
	Enum []any
	// Definition is the specification as it was given, not to be written to.
	Definition *pyvalue.Map
}

// NewParameters compiles specifications from a *pyvalue.Map or a
// map[string]any of names and schemas. It is strict about each parameter's own
// keywords; what nested schemas hold beyond the dialect is ignored and listed in
// [Parameters.Warnings]. The error is a [*DefinitionError] with all problems.
func NewParameters(definition any) (*Parameters, error) { return nil, nil }

// ParseParameters is [NewParameters] from JSON text.
func ParseParameters(text string) (*Parameters, error) { return nil, nil }

// MustParseParameters is [ParseParameters] for specifications written in a
// program. It panics on errors and on warnings.
func MustParseParameters(text string) *Parameters { return nil }

// ParametersOf returns the parameters that the fields of a struct type make, see
// the package documentation. It panics as [Of] does and if T is not a struct.
func ParametersOf[T any]() *Parameters { return nil }

// ParametersFromType is [ParametersOf] for a type known at run time. It returns
// a [*DefinitionError] where ParametersOf panics.
func ParametersFromType(t reflect.Type) (*Parameters, error) { return nil, nil }

// Merge checks the parameters of an action against those of its runner and
// returns the parameters that a request for the action may give: the runner's
// first, each changed by the attributes the action sets, then the action's own.
// Either may be nil. The error is a [*DefinitionError] that lists every position
// that is used twice or left out, every immutable parameter without a default,
// and every attribute of a runner parameter that an action may not change.
func Merge(runner, action *Parameters) (*Parameters, error) { return nil, nil }

// Len returns the number of parameters.
func (p *Parameters) Len() int { return 0 }

// Get returns the specification of that name.
func (p *Parameters) Get(name string) (Parameter, bool) { return Parameter{}, false }

// All yields the specifications in order.
func (p *Parameters) All() iter.Seq[Parameter] { return func(func(Parameter) bool) {} }

// Definition returns the specifications as they were given, not to be written
// to. It is an empty map if there are none.
func (p *Parameters) Definition() *pyvalue.Map { return nil }

// Warnings lists what was ignored when the specifications were compiled, such
// as unknown keywords in nested schemas.
func (p *Parameters) Warnings() []Problem { return nil }

// Validate checks values by name, a *pyvalue.Map or a map[string]any. A name
// that is not specified is a problem, unless nothing is specified at all, which
// allows everything. The error is a [*ValidationError] with all problems.
func (p *Parameters) Validate(values any) error { return nil }

// ValidateRequest is [Parameters.Validate], and refuses values for immutable
// parameters.
func (p *Parameters) ValidateRequest(values any) error { return nil }

// ValidateConfig is [Parameters.Validate] for the configuration of a pack, where
// other names are allowed.
func (p *Parameters) ValidateConfig(values any) error { return nil }

// ConfigDefaults returns a pack's configuration with its defaults filled in.
// Unlike in validation, an explicit null stays null; objects and arrays whose
// content is specified are created when they are missing, null or empty. The
// values are not changed.
func (p *Parameters) ConfigDefaults(values any) *pyvalue.Map { return nil }

// Mask returns the values with everything secret replaced by [Masked]; see
// [Schema.Mask].
func (p *Parameters) Mask(values any) any { return values }

// Secrets lists the places of secrets.
func (p *Parameters) Secrets() []Path { return nil }

// IsSecret reports whether what stands at a place is secret, because it or
// something around it is declared so. Patterns of property names count.
func (p *Parameters) IsSecret(place Path) bool { return false }

// MarshalJSON returns the definition.
func (p *Parameters) MarshalJSON() ([]byte, error) { return nil, nil }

// UnmarshalJSON compiles a definition.
func (p *Parameters) UnmarshalJSON(text []byte) error { return nil }
