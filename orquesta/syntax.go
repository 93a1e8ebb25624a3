package orquesta

import (
	"maps"
	"slices"
	"strings"

	"github.com/petrel-dev/petrel/internal/suggest"
	"github.com/petrel-dev/petrel/pyvalue"
	"github.com/petrel-dev/petrel/pyyaml"
)

// inspectSyntax checks the form of the definition.
func (d *Definition) inspectSyntax() []Finding {
	var findings []Finding
	form := definitionSchema()
	form.check(d.expanded(), nil, nil, func(at place, path []string, message string) {
		f := Finding{
			Category: Syntax, Position: d.position(at), Message: message,
			SpecPath: at.text(), SchemaPath: strings.Join(path, "."),
		}
		if path[len(path)-1] == "additionalProperties" {
			f.Position, f.Suggestion = d.unknownKey(form, at, path)
		}
		findings = append(findings, f)
	})
	for _, name := range d.names {
		if !isWord.MatchString(name) {
			at := place{"tasks", name}
			findings = append(findings, Finding{
				Category: Syntax, Position: d.position(at), SpecPath: at.text(),
				Message: "The task name " + pyvalue.Repr(name) + " must consist of letters, digits and underscores.",
			})
		}
	}
	return findings
}

// unknownKey returns where the first key stands that a mapping must not have,
// and what one of those keys may have been meant to be.
func (d *Definition) unknownKey(form *schema, at place, path []string) (position pyyaml.Position, suggestion string) {
	for _, step := range path[:len(path)-1] {
		switch step {
		case "properties", "patternProperties":
		case "items":
			form = form.items
		case wordKeys:
			form = form.named
		default:
			form = form.properties[step]
		}
	}
	var v any = d.expanded()
	for _, step := range at {
		v, _ = index(v, step)
	}
	found := false
	for key := range pyvalue.Entries(v) {
		name, _ := key.(string)
		if form.properties[name] != nil {
			continue
		}
		if !found {
			found, position = true, d.position(at.with(key))
		}
		if suggestion == "" {
			suggestion = suggest.DidYouMean(name, maps.Keys(form.properties))
		}
	}
	return position, suggestion
}

func index(v, step any) (any, bool) {
	if i, ok := step.(int); ok {
		elements, _ := pyvalue.Elements(v)
		if i < len(elements) {
			return elements[i], true
		}
		return nil, false
	}
	return pyvalue.Lookup(v, step)
}

// expanded is the document with the short form of with written out.
func (d *Definition) expanded() *pyvalue.Map {
	tasks, ok := mapOf(d.root, "tasks")
	if !ok || !slices.ContainsFunc(d.names, func(name string) bool { return d.tasks[name].Items != nil }) {
		return d.root
	}
	out := tasks.Clone()
	for name, body := range tasks.All() {
		task, ok := body.(*pyvalue.Map)
		if !ok {
			continue
		}
		if with, _ := task.GetString("with"); hasType(with, "string") {
			task = task.Clone()
			task.SetString("with", pyvalue.MapOf("items", with))
			_ = out.Set(name, task) // the key is in the map already
		}
	}
	root := d.root.Clone()
	root.SetString("tasks", out)
	return root
}
