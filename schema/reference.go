package schema

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/petrel-dev/petrel/pyvalue"
)

func (s *schemaReader) readRef(value any) {
	target, ok := value.(string)
	if !ok || target != "#" && !strings.HasPrefix(target, "#/") {
		s.problem(s.where, "refer to a place in the same document, such as #/definitions/name",
			"cannot refer to %s", pyvalue.Repr(value))
		return
	}
	s.refs = append(s.refs, pendingRef{node: s.node, pointer: strings.TrimSuffix(percentDecoded(target), "/"), at: s.where})
}

// percentDecoded replaces %41 and the like. What only looks like it stays.
func percentDecoded(text string) string {
	var b strings.Builder
	for {
		plain, rest, found := strings.Cut(text, "%")
		b.WriteString(plain)
		if !found {
			return b.String()
		}
		code, err := strconv.ParseUint(rest[:min(2, len(rest))], 16, 8)
		if err != nil || len(rest) < 2 {
			b.WriteByte('%')
			text = rest
			continue
		}
		b.WriteByte(byte(code))
		text = rest[2:]
	}
}

var pointerEscapes = strings.NewReplacer("~", "~0", "/", "~1")

func escapePointer(token string) string { return pointerEscapes.Replace(token) }

var pointerUnescapes = strings.NewReplacer("~1", "/", "~0", "~")

// resolve compiles what is referred to and was not compiled on the way, and
// links references.
func (c *compiler) resolve() {
	for len(c.refs) > 0 {
		ref := c.refs[0]
		c.refs = c.refs[1:]
		if _, ok := c.nodes[ref.pointer]; !ok {
			definition, ok := c.lookup(ref.pointer)
			if !ok {
				c.problem(ref.at, "", "refers to %s, which does not exist", ref.pointer)
				continue
			}
			c.compile(definition, Path{ref.pointer}, ref.pointer, fillsNot)
		}
		ref.node.ref = c.nodes[ref.pointer]
	}
}

// lookup returns the definition at a pointer.
func (c *compiler) lookup(pointer string) (any, bool) {
	current := c.root
	tokens := strings.Split(pointer, "/")[1:]
	for _, token := range tokens {
		token = pointerUnescapes.Replace(token)
		if items, ok := pyvalue.Elements(current); ok {
			i, err := strconv.Atoi(token)
			if err != nil || i < 0 || i >= len(items) {
				return nil, false
			}
			current = items[i]
			continue
		}
		var ok bool
		if current, ok = pyvalue.LookupString(current, token); !ok {
			return nil, false
		}
	}
	return current, true
}

// findEndlessRefs reports schemas that apply to a value only if they apply to
// it, and cuts them.
func (c *compiler) findEndlessRefs() {
	const (
		open = iota + 1
		done
	)
	state := map[*node]int{}
	var visit func(n *node) bool
	visit = func(n *node) bool {
		switch state[n] {
		case open:
			return false
		case done:
			return true
		}
		state[n] = open
		fine := true
		n.alternatives(func(m *node) bool {
			fine = visit(m)
			return fine
		})
		if fine && n.not != nil && n.ref == nil {
			fine = visit(n.not)
		}
		if fine && n.object != nil && n.ref == nil {
			for _, d := range n.object.dependencies {
				if fine && d.node != nil {
					fine = visit(d.node)
				}
			}
		}
		state[n] = done
		return fine
	}
	for _, pointer := range slices.Sorted(maps.Keys(c.nodes)) {
		if !visit(c.nodes[pointer]) {
			c.problem(Path{pointer}, "", "refers to itself without end")
			return
		}
	}
}

// findSecrets marks the schemas that have a secret somewhere inside.
func (c *compiler) findSecrets() {
	for changed := true; changed; {
		changed = false
		for _, n := range c.nodes {
			if !n.hides && (n.secret || n.hidesInside()) {
				n.hides, changed = true, true
			}
		}
	}
}

func (n *node) hidesInside() bool {
	hides := false
	n.inside(func(m *node) { hides = hides || m.hides })
	return hides
}

// inside calls visit with every schema that n is made of.
func (n *node) inside(visit func(*node)) {
	n.alternatives(func(m *node) bool {
		visit(m)
		return true
	})
	if n.ref != nil {
		return
	}
	if a := n.array; a != nil {
		for _, m := range append([]*node{a.items, a.rest}, a.places...) {
			if m != nil {
				visit(m)
			}
		}
	}
	if o := n.object; o != nil {
		for _, p := range o.properties {
			visit(p.node)
		}
		for _, p := range o.patterns {
			visit(p.node)
		}
		if o.rest != nil {
			visit(o.rest)
		}
	}
}
