package jsonpath

import (
	"github.com/petrel-dev/petrel/pyvalue"
)

// Path is a compiled path. It is safe for concurrent use.
type Path struct {
	source string
	root   node
	// names are the steps of a path that only names fields, the most frequent
	// kind, which needs no bookkeeping to follow.
	names  []string
	simple bool
}

// Compile compiles a path. The error says the position; it is of kind
// [pyvalue.KindJSONPath], or [pyvalue.KindAttribute] if the path ends too early.
func Compile(path string) (*Path, error) {
	root, err := parse(path)
	if err != nil {
		return nil, err
	}
	p := &Path{source: path, root: root}
	p.names, p.simple = fieldChain(root, nil)
	return p, nil
}

// String returns the text of the path.
func (p *Path) String() string { return p.source }

// Find returns the values that the path matches in v, in order. Looking up an
// index in what has no elements fails with kind [pyvalue.KindType],
// [pyvalue.KindKey] or [pyvalue.KindIndex]. More than [pyvalue.MaxItems]
// matches, or nesting beyond [pyvalue.MaxDepth], are errors as well.
func (p *Path) Find(v any) ([]any, error) {
	if p.simple {
		if value, ok := p.follow(v); ok {
			return []any{value}, nil
		}
		return nil, nil
	}
	f := finder{}
	matches, err := p.root.find(&f, &datum{value: v})
	if err != nil || len(matches) == 0 {
		return nil, err
	}
	values := make([]any, len(matches))
	for i, m := range matches {
		values[i] = m.value
	}
	return values, nil
}

// First returns the first match in v; ok is false if there is none.
func (p *Path) First(v any) (value any, ok bool, err error) {
	if p.simple {
		value, ok = p.follow(v)
		return value, ok, nil
	}
	matches, err := p.Find(v)
	if err != nil || len(matches) == 0 {
		return nil, false, err
	}
	return matches[0], true, nil
}

func (p *Path) follow(v any) (any, bool) {
	for _, name := range p.names {
		var ok bool
		if v, ok = pyvalue.LookupString(v, name); !ok {
			return nil, false
		}
	}
	return v, true
}

// fieldChain returns the names of a path such as $.a.b.
func fieldChain(n node, names []string) ([]string, bool) {
	switch t := n.(type) {
	case rootNode, thisNode:
		return names, len(names) == 0
	case fieldsNode:
		if len(t) == 1 && t[0] != "*" {
			return append(names, t[0]), true
		}
	case childNode:
		names, ok := fieldChain(t.left, names)
		if ok {
			return fieldChain(t.right, names)
		}
	}
	return nil, false
}
