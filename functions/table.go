package functions

import "github.com/petrel-dev/petrel/pyvalue"

// Parameter is one parameter of a Function.
type Parameter struct {
	Name string
	// Optional says that an argument may be left out, and Default what is taken
	// in its place.
	Optional bool
	Default  any
}

// Function is a function of StackStorm as the languages offer it.
type Function struct {
	// Name is how templates call it.
	Name string
	// Parameters are in the order of positional arguments; a filter's piped
	// value is the first.
	Parameters []Parameter
	// Call takes one argument for each parameter.
	Call func(args []any) (any, error)
}

// All returns the functions that Orquesta and StackStorm both have, in order of
// name. Not among them are [Zip], [JSON] (Orquesta only) and [ToComplex]
// (StackStorm's own templates only).
func All() []Function {
	value := Parameter{Name: "value"}
	pattern := Parameter{Name: "pattern"}
	ignoreCase := Parameter{Name: "ignorecase", Optional: true, Default: false}
	toJSON := []Parameter{
		value,
		{Name: "indent", Optional: true},
		{Name: "sort_keys", Optional: true, Default: false},
		{Name: "separators", Optional: true, Default: pyvalue.Tuple{",", ": "}},
	}
	toYAML := []Parameter{
		value,
		{Name: "indent", Optional: true},
		{Name: "allow_unicode", Optional: true, Default: true},
	}
	one := func(f func(any) (any, error)) func([]any) (any, error) {
		return func(a []any) (any, error) { return f(a[0]) }
	}
	two := func(f func(a, b any) (any, error)) func([]any) (any, error) {
		return func(a []any) (any, error) { return f(a[0], a[1]) }
	}
	dumpJSON := func(a []any) (any, error) { return ToJSONString(a[0], a[1], a[2], a[3]) }
	dumpYAML := func(a []any) (any, error) { return ToYAMLString(a[0], a[1], a[2]) }
	compare := []Parameter{value, pattern}
	return []Function{
		{"basename", []Parameter{{Name: "path"}}, one(Basename)},
		{"dirname", []Parameter{{Name: "path"}}, one(Dirname)},
		{"from_json_string", []Parameter{value}, one(FromJSONString)},
		{"from_yaml_string", []Parameter{value}, one(FromYAMLString)},
		{"json_dump", toJSON, dumpJSON},
		{"json_escape", []Parameter{value}, one(JSONEscape)},
		{"json_parse", []Parameter{value}, one(FromJSONString)},
		{"jsonpath_query", []Parameter{value, {Name: "query"}}, two(JSONPathQuery)},
		{"regex_match", []Parameter{value, pattern, ignoreCase}, func(a []any) (any, error) { return RegexMatch(a[0], a[1], a[2]) }},
		{"regex_replace", []Parameter{value, pattern, {Name: "replacement"}, ignoreCase}, func(a []any) (any, error) { return RegexReplace(a[0], a[1], a[2], a[3]) }},
		{"regex_search", []Parameter{value, pattern, ignoreCase}, func(a []any) (any, error) { return RegexSearch(a[0], a[1], a[2]) }},
		{"regex_substring", []Parameter{value, pattern, {Name: "result_index", Optional: true, Default: int64(0)}, ignoreCase}, func(a []any) (any, error) { return RegexSubstring(a[0], a[1], a[2], a[3]) }},
		{"to_human_time_from_seconds", []Parameter{{Name: "seconds"}}, one(ToHumanTime)},
		{"to_json_string", toJSON, dumpJSON},
		{"to_yaml_string", toYAML, dumpYAML},
		{"use_none", []Parameter{value}, func(a []any) (any, error) { return UseNone(a[0]), nil }},
		{"version_bump_major", []Parameter{value}, one(VersionBumpMajor)},
		{"version_bump_minor", []Parameter{value}, one(VersionBumpMinor)},
		{"version_bump_patch", []Parameter{value}, one(VersionBumpPatch)},
		{"version_compare", compare, two(VersionCompare)},
		{"version_equal", compare, versionTest(func(order int) bool { return order == 0 })},
		{"version_less_than", compare, versionTest(func(order int) bool { return order < 0 })},
		{"version_match", compare, two(VersionMatch)},
		{"version_more_than", compare, versionTest(func(order int) bool { return order > 0 })},
		{"version_strip_patch", []Parameter{value}, one(VersionStripPatch)},
		{"yaml_dump", toYAML, dumpYAML},
		{"yaml_parse", []Parameter{value}, one(FromYAMLString)},
	}
}
