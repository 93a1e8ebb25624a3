package yaql

import "strings"

// compiler turns a syntax tree into operations.
type compiler struct {
	source    string
	functions *library
}

func (c *compiler) fault(e *Error, n Node) op { return &failOp{e.at(c.source, n.Offset())} }

func (c *compiler) compile(n Node) op {
	switch n := n.(type) {
	case *Literal:
		return &constOp{value: n.Value}
	case *Word:
		return &constOp{value: n.Name, word: true}
	case *Variable:
		name := variableName(n.Name)
		return &variableOp{variablePosition(name), name}
	case *Group:
		return &groupOp{c.compile(n.Inner)}
	case *Pair:
		return &pairOp{c.compile(n.Key), c.compile(n.Value), c.source, n.Offset()}
	case *List:
		return c.list(n)
	case *Map:
		return c.mapping(n)
	case *Call:
		return c.call(callForm{name: strings.TrimRight(n.Name, "_")}, n.Args, n)
	case *Index:
		return c.index(n)
	case *Unary:
		return c.unary(n)
	case *Binary:
		return c.binary(n)
	}
	panic("yaql: unknown node") // Node is sealed
}

func (c *compiler) arguments(nodes []Node) []argument {
	args := make([]argument, len(nodes))
	for i, n := range nodes {
		if _, ok := n.(*Omitted); ok {
			args[i].value = omitted
		} else {
			args[i].op = c.compile(n)
		}
	}
	return args
}

func (c *compiler) list(n *List) op {
	items := make([]op, len(n.Items))
	for i, item := range n.Items {
		switch item := item.(type) {
		case *Pair:
			if _, ok := item.Key.(*Word); !ok {
				return c.fault(fail(KindMappingTranslation, "a pair in a list"), item)
			}
			return c.fault(callForm{name: "#list"}.noMatch(), item)
		case *Omitted:
		default:
			items[i] = c.compile(item)
		}
	}
	return &listOp{items}
}

func (c *compiler) mapping(n *Map) op {
	pairs := make([]*pairOp, 0, len(n.Items))
	var others []op
	for _, item := range n.Items {
		o, ok := c.item(item)
		if !ok {
			return c.fault(callForm{name: "#map"}.noMatch(), n)
		}
		if p, ok := o.(*pairOp); ok {
			pairs = append(pairs, p)
		} else {
			others = append(others, o)
		}
	}
	if others != nil {
		return &seqOp{others, callForm{name: "#map"}.noMatch().at(c.source, n.Offset())}
	}
	return &mapOp{pairs, n.Offset()}
}

// item compiles an item of a dictionary; constants and omitted items
// cannot be pairs.
func (c *compiler) item(n Node) (op, bool) {
	switch n.(type) {
	case *Omitted, *Literal, *Word:
		return nil, false
	}
	return c.compile(n), true
}

// seqOp evaluates operands only for their errors, then fails.
type seqOp struct {
	operands []op
	err      *Error
}

func (o *seqOp) eval(ev *evaluator, sc *scope) (any, error) {
	for _, x := range o.operands {
		if _, err := x.eval(ev, sc); err != nil {
			return nil, err
		}
	}
	return nil, o.err
}

// call resolves a function call as far as the arguments' number, names and
// constants go.
func (c *compiler) call(form callForm, nodes []Node, at Node) op {
	o := c.callOp(form, c.arguments(nodes), at)
	if special := c.special(o); special != nil {
		return special
	}
	return o
}

func (c *compiler) callOp(form callForm, args []argument, at Node) *callOp {
	o := &callOp{form: form, args: args, offset: at.Offset()}
	o.levels = c.functions.overloads(form.name, form.method)
	if form.method {
		args = append([]argument{{op: receiverOp}}, args...)
	}
	o.plan, o.values, o.kwargs, o.err = form.choose(o.levels, args, nil)
	if o.err == nil {
		return o
	}
	switch o.err.Kind {
	case KindAmbiguousMethod:
		// the receiver may rule some of the candidates out
		o.err, o.mixed = nil, true
		return o
	case KindUnknownFunction, KindUnknownMethod:
		c.functions.suggest(o.err, form)
	}
	o.err = o.err.at(c.source, o.offset)
	return o
}

// receiverOp stands for a receiver that is not known yet.
var receiverOp op = &failOp{fail(KindRuntime, "no receiver")}

func (c *compiler) index(n *Index) op {
	args := append([]argument{{op: c.compile(n.Value)}}, c.arguments(n.Args)...)
	call := c.callOp(callForm{name: "#indexer"}, args, n)
	if len(args) == 2 && args[1].op != nil && len(call.kwargs) == 0 {
		if _, pair := args[1].op.(*pairOp); !pair {
			return &indexOp{args[0].op, args[1].op, call}
		}
	}
	return call
}

func (c *compiler) unary(n *Unary) op {
	operand := c.compile(n.Operand)
	if n.Op == "not" {
		return &notOp{operand}
	}
	if k, ok := operand.(*constOp); ok && n.Op == "-" {
		switch v := k.value.(type) {
		case int64:
			return &groupOp{&constOp{value: -v}}
		case float64:
			return &groupOp{&constOp{value: -v}}
		}
	}
	return c.callOp(callForm{name: "#unary_operator_" + n.Op}, []argument{{op: operand}}, n)
}

func (c *compiler) binary(n *Binary) op {
	switch n.Op {
	case ".", "?.":
		return c.dot(n)
	}
	left, right := c.compile(n.Left), c.compile(n.Right)
	switch n.Op {
	case "and":
		return &andOp{left, right}
	case "or":
		return &orOp{left, right}
	case "=", "!=":
		return &equalOp{left, right, n.Op == "!="}
	case "->":
		if _, ok := left.(*constOp); ok {
			return c.fault(callForm{name: "#operator_->"}.noMatch(), n)
		}
		return &arrowOp{left, right, n.Offset()}
	}
	call := c.callOp(callForm{name: "#operator_" + n.Op}, []argument{{op: left}, {op: right}}, n)
	return &binaryOp{left, right, directOperators[n.Op], call}
}

func (c *compiler) dot(n *Binary) op {
	nullSafe := n.Op == "?."
	switch right := n.Right.(type) {
	case *Word:
		if o := c.contextAttribute(n, right); o != nil {
			return o
		}
		return &attributeOp{c.compile(n.Left), right.Name, nullSafe, n.Offset()}
	case *Call:
		form := callForm{name: strings.TrimRight(right.Name, "_"), method: true}
		return &methodOp{c.compile(n.Left), c.callOp(form, c.arguments(right.Args), right), nullSafe}
	}
	err := callForm{name: "#operator_."}.noMatch().at(c.source, n.Offset())
	err.Expected = "a name or a method call"
	if nullSafe {
		return &badDotOp{c.compile(n.Left), err}
	}
	return &failOp{err}
}
