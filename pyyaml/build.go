package pyyaml

import (
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/petrel-dev/petrel/pyvalue"
)

// builder turns nodes into values. Aliases share the value of their anchor, as
// in PyYAML, so that nested aliases cost nothing; their expanded size is bounded
// all the same, for the sake of whoever walks the result.
type builder struct {
	name     string
	strict   bool
	warnings []Warning
	done     map[*yaml.Node]built
	open     map[*yaml.Node]bool
}

type built struct {
	value any
	size  int
}

func (b *builder) fail(n *yaml.Node, format string, args ...any) error {
	return &Error{Position: Position{b.name, n.Line, n.Column}, Message: fmt.Sprintf(format, args...)}
}

// build returns the value of a node and its size with all aliases expanded.
func (b *builder) build(n *yaml.Node, depth int) (any, int, error) {
	if depth > pyvalue.MaxDepth {
		return nil, 0, b.fail(n, "nesting is deeper than %d levels", pyvalue.MaxDepth)
	}
	switch n.Kind {
	case yaml.AliasNode:
		if done, ok := b.done[n.Alias]; ok {
			return done.value, done.size, nil
		}
		if b.open[n.Alias] {
			return nil, 0, b.fail(n, "the alias *%s stands inside its own anchor", n.Value)
		}
		return b.build(n.Alias, depth+1)
	case yaml.ScalarNode:
		v, err := scalar(n)
		if err != nil {
			return nil, 0, b.place(n, err)
		}
		return v, 1, nil
	}
	anchored := n.Anchor != ""
	if anchored {
		b.open[n] = true
	}
	var v any
	var size int
	var err error
	switch n.Kind {
	case yaml.SequenceNode:
		v, size, err = b.sequence(n, depth)
	case yaml.MappingNode:
		v, size, err = b.mapping(n, depth)
	default:
		err = b.fail(n, "unexpected node")
	}
	if err != nil {
		return nil, 0, err
	}
	if size > pyvalue.MaxItems {
		return nil, 0, b.fail(n, "aliases expand to more than %d values", pyvalue.MaxItems)
	}
	if anchored {
		delete(b.open, n)
		b.done[n] = built{v, size}
	}
	return v, size, nil
}

func (b *builder) place(n *yaml.Node, err error) error {
	return &Error{Position: Position{b.name, n.Line, n.Column}, Message: err.Error(), kind: pyvalue.KindOf(err)}
}

func (b *builder) sequence(n *yaml.Node, depth int) (any, int, error) {
	tag := explicitTag(n)
	switch tag {
	case "", "seq", "omap", "pairs":
	default:
		return nil, 0, b.unknownTag(n)
	}
	items := make([]any, len(n.Content))
	size := 1
	for i, item := range n.Content {
		v, s, err := b.build(item, depth+1)
		if err != nil {
			return nil, 0, err
		}
		if size += s; size > pyvalue.MaxItems {
			break
		}
		items[i] = v
		if tag == "omap" || tag == "pairs" {
			m, ok := v.(*pyvalue.Map)
			if !ok || m.Len() != 1 {
				return nil, 0, b.fail(item, "expected a mapping of a single key for !!%s", tag)
			}
			for key, value := range m.All() {
				items[i] = pyvalue.Tuple{key, value}
			}
		}
	}
	return pyvalue.NewList(items...), size, nil
}

func (b *builder) mapping(n *yaml.Node, depth int) (any, int, error) {
	tag := explicitTag(n)
	switch tag {
	case "", "map", "set":
	default:
		return nil, 0, b.unknownTag(n)
	}
	m := pyvalue.NewMap(len(n.Content) / 2)
	size, err := b.merge(m, n, depth)
	if err != nil {
		return nil, 0, err
	}
	seen := pyvalue.NewMap(0)
	for pair := range slices.Chunk(n.Content, 2) {
		key, value := pair[0], pair[1]
		if isMerge(key) {
			continue
		}
		k, keySize, err := b.build(key, depth+1)
		if err != nil {
			return nil, 0, err
		}
		v, valueSize, err := b.build(value, depth+1)
		if err != nil {
			return nil, 0, err
		}
		if seen.Has(k) {
			message := fmt.Sprintf("the key %s occurs twice in this mapping", pyvalue.Repr(k))
			if b.strict {
				return nil, 0, b.fail(key, "%s", message)
			}
			b.warnings = append(b.warnings, Warning{Position{b.name, key.Line, key.Column}, message + "; the last value counts"})
		}
		if err := m.Set(k, v); err != nil {
			return nil, 0, b.fail(key, "this %s cannot be a key", pyvalue.TypeName(k))
		}
		_ = seen.Set(k, nil)
		if size += keySize + valueSize; size > pyvalue.MaxItems {
			break
		}
	}
	if tag == "set" {
		set, err := pyvalue.NewSet(slices.Collect(m.Keys())...)
		return set, size, err
	}
	return m, size, nil
}

// merge puts what << names into m, ahead of the mapping's own keys. Of several
// mappings in a list the first wins.
func (b *builder) merge(m *pyvalue.Map, n *yaml.Node, depth int) (size int, err error) {
	size = 1
	for pair := range slices.Chunk(n.Content, 2) {
		if !isMerge(pair[0]) {
			continue
		}
		from := resolveAlias(pair[1])
		sources := []*yaml.Node{pair[1]}
		switch from.Kind {
		case yaml.MappingNode:
		case yaml.SequenceNode:
			sources = slices.Clone(from.Content)
			slices.Reverse(sources)
		default:
			return 0, b.fail(pair[1], "expected a mapping or a list of mappings to merge")
		}
		for _, source := range sources {
			if resolveAlias(source).Kind != yaml.MappingNode {
				return 0, b.fail(source, "expected a mapping to merge")
			}
			v, s, err := b.build(source, depth+1)
			if err != nil {
				return 0, err
			}
			merged, ok := v.(*pyvalue.Map)
			if !ok {
				return 0, b.fail(source, "expected a mapping to merge")
			}
			for key, value := range merged.All() {
				_ = m.Set(key, value)
			}
			if size += s; size > pyvalue.MaxItems {
				return size, nil
			}
		}
	}
	return size, nil
}

func resolveAlias(n *yaml.Node) *yaml.Node {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}

func (b *builder) unknownTag(n *yaml.Node) error {
	return b.fail(n, "unknown tag %s", n.Tag)
}

// explicitTag returns the name of a tag of the YAML standard that the document
// states, such as "str" for !!str; other tags as they are written; "" if it
// states none.
func explicitTag(n *yaml.Node) string {
	if n.Style&yaml.TaggedStyle == 0 {
		return ""
	}
	for _, prefix := range []string{"!!", "tag:yaml.org,2002:"} {
		if rest, ok := strings.CutPrefix(n.Tag, prefix); ok {
			return rest
		}
	}
	return n.Tag
}

func isMerge(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && (n.Value == "<<" && isPlain(n) && explicitTag(n) == "" || explicitTag(n) == "merge")
}

func isPlain(n *yaml.Node) bool {
	return n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) == 0
}
