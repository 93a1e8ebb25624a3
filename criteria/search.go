package criteria

import (
	"errors"
	"fmt"

	"github.com/petrel-dev/petrel/pyvalue"
)

// search is the operator that applies criteria to the items of a list.
type search struct {
	condition string
	// children are the criteria of a constant pattern; childrenErr says why the
	// pattern has none.
	children    []searchChild
	childrenErr error
}

// searchChild is one criterion inside a search.
type searchChild struct {
	*condition
	// malformed makes the whole search fail.
	malformed error
	// defect is why the criterion always fails, or nil.
	defect error
}

// maxSearchDepth bounds searches inside searches, which a pattern that is
// rendered from the payload could nest without end.
const maxSearchDepth = 50

var errNoCondition = errors.New(`the condition must be "any", "all", "any2any" or "all2any"`)

// holds applies the children to every item. All of them are evaluated, so that
// each can report its failure, whatever the others say.
func (o *search) holds(s *scope, key string, value, pattern any) (bool, error) {
	everyItem, everyChild := false, false
	switch o.condition {
	case "any":
		everyChild = true
	case "all":
		everyItem, everyChild = true, true
	case "any2any":
	case "all2any":
		everyItem = true
	default:
		return false, errNoCondition
	}
	items, err := searchItems(value)
	if err != nil {
		return false, err
	}
	if len(items) == 0 {
		return everyItem, nil
	}
	children, err := o.children, o.childrenErr
	if children == nil && err == nil {
		children, err = s.run.compiler.compileChildren(key, pattern)
	}
	if err != nil {
		return false, err
	}
	if s.run.depth >= maxSearchDepth {
		return false, fmt.Errorf("more than %d searches inside each other", maxSearchDepth)
	}
	s.run.depth++
	defer func() { s.run.depth-- }()
	verdict := everyItem
	for _, item := range items {
		met, err := meets(s.run, item, children, everyChild)
		if err != nil {
			return false, err
		}
		if met != everyItem {
			verdict = met
		}
	}
	return verdict, nil
}

// meets evaluates all children for one item.
func meets(r *run, item any, children []searchChild, every bool) (bool, error) {
	verdict := every
	for _, child := range children {
		if child.malformed != nil {
			return false, child.malformed
		}
		if err := r.ctx.Err(); err != nil {
			return false, err
		}
		if child.untyped {
			verdict = verdict && !every
			continue
		}
		s := &scope{run: r, root: rootItem, value: item, st2kv: child.st2kv}
		pattern, value, ok := child.operands(s)
		if ok && child.unknown != nil {
			return false, fmt.Errorf("%s: %w", child.key, child.unknown)
		}
		if met := ok && child.decide(s, pattern, value); met != every {
			verdict = met
		}
	}
	return verdict, nil
}

// searchItems returns the items that a value stands for.
func searchItems(value any) ([]any, error) {
	if pyvalue.IsDict(value) {
		return []any{value}, nil
	}
	switch v := value.(type) {
	case string:
		items := make([]any, 0, len(v))
		for _, c := range v {
			items = append(items, string(c))
		}
		return items, nil
	case *pyvalue.Set:
		return v.Items(), nil
	case []byte:
		items := make([]any, len(v))
		for i, b := range v {
			items[i] = int64(b)
		}
		return items, nil
	}
	if items, ok := pyvalue.Elements(value); ok {
		return items, nil
	}
	return nil, refused(value)
}

// compileChildren compiles the pattern of a search. The error says that the
// pattern is not a mapping of criteria.
func (c *Compiler) compileChildren(key string, pattern any) ([]searchChild, error) {
	if !pyvalue.IsDict(pattern) {
		return nil, pyvalue.Errorf(pyvalue.KindType, "the pattern must be a mapping of criteria, not %s", pyvalue.TypeName(pattern))
	}
	children := []searchChild{}
	for childKey, value := range pyvalue.Entries(pattern) {
		name, ok := childKey.(string)
		if !ok {
			err := pyvalue.Errorf(pyvalue.KindType, "the key %s is not a text", pyvalue.Repr(childKey))
			children = append(children, searchChild{malformed: err})
			continue
		}
		children = append(children, c.compileChild(key+" > "+name, name, value))
	}
	return children, nil
}

func (c *Compiler) compileChild(place, key string, value any) searchChild {
	criterion, untyped, err := decodeCriterion(key, value)
	if err != nil {
		return searchChild{malformed: fmt.Errorf("%s: %w", key, err)}
	}
	if untyped {
		return searchChild{condition: &condition{key: place, untyped: true}}
	}
	child, t := c.compileCriterion(criterion)
	child.key = place
	return searchChild{condition: &child, defect: t.defect}
}
