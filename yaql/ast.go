package yaql

import "iter"

// Node is a node of a syntax tree: one of *[Literal], *[Word], *[Variable],
// *[Call], *[Unary], *[Binary], *[Index], *[List], *[Map], *[Pair], *[Group]
// and *[Omitted]. Trees are read-only.
type Node interface {
	// Offset is the byte offset of the node's first token, for a [Binary]
	// and an [Index] that of the operator.
	Offset() int
	children() []Node
}

type offset int

func (o offset) Offset() int { return int(o) }

// Literal is a string, number, boolean or null.
type Literal struct {
	offset
	Value any
}

// Word is a bare word; as a value it is the string of its name.
type Word struct {
	offset
	Name string
}

// Variable is a context variable, Name includes the dollar sign.
type Variable struct {
	offset
	Name string
}

// Call is a function call or, as the right side of "." or "?.", a method call.
type Call struct {
	offset
	Name string
	Args []Node
}

// Unary is an application of "+", "-" or "not".
type Unary struct {
	offset
	Op      string
	Operand Node
}

// Binary is an application of a binary operator.
type Binary struct {
	offset
	Op          string
	Left, Right Node
}

// Index is value[args].
type Index struct {
	offset
	Value Node
	Args  []Node
}

// List is [items].
type List struct {
	offset
	Items []Node
}

// Map is {pairs}; the grammar admits items that are no pairs, evaluation
// refuses them.
type Map struct {
	offset
	Items []Node
}

// Pair is key => value; it occurs only among arguments and items.
type Pair struct {
	offset
	Key, Value Node
}

// Group is an expression in round brackets.
type Group struct {
	offset
	Inner Node
}

// Omitted is an argument left out, as the first of f(,2).
type Omitted struct{ offset }

func (*Literal) children() []Node  { return nil }
func (*Word) children() []Node     { return nil }
func (*Variable) children() []Node { return nil }
func (*Omitted) children() []Node  { return nil }
func (n *Call) children() []Node   { return n.Args }
func (n *Unary) children() []Node  { return []Node{n.Operand} }
func (n *Binary) children() []Node { return []Node{n.Left, n.Right} }
func (n *Index) children() []Node  { return append([]Node{n.Value}, n.Args...) }
func (n *List) children() []Node   { return n.Items }
func (n *Map) children() []Node    { return n.Items }
func (n *Pair) children() []Node   { return []Node{n.Key, n.Value} }
func (n *Group) children() []Node  { return []Node{n.Inner} }

// Walk yields root and all nodes below it, parents before children, left to
// right.
func Walk(root Node) iter.Seq[Node] {
	return func(yield func(Node) bool) { walk(root, yield) }
}

func walk(n Node, yield func(Node) bool) bool {
	if !yield(n) {
		return false
	}
	for _, c := range n.children() {
		if !walk(c, yield) {
			return false
		}
	}
	return true
}
