package functions

import (
	"github.com/petrel-dev/petrel/pyregexp"
	"github.com/petrel-dev/petrel/pyvalue"
)

// compile returns the text form of value and the compiled pattern.
func compile(value, pattern, ignoreCase any) (string, *pyregexp.Regexp, error) {
	source, ok := pattern.(string)
	if !ok {
		return "", nil, pyvalue.Errorf(pyvalue.KindType, "the pattern must be a text, not %s", pyvalue.TypeName(pattern))
	}
	text, err := pyvalue.StrWithin(value, 0)
	if err != nil {
		return "", nil, err
	}
	var flags pyregexp.Flags
	if pyvalue.Truth(ignoreCase) {
		flags = pyregexp.IgnoreCase
	}
	re, err := pyregexp.Compile(source, flags)
	return text, re, err
}

// RegexMatch reports whether the pattern matches at the start of value's text.
func RegexMatch(value, pattern, ignoreCase any) (any, error) {
	text, re, err := compile(value, pattern, ignoreCase)
	if err != nil {
		return nil, err
	}
	m, err := re.Match(text)
	if err != nil {
		return nil, err
	}
	return m != nil, nil
}

// RegexSearch reports whether the pattern matches anywhere in value's text.
func RegexSearch(value, pattern, ignoreCase any) (any, error) {
	text, re, err := compile(value, pattern, ignoreCase)
	if err != nil {
		return nil, err
	}
	found, err := re.MatchString(text)
	if err != nil {
		return nil, err
	}
	return found, nil
}

// RegexReplace replaces all matches of the pattern in value's text.
func RegexReplace(value, pattern, replacement, ignoreCase any) (any, error) {
	text, re, err := compile(value, pattern, ignoreCase)
	if err != nil {
		return nil, err
	}
	template, ok := replacement.(string)
	if !ok {
		return nil, pyvalue.Errorf(pyvalue.KindType, "the replacement must be a text, not %s", pyvalue.TypeName(replacement))
	}
	replaced, err := re.Sub(text, template, 0)
	if err != nil {
		return nil, err
	}
	return replaced, nil
}

// RegexSubstring returns one of all matches, by its index: the whole match, the
// group if the pattern has one, or a tuple of the groups if it has several.
func RegexSubstring(value, pattern, index, ignoreCase any) (any, error) {
	text, re, err := compile(value, pattern, ignoreCase)
	if err != nil {
		return nil, err
	}
	matches, err := re.FindAll(text, 0)
	if err != nil {
		return nil, err
	}
	results := make([]any, len(matches))
	for i, m := range matches {
		switch re.NumGroups() {
		case 0:
			results[i] = m.Text()
		case 1:
			results[i] = m.Group(1).Text
		default:
			groups := make(pyvalue.Tuple, re.NumGroups())
			for j := range groups {
				groups[j] = m.Group(j + 1).Text
			}
			results[i] = groups
		}
	}
	return pyvalue.Index(results, index)
}
