package schema

import (
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/petrel-dev/petrel/pyvalue"
)

// Of returns the schema of a Go type, see the package documentation. It panics
// if the type has no schema, which is a mistake in the program: a map whose
// keys are not text, a channel, a function, or a malformed tag.
func Of[T any]() *Schema {
	s, err := FromType(reflect.TypeFor[T]())
	mustBeFine(err, s.Warnings())
	return s
}

// FromType is [Of] for a type known at run time. It returns a
// [*DefinitionError] where Of panics.
func FromType(t reflect.Type) (*Schema, error) {
	d := deriver{}
	definition := d.describe(t, nil)
	if len(d.problems) > 0 {
		return nil, &DefinitionError{Problems: d.problems}
	}
	return New(definition)
}

// ParametersOf returns the parameters that the fields of a struct type make, see
// the package documentation. It panics as [Of] does and if T is not a struct.
func ParametersOf[T any]() *Parameters {
	p, err := ParametersFromType(reflect.TypeFor[T]())
	mustBeFine(err, p.Warnings())
	return p
}

// ParametersFromType is [ParametersOf] for a type known at run time. It returns
// a [*DefinitionError] where ParametersOf panics.
func ParametersFromType(t reflect.Type) (*Parameters, error) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	d := deriver{}
	definition := pyvalue.NewMap(0)
	if t.Kind() == reflect.Struct && !describesItself(t) {
		d.open = append(d.open, t)
		d.fields(t, nil, definition)
	} else {
		d.problem(nil, "is %s, parameters come from a struct", t)
	}
	if len(d.problems) > 0 {
		return nil, &DefinitionError{Problems: d.problems}
	}
	return NewParameters(definition)
}

// deriver writes the definitions of Go types.
type deriver struct {
	// open are the structs around the current place.
	open     []reflect.Type
	problems []Problem
}

func (d *deriver) problem(at Path, format string, args ...any) {
	d.problems = append(d.problems, Problem{Path: at, Message: fmt.Sprintf(format, args...)})
}

var (
	secretType          = reflect.TypeFor[SecretType]()
	textUnmarshalerType = reflect.TypeFor[encoding.TextUnmarshaler]()
	unmarshalerType     = reflect.TypeFor[json.Unmarshaler]()
	timeType            = reflect.TypeFor[time.Time]()
	rawMessageType      = reflect.TypeFor[json.RawMessage]()
	numberType          = reflect.TypeFor[json.Number]()
	pyMapType           = reflect.TypeFor[pyvalue.Map]()
	pyListType          = reflect.TypeFor[pyvalue.List]()
)

func implements(t, what reflect.Type) bool {
	return t.Implements(what) || reflect.PointerTo(t).Implements(what)
}

// describesItself reports whether a struct has a form of its own in JSON.
func describesItself(t reflect.Type) bool {
	return implements(t, secretType) || implements(t, textUnmarshalerType) || implements(t, unmarshalerType)
}

// describe returns the definition of a type.
func (d *deriver) describe(t reflect.Type, at Path) *pyvalue.Map {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case implements(t, secretType):
		return pyvalue.MapOf("type", "string", "secret", true)
	case t == timeType:
		return pyvalue.MapOf("type", "string")
	case t == numberType:
		return pyvalue.MapOf("type", "number")
	case t == rawMessageType:
		return anything()
	case t == pyMapType:
		return pyvalue.MapOf("type", "object")
	case t == pyListType:
		return pyvalue.MapOf("type", "array")
	case implements(t, unmarshalerType):
		return anything()
	case implements(t, textUnmarshalerType):
		return pyvalue.MapOf("type", "string")
	}
	switch t.Kind() {
	case reflect.Bool:
		return pyvalue.MapOf("type", "boolean")
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return pyvalue.MapOf("type", "integer")
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return pyvalue.MapOf("type", "integer", "minimum", int64(0))
	case reflect.Float32, reflect.Float64:
		return pyvalue.MapOf("type", "number")
	case reflect.String:
		return pyvalue.MapOf("type", "string")
	case reflect.Interface:
		return anything()
	case reflect.Slice, reflect.Array:
		return d.describeList(t, at)
	case reflect.Map:
		if key := t.Key(); key.Kind() != reflect.String && !implements(key, textUnmarshalerType) {
			d.problem(at, "is %s, whose keys are not text", t)
		}
		return pyvalue.MapOf("type", "object", "additionalProperties", d.describe(t.Elem(), at.with("*")))
	case reflect.Struct:
		return d.describeStruct(t, at)
	}
	d.problem(at, "is %s, which has no form in JSON", t)
	return anything()
}

// anything accepts every value but null. Without a type an optional property
// would accept only texts.
func anything() *pyvalue.Map {
	var alternatives []any
	for k := kindBoolean; k <= kindObject; k++ {
		alternatives = append(alternatives, pyvalue.MapOf("type", kindNames[k]))
	}
	return pyvalue.MapOf("anyOf", alternatives)
}

func (d *deriver) describeList(t reflect.Type, at Path) *pyvalue.Map {
	if t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Uint8 {
		return pyvalue.MapOf("type", "string") // base64
	}
	list := pyvalue.MapOf("type", "array", "items", d.describe(t.Elem(), at.with("*")))
	if t.Kind() == reflect.Array {
		list.SetString("maxItems", int64(t.Len()))
	}
	return list
}

func (d *deriver) describeStruct(t reflect.Type, at Path) *pyvalue.Map {
	for _, around := range d.open {
		if around == t {
			return pyvalue.MapOf("type", "object")
		}
	}
	d.open = append(d.open, t)
	defer func() { d.open = d.open[:len(d.open)-1] }()
	properties := pyvalue.NewMap(t.NumField())
	d.fields(t, at, properties)
	object := pyvalue.MapOf("type", "object")
	if properties.Len() > 0 {
		object.SetString("properties", properties)
	}
	return object
}

// fields adds the definitions of the fields of a struct. Of fields with the
// same name the outer one wins.
func (d *deriver) fields(t reflect.Type, at Path, properties *pyvalue.Map) {
	var embedded []reflect.Type
	for i := range t.NumField() {
		field := t.Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name == "-" && options == "" {
			continue
		}
		inner := field.Type
		if inner.Kind() == reflect.Pointer {
			inner = inner.Elem()
		}
		if field.Anonymous && name == "" && inner.Kind() == reflect.Struct && !describesItself(inner) {
			embedded = append(embedded, inner)
			continue
		}
		if !field.IsExported() {
			continue
		}
		if name == "" {
			name = field.Name
		}
		if properties.Has(name) {
			continue
		}
		properties.SetString(name, d.describeField(field, options, at.with(name)))
	}
	for _, inner := range embedded {
		d.fields(inner, at, properties)
	}
}

func (d *deriver) describeField(field reflect.StructField, jsonOptions string, at Path) *pyvalue.Map {
	definition := d.describe(field.Type, at)
	required := field.Type.Kind() != reflect.Pointer && field.Type.Kind() != reflect.Interface
	for option := range strings.SplitSeq(jsonOptions, ",") {
		switch option {
		case "omitempty", "omitzero":
			required = false
		case "string":
			if kind, _ := definition.GetString("type"); kind == "integer" || kind == "number" || kind == "boolean" {
				definition = pyvalue.MapOf("type", "string")
			}
		}
	}
	if text, ok := field.Tag.Lookup("description"); ok {
		definition.SetString("description", text)
	}
	if text, ok := field.Tag.Lookup("pattern"); ok {
		definition.SetString("pattern", text)
	}
	if text, ok := field.Tag.Lookup("enum"); ok {
		var values []any
		for item := range strings.SplitSeq(text, ",") {
			values = append(values, d.tagValue(item, definition, at))
		}
		definition.SetString("enum", values)
	}
	if text, ok := field.Tag.Lookup("default"); ok {
		required = false
		definition.SetString("default", d.tagValue(text, definition, at))
	}
	if options := field.Tag.Get("petrel"); options != "" {
		for option := range strings.SplitSeq(options, ",") {
			d.option(option, definition, &required, at)
		}
	}
	if required {
		definition.SetString("required", true)
	}
	return definition
}

// tagValue reads a value from a tag: text for a string, else JSON.
func (d *deriver) tagValue(text string, definition *pyvalue.Map, at Path) any {
	if declared, _ := definition.GetString("type"); declared == "string" {
		return text
	}
	value, err := pyvalue.DecodeJSON(text, pyvalue.StrictJSON)
	if err != nil {
		d.problem(at, "has %q in a tag, which is not JSON", text)
	}
	return value
}

func (d *deriver) option(option string, definition *pyvalue.Map, required *bool, at Path) {
	name, value, hasValue := strings.Cut(strings.TrimSpace(option), "=")
	switch name {
	case "required", "optional", "secret", "immutable":
		if hasValue {
			d.problem(at, "has %q in its petrel tag, which takes no value", name)
			return
		}
	}
	switch name {
	case "required":
		*required = true
	case "optional":
		*required = false
	case "secret", "immutable":
		definition.SetString(name, true)
	case "position", "minLength", "maxLength", "minItems", "maxItems":
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil {
			d.problem(at, "has %q in its petrel tag, which needs a whole number", option)
			return
		}
		definition.SetString(name, n)
	case "minimum", "maximum":
		n, ok := pyvalue.ParseNumber(value)
		if !ok {
			d.problem(at, "has %q in its petrel tag, which needs a number", option)
			return
		}
		definition.SetString(name, n)
	default:
		d.problem(at, "has %q in its petrel tag, which is not known", option)
	}
}
