package yaql

import (
	"slices"
	"strings"

	"github.com/petrel-dev/petrel/internal/suggest"
)

// isName reports whether people can write the name, unlike that of an operator.
func isName(function string) bool {
	return !strings.HasPrefix(function, "#") && !strings.HasPrefix(function, "*")
}

// closestKey suggests a string key of a dictionary.
func closestKey(dict any, name string) string {
	if dictLen(dict) > 1000 {
		return ""
	}
	var names []string
	for _, k := range dictKeys(dict) {
		if s, ok := k.(string); ok {
			names = append(names, s)
		}
	}
	return suggest.Closest(name, slices.Values(names))
}
