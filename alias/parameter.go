package alias

import (
	"context"
	"fmt"
	"strings"

	"github.com/petrel-dev/petrel/jinja"
	"github.com/petrel-dev/petrel/parameters"
	"github.com/petrel-dev/petrel/pyvalue"
	"github.com/petrel-dev/petrel/schema"
)

// WithImmutable returns given parameters together with the alias's immutable
// ones, rendered by [jinja.RenderValues]. By convention vars has st2kv,
// action_alias_ref, api_user, user and source_channel. The given parameters are
// not changed. The error is [ErrImmutable] if a command gives an immutable
// parameter, with all of them, or the error of a template.
func (a *Alias) WithImmutable(ctx context.Context, templates jinja.Compiler, given *pyvalue.Map, vars jinja.Vars) (*pyvalue.Map, error) {
	fixed := a.definition.Immutable
	if fixed.Len() == 0 {
		return given, nil
	}
	var clashes []string
	for name := range fixed.Keys() {
		if given.Has(name) {
			clashes = append(clashes, pyvalue.Str(name))
		}
	}
	if len(clashes) > 0 {
		return nil, fmt.Errorf("alias %s: %w: %s", a.Ref(), ErrImmutable, strings.Join(clashes, ", "))
	}
	rendered, err := jinja.RenderValues(ctx, templates, fixed, vars)
	if err != nil {
		return nil, fmt.Errorf("alias %s: immutable_parameters: %w", a.Ref(), err)
	}
	all := pyvalue.NewMap(given.Len() + rendered.Len())
	for _, part := range []*pyvalue.Map{given, rendered} {
		for name, value := range part.All() {
			if err := all.Set(name, value); err != nil {
				return nil, err
			}
		}
	}
	return all, nil
}

// Cast gives the parameters of a command the types that an action declares, or
// its runner for those that the action does not; either may be nil. A text for an
// array is split at commas. Null stays null, and what is not declared stays as it
// is, for validation to refuse. The error is a [*parameters.Error] of kind
// [parameters.ErrCast] with all problems.
func Cast(runner, action *schema.Parameters, given *pyvalue.Map) (*pyvalue.Map, error) {
	result := pyvalue.NewMap(given.Len())
	var failed []parameters.Problem
	for key, value := range given.All() {
		name, ok := key.(string)
		if !ok {
			continue
		}
		by, known := action.Get(name)
		if !known {
			by, _ = runner.Get(name)
		}
		cast, err := castValue(value, by.Type)
		if err != nil {
			message := err.Error()
			if by.Secret {
				// The cause may quote the value.
				message, err = "does not have the type "+by.Type, nil
			}
			failed = append(failed, parameters.Problem{Parameter: name, Message: message, Err: err})
			continue
		}
		result.SetString(name, cast)
	}
	if len(failed) > 0 {
		return nil, &parameters.Error{Kind: parameters.ErrCast, Problems: failed}
	}
	return result, nil
}

func castValue(value any, typ string) (any, error) {
	text, isText := value.(string)
	switch {
	case value == nil || typ == "":
		return value, nil
	case typ == "array" && isText:
		var items []any
		for item := range strings.SplitSeq(text, ",") {
			items = append(items, strings.TrimFunc(item, pyvalue.IsSpace))
		}
		return items, nil
	}
	return schema.Cast(value, typ)
}
