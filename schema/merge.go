package schema

import (
	"slices"

	"github.com/petrel-dev/petrel/pyvalue"
)

// Merge checks the parameters of an action against those of its runner and
// returns the parameters that a request for the action may give: the runner's
// first, each changed by the attributes the action sets, then the action's own.
// Either may be nil. The error is a [*DefinitionError] that lists every position
// that is used twice or left out, every immutable parameter without a default,
// and every attribute of a runner parameter that an action may not change.
func Merge(runner, action *Parameters) (*Parameters, error) {
	problems := positionProblems(action)
	for own := range action.All() {
		base, overrides := runner.Get(own.Name)
		if overrides {
			problems = append(problems, overrideProblems(base, own)...)
		}
		if own.Definition.Has("immutable") && !own.HasDefault && !base.HasDefault {
			problems = append(problems, Problem{Path: Path{own.Name, "immutable"}, Message: "needs a default beside it"})
		}
	}
	if len(problems) > 0 {
		return nil, &DefinitionError{Problems: problems}
	}
	switch {
	case runner.Len() == 0 && action != nil:
		return action, nil
	case action.Len() == 0 && runner != nil:
		return runner, nil
	}
	return NewParameters(overlay(runner.Definition(), action.Definition()))
}

// overridable are the attributes of a runner parameter that an action may set.
var overridable = []string{"default", "description", "enum", "immutable", "required"}

func overrideProblems(base, own Parameter) []Problem {
	var problems []Problem
	for key, value := range own.Definition.All() {
		attribute, _ := key.(string)
		set, isSet := base.Definition.GetString(attribute)
		switch at := (Path{own.Name, attribute}); {
		case attribute == "immutable" && isSet:
			problems = append(problems, Problem{Path: at, Message: "cannot be set, the runner's parameter decides it"})
		case slices.Contains(overridable, attribute) || isSet && pyvalue.Equal(set, value):
		case isSet:
			problems = append(problems, Problem{Path: at, Message: "cannot be changed, the runner's parameter has " + pyvalue.Repr(set)})
		default:
			problems = append(problems, Problem{Path: at, Message: "cannot be added to a parameter of the runner"})
		}
	}
	return problems
}

// positionProblems finds positions used twice and gaps between positions.
func positionProblems(action *Parameters) []Problem {
	var problems []Problem
	var positioned []Parameter
	for own := range action.All() {
		if own.Position >= 0 {
			positioned = append(positioned, own)
		}
	}
	slices.SortStableFunc(positioned, func(a, b Parameter) int { return a.Position - b.Position })
	for i := 1; i < len(positioned); i++ {
		last, own := positioned[i-1], positioned[i]
		at := Path{own.Name, "position"}
		switch own.Position - last.Position {
		case 0:
			problems = append(problems, Problem{Path: at, Message: "is used by " + last.Name + " as well"})
		case 1:
		default:
			problems = append(problems, Problem{Path: at, Message: "leaves a gap after the position of " + last.Name})
		}
	}
	return problems
}

// overlay returns base with the entries of top, dicts merged at every level.
func overlay(base, top *pyvalue.Map) *pyvalue.Map {
	merged := pyvalue.NewMap(base.Len() + top.Len())
	for key, value := range base.All() {
		_ = merged.Set(key, value) // a key of a map is hashable
	}
	for key, value := range top.All() {
		if before, ok := merged.Get(key); ok && key != "default" && pyvalue.IsDict(before) && pyvalue.IsDict(value) {
			below, _ := pyvalue.ToMap(before)
			above, _ := pyvalue.ToMap(value)
			value = overlay(below, above)
		}
		_ = merged.Set(key, value)
	}
	return merged
}
