package schema

import (
	"github.com/petrel-dev/petrel/internal/suggest"
	"github.com/petrel-dev/petrel/pyvalue"
	"slices"
)

// keywords are the ones worth suggesting.
var keywords = []string{
	"additionalItems", "additionalProperties", "allOf", "anyOf", "default", "definitions", "dependencies", "description",
	"enum", "exclusiveMaximum", "exclusiveMinimum", "format", "immutable", "items", "maxItems", "maxLength",
	"maxProperties", "maximum", "minItems", "minLength", "minProperties", "minimum", "multipleOf", "not", "oneOf",
	"pattern", "patternProperties", "position", "properties", "required", "secret", "title", "type", "uniqueItems",
}

// read reads the current keyword. It reports whether it is one.
func (s *schemaReader) read(value any) bool {
	n := s.node
	switch s.keyword {
	case "type":
		n.types = s.typesValue(value)
	case "enum":
		n.enum = s.enumValue(value)
	case "required":
		n.required = s.requiredValue(value)
	case "default":
		n.hasDefault, n.preset = true, value
	case "secret":
		n.secret = pyvalue.Truth(value)
		s.annotation(value, "true or false", isBool)
	case "immutable":
		s.annotation(value, "true or false", isBool)
	case "position":
		s.annotation(value, "a whole number, zero or more", isCount)
	case "description", "title", "format":
		s.annotation(value, "text", isText)
	case "$ref":
		s.readRef(value)
	case "minimum":
		s.number().minimum = s.numberValue(value)
	case "maximum":
		s.number().maximum = s.numberValue(value)
	case "exclusiveMinimum":
		s.number().exclusiveMinimum = s.boolValue(value)
	case "exclusiveMaximum":
		s.number().exclusiveMaximum = s.boolValue(value)
	case "multipleOf":
		if s.number().multipleOf = s.numberValue(value); !less(int64(0), n.number.multipleOf) {
			s.wrong("above zero", value)
			n.number.multipleOf = nil
		}
	case "minLength":
		s.text().minLength = s.countValue(value)
	case "maxLength":
		s.text().maxLength = s.countValue(value)
	case "pattern":
		s.readPattern(value)
	case "minItems":
		s.array().minItems = s.countValue(value)
	case "maxItems":
		s.array().maxItems = s.countValue(value)
	case "uniqueItems":
		s.array().unique = s.boolValue(value)
	case "items":
		s.readItems(value)
	case "additionalItems":
		s.array()
		s.additionalItems = value
	case "minProperties":
		s.object().minimum = s.countValue(value)
	case "maxProperties":
		s.object().maximum = s.countValue(value)
	case "properties":
		s.readProperties(value)
	case "patternProperties":
		for name, item := range s.entries(value) {
			p := s.compilePattern(name)
			object := s.object()
			object.patterns = append(object.patterns, patternProperty{p, s.child(item, fillsNot, name)})
		}
	case "additionalProperties":
		s.object()
		s.additionalProperties = value
	case "dependencies":
		s.readDependencies(value)
	case "definitions":
		for name, item := range s.entries(value) {
			s.child(item, fillsNot, name)
		}
	case "allOf":
		n.allOf = s.schemas(value)
	case "anyOf":
		n.anyOf = s.schemas(value)
	case "oneOf":
		n.oneOf = s.schemas(value)
	case "not":
		n.not = s.child(value, fillsNot)
	case "$schema", "id", "$comment", "examples":
	default:
		return false
	}
	return true
}

// annotation checks a keyword that says nothing about values, so that a wrong
// one matters only where StackStorm looks.
func (s *schemaReader) annotation(value any, expected string, is func(any) bool) {
	switch {
	case is(value):
	case s.strict:
		s.wrong(expected, value)
	default:
		s.warn(s.where, "", "must be %s, is %s", expected, pyvalue.Repr(value))
	}
}

func isBool(value any) bool {
	_, ok := value.(bool)
	return ok
}

func isText(value any) bool {
	_, ok := value.(string)
	return ok
}

func isCount(value any) bool {
	n, ok := pyvalue.Canonical(value).(int64)
	return ok && n >= 0
}

func (s *schemaReader) typesValue(value any) kinds {
	names, isList := pyvalue.Elements(value)
	if !isList {
		names = []any{value}
	} else if len(names) == 0 {
		s.wrong("a type or a list of types", value)
	}
	var types kinds
	for _, item := range names {
		name, _ := item.(string)
		k, ok := kindByName(name)
		switch {
		case !ok:
			s.problem(s.where, suggest.DidYouMean(name, slices.Values(kindNames[:kindOther])),
				"has no type %s, there are array, boolean, integer, null, number, object and string", pyvalue.Repr(item))
		case types.has(k):
			s.problem(s.where, "", "names the type %s twice", name)
		default:
			types |= 1 << k
		}
	}
	return types
}

func (s *schemaReader) enumValue(value any) []any {
	values := s.list(value, "values")
	check := validation{}
	if i, j := check.firstRepetition(values); j > 0 {
		s.problem(s.where.with(j), "", "repeats value %d", i)
	}
	return values
}

func (s *schemaReader) requiredValue(value any) bool {
	if required, ok := value.(bool); ok {
		return required
	}
	const suggestion = "write required: true at each property that must be there"
	if s.strict {
		s.problem(s.where, suggestion, "must be true or false, is %s", pyvalue.Repr(value))
		return false
	}
	s.warn(s.where, suggestion, "is %s instead of true or false and does not say which properties must be there", pyvalue.Repr(value))
	return pyvalue.Truth(value)
}

func (s *schemaReader) readPattern(value any) {
	source, ok := value.(string)
	if !ok {
		s.wrong("text", value)
		return
	}
	s.text().pattern = s.compilePattern(source)
}

func (s *schemaReader) compilePattern(source string) *pattern {
	p := newPattern(source)
	if p.err != nil {
		s.warn(s.where, "", "%q is not a regular expression, every check will fail: %v", source, p.err)
	}
	return p
}

func (s *schemaReader) readItems(value any) {
	a := s.array()
	fills := fillsNot
	if s.fillsItems {
		fills = fillsByType
	}
	if places, ok := pyvalue.Elements(value); ok {
		for i, item := range places {
			a.places = append(a.places, s.child(item, fills, i))
		}
		return
	}
	if properties, ok := pyvalue.LookupString(value, "properties"); ok && s.fillsItems && pyvalue.IsDict(properties) {
		fills = fillsAlways
	}
	a.items = s.child(value, fills)
}

func (s *schemaReader) readProperties(value any) {
	o := s.object()
	fills := fillsNot
	if s.fillsObject {
		fills = fillsByType
	}
	for name, item := range s.entries(value) {
		o.add(name, s.child(item, fills, name))
	}
}

// add declares a property.
func (r *objectRules) add(name string, n *node) {
	r.index[name] = len(r.properties)
	r.properties = append(r.properties, property{name, n})
}

func (s *schemaReader) readDependencies(value any) {
	o := s.object()
	for name, item := range s.entries(value) {
		d := dependency{name: name}
		switch needs, isList := pyvalue.Elements(item); {
		case isList:
			for _, need := range needs {
				if text, ok := need.(string); ok {
					d.needs = append(d.needs, text)
				} else {
					s.problem(s.where.with(name), "", "must be a list of names, has %s", pyvalue.Repr(need))
				}
			}
		case pyvalue.IsDict(item):
			d.node = s.child(item, fillsNot, name)
		default:
			s.problem(s.where.with(name), "", "must be a list of names or a schema, is %s", pyvalue.Repr(item))
		}
		o.dependencies = append(o.dependencies, d)
	}
}
