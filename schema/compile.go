package schema

import (
	"fmt"
	"math/big"
	"slices"

	"github.com/petrel-dev/petrel/internal/suggest"
	"github.com/petrel-dev/petrel/pyvalue"
)

// compiler turns a definition into nodes.
type compiler struct {
	root any
	// strict refuses malformed annotations, and a required that is not a boolean.
	// Nothing checks the schemas of triggers in the wild, where any required that
	// is true in Python's eyes counts.
	strict bool
	// nodes are the compiled schemas by their pointer.
	nodes    map[string]*node
	refs     []pendingRef
	problems []Problem
	warnings []Problem
}

type pendingRef struct {
	node    *node
	pointer string
	at      Path
}

func newCompiler(root any, strict bool) *compiler {
	return &compiler{root: root, strict: strict, nodes: map[string]*node{}}
}

// finish resolves references. It returns a [*DefinitionError] if there was any
// problem.
func (c *compiler) finish() error {
	c.resolve()
	c.findEndlessRefs()
	if len(c.problems) > 0 {
		return &DefinitionError{Problems: c.problems}
	}
	c.findSecrets()
	return nil
}

func (c *compiler) problem(at Path, suggestion, format string, args ...any) {
	c.problems = append(c.problems, Problem{Path: at, Message: fmt.Sprintf(format, args...), Suggestion: suggestion})
}

func (c *compiler) warn(at Path, suggestion, format string, args ...any) {
	c.warnings = append(c.warnings, Problem{Path: at, Message: fmt.Sprintf(format, args...), Suggestion: suggestion})
}

// filling says whether the defaults of a schema's properties count, and with it
// whether its optional properties accept null. StackStorm looks for both from
// the root on, through the properties of objects and the items of arrays that
// are declared as such.
type filling uint8

const (
	fillsNot filling = iota
	// fillsByType is that of a property: it depends on its declared type.
	fillsByType
	fillsAlways
)

// compile compiles the schema at a place.
func (c *compiler) compile(definition any, at Path, pointer string, fills filling) *node {
	if n, ok := c.nodes[pointer]; ok {
		return n
	}
	n := &node{}
	c.nodes[pointer] = n
	if !pyvalue.IsDict(definition) {
		c.problem(at, "", "must be a schema, is %s", kindOf(definition).withArticle())
		return n
	}
	if len(at) > maxDepth {
		c.problem(at, "", "is nested too deep")
		return n
	}
	s := &schemaReader{compiler: c, node: n, at: at, pointer: pointer}
	s.fillsObject = fills == fillsAlways || fills == fillsByType && declares(definition, kindObject)
	s.fillsItems = fills != fillsNot && declares(definition, kindArray)
	for key, value := range pyvalue.Entries(definition) {
		name, ok := key.(string)
		if !ok {
			c.problem(at, "", "has the key %s, which is not text", pyvalue.Repr(key))
			continue
		}
		s.keyword, s.where = name, at.with(name)
		if !s.read(value) {
			c.warn(s.where, suggest.DidYouMean(name, slices.Values(keywords)), "is not a keyword of a schema and is ignored")
		}
	}
	s.finish()
	return n
}

// schemaReader fills one node from the keywords of its definition.
type schemaReader struct {
	*compiler
	node    *node
	at      Path
	pointer string
	// fillsObject is about the properties, fillsItems about the items.
	fillsObject, fillsItems bool

	// keyword and where are the one that is being read.
	keyword string
	where   Path

	additionalItems, additionalProperties any
}

func (s *schemaReader) number() *numberRules {
	if s.node.number == nil {
		s.node.number = &numberRules{}
	}
	return s.node.number
}

func (s *schemaReader) text() *textRules {
	if s.node.text == nil {
		s.node.text = &textRules{maxLength: -1}
	}
	return s.node.text
}

func (s *schemaReader) array() *arrayRules {
	if s.node.array == nil {
		s.node.array = &arrayRules{maxItems: -1}
	}
	return s.node.array
}

func (s *schemaReader) object() *objectRules {
	if s.node.object == nil {
		s.node.object = newObjectRules()
	}
	return s.node.object
}

// child compiles a schema inside the current keyword.
func (s *schemaReader) child(definition any, fills filling, steps ...any) *node {
	at, pointer := s.at.with(s.keyword), s.pointer+"/"+escapePointer(s.keyword)
	for _, step := range steps {
		at, pointer = at.with(step), pointer+"/"+escapePointer(fmt.Sprint(step))
	}
	return s.compile(definition, at, pointer, fills)
}

// wrong reports the value of the current keyword.
func (s *schemaReader) wrong(expected string, value any) {
	s.problem(s.where, "", "must be %s, is %s", expected, pyvalue.Repr(value))
}

func (s *schemaReader) boolValue(value any) bool {
	b, ok := value.(bool)
	if !ok {
		s.wrong("true or false", value)
	}
	return b
}

func (s *schemaReader) numberValue(value any) any {
	value = pyvalue.Canonical(value)
	switch value.(type) {
	case int64, float64, *big.Int:
		return value
	}
	s.wrong("a number", value)
	return nil
}

func (s *schemaReader) countValue(value any) int {
	n, ok := pyvalue.Canonical(value).(int64)
	if !ok || n < 0 {
		s.wrong("a whole number, zero or more", value)
		return 0
	}
	return int(min(n, 1<<31-1))
}

func (s *schemaReader) list(value any, what string) []any {
	items, ok := pyvalue.Elements(value)
	if !ok || len(items) == 0 {
		s.wrong("a list of "+what, value)
		return nil
	}
	return items
}

func (s *schemaReader) schemas(value any) []*node {
	var nodes []*node
	for i, item := range s.list(value, "schemas") {
		nodes = append(nodes, s.child(item, fillsNot, i))
	}
	return nodes
}

// entries yields the entries of a map of names.
func (s *schemaReader) entries(value any) func(yield func(string, any) bool) {
	return func(yield func(string, any) bool) {
		if !pyvalue.IsDict(value) {
			s.wrong("a map of names to schemas", value)
			return
		}
		for key, item := range pyvalue.Entries(value) {
			name, ok := key.(string)
			if !ok {
				s.problem(s.where, "write it in quotes", "has the name %s, which is not text", pyvalue.Repr(key))
				continue
			}
			if !yield(name, item) {
				return
			}
		}
	}
}

// finish brings together what depends on several keywords.
func (s *schemaReader) finish() {
	n := s.node
	if r := n.number; r != nil {
		if r.exclusiveMinimum && r.minimum == nil {
			s.problem(s.at.with("exclusiveMinimum"), "", "needs minimum beside it")
		}
		if r.exclusiveMaximum && r.maximum == nil {
			s.problem(s.at.with("exclusiveMaximum"), "", "needs maximum beside it")
		}
	}
	if r := n.array; r != nil {
		s.keyword, s.where = "additionalItems", s.at.with("additionalItems")
		r.rest, r.noRest = s.others(s.additionalItems)
		r.fills = s.fillsItems
		r.specifiesItems = r.items != nil || r.places != nil || pyvalue.Truth(s.additionalItems)
	}
	if r := n.object; r != nil {
		s.keyword, s.where = "additionalProperties", s.at.with("additionalProperties")
		r.rest, r.noRest = s.others(s.additionalProperties)
		r.specifiesContent = r.properties != nil || r.patterns != nil || pyvalue.Truth(s.additionalProperties)
		r.fills = s.fillsObject
		if r.fills {
			r.allowNull()
		}
	}
}

// allowNull lets properties that are optional, or whose default is null, be null.
func (r *objectRules) allowNull() {
	for _, p := range r.properties {
		p.node.nullable = (p.node.hasDefault || !p.node.required) && p.node.preset == nil
	}
}

// others reads additionalItems or additionalProperties.
func (s *schemaReader) others(value any) (rest *node, none bool) {
	switch value := value.(type) {
	case nil:
		return nil, false
	case bool:
		return nil, !value
	default:
		if !pyvalue.IsDict(value) {
			s.wrong("true, false or a schema", value)
			return nil, false
		}
		return s.child(value, fillsNot), false
	}
}

// declares reports whether a schema names a type.
func declares(definition any, k kind) bool {
	declared, _ := pyvalue.LookupString(definition, "type")
	if name, ok := declared.(string); ok {
		return name == kindNames[k]
	}
	items, _ := pyvalue.Elements(declared)
	for _, item := range items {
		if item == kindNames[k] {
			return true
		}
	}
	return false
}
