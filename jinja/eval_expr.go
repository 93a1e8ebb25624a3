package jinja

import (
	"slices"
	"strings"

	"github.com/petrel-dev/petrel/pyvalue"
)

func (n *constExpr) eval(*evaluation) (any, error) { return n.value, nil }

func (n *nameExpr) eval(s *evaluation) (any, error) {
	if err := s.step(); err != nil {
		return nil, place(n.at, err)
	}
	v := s.load(n.ref, n.name)
	if v == any(missing) {
		return s.undefinedName(n.name), nil
	}
	return v, nil
}

func (s *evaluation) evalAll(list []expr) ([]any, error) {
	values := make([]any, len(list))
	for i, e := range list {
		v, err := e.eval(s)
		if err != nil {
			return nil, err
		}
		values[i] = v
	}
	return values, s.grow(16 * len(list))
}

func (n *tupleExpr) eval(s *evaluation) (any, error) {
	items, err := s.evalAll(n.items)
	return pyvalue.Tuple(items), err
}

func (n *listExpr) eval(s *evaluation) (any, error) {
	items, err := s.evalAll(n.items)
	if err != nil {
		return nil, place(n.at, err)
	}
	list := &pyvalue.List{Items: items}
	if s.owned != nil {
		s.owned.made(list)
	}
	return list, nil
}

// evalShared evaluates an expression whose value is only read and not kept.
func (s *evaluation) evalShared(e expr) (any, error) {
	if list, ok := e.(*listExpr); ok && list.shared != nil {
		return list.shared, nil
	}
	return e.eval(s)
}

func (n *dictExpr) eval(s *evaluation) (any, error) {
	m := pyvalue.NewMap(len(n.keys))
	for i := range n.keys {
		k, err := n.keys[i].eval(s)
		if err != nil {
			return nil, err
		}
		v, err := n.values[i].eval(s)
		if err != nil {
			return nil, err
		}
		if k, err = s.key(k); err == nil {
			err = s.settle(m.Set(k, v))
		}
		if err != nil {
			return nil, place(at(n.keys[i].position()), err)
		}
	}
	if err := s.made(m); err != nil {
		return nil, place(n.at, err)
	}
	return m, nil
}

func (n *condExpr) eval(s *evaluation) (any, error) {
	test, err := n.test.eval(s)
	if err != nil {
		return nil, err
	}
	ok, err := s.truth(test)
	if err != nil {
		return nil, place(at(n.test.position()), err)
	}
	switch {
	case ok:
		return n.then.eval(s)
	case n.otherwise != nil:
		return n.otherwise.eval(s)
	}
	// Jinja2 is lenient here, whatever the environment says.
	u := s.undefinedHint("the inline if has no else and its condition is false")
	u.mode = min(u.mode, Lenient)
	return u, nil
}

func (n *andExpr) eval(s *evaluation) (any, error) {
	left, err := n.left.eval(s)
	if err != nil {
		return nil, err
	}
	ok, err := s.truth(left)
	if err != nil {
		return nil, place(at(n.left.position()), err)
	}
	if !ok {
		return left, nil
	}
	return n.right.eval(s)
}

func (n *orExpr) eval(s *evaluation) (any, error) {
	left, err := n.left.eval(s)
	if err != nil {
		return nil, err
	}
	ok, err := s.truth(left)
	if err != nil {
		return nil, place(at(n.left.position()), err)
	}
	if ok {
		return left, nil
	}
	return n.right.eval(s)
}

func (n *notExpr) eval(s *evaluation) (any, error) {
	v, err := n.operand.eval(s)
	if err != nil {
		return nil, err
	}
	ok, err := s.truth(v)
	if err != nil {
		return nil, place(at(n.operand.position()), err)
	}
	return !ok, nil
}

func (n *signExpr) eval(s *evaluation) (any, error) {
	v, err := n.operand.eval(s)
	if err != nil {
		return nil, err
	}
	if u, ok := v.(*Undefined); ok {
		return nil, place(at(n.operand.position()), u.err())
	}
	if n.negative {
		v, err = pyvalue.Neg(v)
	} else {
		v, err = pyvalue.Pos(v)
	}
	if err != nil {
		return nil, place(n.at, err)
	}
	return v, nil
}

func (n *binaryExpr) eval(s *evaluation) (any, error) {
	if err := s.step(); err != nil {
		return nil, place(n.at, err)
	}
	left, err := n.left.eval(s)
	if err != nil {
		return nil, err
	}
	right, err := n.right.eval(s)
	if err != nil {
		return nil, err
	}
	if u, ok := left.(*Undefined); ok {
		return nil, place(at(n.left.position()), u.err())
	}
	if u, ok := right.(*Undefined); ok {
		return nil, place(at(n.right.position()), u.err())
	}
	v, err := s.binary(n.op, left, right)
	if err != nil {
		return nil, place(n.at, err)
	}
	return v, nil
}

func (s *evaluation) binary(op tokenKind, left, right any) (any, error) {
	if l, ok := left.(Markup); ok {
		return s.binaryMarkup(op, l, right)
	}
	if r, ok := right.(Markup); ok {
		if l, ok := left.(string); ok && op == tokAdd {
			return Markup(escapeHTML(l)) + r, s.grow(len(l) + len(r))
		}
		v, err := s.binary(op, left, string(r))
		if text, ok := v.(string); ok && op == tokMul {
			return Markup(text), err
		}
		return v, err
	}
	var v any
	var err error
	switch op {
	case tokAdd:
		if l, ok := left.(int64); ok {
			if r, ok := right.(int64); ok {
				if sum := l + r; (sum > l) == (r > 0) {
					return sum, nil
				}
			}
		}
		v, err = pyvalue.Add(left, right)
	case tokSub:
		v, err = pyvalue.Sub(left, right)
	case tokMul:
		if err := s.repeatFits(left, right); err != nil {
			return nil, err
		}
		v, err = pyvalue.Mul(left, right)
	case tokDiv:
		v, err = pyvalue.Div(left, right)
	case tokFloorDiv:
		v, err = pyvalue.FloorDiv(left, right)
	case tokMod:
		if format, ok := left.(string); ok {
			v, err = s.printf(format, right)
		} else {
			v, err = pyvalue.Mod(left, right)
		}
	case tokPow:
		v, err = pyvalue.Pow(left, right)
	}
	if err = s.settle(err); err != nil {
		return nil, err
	}
	return v, s.made(v)
}

// repeatFits refuses 'a' * n before it takes the memory.
func (s *evaluation) repeatFits(left, right any) error {
	n, ok := right.(int64)
	what := left
	if !ok {
		if n, ok = left.(int64); !ok {
			return nil
		}
		what = right
	}
	size := 0
	switch t := what.(type) {
	case string:
		size = len(t)
	case []any:
		size = 16 * len(t)
	case *pyvalue.List:
		size = 16 * len(t.Items)
	case pyvalue.Tuple:
		size = 16 * len(t)
	}
	if size > 0 && n > 0 && n > s.room()/int64(size) {
		return newError(KindLimit, "the template needs more than %d bytes of memory", s.env.limits.Memory)
	}
	return nil
}

func (n *concatExpr) eval(s *evaluation) (any, error) {
	if err := s.step(); err != nil {
		return nil, place(n.at, err)
	}
	if s.autoescape {
		return n.escaped(s)
	}
	var few [4]string
	texts, total := few[:0], 0
	for _, part := range n.parts {
		v, err := part.eval(s)
		if err != nil {
			return nil, err
		}
		text, err := s.text(v)
		if err != nil {
			return nil, place(at(part.position()), err)
		}
		texts = append(texts, text)
		total += len(text)
	}
	if err := s.grow(total); err != nil {
		return nil, place(n.at, err)
	}
	return strings.Join(texts, ""), nil
}

// escaped joins the parts where escaping is on: if one of them is safe the
// others are made so.
func (n *concatExpr) escaped(s *evaluation) (any, error) {
	values, err := s.evalAll(n.parts)
	if err != nil {
		return nil, err
	}
	safe := slices.ContainsFunc(values, func(v any) bool { _, ok := v.(Markup); return ok })
	var b strings.Builder
	for i, v := range values {
		text, err := s.text(v)
		if err != nil {
			return nil, place(at(n.parts[i].position()), err)
		}
		if _, ok := v.(Markup); safe && !ok {
			text = escapeHTML(text)
		}
		b.WriteString(text)
	}
	if err := s.grow(b.Len()); err != nil {
		return nil, place(n.at, err)
	}
	if safe {
		return Markup(b.String()), nil
	}
	return b.String(), nil
}

func (n *compareExpr) eval(s *evaluation) (any, error) {
	if err := s.step(); err != nil {
		return nil, place(n.at, err)
	}
	left, err := n.first.eval(s)
	if err != nil {
		return nil, err
	}
	leftPos := n.first.position()
	for i := range n.rest {
		c := &n.rest[i]
		var right any
		if c.op >= opIn {
			right, err = s.evalShared(c.operand)
		} else {
			right, err = c.operand.eval(s)
		}
		if err != nil {
			return nil, err
		}
		ok, err := s.compare(c.op, left, right)
		if err != nil {
			if _, undefined := left.(*Undefined); !undefined {
				if _, undefined = right.(*Undefined); undefined {
					leftPos = c.operand.position()
				}
			}
			return nil, place(at(leftPos), err)
		}
		if !ok {
			return false, nil
		}
		left, leftPos = right, c.operand.position()
	}
	return true, nil
}

func (s *evaluation) compare(op compareOp, left, right any) (bool, error) {
	left, right = plain(left), plain(right)
	if u, ok := left.(*Undefined); ok && (u.mode == Strict || op > opNe && op < opIn) {
		// Membership asks the container first: an empty one answers.
		if op >= opIn && isText(right) {
			_, err := pyvalue.Contains(right, left)
			return false, err
		}
		if op >= opIn {
			if n, err := pyvalue.Len(right); err == nil && n == 0 && !isDict(right) {
				return op == opNotIn, s.settle(nil)
			}
		}
		return false, u.err()
	}
	if u, ok := right.(*Undefined); ok && (u.mode == Strict || op > opNe && op < opIn) {
		return false, u.err()
	}
	switch op {
	case opEq, opNe:
		switch l := left.(type) {
		case string:
			if r, ok := right.(string); ok {
				return (l == r) == (op == opEq), nil
			}
		case int64:
			if r, ok := right.(int64); ok {
				return (l == r) == (op == opEq), nil
			}
		}
		equal, err := s.equal(left, right)
		return equal == (op == opEq), err
	case opIn, opNotIn:
		found, err := s.contains(right, left)
		return found == (op == opIn), err
	}
	if l, ok := left.(int64); ok {
		if r, ok := right.(int64); ok {
			switch op {
			case opLt:
				return l < r, nil
			case opLe:
				return l <= r, nil
			case opGt:
				return l > r, nil
			default:
				return l >= r, nil
			}
		}
	}
	return s.ordered([...]pyvalue.Order{opLt: pyvalue.Less, opLe: pyvalue.LessEqual,
		opGt: pyvalue.Greater, opGe: pyvalue.GreaterEqual}[op], left, right)
}

func (s *evaluation) contains(collection, item any) (bool, error) {
	switch item.(type) {
	case nil, string, bool, int64, float64:
		if n, err := pyvalue.Len(collection); err == nil {
			if err := s.work(n >> 4); err != nil {
				return false, err
			}
		}
	default:
		if err := s.weigh(item); err != nil {
			return false, err
		}
		if items, ok := pyvalue.Elements(collection); ok {
			for _, element := range items {
				if err := s.weighPair(element, item); err != nil {
					return false, err
				}
			}
		}
	}
	found, err := pyvalue.Contains(collection, item)
	return found, s.settle(err)
}

func isText(v any) bool { _, ok := v.(string); return ok }

func isDict(v any) bool { return pyvalue.IsDict(v) }
