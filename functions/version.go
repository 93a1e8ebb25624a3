package functions

import (
	"cmp"
	"math/big"
	"strings"

	"github.com/petrel-dev/petrel/pyvalue"
)

// version is a semantic version; its numbers have any size. The build part is
// checked and forgotten.
type version struct {
	numbers    [3]*big.Int
	prerelease []string
}

func parseVersion(value any) (version, error) {
	var v version
	text, ok := value.(string)
	if !ok {
		return v, pyvalue.Errorf(pyvalue.KindType, "a version must be a text, not %s", pyvalue.TypeName(value))
	}
	fail := func() (version, error) {
		return v, pyvalue.Errorf(pyvalue.KindValue, "%s is not a semantic version: want MAJOR.MINOR.PATCH", pyvalue.Repr(text))
	}
	if len(text) > 1000 {
		return fail()
	}
	rest, build, hasBuild := strings.Cut(text, "+")
	core, prerelease, hasPrerelease := strings.Cut(rest, "-")
	if hasBuild && !identifiers(build, false) || hasPrerelease && !identifiers(prerelease, true) {
		return fail()
	}
	parts := strings.Split(core, ".")
	if len(parts) != 3 {
		return fail()
	}
	for i, part := range parts {
		if !numeric(part) || leadingZero(part) {
			return fail()
		}
		v.numbers[i], _ = new(big.Int).SetString(part, 10)
	}
	if hasPrerelease {
		v.prerelease = strings.Split(prerelease, ".")
	}
	return v, nil
}

func numeric(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

func leadingZero(s string) bool { return len(s) > 1 && s[0] == '0' }

// identifiers reports whether s is a list of identifiers with dots between.
func identifiers(s string, strictNumbers bool) bool {
	for part := range strings.SplitSeq(s, ".") {
		if part == "" || strictNumbers && numeric(part) && leadingZero(part) {
			return false
		}
		for i := range len(part) {
			if c := part[i]; (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') && c != '-' {
				return false
			}
		}
	}
	return true
}

func (v version) compare(other version) int {
	for i := range v.numbers {
		if order := v.numbers[i].Cmp(other.numbers[i]); order != 0 {
			return order
		}
	}
	switch {
	case v.prerelease == nil && other.prerelease == nil:
		return 0
	case v.prerelease == nil:
		return 1
	case other.prerelease == nil:
		return -1
	}
	for i := range min(len(v.prerelease), len(other.prerelease)) {
		if order := compareIdentifiers(v.prerelease[i], other.prerelease[i]); order != 0 {
			return order
		}
	}
	return cmp.Compare(len(v.prerelease), len(other.prerelease))
}

// compareIdentifiers orders numbers by value and before all else.
func compareIdentifiers(a, b string) int {
	switch {
	case numeric(a) && numeric(b):
		if order := cmp.Compare(len(a), len(b)); order != 0 {
			return order
		}
	case numeric(a):
		return -1
	case numeric(b):
		return 1
	}
	return strings.Compare(a, b)
}

func compareVersions(a, b any) (int, error) {
	v, err := parseVersion(a)
	if err != nil {
		return 0, err
	}
	w, err := parseVersion(b)
	if err != nil {
		return 0, err
	}
	return v.compare(w), nil
}

// VersionCompare returns -1, 0 or 1 as the first version is lower than, equal to
// or higher than the second.
func VersionCompare(a, b any) (any, error) {
	order, err := compareVersions(a, b)
	if err != nil {
		return nil, err
	}
	return int64(order), nil
}

func versionTest(holds func(order int) bool) func([]any) (any, error) {
	return func(a []any) (any, error) {
		order, err := compareVersions(a[0], a[1])
		if err != nil {
			return nil, err
		}
		return holds(order), nil
	}
}

// VersionMatch reports whether a version satisfies a condition such as ">=1.0.0".
// A condition without operator means equality.
func VersionMatch(value, condition any) (any, error) {
	if _, err := parseVersion(value); err != nil {
		return nil, err
	}
	text, ok := condition.(string)
	if !ok {
		return nil, pyvalue.Errorf(pyvalue.KindType, "the condition must be a text, not %s", pyvalue.TypeName(condition))
	}
	operators := []struct {
		sign  string
		holds func(int) bool
	}{
		{">=", func(order int) bool { return order >= 0 }},
		{"<=", func(order int) bool { return order <= 0 }},
		{"==", func(order int) bool { return order == 0 }},
		{"!=", func(order int) bool { return order != 0 }},
		{">", func(order int) bool { return order > 0 }},
		{"<", func(order int) bool { return order < 0 }},
	}
	for _, operator := range operators {
		if rest, ok := strings.CutPrefix(text, operator.sign); ok {
			return versionTest(operator.holds)([]any{value, rest})
		}
	}
	if text == "" || text[0] < '0' || text[0] > '9' {
		return nil, pyvalue.Errorf(pyvalue.KindValue, "the condition %s must begin with one of <, >, ==, <=, >=, != or be a version", pyvalue.Repr(text))
	}
	return versionTest(func(order int) bool { return order == 0 })([]any{value, text})
}

// VersionBumpMajor returns the next major version.
func VersionBumpMajor(value any) (any, error) { return bump(value, 0) }

// VersionBumpMinor returns the next minor version.
func VersionBumpMinor(value any) (any, error) { return bump(value, 1) }

// VersionBumpPatch returns the next patch version, also of a pre-release.
func VersionBumpPatch(value any) (any, error) { return bump(value, 2) }

func bump(value any, part int) (any, error) {
	v, err := parseVersion(value)
	if err != nil {
		return nil, err
	}
	texts := make([]string, len(v.numbers))
	for i, n := range v.numbers {
		switch {
		case i < part:
			texts[i] = n.String()
		case i == part:
			texts[i] = n.Add(n, big.NewInt(1)).String()
		default:
			texts[i] = "0"
		}
	}
	return strings.Join(texts, "."), nil
}

// VersionStripPatch returns the version as MAJOR.MINOR.
func VersionStripPatch(value any) (any, error) {
	v, err := parseVersion(value)
	if err != nil {
		return nil, err
	}
	return v.numbers[0].String() + "." + v.numbers[1].String(), nil
}
