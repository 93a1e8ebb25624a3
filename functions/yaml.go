package functions

import (
	"github.com/petrel-dev/petrel/pyvalue"
	"github.com/petrel-dev/petrel/pyyaml"
)

// FromYAMLString reads the text form of value as a YAML 1.1 document.
func FromYAMLString(value any) (any, error) {
	text, err := pyvalue.StrWithin(value, 0)
	if err != nil {
		return nil, err
	}
	return pyyaml.Load(text)
}

// ToYAMLString writes value as a YAML document in block style with sorted keys.
// The indent is a number of blanks, or nil for two.
func ToYAMLString(value, indent, allowUnicode any) (any, error) {
	style := pyyaml.Style{ASCII: !pyvalue.Truth(allowUnicode)}
	if indent != nil {
		n, ok := pyvalue.Canonical(indent).(int64)
		if !ok {
			return nil, pyvalue.Errorf(pyvalue.KindType, "indent must be an integer, not %s", pyvalue.TypeName(indent))
		}
		style.Indent = int(min(max(n, 0), 100))
	}
	text, err := pyyaml.Dump(value, style)
	if err != nil {
		return nil, err
	}
	return text, nil
}
