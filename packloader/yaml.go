package packloader

import (
	"fmt"

	"gopkg.in/yaml.v3"

	"github.com/petrel-dev/petrel"
	"github.com/petrel-dev/petrel/pyvalue"
	"github.com/petrel-dev/petrel/schema"
)

// yamlTree is a parsed YAML document: its value, and where everything stands.
type yamlTree struct {
	value    any
	warnings []Problem
	root     *yaml.Node
}

func parseYAML(text []byte) (tree yamlTree, problem *Problem) {
	var node yaml.Node
	err := yaml.Unmarshal(text, &node)
	if err == nil && node.Kind != 0 {
		tree.root = node.Content[0]
		tree.value, err = yamlValue(tree.root)
	}
	if err != nil {
		problem = &Problem{Message: err.Error(), Err: petrel.ErrInvalid}
	}
	return tree, problem
}

func yamlValue(n *yaml.Node) (any, error) {
	switch n.Kind {
	case yaml.MappingNode:
		m := pyvalue.NewMap(len(n.Content) / 2)
		for i := 0; i < len(n.Content); i += 2 {
			key, err := yamlValue(n.Content[i])
			if err != nil {
				return nil, err
			}
			value, err := yamlValue(n.Content[i+1])
			if err != nil {
				return nil, err
			}
			if err := m.Set(key, value); err != nil {
				return nil, err
			}
		}
		return m, nil
	case yaml.SequenceNode:
		list := make([]any, len(n.Content))
		for i, item := range n.Content {
			var err error
			if list[i], err = yamlValue(item); err != nil {
				return nil, err
			}
		}
		return list, nil
	case yaml.AliasNode:
		return nil, fmt.Errorf("alias")
	}
	var v any
	err := n.Decode(&v)
	return pyvalue.Canonical(v), err
}

// position returns where the key or the list item at a place stands.
func (t yamlTree) position(place schema.Path) (line, column int, found bool) {
	n, at := t.root, t.root
	if n == nil {
		return 0, 0, false
	}
	for _, step := range place {
		found := false
		switch n.Kind {
		case yaml.MappingNode:
			for i := 0; i < len(n.Content); i += 2 {
				if n.Content[i].Value == fmt.Sprint(step) {
					at, n, found = n.Content[i], n.Content[i+1], true
					break
				}
			}
		case yaml.SequenceNode:
			if i, ok := step.(int); ok && i < len(n.Content) {
				n, found = n.Content[i], true
				at = n
			}
		}
		if !found {
			return 0, 0, false
		}
	}
	return at.Line, at.Column, true
}
