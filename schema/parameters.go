package schema

import (
	"iter"
	"slices"
	"unicode"

	"github.com/petrel-dev/petrel/internal/suggest"
	"github.com/petrel-dev/petrel/pyvalue"
)

// Parameters is an ordered set of parameter specifications, such as the
// parameters of an action or the items of a pack's configuration. It is
// immutable and safe for concurrent use. The zero value and nil are empty sets.
type Parameters struct {
	definition *pyvalue.Map
	list       []Parameter
	index      map[string]int
	// closed allows only the specified names, open allows others as well. Both
	// are nil if nothing is specified.
	closed, open *node
	immutable    bool // one of them is
	warnings     []Problem
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
// map[string]any of names and schemas, which must not be changed afterwards. It
// is strict about each parameter's own keywords; what nested schemas hold beyond
// the dialect is ignored and listed in [Parameters.Warnings]. The error is a
// [*DefinitionError] with all problems.
func NewParameters(definition any) (*Parameters, error) {
	m, err := definitionMap(definition)
	if err != nil {
		return nil, err
	}
	p := &Parameters{definition: m}
	if m.Len() == 0 {
		return p, nil
	}
	c := newCompiler(pyvalue.MapOf("type", "object", "properties", m), true)
	rules := newObjectRules()
	rules.fills = true
	p.index = make(map[string]int, m.Len())
	for key, spec := range m.All() {
		name, ok := key.(string)
		at := Path{name}
		switch {
		case !ok:
			c.problem(nil, "write it in quotes", "has the name %s, which is not text", pyvalue.Repr(key))
			continue
		case !isWord(name):
			c.problem(at, "", "is not a name: only letters, digits and _ are allowed")
		case !pyvalue.IsDict(spec):
			c.problem(at, "use {} for a parameter without any attribute", "must be a map, is %s", kindOf(spec).withArticle())
			continue
		}
		c.checkAttributes(spec, at)
		n := c.compile(spec, at, "#/properties/"+escapePointer(name), fillsByType)
		if !pyvalue.Truth(spec) {
			n.types = everyKindButNull
		}
		rules.add(name, n)
		p.index[name] = len(p.list)
		p.list = append(p.list, newParameter(name, spec, n))
		p.immutable = p.immutable || p.list[len(p.list)-1].Immutable
	}
	rules.allowNull()
	p.open = &node{types: 1 << kindObject, object: rules}
	strict := *rules
	strict.noRest = true
	p.closed = &node{types: 1 << kindObject, object: &strict}
	c.nodes["#"] = p.open
	if err := c.finish(); err != nil {
		return nil, err
	}
	p.closed.hides = p.open.hides
	p.warnings = c.warnings
	return p, nil
}

func newParameter(name string, definition any, n *node) Parameter {
	spec, _ := pyvalue.ToMap(definition)
	p := Parameter{
		Name: name, Definition: spec, Position: -1,
		Default: n.preset, HasDefault: n.hasDefault, Required: n.required, Secret: n.secret, Enum: n.enum,
	}
	get := func(keyword string) any {
		value, _ := spec.GetString(keyword)
		return pyvalue.Canonical(value)
	}
	p.Type, _ = get("type").(string)
	p.Description, _ = get("description").(string)
	p.Immutable, _ = get("immutable").(bool)
	if position, ok := get("position").(int64); ok {
		p.Position = int(position)
	}
	return p
}

// isWord reports whether name consists of letters, digits and underscores.
func isWord(name string) bool {
	for _, r := range name {
		if r != '_' && !unicode.IsLetter(r) && !unicode.IsNumber(r) {
			return false
		}
	}
	return name != ""
}

// checkAttributes refuses what only nested schemas may have.
func (c *compiler) checkAttributes(spec any, at Path) {
	for key, value := range pyvalue.Entries(spec) {
		name, ok := key.(string)
		switch {
		case !ok: // reported by compile
		case name == "id" || name == "$schema":
		case name == "format" || !slices.Contains(keywords, name):
			c.problem(at.with(name), suggest.DidYouMean(name, slices.Values(keywords)), "is not an attribute of a parameter")
		case name == "type" && pyvalue.IsList(value):
			c.problem(at.with(name), "use anyOf for a parameter of several types", "must be one type, is a list")
		}
	}
}

// ParseParameters is [NewParameters] from JSON text.
func ParseParameters(text string) (*Parameters, error) {
	definition, err := pyvalue.DecodeJSON(text, pyvalue.StrictJSON)
	if err != nil {
		return nil, err
	}
	return NewParameters(definition)
}

// MustParseParameters is [ParseParameters] for specifications written in a
// program. It panics on errors and on warnings.
func MustParseParameters(text string) *Parameters {
	p, err := ParseParameters(text)
	mustBeFine(err, p.Warnings())
	return p
}

// Len returns the number of parameters.
func (p *Parameters) Len() int {
	if p == nil {
		return 0
	}
	return len(p.list)
}

// Get returns the specification of that name.
func (p *Parameters) Get(name string) (Parameter, bool) {
	if p == nil {
		return Parameter{}, false
	}
	i, ok := p.index[name]
	if !ok {
		return Parameter{}, false
	}
	return p.list[i], true
}

// All yields the specifications in order.
func (p *Parameters) All() iter.Seq[Parameter] {
	if p == nil {
		return func(func(Parameter) bool) {}
	}
	return slices.Values(p.list)
}

// Definition returns the specifications as they were given, not to be written
// to. It is an empty map if there are none.
func (p *Parameters) Definition() *pyvalue.Map {
	if p == nil || p.definition == nil {
		return &pyvalue.Map{}
	}
	return p.definition
}

// Warnings lists what was ignored when the specifications were compiled, such
// as unknown keywords in nested schemas.
func (p *Parameters) Warnings() []Problem {
	if p == nil {
		return nil
	}
	return p.warnings
}

// Validate checks values by name, a *pyvalue.Map, a map[string]any or nil. A name
// that is not specified is a problem, unless nothing is specified at all, which
// allows everything. The error is a [*ValidationError] with all problems.
func (p *Parameters) Validate(values any) error {
	if p.Len() == 0 {
		return nil
	}
	return p.closed.validate(orNone(values))
}

// ValidateRequest is [Parameters.Validate], and refuses values for immutable
// parameters.
func (p *Parameters) ValidateRequest(values any) error {
	if p.Len() == 0 {
		return nil
	}
	v := validation{}
	v.check(p.closed, orNone(values))
	if p.immutable {
		for i := range p.list {
			if !p.list[i].Immutable {
				continue
			}
			if _, ok := pyvalue.LookupString(values, p.list[i].Name); ok {
				v.enterName(p.list[i].Name)
				v.report("", "is immutable and cannot be given")
				v.leave()
			}
		}
	}
	return v.result()
}

// ValidateConfig is [Parameters.Validate] for the configuration of a pack, where
// other names are allowed.
func (p *Parameters) ValidateConfig(values any) error {
	if p.Len() == 0 {
		return nil
	}
	return p.open.validate(orNone(values))
}

// orNone returns an empty map for no values at all.
func orNone(values any) any {
	if values == nil {
		return (*pyvalue.Map)(nil)
	}
	return values
}

// ConfigDefaults returns a pack's configuration with its defaults filled in.
// Unlike in validation, an explicit null stays null; objects and arrays whose
// content is specified are created when they are missing, null or empty. The
// values are not changed.
func (p *Parameters) ConfigDefaults(values any) *pyvalue.Map {
	if p.Len() == 0 {
		m, _ := pyvalue.ToMap(values)
		return m.Clone()
	}
	return p.open.object.configDefaults(values)
}

// WithDefaults returns the values with the defaults of missing and null ones
// filled in, also in nested objects. The values are not changed; they are
// returned if there is nothing to fill in.
func (p *Parameters) WithDefaults(values any) any {
	if p.Len() == 0 {
		return values
	}
	filled, _ := p.open.withDefaults(values)
	return filled
}

// Mask returns the values with everything secret replaced by [Masked]; see
// [Schema.Mask].
func (p *Parameters) Mask(values any) any {
	if p.Len() == 0 {
		return values
	}
	masked, _ := p.open.mask(values)
	return masked
}

// Secrets lists the places of secrets; see [Schema.Secrets].
func (p *Parameters) Secrets() []Path {
	if p.Len() == 0 {
		return nil
	}
	return p.open.secrets()
}

// IsSecret reports whether what stands at a place is secret, because it or
// something around it is declared so. Patterns of property names count.
func (p *Parameters) IsSecret(place Path) bool { return p.Len() > 0 && p.open.isSecret(place) }

// MarshalJSON returns the definition.
func (p *Parameters) MarshalJSON() ([]byte, error) { return p.Definition().MarshalJSON() }

// UnmarshalJSON compiles a definition. Null is the empty one.
func (p *Parameters) UnmarshalJSON(text []byte) error {
	parsed, err := ParseParameters(string(text))
	if err != nil {
		return err
	}
	*p = *parsed
	return nil
}
