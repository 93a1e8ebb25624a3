package schema

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/petrel-dev/petrel/internal/suggest"
	"github.com/petrel-dev/petrel/pyvalue"
)

const (
	// maxSteps bounds the work of one validation: a schema that refers to itself
	// several times can multiply the work at each level of the value.
	maxSteps = 2_000_000
	// maxDepth is how deep values may be nested.
	maxDepth = 1000
)

// validation is the work of checking one value.
type validation struct {
	path     []step
	problems []Problem
	// quiet stops at the first problem and keeps no text.
	quiet  bool
	failed bool
	// hidden counts the secrets around the current place.
	hidden int
	steps  int
}

// step is a part of a path: a name, or an index if name is empty and index is
// not negative.
type step struct {
	name  string
	index int
}

func (n *node) validate(value any) error {
	v := validation{}
	v.check(n, value)
	return v.result()
}

// result returns the error of a validation that is done.
func (v *validation) result() error {
	if v.exhausted() {
		// What was found may follow from what was not checked any more.
		v.problems = []Problem{{Message: "is too large or nested too deep to be checked"}}
	}
	return validationError(v.problems)
}

func (v *validation) exhausted() bool { return v.steps > maxSteps }

// accepts reports whether n has nothing against value.
func (v *validation) accepts(n *node, value any) bool {
	trial := validation{quiet: true, steps: v.steps, path: v.path}
	trial.check(n, value)
	v.steps = trial.steps
	return !trial.failed
}

func (v *validation) report(suggestion, format string, args ...any) {
	v.failed = true
	if v.quiet {
		return
	}
	path := make(Path, len(v.path))
	for i, s := range v.path {
		if s.index >= 0 {
			path[i] = s.index
		} else {
			path[i] = s.name
		}
	}
	v.problems = append(v.problems, Problem{Path: path, Message: fmt.Sprintf(format, args...), Suggestion: suggestion})
}

func (v *validation) enterName(name string) { v.path = append(v.path, step{name, -1}) }
func (v *validation) enterIndex(i int)      { v.path = append(v.path, step{"", i}) }
func (v *validation) leave()                { v.path = v.path[:len(v.path)-1] }

// shown returns a value as a message may show it, with text before it. It is
// empty for secrets and for null.
func (v *validation) shown(before string, value any) string {
	if v.hidden > 0 || v.quiet || value == nil {
		return ""
	}
	const limit = 60
	text, err := pyvalue.ReprWithin(value, 1000)
	if err != nil {
		return ""
	}
	if utf8.RuneCountInString(text) > limit {
		text = string([]rune(text)[:limit]) + "…"
	}
	return before + text
}

func (v *validation) check(n *node, value any) {
	for n.ref != nil {
		n = n.ref
	}
	if len(v.path) > maxDepth {
		v.steps = maxSteps
	}
	if v.steps++; v.exhausted() {
		v.failed = true
		return
	}
	if n.secret {
		v.hidden++
		defer func() { v.hidden-- }()
	}
	k := kindOf(value)
	if k == kindOther {
		converted, err := pyvalue.FromGo(value)
		if err != nil {
			v.report("", "is a %T, which no schema can describe", value)
			return
		}
		value = converted
		if k = kindOf(value); k == kindOther && n.types == 0 && !n.nullable {
			return
		}
	}
	if !v.checkType(n, k, value) {
		return
	}
	if n.enum != nil && !slices.ContainsFunc(n.enum, func(e any) bool { return sameValue(e, value) }) {
		v.report(v.suggestOne(n.enum, value), "must be one of %s%s", listed(n.enum), v.shown("; is ", value))
	}
	switch k {
	case kindInteger, kindNumber:
		if n.number != nil {
			v.checkNumber(n.number, value)
		}
	case kindString:
		if text, ok := value.(string); ok && n.text != nil {
			v.checkText(n.text, text)
		}
	case kindArray:
		if n.array != nil {
			items, _ := pyvalue.Elements(value)
			v.checkArray(n.array, items)
		}
	case kindObject:
		if n.object != nil {
			v.checkObject(n.object, value)
		}
	}
	v.checkCombinations(n, k, value)
}

// checkType reports whether the kind is right, so that looking further makes
// sense.
func (v *validation) checkType(n *node, k kind, value any) bool {
	types := n.types
	if n.nullable && n.anyOf == nil && n.oneOf == nil {
		if k == kindNull {
			return true
		}
		if types == 0 {
			types = 1 << kindString
		}
	}
	if types == 0 || types.accepts(k) {
		return true
	}
	if n.nullable {
		types |= 1 << kindNull
	}
	if v.quiet {
		v.failed = true
		return false
	}
	is := k.withArticle()
	switch {
	case k == kindOther:
		is = "a " + pyvalue.TypeName(value)
	case k == kindNumber && types.has(kindInteger):
		is = "a number written with a fraction"
	}
	v.report("", "must be %s, is %s%s", types, is, v.shown(": ", value))
	return false
}

func (v *validation) checkText(r *textRules, text string) {
	if r.minLength > 0 || r.maxLength >= 0 {
		length := utf8.RuneCountInString(text)
		if length < r.minLength {
			v.report("", "must have at least %s, has %d", counted(r.minLength, "character", "characters"), length)
		}
		if r.maxLength >= 0 && length > r.maxLength {
			v.report("", "must have at most %s, has %d", counted(r.maxLength, "character", "characters"), length)
		}
	}
	if r.pattern == nil {
		return
	}
	switch matches, err := r.pattern.match(text); {
	case err != nil:
		v.report("", "cannot be checked against the pattern %q: %v", r.pattern.source, err)
	case !matches:
		v.report("", "must match the pattern %q%s", r.pattern.source, v.shown("; is ", text))
	}
}

func (v *validation) checkArray(r *arrayRules, items []any) {
	if len(items) < r.minItems {
		v.report("", "must have at least %s, has %d", counted(r.minItems, "item", "items"), len(items))
	}
	if r.maxItems >= 0 && len(items) > r.maxItems {
		v.report("", "must have at most %s, has %d", counted(r.maxItems, "item", "items"), len(items))
	}
	if r.noRest && r.items == nil && len(items) > len(r.places) {
		v.report("", "must have no more than %s, has %d", counted(len(r.places), "item", "items"), len(items))
	}
	if r.unique {
		if i, j := v.firstRepetition(items); j > 0 {
			v.enterIndex(j)
			v.report("", "repeats item %d", i)
			v.leave()
		}
	}
	if r.items == nil && r.places == nil {
		return
	}
	for i, item := range items {
		if v.quiet && v.failed {
			return
		}
		if n := r.at(i); n != nil {
			v.enterIndex(i)
			v.check(n, r.effective(n, item))
			v.leave()
		}
	}
}

// firstRepetition returns the places of the first item that stands twice, or
// zeros.
func (v *validation) firstRepetition(items []any) (first, second int) {
	type key struct {
		boolean bool
		hash    any
	}
	seen := make(map[key]int, len(items))
	var others []int
	for j, item := range items {
		if hash, err := pyvalue.HashKey(item); err == nil {
			_, boolean := item.(bool)
			if i, ok := seen[key{boolean, hash}]; ok {
				return i, j
			}
			seen[key{boolean, hash}] = j
			continue
		}
		for _, i := range others {
			v.steps++
			if v.exhausted() {
				return 0, 0
			}
			if sameValue(items[i], item) {
				return i, j
			}
		}
		others = append(others, j)
	}
	return 0, 0
}

func (v *validation) checkCombinations(n *node, k kind, value any) {
	for _, m := range n.allOf {
		v.check(m, value)
	}
	if n.anyOf != nil && (!n.nullable || k != kindNull) {
		if !slices.ContainsFunc(n.anyOf, func(m *node) bool { return v.accepts(m, value) }) {
			v.reportNoAlternative(n.anyOf, k, value)
		}
	}
	if n.oneOf != nil && (!n.nullable || n.anyOf != nil || k != kindNull) {
		matches := 0
		for _, m := range n.oneOf {
			if v.accepts(m, value) {
				matches++
			}
		}
		switch {
		case matches == 0:
			v.reportNoAlternative(n.oneOf, k, value)
		case matches > 1:
			v.report("", "must match exactly one of %d alternatives, matches %d%s", len(n.oneOf), matches, v.shown("; is ", value))
		}
	}
	if n.not != nil && v.accepts(n.not, value) {
		v.report("", "must not be what the schema excludes%s", v.shown("; is ", value))
	}
}

// reportNoAlternative says what the only alternative for that kind of value has
// against it, or that there is none.
func (v *validation) reportNoAlternative(nodes []*node, k kind, value any) {
	if v.quiet {
		v.failed = true
		return
	}
	var expected kinds
	var candidates []*node
	for _, m := range nodes {
		for m.ref != nil {
			m = m.ref
		}
		if m.types == 0 || m.types.accepts(k) {
			candidates = append(candidates, m)
		}
		expected |= m.types
	}
	switch {
	case len(candidates) == 1:
		v.check(candidates[0], value)
	case len(candidates) == 0:
		v.report("", "must be %s, is %s%s", expected, k.withArticle(), v.shown(": ", value))
	default:
		v.report("", "matches none of %d alternatives%s", len(candidates), v.shown("; is ", value))
	}
}

// sameValue is Python's equality, except that booleans are not numbers.
func sameValue(a, b any) bool {
	_, aBool := a.(bool)
	_, bBool := b.(bool)
	return aBool == bBool && pyvalue.Equal(a, b)
}

// listed shows the values of an enum.
func listed(values []any) string {
	const limit = 12
	var texts []string
	for i, e := range values {
		if i == limit {
			return strings.Join(texts, ", ") + fmt.Sprintf(" and %d more", len(values)-limit)
		}
		texts = append(texts, pyvalue.Repr(e))
	}
	return alternatives(texts)
}

// counted returns a number with its noun: "1 item", "2 items".
func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

func (v *validation) suggestOne(enum []any, value any) string {
	text, ok := value.(string)
	if !ok || v.quiet || v.hidden > 0 {
		return ""
	}
	var names []string
	for _, e := range enum {
		if name, ok := e.(string); ok {
			names = append(names, name)
		}
	}
	return suggest.DidYouMean(text, slices.Values(names))
}
