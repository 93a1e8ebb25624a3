package schema

import (
	"maps"
	"slices"

	"github.com/petrel-dev/petrel/pyvalue"
)

// Masked is what stands in place of a secret.
const Masked = "********"

// SecretType is implemented by Go types whose values are secret texts.
type SecretType interface {
	SchemaSecret()
}

// mask returns the value with its secrets masked, and whether there were any.
func (n *node) mask(value any) (any, bool) {
	for n.ref != nil {
		n = n.ref
	}
	switch {
	case n.secret:
		return Masked, true
	case !n.hides || value == nil:
		return value, false
	}
	k := kindOf(value)
	if k == kindOther {
		converted, err := pyvalue.FromGo(value)
		if err != nil {
			return Masked, true
		}
		value = converted
		k = kindOf(value)
	}
	if n.contradicts(k) {
		return Masked, true
	}
	masked := false
	apply := func(mask func(any) (any, bool)) {
		changed, did := mask(value)
		value, masked = changed, masked || did
	}
	if k == kindObject && n.object != nil {
		apply(n.object.mask)
	}
	if k == kindArray && n.array != nil {
		apply(n.array.mask)
	}
	for _, m := range n.allOf {
		apply(m.mask)
	}
	for _, group := range [][]*node{n.anyOf, n.oneOf} {
		for _, m := range group {
			if !m.contradicts(kindOf(value)) {
				apply(m.mask)
			}
		}
	}
	return value, masked
}

// contradicts reports whether the schema expects secrets in objects or arrays
// and gets neither what it expects.
func (n *node) contradicts(k kind) bool {
	for n.ref != nil {
		n = n.ref
	}
	expects := false
	if n.object != nil && n.object.hides() {
		if k == kindObject {
			return false
		}
		expects = true
	}
	if n.array != nil && n.array.hides() {
		if k == kindArray {
			return false
		}
		expects = true
	}
	return expects
}

func (r *objectRules) hides() bool {
	return slices.ContainsFunc(r.properties, func(p property) bool { return p.node.hidesSomething() }) ||
		slices.ContainsFunc(r.patterns, func(p patternProperty) bool { return p.node.hidesSomething() }) ||
		r.rest != nil && r.rest.hidesSomething()
}

func (r *arrayRules) hides() bool {
	return r.items != nil && r.items.hidesSomething() ||
		slices.ContainsFunc(r.places, (*node).hidesSomething) ||
		r.rest != nil && r.rest.hidesSomething()
}

func (n *node) hidesSomething() bool { return n.hides || n.ref != nil && n.ref.hides }

func (r *objectRules) mask(value any) (any, bool) {
	var masked map[string]any
	for key, item := range pyvalue.Entries(value) {
		name, ok := key.(string)
		if !ok {
			name = pyvalue.Str(key)
		}
		found := false
		for _, n := range r.at(name) {
			changed, did := n.mask(item)
			item, found = changed, found || did
		}
		if found {
			if masked == nil {
				masked = map[string]any{}
			}
			masked[name] = item
		}
	}
	if masked == nil {
		return value, false
	}
	return withValues(value, masked), true
}

func (r *arrayRules) mask(value any) (any, bool) {
	items, _ := pyvalue.Elements(value)
	var masked []any
	for i, item := range items {
		n := r.at(i)
		if n == nil {
			continue
		}
		if changed, did := n.mask(item); did {
			if masked == nil {
				masked = slices.Clone(items)
			}
			masked[i] = changed
		}
	}
	if masked == nil {
		return value, false
	}
	return masked, true
}

// withValues returns a copy of a dict, in the same form, with the values of
// some names set.
func withValues(dict any, set map[string]any) any {
	if m, ok := dict.(map[string]any); ok {
		copied := maps.Clone(m)
		maps.Copy(copied, set)
		return copied
	}
	m, _ := pyvalue.ToMap(dict)
	copied := m.Clone()
	for key := range m.All() {
		name, ok := key.(string)
		if !ok {
			name = pyvalue.Str(key)
		}
		if value, ok := set[name]; ok {
			// A key of a map is hashable.
			_ = copied.Set(key, value)
		}
	}
	return copied
}

// secrets lists the places of secrets.
func (n *node) secrets() []Path {
	var found []Path
	open := map[*node]bool{}
	var visit func(n *node, at Path)
	visit = func(n *node, at Path) {
		if open[n] || !n.hides && n.ref == nil {
			return
		}
		open[n] = true
		defer delete(open, n)
		if n.secret && n.ref == nil {
			if !slices.ContainsFunc(found, func(p Path) bool { return slices.Equal(p, at) }) {
				found = append(found, at)
			}
			return
		}
		n.alternatives(func(m *node) bool {
			visit(m, at)
			return true
		})
		if n.ref != nil {
			return
		}
		if o := n.object; o != nil {
			for _, p := range o.properties {
				visit(p.node, at.with(p.name))
			}
			for _, p := range o.patterns {
				visit(p.node, at.with("*"))
			}
			if o.rest != nil {
				visit(o.rest, at.with("*"))
			}
		}
		if a := n.array; a != nil {
			for i, m := range a.places {
				visit(m, at.with(i))
			}
			for _, m := range []*node{a.items, a.rest} {
				if m != nil {
					visit(m, at.with("*"))
				}
			}
		}
	}
	visit(n, nil)
	return found
}

// isSecret reports whether a place is secret.
func (n *node) isSecret(place Path) bool {
	current := reach(nil, n)
	for {
		if slices.ContainsFunc(current, func(m *node) bool { return m.secret }) {
			return true
		}
		if len(place) == 0 || len(current) == 0 {
			return false
		}
		var next []*node
		for _, m := range current {
			switch step := place[0].(type) {
			case string:
				if m.object != nil {
					for _, inside := range m.object.at(step) {
						next = reach(next, inside)
					}
				}
			case int:
				if m.array != nil {
					if inside := m.array.at(step); inside != nil {
						next = reach(next, inside)
					}
				}
			}
		}
		current, place = next, place[1:]
	}
}

// reach adds n and all schemas for the same value to nodes.
func reach(nodes []*node, n *node) []*node {
	if slices.Contains(nodes, n) {
		return nodes
	}
	if n.ref == nil {
		nodes = append(nodes, n)
	}
	n.alternatives(func(m *node) bool {
		nodes = reach(nodes, m)
		return true
	})
	return nodes
}
