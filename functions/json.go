package functions

import (
	"slices"
	"strings"

	"github.com/petrel-dev/petrel/jsonpath"
	"github.com/petrel-dev/petrel/pyvalue"
)

// FromJSONString reads the text form of value as strict JSON.
func FromJSONString(value any) (any, error) {
	text, err := pyvalue.StrWithin(value, 0)
	if err != nil {
		return nil, err
	}
	return pyvalue.DecodeJSON(text, pyvalue.StrictJSON)
}

// ToJSONString writes value as JSON. An indent, a number of blanks or a text,
// puts every item on a line of its own; nil does not. The separators are a pair
// of texts that stand after items and keys. A value that is a text has no use
// for an indent and ignores it, whatever it is.
func ToJSONString(value, indent, sortKeys, separators any) (any, error) {
	style := pyvalue.PythonStyle()
	style.SortKeys = pyvalue.Truth(sortKeys)
	if _, text := value.(string); text {
		indent = nil
	}
	switch in := pyvalue.Canonical(indent).(type) {
	case nil:
	case string:
		style.Multiline, style.Indent = true, in
	default:
		blanks, err := pyvalue.Repeat(" ", in)
		if err != nil {
			return nil, err
		}
		style.Multiline, style.Indent = true, blanks.(string)
	}
	if len(style.Indent) > 1000 {
		return nil, pyvalue.Errorf(pyvalue.KindTooLarge, "indent of %d characters is too large", len(style.Indent))
	}
	if separators != nil {
		pair, err := pyvalue.Collect(separators)
		if err != nil {
			return nil, err
		}
		if len(pair) != 2 {
			return nil, pyvalue.Errorf(pyvalue.KindValue, "separators must be a pair of texts, not %s", pyvalue.Repr(separators))
		}
		item, ok := pair[0].(string)
		key, ok2 := pair[1].(string)
		if !ok || !ok2 {
			return nil, pyvalue.Errorf(pyvalue.KindType, "separators must be a pair of texts, not %s", pyvalue.Repr(separators))
		}
		style.ItemSeparator, style.KeySeparator = item, key
	}
	return encode(value, style)
}

// encode returns JSON as an any, nil on failure.
func encode(value any, style pyvalue.JSONStyle) (any, error) {
	text, err := pyvalue.EncodeJSON(value, style)
	if err != nil {
		return nil, err
	}
	return text, nil
}

// ToComplex returns the JSON of value.
func ToComplex(value any) (any, error) { return encode(value, pyvalue.PythonStyle()) }

// JSONEscape returns the JSON of value without the double quotes at its ends,
// to be put inside a JSON text.
func JSONEscape(value any) (any, error) {
	text, err := pyvalue.EncodeJSON(value, pyvalue.PythonStyle())
	if err != nil {
		return nil, err
	}
	return strings.Trim(text, `"`), nil
}

// JSON reads a text as Python's json.loads does. A dict comes back unchanged;
// what is neither is a type error.
func JSON(value any) (any, error) {
	if pyvalue.IsDict(value) {
		return value, nil
	}
	text, ok := value.(string)
	if !ok {
		return nil, pyvalue.Errorf(pyvalue.KindType, "json() wants a text, not %s", pyvalue.TypeName(value))
	}
	return pyvalue.DecodeJSON(text, pyvalue.PythonJSON)
}

// JSONPathQuery returns the list of the matches of a JSONPath in value, or nil
// if there is none.
func JSONPathQuery(value, query any) (any, error) {
	text, ok := query.(string)
	if _, list := pyvalue.Elements(query); list {
		return nil, pyvalue.Errorf(pyvalue.KindValue, "jsonpath_query() wants a text as query, not %s", pyvalue.TypeName(query))
	}
	if !ok {
		return nil, pyvalue.Errorf(pyvalue.KindType, "jsonpath_query() wants a text as query, not %s", pyvalue.TypeName(query))
	}
	path, err := jsonpath.Compile(text)
	if err != nil {
		return nil, err
	}
	matches, err := path.Find(value)
	if err != nil || len(matches) == 0 {
		return nil, err
	}
	return pyvalue.NewList(matches...), nil
}

// Zip transposes lists into a list of tuples; short lists are filled with pad,
// and nil counts as an empty one. A single list comes back as it is.
func Zip(lists []any, pad any) (any, error) {
	if len(lists) == 1 {
		return lists[0], nil
	}
	columns := make([][]any, len(lists))
	rows := 0
	for i, list := range lists {
		if list == nil {
			continue
		}
		items, err := pyvalue.Collect(list)
		if err != nil {
			return nil, err
		}
		columns[i] = items
		rows = max(rows, len(items))
	}
	if size := rows * len(lists); size > pyvalue.MaxItems {
		return nil, pyvalue.Errorf(pyvalue.KindTooLarge, "zip() of %d items is too large", size)
	}
	zipped := make([]any, rows)
	for i := range zipped {
		row := slices.Repeat(pyvalue.Tuple{pad}, len(lists))
		for j, column := range columns {
			if i < len(column) {
				row[j] = column[i]
			}
		}
		zipped[i] = row
	}
	return pyvalue.NewList(zipped...), nil
}
