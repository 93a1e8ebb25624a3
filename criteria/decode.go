package criteria

import (
	"errors"
	"fmt"
	"strings"

	"github.com/petrel-dev/petrel/pyvalue"
)

// Decode reads the criteria of a rule file: a mapping of keys to criteria, each
// a mapping with type, pattern and condition. Other entries of a criterion are
// ignored. A criterion without type is returned with an empty one. The error is
// an [*Error] with all problems.
func Decode(value any) ([]Criterion, error) {
	if !pyvalue.IsDict(value) {
		return nil, &Error{Problems: []Problem{{Message: "must be a mapping of keys to criteria, not " + pyvalue.TypeName(value)}}}
	}
	var list []Criterion
	var problems []Problem
	for key, entry := range pyvalue.Entries(value) {
		name, ok := key.(string)
		if !ok {
			problems = append(problems, Problem{Key: pyvalue.Str(key), Message: "the key must be a text"})
			continue
		}
		criterion, _, err := decodeCriterion(name, entry)
		if err == nil && !pyvalue.IsDict(entry) {
			err = errors.New("must be a mapping with type and pattern")
		}
		if err != nil {
			problems = append(problems, Problem{Key: name, Message: err.Error()})
			continue
		}
		list = append(list, criterion)
	}
	if len(problems) > 0 {
		return nil, &Error{Problems: problems}
	}
	return list, nil
}

// decodeCriterion reads one criterion. It is untyped if it does not contain
// "type"; even of a text or list StackStorm asks that, and fails only on one
// that does.
func decodeCriterion(key string, value any) (c Criterion, untyped bool, err error) {
	if !pyvalue.IsDict(value) {
		contains, err := pyvalue.Contains(value, "type")
		if err != nil || contains {
			return c, false, fmt.Errorf("must be a mapping with type and pattern, not %s", pyvalue.TypeName(value))
		}
		return c, true, nil
	}
	c.Key = key
	name, typed := pyvalue.LookupString(value, "type")
	if typed {
		text, ok := name.(string)
		if !ok || strings.TrimSpace(text) == "" {
			return c, false, fmt.Errorf("type must be the name of an operator, not %s", pyvalue.Repr(name))
		}
		c.Type = text
	}
	c.Pattern, _ = pyvalue.LookupString(value, "pattern")
	switch condition, _ := pyvalue.LookupString(value, "condition"); condition := condition.(type) {
	case nil:
	case string:
		c.Condition = condition
	default:
		c.Condition = pyvalue.Repr(condition)
	}
	return c, !typed, nil
}
