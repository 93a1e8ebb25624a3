package yaql

import "github.com/petrel-dev/petrel/pyvalue"

// op is a compiled node.
type op interface {
	eval(ev *evaluator, sc *scope) (any, error)
}

// constOp is a literal or a bare word.
type constOp struct {
	value any
	word  bool
}

func (o *constOp) eval(*evaluator, *scope) (any, error) { return o.value, nil }

// failOp raises an error that was found when compiling: the expression may
// never be evaluated, so it must not fail earlier.
type failOp struct{ err *Error }

func (o *failOp) eval(*evaluator, *scope) (any, error) { return nil, o.err }

type variableOp struct {
	position int
	name     string
}

func (o *variableOp) eval(ev *evaluator, sc *scope) (any, error) {
	return ev.variable(sc, o.position, o.name), nil
}

// pairOp is key => value.
type pairOp struct {
	key, value op
	source     string
	offset     int
}

func (o *pairOp) eval(ev *evaluator, sc *scope) (any, error) {
	k, err := o.key.eval(ev, sc)
	if err != nil {
		return nil, err
	}
	v, err := o.value.eval(ev, sc)
	return &pairValue{k, v}, err
}

// groupOp keeps the brackets: a bracketed constant is no constant to overload
// resolution.
type groupOp struct{ inner op }

func (o *groupOp) eval(ev *evaluator, sc *scope) (any, error) { return o.inner.eval(ev, sc) }

type listOp struct{ items []op }

func (o *listOp) eval(ev *evaluator, sc *scope) (any, error) {
	out := make([]any, len(o.items))
	for i, item := range o.items {
		if item == nil {
			continue
		}
		v, err := item.eval(ev, sc)
		if err != nil {
			return nil, err
		}
		out[i] = v
	}
	return out, ev.grow(len(out), 16*len(out))
}

type mapOp struct {
	pairs  []*pairOp
	offset int
}

func (o *mapOp) eval(ev *evaluator, sc *scope) (any, error) {
	m := pyvalue.NewMap(len(o.pairs))
	for _, p := range o.pairs {
		k, err := p.key.eval(ev, sc)
		if err != nil {
			return nil, err
		}
		v, err := p.value.eval(ev, sc)
		if err != nil {
			return nil, err
		}
		if err := ev.setKey(m, k, v); err != nil {
			return nil, ev.locate(err, o.offset)
		}
	}
	return m, ev.grow(m.Len(), 64*len(o.pairs))
}

type andOp struct{ left, right op }

func (o *andOp) eval(ev *evaluator, sc *scope) (any, error) {
	v, err := o.left.eval(ev, sc)
	if err != nil || !truth(v) {
		return v, err
	}
	return o.right.eval(ev, sc)
}

type orOp struct{ left, right op }

func (o *orOp) eval(ev *evaluator, sc *scope) (any, error) {
	v, err := o.left.eval(ev, sc)
	if err != nil || truth(v) {
		return v, err
	}
	return o.right.eval(ev, sc)
}

type notOp struct{ operand op }

func (o *notOp) eval(ev *evaluator, sc *scope) (any, error) {
	v, err := o.operand.eval(ev, sc)
	return !truth(v), err
}

type equalOp struct {
	left, right op
	negate      bool
}

func (o *equalOp) eval(ev *evaluator, sc *scope) (any, error) {
	a, err := o.left.eval(ev, sc)
	if err != nil {
		return nil, err
	}
	b, err := o.right.eval(ev, sc)
	if err != nil {
		return nil, err
	}
	return ev.equal(a, b) != o.negate, nil
}

// arrowOp evaluates its right side in the context that its left side makes.
type arrowOp struct {
	left, right op
	offset      int
}

func (o *arrowOp) eval(ev *evaluator, sc *scope) (any, error) {
	v, err := o.left.eval(ev, sc)
	if err != nil {
		return nil, err
	}
	inner, ok := v.(*scope)
	if !ok {
		return nil, ev.locate(callForm{name: "#operator_->"}.noMatch(), o.offset)
	}
	return o.right.eval(ev, inner)
}

// attributeOp is value.name.
type attributeOp struct {
	value    op
	name     string
	nullSafe bool // ?.
	offset   int
}

func (o *attributeOp) eval(ev *evaluator, sc *scope) (any, error) {
	v, err := o.value.eval(ev, sc)
	if err != nil {
		return nil, err
	}
	if v == nil && o.nullSafe {
		return nil, nil
	}
	v, err = ev.attribute(v, o.name)
	if err != nil {
		return nil, ev.locate(err, o.offset)
	}
	return v, nil
}

// attribute returns v.name: an entry of a dictionary, the attributes of all
// elements, or a property of a time.
func (ev *evaluator) attribute(v any, name string) (any, error) {
	if isMapping(v) {
		x, ok := lookupName(v, name)
		if !ok {
			e := fail(KindKey, "no key %q", name)
			e.Suggestion = closestKey(v, name)
			return nil, e
		}
		return x, nil
	}
	if isIterable(v) {
		return ev.lazily(v, func(x any) (any, bool, error) {
			x, err := ev.attribute(x, name)
			return x, true, err
		})
	}
	return property(v, name)
}

// methodOp is receiver.name(args).
type methodOp struct {
	receiver op
	call     *callOp
	nullSafe bool // ?.
}

func (o *methodOp) eval(ev *evaluator, sc *scope) (any, error) {
	v, err := o.receiver.eval(ev, sc)
	if err != nil {
		return nil, err
	}
	if v == nil && o.nullSafe {
		return nil, nil
	}
	return o.call.invoke(ev, sc, v)
}

// badDotOp is a dot with something else than a word or a call behind it.
type badDotOp struct {
	receiver op
	err      *Error
}

func (o *badDotOp) eval(ev *evaluator, sc *scope) (any, error) {
	v, err := o.receiver.eval(ev, sc)
	if err != nil || v == nil {
		return nil, err
	}
	return nil, o.err
}

// binaryOp is an operator with overloads; direct answers for common types.
type binaryOp struct {
	left, right op
	direct      func(a, b any) (v any, ok bool, err error)
	call        *callOp
}

func (o *binaryOp) eval(ev *evaluator, sc *scope) (any, error) {
	if sc.hasLocal() || o.call.broken() {
		return o.call.eval(ev, sc)
	}
	a, err := o.left.eval(ev, sc)
	if err != nil {
		return nil, err
	}
	b, err := o.right.eval(ev, sc)
	if err != nil {
		return nil, err
	}
	if o.direct != nil {
		if v, ok, err := o.direct(a, b); err != nil {
			return nil, ev.locate(err, o.call.offset)
		} else if ok {
			return v, nil
		}
	}
	return o.call.finish(ev, sc, []any{a, b}, nil)
}

// indexOp is value[key].
type indexOp struct {
	value, key op
	call       *callOp
}

func (o *indexOp) eval(ev *evaluator, sc *scope) (any, error) {
	if sc.hasLocal() || o.call.broken() {
		return o.call.eval(ev, sc)
	}
	v, err := o.value.eval(ev, sc)
	if err != nil {
		return nil, err
	}
	k, err := o.key.eval(ev, sc)
	if err != nil {
		return nil, err
	}
	return o.call.finish(ev, sc, []any{v, k}, nil)
}
