package jsonpath

import (
	"math"
	"math/big"

	"github.com/petrel-dev/petrel/pyvalue"
)

// datum is a value together with the one it was found in.
type datum struct {
	value  any
	parent *datum
}

// node is a part of a path.
type node interface {
	find(f *finder, at *datum) ([]*datum, error)
}

// finder bounds the work of one search.
type finder struct{ visited int }

func (f *finder) visit() error {
	if f.visited++; f.visited > pyvalue.MaxItems {
		return pyvalue.Errorf(pyvalue.KindTooLarge, "path visits more than %d values", pyvalue.MaxItems)
	}
	return nil
}

type (
	rootNode   struct{}
	thisNode   struct{}
	parentNode struct{}
	// fieldsNode names fields; "*" among them means all.
	fieldsNode []string
	indexNode  int64
	// sliceNode holds the bounds of a slice, nil where absent.
	sliceNode      struct{ start, stop any }
	childNode      struct{ left, right node }
	descendantNode struct{ left, right node }
	unionNode      struct{ left, right node }
	intersectNode  struct{ left, right node }
	whereNode      struct{ left, right node }
)

func (rootNode) find(_ *finder, at *datum) ([]*datum, error) {
	for at.parent != nil {
		at = at.parent
	}
	return []*datum{at}, nil
}

func (thisNode) find(_ *finder, at *datum) ([]*datum, error) { return []*datum{at}, nil }

func (parentNode) find(_ *finder, at *datum) ([]*datum, error) {
	if at.parent == nil {
		return nil, pyvalue.Errorf(pyvalue.KindAttribute, "the root has no parent")
	}
	return []*datum{at.parent}, nil
}

func (n fieldsNode) find(f *finder, at *datum) ([]*datum, error) {
	for _, name := range n {
		if name == "*" {
			return n.all(f, at)
		}
	}
	var found []*datum
	for _, name := range n {
		if value, ok := pyvalue.LookupString(at.value, name); ok {
			if err := f.visit(); err != nil {
				return nil, err
			}
			found = append(found, &datum{value, at})
		}
	}
	return found, nil
}

func (fieldsNode) all(f *finder, at *datum) ([]*datum, error) {
	var found []*datum
	for _, value := range pyvalue.Entries(at.value) {
		if err := f.visit(); err != nil {
			return nil, err
		}
		found = append(found, &datum{value, at})
	}
	return found, nil
}

func (n indexNode) find(f *finder, at *datum) ([]*datum, error) {
	length, err := pyvalue.Len(at.value)
	if err != nil || int64(length) <= int64(n) {
		return nil, err
	}
	value, err := pyvalue.Index(at.value, int64(n))
	if err != nil {
		return nil, err
	}
	return []*datum{{value, at}}, f.visit()
}

func (n sliceNode) find(f *finder, at *datum) ([]*datum, error) {
	items, isSequence := pyvalue.Elements(at.value)
	if !isSequence {
		switch pyvalue.Canonical(at.value).(type) {
		case *pyvalue.Map, map[string]any, string, bool, int64, *big.Int:
			items = []any{at.value}
		default:
			return nil, pyvalue.Errorf(pyvalue.KindType, "object of type '%s' has no len()", pyvalue.TypeName(at.value))
		}
	}
	part, err := pyvalue.Slice(pyvalue.Tuple(items), n.start, n.stop, nil)
	if err != nil {
		return nil, err
	}
	selected := part.(pyvalue.Tuple)
	found := make([]*datum, len(selected))
	for i, value := range selected {
		if err := f.visit(); err != nil {
			return nil, err
		}
		found[i] = &datum{value, at}
	}
	return found, nil
}

func (n childNode) find(f *finder, at *datum) ([]*datum, error) {
	parents, err := n.left.find(f, at)
	if err != nil {
		return nil, err
	}
	return findEach(f, n.right, parents)
}

func findEach(f *finder, n node, parents []*datum) ([]*datum, error) {
	if len(parents) == 1 {
		return n.find(f, parents[0])
	}
	var found []*datum
	for _, parent := range parents {
		matches, err := n.find(f, parent)
		if err != nil {
			return nil, err
		}
		found = append(found, matches...)
	}
	return found, nil
}

func (n descendantNode) find(f *finder, at *datum) ([]*datum, error) {
	starts, err := n.left.find(f, at)
	if err != nil {
		return nil, err
	}
	var found []*datum
	for _, start := range starts {
		if found, err = n.descend(f, start, found, 0); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// descend appends the matches of the right side at every level. Like upstream it
// only enters what can be changed: lists, and dicts that are not frozen.
func (n descendantNode) descend(f *finder, at *datum, found []*datum, depth int) ([]*datum, error) {
	if depth > pyvalue.MaxDepth {
		return nil, pyvalue.Errorf(pyvalue.KindRecursion, "value is nested deeper than %d levels", pyvalue.MaxDepth)
	}
	if err := f.visit(); err != nil {
		return nil, err
	}
	matches, err := n.right.find(f, at)
	if err != nil {
		return nil, err
	}
	found = append(found, matches...)
	switch {
	case pyvalue.IsList(at.value):
		items, _ := pyvalue.Elements(at.value)
		for _, item := range items {
			if found, err = n.descend(f, &datum{item, at}, found, depth+1); err != nil {
				return nil, err
			}
		}
	case pyvalue.IsDict(at.value):
		if m, ok := at.value.(*pyvalue.Map); ok && m.Frozen() {
			break
		}
		for _, value := range pyvalue.Entries(at.value) {
			if found, err = n.descend(f, &datum{value, at}, found, depth+1); err != nil {
				return nil, err
			}
		}
	}
	return found, nil
}

func (n unionNode) find(f *finder, at *datum) ([]*datum, error) {
	left, err := n.left.find(f, at)
	if err != nil {
		return nil, err
	}
	right, err := n.right.find(f, at)
	return append(left[:len(left):len(left)], right...), err
}

func (intersectNode) find(*finder, *datum) ([]*datum, error) {
	return nil, pyvalue.Errorf(pyvalue.KindRuntime, "the operator & is not supported")
}

func (n whereNode) find(f *finder, at *datum) ([]*datum, error) {
	candidates, err := n.left.find(f, at)
	if err != nil {
		return nil, err
	}
	var found []*datum
	for _, candidate := range candidates {
		matches, err := n.right.find(f, candidate)
		if err != nil {
			return nil, err
		}
		if len(matches) > 0 {
			found = append(found, candidate)
		}
	}
	return found, nil
}

// farIndex is beyond every list, for indices that do not fit.
const farIndex = math.MaxInt64
