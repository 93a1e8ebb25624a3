package yaql

import "strings"

// special returns an operation for a call of ctx with a constant name, the
// commonest expression of all.
func (c *compiler) special(o *callOp) op {
	if !c.isContextFunction(o) {
		return nil
	}
	if len(o.values) == 1 && len(o.kwargs) == 0 {
		if k, ok := o.values[0].op.(*constOp); ok {
			if name, ok := k.value.(string); ok && name != "" {
				return &contextOp{name: name, call: o}
			}
		}
	}
	return nil
}

// isContextFunction reports whether a call can only mean the workflow
// function ctx.
func (c *compiler) isContextFunction(o *callOp) bool {
	if o.form.name != "ctx" || o.form.method || o.err != nil || len(o.levels) != 1 || len(o.levels[0]) != 1 {
		return false
	}
	return o.levels[0][0] == orquestaSet().families["ctx"][0].overloads[0]
}

// contextOp is ctx(name).
type contextOp struct {
	name string
	call *callOp
}

func (o *contextOp) eval(ev *evaluator, sc *scope) (any, error) {
	if sc.hasLocal() {
		return o.call.eval(ev, sc)
	}
	v, ok := lookupName(ev.env.Context, o.name)
	if !ok || strings.HasPrefix(o.name, "__") {
		return o.call.eval(ev, sc) // for its error
	}
	return v, nil
}

// contextAttribute compiles ctx().name.
func (c *compiler) contextAttribute(n *Binary, name *Word) op {
	left, ok := n.Left.(*Call)
	if !ok || left.Name != "ctx" || len(left.Args) != 0 {
		return nil
	}
	call, ok := c.compile(left).(*callOp)
	if !ok || !c.isContextFunction(call) {
		return nil
	}
	return &contextAttributeOp{name.Name, attributeOp{call, name.Name, n.Op == "?.", n.Offset()}}
}

type contextAttributeOp struct {
	name    string
	general attributeOp
}

func (o *contextAttributeOp) eval(ev *evaluator, sc *scope) (any, error) {
	if !sc.hasLocal() {
		if v, ok := lookupName(ev.env.Context, o.name); ok {
			return v, nil
		}
	}
	return o.general.eval(ev, sc)
}

// borrows reports whether the value of an operation is always a part of the
// host's data as it is, so that it needs no conversion.
func borrows(o op) bool {
	switch o := o.(type) {
	case *variableOp, *contextOp:
		return true
	case *contextAttributeOp:
		return true
	case *groupOp:
		return borrows(o.inner)
	case *attributeOp:
		return borrows(o.value)
	case *indexOp:
		return borrows(o.value)
	}
	return false
}
