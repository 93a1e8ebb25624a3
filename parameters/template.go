package parameters

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"github.com/petrel-dev/petrel/jinja"
	"github.com/petrel-dev/petrel/pyvalue"
)

// template is a compiled value: a text, or a list or mapping with templates in
// it.
type template struct {
	// value is what was compiled.
	value any
	// names are the variables it reads.
	names []string
	// compiled is the text, or the JSON form of a container.
	compiled *jinja.Template
	// broken is why there is nothing compiled: rendering fails with it.
	broken error
}

// isTemplate reports whether a text may be a template.
func isTemplate(text string) bool {
	return strings.Contains(text, "{{") || strings.Contains(text, "{%")
}

// holdsTemplate reports whether a text anywhere in value may be a template.
func holdsTemplate(value any) bool {
	switch value := value.(type) {
	case string:
		return isTemplate(value)
	case []any, *pyvalue.List, pyvalue.Tuple:
		items, _ := pyvalue.Elements(value)
		return slices.ContainsFunc(items, holdsTemplate)
	case *pyvalue.Map, map[string]any:
		for key, item := range pyvalue.Entries(value) {
			if holdsTemplate(key) || holdsTemplate(item) {
				return true
			}
		}
	}
	return false
}

// newTemplate compiles a value. It returns nil for a plain one, which is also
// what a text with a syntax error is. Other errors, such as a filter that does
// not exist, come to light when the template is rendered.
func newTemplate(compiler jinja.Compiler, value any) *template {
	if !holdsTemplate(value) {
		return nil
	}
	t := &template{value: value}
	text, isText := value.(string)
	if !isText {
		// StackStorm looks for variables in the Python form of a container, but
		// renders its JSON form.
		var err error
		if text, err = pyvalue.StrWithin(value, 0); err != nil {
			t.broken = err
			return t
		}
	}
	compiled, err := compiler.Compile(text)
	switch {
	case jinja.KindOf(err) == jinja.KindSyntax:
		return nil
	case err != nil:
		t.broken = err
		return t
	}
	t.compiled, t.names = compiled, compiled.Variables()
	if !isText {
		t.compiled, t.broken = compileContainer(compiler, value)
	}
	return t
}

func compileContainer(compiler jinja.Compiler, value any) (*jinja.Template, error) {
	encoded, err := pyvalue.EncodeJSON(value, pyvalue.CompactStyle())
	if err != nil {
		return nil, err
	}
	return compiler.Compile(wholeVariable.ReplaceAllString(encoded, "{{$1 | to_complex}}"))
}

// wholeVariable is a JSON string that is nothing but a variable, whose type is
// kept. The range from A to z is meant to be as odd as it is.
var wholeVariable = regexp.MustCompile(`"\{\{([A-z0-9_-]+)\}\}"`)

// render returns the value of the template.
func (t *template) render(ctx context.Context, compiler jinja.Compiler, vars jinja.Vars) (any, error) {
	if _, ok := t.value.(string); ok {
		if t.broken != nil {
			return nil, t.broken
		}
		return t.compiled.Render(ctx, vars)
	}
	value, err := t.renderJSON(ctx, vars)
	if err == nil || pyvalue.KindOf(err) != pyvalue.KindJSONDecode && jinja.KindOf(err) != jinja.KindSyntax {
		return value, err
	}
	// A quote or a line break in a value breaks the JSON around it, and a quote in
	// a template is escaped in it, which are errors in StackStorm. The texts one by
	// one have no such trouble.
	leaves := leafRenderer{ctx, compiler, vars}
	if value, leafErr := leaves.render(t.value); leafErr == nil {
		return value, nil
	}
	return nil, err
}

// renderJSON renders a container as StackStorm does: as one text, read again as
// JSON.
func (t *template) renderJSON(ctx context.Context, vars jinja.Vars) (any, error) {
	if t.broken != nil {
		return nil, t.broken
	}
	text, err := t.compiled.Render(ctx, vars)
	if err != nil {
		return nil, err
	}
	return pyvalue.DecodeJSON(text, pyvalue.StrictJSON)
}

// leafRenderer renders each text in a container by itself.
type leafRenderer struct {
	ctx      context.Context
	compiler jinja.Compiler
	vars     jinja.Vars
}

func (r leafRenderer) render(value any) (any, error) {
	switch value := value.(type) {
	case string:
		return r.renderText(value)
	case []any, *pyvalue.List, pyvalue.Tuple:
		items, _ := pyvalue.Elements(value)
		rendered := make([]any, len(items))
		for i, item := range items {
			var err error
			if rendered[i], err = r.render(item); err != nil {
				return nil, err
			}
		}
		return pyvalue.NewList(rendered...), nil
	case *pyvalue.Map, map[string]any:
		rendered := pyvalue.NewMap(0)
		for key, item := range pyvalue.Entries(value) {
			name, err := r.render(key)
			if err != nil {
				return nil, err
			}
			changed, err := r.render(item)
			if err != nil {
				return nil, err
			}
			if err := rendered.Set(name, changed); err != nil {
				return nil, err
			}
		}
		return rendered, nil
	}
	return value, nil
}

func (r leafRenderer) renderText(text string) (any, error) {
	if !isTemplate(text) {
		return text, nil
	}
	whole := wholeVariable.FindStringSubmatch(`"` + text + `"`)
	keepsType := whole != nil && len(whole[0]) == len(text)+2
	if keepsType {
		text = "{{" + whole[1] + " | to_complex}}"
	}
	compiled, err := r.compiler.Compile(text)
	if err != nil {
		return nil, err
	}
	rendered, err := compiled.Render(r.ctx, r.vars)
	if err != nil || !keepsType {
		return rendered, err
	}
	return pyvalue.DecodeJSON(rendered, pyvalue.StrictJSON)
}
