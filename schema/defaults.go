package schema

import (
	"maps"
	"slices"

	"github.com/petrel-dev/petrel/pyvalue"
)

// withDefaults fills in what validation takes for granted, and reports whether
// there was anything.
func (n *node) withDefaults(value any) (any, bool) {
	for n.ref != nil {
		n = n.ref
	}
	switch kindOf(value) {
	case kindObject:
		if n.object != nil && n.object.fills {
			return n.object.withDefaults(value)
		}
	case kindArray:
		if n.array != nil && n.array.fills {
			return n.array.withDefaults(value)
		}
	}
	return value, false
}

func (r *arrayRules) withDefaults(value any) (any, bool) {
	items, _ := pyvalue.Elements(value)
	var filled []any
	for i, item := range items {
		n := r.at(i)
		if n == nil {
			continue
		}
		effective := r.effective(n, item)
		changed, did := n.withDefaults(effective)
		if did || item == nil && effective != nil {
			if filled == nil {
				filled = slices.Clone(items)
			}
			filled[i] = changed
		}
	}
	if filled == nil {
		return value, false
	}
	return filled, true
}

func (r *objectRules) withDefaults(value any) (any, bool) {
	changed := pyvalue.NewMap(0)
	for i := range r.properties {
		p := &r.properties[i]
		given, present := pyvalue.LookupString(value, p.name)
		item, ok := r.effective(p, value)
		if !ok {
			continue
		}
		filled, did := p.node.withDefaults(item)
		if did || !present || given == nil && item != nil {
			changed.SetString(p.name, filled)
		}
	}
	if changed.Len() == 0 {
		return value, false
	}
	if m, ok := value.(map[string]any); ok {
		filled := maps.Clone(m)
		if filled == nil {
			filled = map[string]any{}
		}
		for key, item := range changed.All() {
			filled[key.(string)] = item
		}
		return filled, true
	}
	m, _ := pyvalue.ToMap(value)
	filled := pyvalue.NewMap(m.Len() + changed.Len())
	for key, item := range m.All() {
		_ = filled.Set(key, item) // a key of a map is hashable
	}
	for key, item := range changed.All() {
		filled.SetString(key.(string), item)
	}
	return filled, true
}

// configDefaults fills in the defaults of a pack's configuration, which are
// found by other rules: only a missing value gets its default, patterns and
// items count, and references are not followed.
func (r *objectRules) configDefaults(value any) *pyvalue.Map {
	m, ok := pyvalue.ToMap(value)
	filled := &pyvalue.Map{}
	if ok && m != nil {
		filled = m.Clone()
	}
	for _, p := range r.properties {
		given, present := filled.GetString(p.name)
		if item, ok := p.node.configDefault(given, present); ok {
			filled.SetString(p.name, item)
		}
	}
	for key, item := range m.All() {
		name, ok := key.(string)
		if !ok || r.property(name) != nil {
			continue
		}
		for _, n := range r.at(name) {
			if changed, ok := n.configDefault(item, true); ok {
				item = changed
				filled.SetString(name, item)
			}
		}
	}
	return filled
}

// configDefault returns what stands for an item of a configuration; ok is false
// if it stays missing.
func (n *node) configDefault(value any, present bool) (result any, ok bool) {
	if !present && n.hasDefault {
		value, present = n.preset, true
	}
	switch {
	case n.types == 1<<kindObject && n.object != nil && n.object.specifiesContent:
		if pyvalue.Truth(value) && !pyvalue.IsDict(value) {
			return value, present
		}
		return n.object.configDefaults(value), true
	case n.types == 1<<kindArray && n.array != nil && n.array.specifiesItems:
		items, isList := pyvalue.Elements(value)
		if pyvalue.Truth(value) && !isList {
			return value, present
		}
		filled := make([]any, len(items))
		for i, item := range items {
			filled[i] = item
			if m := n.array.at(i); m != nil {
				filled[i], _ = m.configDefault(item, true)
			}
		}
		return filled, true
	}
	return value, present
}
