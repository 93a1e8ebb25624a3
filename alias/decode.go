package alias

import (
	"fmt"
	"slices"

	"github.com/petrel-dev/petrel/internal/suggest"
	"github.com/petrel-dev/petrel/pyvalue"
	"github.com/petrel-dev/petrel/schema"
)

// keys are those of an alias file. What a store adds to them is ignored.
var keys = []string{
	"name", "pack", "action_ref", "description", "enabled", "formats", "ack", "result", "extra",
	"immutable_parameters", "metadata_file", "ref", "uid", "id",
}

// Decode reads an alias file: a mapping, as its YAML or JSON holds it. Entries
// inside formats, ack and result that are not known are ignored. The formats are
// not checked, which [Compile] does. The error is an [*Error] with all problems.
func Decode(value any) (Definition, error) {
	var d decoder
	definition := d.alias(value)
	ref := ""
	if definition.Name != "" {
		ref = definition.Ref()
	}
	return definition, d.problems.err(ref)
}

type decoder struct{ problems problems }

func (d *decoder) alias(value any) Definition {
	if !pyvalue.IsDict(value) {
		d.wrong(nil, "a mapping", value)
		return Definition{}
	}
	for key := range pyvalue.Entries(value) {
		if name, ok := key.(string); !ok || !slices.Contains(keys, name) {
			d.problems.add(schema.Path{pyvalue.Str(key)}, "is not known",
				suggest.Closest(pyvalue.Str(key), slices.Values(keys)))
		}
	}
	return Definition{
		Pack:        d.text(value, nil, "pack"),
		Name:        d.text(value, nil, "name"),
		Description: d.text(value, nil, "description"),
		ActionRef:   d.text(value, nil, "action_ref"),
		Disabled:    !d.flag(value, nil, "enabled", true),
		Formats:     d.formats(value),
		Ack:         d.ack(value),
		Result:      d.result(value),
		Extra:       d.object(value, nil, "extra"),
		Immutable:   d.object(value, nil, "immutable_parameters"),
	}
}

func (d *decoder) formats(value any) []Format {
	entry, _ := pyvalue.LookupString(value, "formats")
	items, ok := pyvalue.Elements(entry)
	if !ok || !pyvalue.IsList(entry) {
		if entry != nil {
			d.wrong(schema.Path{"formats"}, "a list", entry)
		}
		return nil
	}
	formats := make([]Format, 0, len(items))
	for i, item := range items {
		place := schema.Path{"formats", i}
		text, isText := item.(string)
		switch {
		case isText:
			formats = append(formats, Simple(text))
		case pyvalue.IsDict(item):
			formats = append(formats, Format{
				Display:         d.text(item, place, "display"),
				Representations: d.representations(item, place),
				MatchMultiple:   d.flag(item, place, "match_multiple", false),
			})
		default:
			d.wrong(place, "a text or a mapping with display and representation", item)
		}
	}
	return formats
}

func (d *decoder) representations(format any, place schema.Path) []string {
	entry, _ := pyvalue.LookupString(format, "representation")
	place = with(place, "representation")
	if text, ok := entry.(string); ok {
		if text == "" {
			return nil
		}
		return []string{text}
	}
	items, ok := pyvalue.Elements(entry)
	if !ok || !pyvalue.IsList(entry) {
		if entry != nil {
			d.wrong(place, "a list of texts", entry)
		}
		return nil
	}
	list := make([]string, 0, len(items))
	for i, item := range items {
		text, ok := item.(string)
		if !ok {
			d.wrong(with(place, i), "a text", item)
			continue
		}
		list = append(list, text)
	}
	return list
}

func (d *decoder) ack(value any) *Ack {
	entry := d.mapping(value, nil, "ack")
	if entry == nil {
		return nil
	}
	place := schema.Path{"ack"}
	return &Ack{
		Disabled: !d.flag(entry, place, "enabled", true),
		HideURL:  !d.flag(entry, place, "append_url", true),
		Format:   d.text(entry, place, "format"),
		Extra:    d.object(entry, place, "extra"),
	}
}

func (d *decoder) result(value any) *Result {
	entry := d.mapping(value, nil, "result")
	if entry == nil {
		return nil
	}
	place := schema.Path{"result"}
	return &Result{
		Disabled: !d.flag(entry, place, "enabled", true),
		Format:   d.text(entry, place, "format"),
		Extra:    d.object(entry, place, "extra"),
	}
}

func (d *decoder) text(value any, place schema.Path, name string) string {
	entry, _ := pyvalue.LookupString(value, name)
	text, ok := entry.(string)
	if !ok && entry != nil {
		d.wrong(with(place, name), "a text", entry)
	}
	return text
}

func (d *decoder) flag(value any, place schema.Path, name string, otherwise bool) bool {
	entry, _ := pyvalue.LookupString(value, name)
	if entry == nil {
		return otherwise
	}
	flag, ok := entry.(bool)
	if !ok {
		d.wrong(with(place, name), "true or false", entry)
		return otherwise
	}
	return flag
}

// mapping returns an entry, nil if there is none.
func (d *decoder) mapping(value any, place schema.Path, name string) any {
	entry, _ := pyvalue.LookupString(value, name)
	if entry != nil && !pyvalue.IsDict(entry) {
		d.wrong(with(place, name), "a mapping", entry)
		return nil
	}
	return entry
}

func (d *decoder) object(value any, place schema.Path, name string) *pyvalue.Map {
	m, _ := pyvalue.ToMap(d.mapping(value, place, name))
	return m
}

func (d *decoder) wrong(place schema.Path, wanted string, got any) {
	d.problems.add(place, fmt.Sprintf("must be %s, not %s", wanted, pyvalue.TypeName(got)), "")
}

func with(place schema.Path, step any) schema.Path {
	return append(slices.Clip(place), step)
}
