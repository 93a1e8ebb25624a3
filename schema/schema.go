package schema

import (
	"strings"

	"github.com/petrel-dev/petrel/pyvalue"
)

// Schema is one compiled schema. It is immutable and safe for concurrent use.
// The zero value and nil accept everything.
type Schema struct {
	definition *pyvalue.Map
	root       *node // nil accepts everything
	// silent only masks.
	silent   bool
	warnings []Problem
}

// New compiles a schema from its definition, a *pyvalue.Map or a
// map[string]any, which must not be changed afterwards. A nil definition and an
// empty one accept everything. What the dialect does not know is ignored and
// listed in [Schema.Warnings]; anything malformed is a [*DefinitionError] with
// all problems.
func New(definition any) (*Schema, error) {
	m, err := definitionMap(definition)
	if err != nil {
		return nil, err
	}
	s := &Schema{definition: m}
	if m.Len() == 0 {
		return s, nil
	}
	c := newCompiler(m, false)
	s.root = c.compile(m, nil, "#", fillsAlways)
	if err := c.finish(); err != nil {
		return nil, err
	}
	s.warnings = c.warnings
	return s, nil
}

// definitionMap returns a definition that may be missing.
func definitionMap(definition any) (*pyvalue.Map, error) {
	if definition == nil {
		return &pyvalue.Map{}, nil
	}
	m, ok := pyvalue.ToMap(definition)
	if !ok {
		return nil, &DefinitionError{Problems: []Problem{{
			Message: "must be a map, is " + kindOf(definition).withArticle(),
		}}}
	}
	if m == nil {
		m = &pyvalue.Map{}
	}
	return m, nil
}

// Parse compiles a schema from JSON text. Beside the errors of [New] it returns
// those of the text.
func Parse(text string) (*Schema, error) {
	definition, err := pyvalue.DecodeJSON(text, pyvalue.StrictJSON)
	if err != nil {
		return nil, err
	}
	return New(definition)
}

// MustParse is [Parse] for schemas written in a program. It panics on errors
// and on warnings.
func MustParse(text string) *Schema {
	s, err := Parse(text)
	mustBeFine(err, s.Warnings())
	return s
}

func mustBeFine(err error, warnings []Problem) {
	if err == nil && len(warnings) > 0 {
		err = &DefinitionError{Problems: warnings}
	}
	if err != nil {
		panic("schema: " + strings.ReplaceAll(err.Error(), "\n", "\nschema: "))
	}
}

// NewOutput compiles the output schema of an action. An old flat one, which
// maps names to schemas and has no type of its own, checks nothing and only
// says which properties are secret.
func NewOutput(definition any) (*Schema, error) {
	m, err := definitionMap(definition)
	if err != nil {
		return nil, err
	}
	if declared, _ := m.GetString("type"); m.Len() == 0 || declared != nil && !pyvalue.IsDict(declared) {
		return New(m)
	}
	s, err := New(pyvalue.MapOf("properties", m))
	if err != nil {
		return nil, err
	}
	s.definition, s.silent = m, true
	return s, nil
}

// Definition returns the schema as it was given, not to be written to. It is an
// empty map if there is none.
func (s *Schema) Definition() *pyvalue.Map {
	if s == nil || s.definition == nil {
		return &pyvalue.Map{}
	}
	return s.definition
}

// Warnings lists what was ignored when the schema was compiled, such as unknown
// keywords.
func (s *Schema) Warnings() []Problem {
	if s == nil {
		return nil
	}
	return s.warnings
}

// IsEmpty reports whether the schema has no definition, so that it accepts
// everything and has no secrets.
func (s *Schema) IsEmpty() bool { return s == nil || s.root == nil }

// Validate checks a value. The error is a [*ValidationError] with all problems.
// The value may be anything package pyvalue models and any Go value that
// pyvalue.FromGo converts.
func (s *Schema) Validate(value any) error {
	if s.IsEmpty() || s.silent {
		return nil
	}
	return s.root.validate(value)
}

// WithDefaults returns the value with the defaults of missing and null
// properties filled in, wherever validation takes them into account. The value
// itself is not changed; it is returned if there is nothing to fill in.
func (s *Schema) WithDefaults(value any) any {
	if s.IsEmpty() {
		return value
	}
	filled, _ := s.root.withDefaults(value)
	return filled
}

// Mask returns the value with everything secret replaced by [Masked]. The value
// itself is not changed; it is returned if there is nothing to mask. A value
// whose kind contradicts the schema is masked whole if the schema expected
// secrets inside.
func (s *Schema) Mask(value any) any {
	if s.IsEmpty() {
		return value
	}
	masked, _ := s.root.mask(value)
	return masked
}

// Secrets lists the places of secrets, in the order of the schema. Where a
// schema refers to itself, the first level is listed.
func (s *Schema) Secrets() []Path {
	if s.IsEmpty() {
		return nil
	}
	return s.root.secrets()
}

// MarshalJSON returns the definition.
func (s *Schema) MarshalJSON() ([]byte, error) { return s.Definition().MarshalJSON() }

// UnmarshalJSON compiles a definition. Null is the empty one.
func (s *Schema) UnmarshalJSON(text []byte) error {
	parsed, err := Parse(string(text))
	if err != nil {
		return err
	}
	*s = *parsed
	return nil
}
