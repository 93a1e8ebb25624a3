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
	// text is the template of a text, or of the JSON form of a container.
	text *jinja.Template
	// brokenJSON is why the JSON form of a container is not a template, although
	// its Python form is.
	brokenJSON error
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
// what a malformed template is.
func newTemplate(compiler jinja.Compiler, value any) *template {
	if !holdsTemplate(value) {
		return nil
	}
	if text, ok := value.(string); ok {
		compiled, err := compiler.Compile(text)
		if err != nil {
			return nil
		}
		return &template{value: value, text: compiled, names: compiled.Variables()}
	}
	// StackStorm looks for variables in the Python form of a container, but
	// renders its JSON form.
	python, err := pyvalue.StrWithin(value, 0)
	if err != nil {
		return nil
	}
	parsed, err := compiler.Compile(python)
	if err != nil {
		return nil
	}
	t := &template{value: value, names: parsed.Variables()}
	encoded, err := pyvalue.EncodeJSON(value, pyvalue.CompactStyle())
	if err == nil {
		t.text, err = compiler.Compile(wholeVariable.ReplaceAllString(encoded, "{{$1 | to_complex}}"))
	}
	t.brokenJSON = err
	return t
}

// wholeVariable is a JSON string that is nothing but a variable, whose type is
// kept. The range from A to z is meant to be as odd as it is.
var wholeVariable = regexp.MustCompile(`"\{\{([A-z0-9_-]+)\}\}"`)

func (t *template) isText() bool {
	_, ok := t.value.(string)
	return ok
}

// render returns the value of the template.
func (t *template) render(ctx context.Context, compiler jinja.Compiler, vars jinja.Vars) (any, error) {
	if t.isText() {
		return t.text.Render(ctx, vars)
	}
	value, err := t.renderJSON(ctx, vars)
	if err == nil || pyvalue.KindOf(err) != pyvalue.KindJSONDecode && err != t.brokenJSON {
		return value, err
	}
	// A value with a quote or a line break in it breaks the JSON around it, which
	// is an error in StackStorm. The leaves one by one have no such trouble.
	leaves := leafRenderer{ctx, compiler, vars}
	if value, leafErr := leaves.render(t.value); leafErr == nil {
		return value, nil
	}
	return nil, err
}

// renderJSON renders a container as StackStorm does: as one text, read again as
// JSON.
func (t *template) renderJSON(ctx context.Context, vars jinja.Vars) (any, error) {
	if t.brokenJSON != nil {
		return nil, t.brokenJSON
	}
	text, err := t.text.Render(ctx, vars)
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
