package parameters

import (
	"slices"
	"strings"

	"github.com/petrel-dev/petrel/pyvalue"
	"github.com/petrel-dev/petrel/schema"
)

// Arguments returns the command-line arguments that a script gets for its final
// action parameters, not quoted: first each parameter without a position as
// prefix, name, "=" and value, in the order of values, then one argument for
// every position. A named parameter that is null, false or empty text is left
// out, and true gives prefix and name alone. A prefix of "" gives name=value.
//
// specs are the action's own parameters. The error is an [*Error] of kind
// [ErrCast] with every positional value that does not fit its declared type.
func Arguments(specs *schema.Parameters, values *pyvalue.Map, prefix string) ([]string, error) {
	var positional []schema.Parameter
	for spec := range specs.All() {
		if spec.Position >= 0 {
			positional = append(positional, spec)
		}
	}
	slices.SortStableFunc(positional, func(a, b schema.Parameter) int { return a.Position - b.Position })

	arguments := make([]string, 0, values.Len()+len(positional))
	for key, value := range values.All() {
		name := pyvalue.Str(key)
		if spec, ok := specs.Get(name); ok && spec.Position >= 0 {
			continue
		}
		switch value := value.(type) {
		case nil:
		case bool:
			if value {
				arguments = append(arguments, prefix+name)
			}
		default:
			if value != "" {
				arguments = append(arguments, prefix+name+"="+pyvalue.Str(value))
			}
		}
	}
	var problems []Problem
	for _, spec := range positional {
		value, _ := values.GetString(spec.Name)
		argument, err := positionalArgument(spec.Type, value)
		if err != nil {
			problems = append(problems, Problem{Parameter: spec.Name, Message: err.Error(), Err: err})
		}
		arguments = append(arguments, argument)
	}
	if len(problems) > 0 {
		return nil, &Error{Kind: ErrCast, Problems: problems}
	}
	return arguments, nil
}

// positionalArgument returns the text of a value by its declared type.
func positionalArgument(typ string, value any) (string, error) {
	value = pyvalue.Canonical(value)
	if value == nil {
		return "", nil
	}
	isContainer := pyvalue.IsDict(value) || pyvalue.IsList(value)
	switch typ {
	case "string", "number":
		if isContainer {
			return "", pyvalue.Errorf(pyvalue.KindType, "must be a %s to be an argument, is a %s", typ, pyvalue.TypeName(value))
		}
		return pyvalue.Str(value), nil
	case "boolean":
		if pyvalue.Truth(value) {
			return "1", nil
		}
		return "0", nil
	}
	if !pyvalue.Truth(value) {
		return "", nil
	}
	switch typ {
	case "array":
		items, ok := pyvalue.Elements(value)
		if !ok {
			return "", pyvalue.Errorf(pyvalue.KindType, "must be an array to be an argument, is a %s", pyvalue.TypeName(value))
		}
		texts := make([]string, len(items))
		for i, item := range items {
			texts[i] = pyvalue.Str(item)
		}
		return strings.Join(texts, ","), nil
	case "object":
		return pyvalue.EncodeJSON(value, pyvalue.CompactStyle())
	case "null":
		return "", nil
	}
	return pyvalue.Str(value), nil
}
