package criteria

import (
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/parser"
)

// whenSelectors returns the selectors of the comparisons with constants that an
// expression begins with: trigger.a == "x" and trigger.b.c in ["y", "z"] and ...
func whenSelectors(source string) []selector {
	tree, err := parser.Parse(source)
	if err != nil {
		return nil
	}
	var out []selector
	places := 1
	for _, term := range conjunction(tree.Node, nil) {
		s, ok := termSelector(term)
		places *= len(s.values)
		if !ok || places > maxSelectorValues {
			break // later terms are not reached if this one fails
		}
		out = append(out, s)
	}
	return out
}

// conjunction returns the terms that "and" connects, in order.
func conjunction(node ast.Node, terms []ast.Node) []ast.Node {
	if n, ok := node.(*ast.BinaryNode); ok && (n.Operator == "&&" || n.Operator == "and") {
		return conjunction(n.Right, conjunction(n.Left, terms))
	}
	return append(terms, node)
}

func termSelector(term ast.Node) (selector, bool) {
	n, ok := term.(*ast.BinaryNode)
	if !ok {
		return selector{}, false
	}
	var place ast.Node
	var values []any
	switch n.Operator {
	case "==":
		place = n.Left
		value, ok := constant(n.Right)
		if !ok {
			place = n.Right
			if value, ok = constant(n.Left); !ok {
				return selector{}, false
			}
		}
		values = []any{value}
	case "in":
		list, ok := n.Right.(*ast.ArrayNode)
		if !ok || len(list.Nodes) == 0 {
			return selector{}, false
		}
		place = n.Left
		for _, item := range list.Nodes {
			value, ok := constant(item)
			if !ok {
				return selector{}, false
			}
			values = append(values, value)
		}
	}
	fields, ok := triggerFields(place)
	if !ok {
		return selector{}, false
	}
	s := selector{fields: fields, values: values}
	// A step into what is not an object fails.
	for i := 1; i < len(fields); i++ {
		s.guards = append(s.guards, guard{fields[:i:i], mappings})
	}
	return s, true
}

// triggerFields returns the steps of trigger.a.b, without trigger.
func triggerFields(node ast.Node) ([]string, bool) {
	switch n := node.(type) {
	case *ast.ChainNode:
		return triggerFields(n.Node)
	case *ast.IdentifierNode:
		return nil, n.Value == rootTrigger
	case *ast.MemberNode:
		name, ok := n.Property.(*ast.StringNode)
		if !ok {
			return nil, false
		}
		fields, ok := triggerFields(n.Node)
		return append(fields, name.Value), ok
	}
	return nil, false
}

// constant returns the value of a literal that compares in expressions as it
// does in criteria. Numbers so large that a float cannot hold them do not.
func constant(node ast.Node) (any, bool) {
	const exact = 1 << 53
	switch n := node.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.BoolNode:
		return n.Value, true
	case *ast.IntegerNode:
		return int64(n.Value), -exact < n.Value && n.Value < exact
	case *ast.FloatNode:
		return n.Value, -exact < n.Value && n.Value < exact
	case *ast.UnaryNode:
		value, ok := constant(n.Node)
		if n.Operator != "-" || !ok {
			return nil, false
		}
		switch value := value.(type) {
		case int64:
			return -value, true
		case float64:
			return -value, true
		}
	}
	return nil, false
}
