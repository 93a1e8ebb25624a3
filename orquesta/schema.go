package orquesta

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/petrel-dev/petrel/pyvalue"
)

// schema says what form a part of a definition has: the subset of JSON Schema
// that Orquesta's own schema needs.
type schema struct {
	types      []string // none means any
	nonEmpty   bool     // texts, lists and dicts hold something
	single     bool     // dicts have at most one key
	unique     bool     // lists hold nothing twice
	pattern    *regexp.Regexp
	source     string // the pattern as messages show it
	enum       []any
	oneOf      []*schema
	anyOf      []*schema
	items      *schema
	properties map[string]*schema
	named      *schema // values of dicts whose keys are words
	required   []string
	closed     bool // dicts have no other keys than properties
	minimum    bool // numbers are not negative
}

const wordKeys = `^\w+$`

var isWord = regexp.MustCompile(`^` + word + `+$`)

const itemsSource = `^(\s+)?({{.*?}}|<%.*?%>)(\s+)?$|^(\s+)?((\w+,\s?|\s+)+)?(\w+)\s+in\s+({{.*?}}|<%.*?%>)(\s+)?$`

var itemsPattern = regexp.MustCompile(strings.NewReplacer(
	`\s`, space, `\w`, word, `{{`, `\{\{`, `}}`, `\}\}`,
).Replace(itemsSource))

// definitionSchema is the form of a whole workflow.
func definitionSchema() *schema {
	text := &schema{types: []string{"string"}, nonEmpty: true}
	count := &schema{types: []string{"integer"}, minimum: true}
	countOrText := &schema{oneOf: []*schema{text, count}}
	value := &schema{types: []string{"null", "array", "boolean", "integer", "number", "object", "string"}}
	oneKey := &schema{types: []string{"object"}, nonEmpty: true, single: true, named: value}
	list := func(items *schema) *schema {
		return &schema{types: []string{"array"}, items: items, unique: true, nonEmpty: true}
	}
	object := func(properties map[string]*schema, required ...string) *schema {
		return &schema{types: []string{"object"}, properties: properties, required: required, closed: true}
	}
	task := object(map[string]*schema{
		"delay":  countOrText,
		"join":   {oneOf: []*schema{{enum: []any{"all"}}, count}},
		"action": text,
		"with": object(map[string]*schema{
			"items":       {types: []string{"string"}, nonEmpty: true, pattern: itemsPattern, source: itemsSource},
			"concurrency": countOrText,
		}),
		"input": {oneOf: []*schema{text, {types: []string{"object"}, nonEmpty: true, named: value}}},
		"retry": object(map[string]*schema{"when": text, "count": countOrText, "delay": countOrText}, "count"),
		"next": {types: []string{"array"}, items: object(map[string]*schema{
			"when":    text,
			"publish": {oneOf: []*schema{text, list(oneKey)}},
			"do":      {oneOf: []*schema{text, list(text)}},
		})},
	})
	return object(map[string]*schema{
		"name":        text,
		"description": text,
		"version": {
			anyOf: []*schema{text, count, {types: []string{"number"}, minimum: true}},
			enum:  []any{"1.0", 1.0},
		},
		"tags":   list(text),
		"vars":   list(oneKey),
		"output": list(oneKey),
		"input":  list(&schema{oneOf: []*schema{text, oneKey}}),
		"tasks":  {types: []string{"object"}, nonEmpty: true, named: task},
	}, "tasks")
}

// violation is called with each breach: where it is, the path of the broken
// keyword and what to say.
type violation func(at place, path []string, message string)

func (s *schema) valid(v any) bool {
	ok := true
	s.check(v, nil, nil, func(place, []string, string) { ok = false })
	return ok
}

func (s *schema) check(v any, at place, path []string, report violation) {
	fail := func(keyword, format string, args ...any) {
		report(at, slices.Concat(path, []string{keyword}), fmt.Sprintf(format, args...))
	}
	if len(s.types) > 0 && !slices.ContainsFunc(s.types, func(t string) bool { return hasType(v, t) }) {
		quoted := make([]string, len(s.types))
		for i, t := range s.types {
			quoted[i] = "'" + t + "'"
		}
		fail("type", "%s is not of type %s", pyvalue.Repr(v), strings.Join(quoted, ", "))
	}
	if s.minimum && (hasType(v, "integer") || hasType(v, "number")) {
		if negative, err := pyvalue.CompareLess(v, int64(0)); err == nil && negative {
			fail("minimum", "%s is less than the minimum of 0", pyvalue.Repr(v))
		}
	}
	if s.enum != nil && !slices.ContainsFunc(s.enum, func(e any) bool { return sameJSON(v, e) }) {
		fail("enum", "%s is not one of %s", pyvalue.Repr(v), pyvalue.Repr(s.enum))
	}
	if s.oneOf != nil && !slices.ContainsFunc(s.oneOf, func(o *schema) bool { return o.valid(v) }) {
		fail("oneOf", "%s is not valid under any of the given schemas", pyvalue.Repr(v))
	}
	if s.anyOf != nil && !slices.ContainsFunc(s.anyOf, func(o *schema) bool { return o.valid(v) }) {
		fail("anyOf", "%s is not valid under any of the given schemas", pyvalue.Repr(v))
	}
	switch {
	case hasType(v, "string"):
		if s.nonEmpty && v == "" {
			fail("minLength", "'' should be non-empty")
		}
		if s.pattern != nil && !s.pattern.MatchString(v.(string)) {
			fail("pattern", "%s does not match '%s'", pyvalue.Repr(v), s.source)
		}
	case hasType(v, "array"):
		s.checkList(v, at, path, report, fail)
	case hasType(v, "object"):
		s.checkDict(v, at, path, report, fail)
	}
}

func (s *schema) checkList(v any, at place, path []string, report violation, fail func(string, string, ...any)) {
	elements, _ := pyvalue.Elements(v)
	if s.nonEmpty && len(elements) == 0 {
		fail("minItems", "[] should be non-empty")
	}
	if s.unique && repeats(elements) {
		fail("uniqueItems", "%s has non-unique elements", pyvalue.Repr(v))
	}
	if s.items != nil {
		for i, element := range elements {
			s.items.check(element, at.with(i), slices.Concat(path, []string{"items"}), report)
		}
	}
}

func (s *schema) checkDict(v any, at place, path []string, report violation, fail func(string, string, ...any)) {
	size, _ := pyvalue.Len(v)
	if s.nonEmpty && size == 0 {
		fail("minProperties", "{} should be non-empty")
	}
	if s.single && size > 1 {
		fail("maxProperties", "%s has too many properties", pyvalue.Repr(v))
	}
	for _, name := range s.required {
		if _, ok := pyvalue.LookupString(v, name); !ok {
			fail("required", "'%s' is a required property", name)
		}
	}
	var extra []string
	for key, value := range pyvalue.Entries(v) {
		name, _ := key.(string)
		switch property := s.properties[name]; {
		case property != nil:
			property.check(value, at.with(name), slices.Concat(path, []string{"properties", name}), report)
		case s.closed:
			extra = append(extra, pyvalue.Repr(key))
		case s.named != nil && isWord.MatchString(name):
			s.named.check(value, at.with(name), slices.Concat(path, []string{"patternProperties", wordKeys}), report)
		}
	}
	if len(extra) > 0 {
		slices.Sort(extra)
		verb := "were"
		if len(extra) == 1 {
			verb = "was"
		}
		fail("additionalProperties", "Additional properties are not allowed (%s %s unexpected)", strings.Join(extra, ", "), verb)
	}
}

func hasType(v any, name string) bool {
	switch name {
	case "null":
		return v == nil
	case "string":
		_, ok := v.(string)
		return ok
	case "boolean":
		_, ok := v.(bool)
		return ok
	case "integer":
		return isInteger(v)
	case "number":
		_, ok := v.(float64)
		return ok || isInteger(v)
	case "array":
		return pyvalue.IsList(v)
	}
	return pyvalue.IsDict(v)
}

// sameJSON is Python's equality without booleans being numbers.
func sameJSON(a, b any) bool {
	return hasType(a, "boolean") == hasType(b, "boolean") && pyvalue.Equal(a, b)
}

// repeats reports whether an element occurs twice.
func repeats(elements []any) bool {
	seen := map[string][]any{}
	for _, element := range elements {
		class := fmt.Sprint(hasType(element, "number"))
		if !hasType(element, "number") {
			class = pyvalue.TypeName(element)
		}
		for _, other := range seen[class] {
			if sameJSON(element, other) {
				return true
			}
		}
		seen[class] = append(seen[class], element)
	}
	return false
}
