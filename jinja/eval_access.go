package jinja

import (
	"strings"

	"github.com/petrel-dev/petrel/pyvalue"
)

func (n *attrExpr) eval(s *evaluation) (any, error) {
	if err := s.step(); err != nil {
		return nil, place(n.at, err)
	}
	object, err := n.object.eval(s)
	if err != nil {
		return nil, err
	}
	v, err := s.attribute(object, n.name)
	if err != nil {
		return nil, place(n.at, err)
	}
	return v, nil
}

func (n *itemExpr) eval(s *evaluation) (any, error) {
	if err := s.step(); err != nil {
		return nil, place(n.at, err)
	}
	object, err := n.object.eval(s)
	if err != nil {
		return nil, err
	}
	if slice, ok := n.key.(*sliceExpr); ok {
		v, err := s.slice(object, slice)
		if err != nil {
			return nil, place(n.at, err)
		}
		return v, nil
	}
	key, err := n.key.eval(s)
	if err != nil {
		return nil, err
	}
	v, err := s.item(object, key)
	if err != nil {
		return nil, place(n.at, err)
	}
	return v, nil
}

// A slice outside of a subscript cannot be written.
func (n *sliceExpr) eval(*evaluation) (any, error) {
	return nil, place(n.at, newError(pyvalue.KindType, "a slice cannot be one of several keys"))
}

func (s *evaluation) slice(object any, n *sliceExpr) (any, error) {
	var bounds [3]any
	for i, e := range [...]expr{n.start, n.stop, n.step} {
		if e == nil {
			continue
		}
		v, err := e.eval(s)
		if err != nil {
			return nil, err
		}
		bounds[i] = v
	}
	var v any
	var err error
	switch t := object.(type) {
	case *Undefined:
		return nil, t.err()
	case Markup:
		v, err = pyvalue.Slice(string(t), bounds[0], bounds[1], bounds[2])
		if text, ok := v.(string); ok {
			v = Markup(text)
		}
	case *rangeValue:
		v, err = t.slice(bounds[0], bounds[1], bounds[2])
	default:
		v, err = pyvalue.Slice(object, bounds[0], bounds[1], bounds[2])
	}
	if err != nil {
		return nil, err
	}
	return v, s.made(v)
}

// attribute returns object.name: an attribute or method if there is one, else
// the item of that name, else an undefined value.
func (s *evaluation) attribute(object any, name string) (any, error) {
	switch t := object.(type) {
	case map[string]any:
		if !maybeAttribute(name) {
			if v, ok := t[name]; ok {
				return s.accept(v), nil
			}
			return s.undefinedMember(object, name), nil
		}
	case *pyvalue.Map:
		if !maybeAttribute(name) {
			if v, ok := t.GetString(name); ok {
				return s.canonical(v), nil
			}
			return s.undefinedMember(object, name), nil
		}
	}
	v, found, err := s.member(object, name)
	if found || err != nil {
		return v, err
	}
	if v, ok, err := s.subscript(object, name); ok || err != nil {
		return v, err
	}
	return s.undefinedMember(object, name), nil
}

// maybeAttribute is a quick test that rules out most names of data: methods of
// mappings and the names that begin with an underscore.
func maybeAttribute(name string) bool {
	if name == "" || name[0] == '_' {
		return true
	}
	switch name {
	case "clear", "copy", "fromkeys", "get", "items", "keys", "pop", "popitem", "setdefault", "update", "values":
		return true
	}
	return false
}

// item returns object[key]: the item if there is one, else for texts the
// attribute of that name, else an undefined value.
func (s *evaluation) item(object, key any) (any, error) {
	key, err := s.key(key)
	if err != nil {
		return nil, err
	}
	if v, ok, err := s.subscript(object, key); ok || err != nil {
		return v, err
	}
	if name, ok := key.(string); ok {
		v, found, err := s.member(object, name)
		if found || err != nil {
			return v, err
		}
	}
	return s.undefinedItem(object, key), nil
}

// subscript looks an item up; ok is false if there is none.
func (s *evaluation) subscript(object, key any) (v any, ok bool, err error) {
	switch t := object.(type) {
	case map[string]any:
		if name, isText := key.(string); isText {
			v, ok = t[name]
			return s.accept(v), ok, nil
		}
	case *pyvalue.Map:
		if name, isText := key.(string); isText {
			v, ok = t.GetString(name)
			return s.canonical(v), ok, nil
		}
	case []any:
		if i, isInt := key.(int64); isInt {
			if i < 0 {
				i += int64(len(t))
			}
			if i < 0 || i >= int64(len(t)) {
				return nil, false, nil
			}
			return s.accept(t[i]), true, nil
		}
	case Object:
		s.exposed = true
		v, ok, err = t.Subscript(s.ctx, key)
		return s.accept(v), ok, err
	case *Undefined:
		if t.mode == Chainable && t.kind == KindUndefined {
			return t, true, nil
		}
		return nil, false, t.err()
	case Markup:
		v, ok, err = s.subscript(string(t), key)
		if text, isText := v.(string); isText {
			v = Markup(text)
		}
		return v, ok, err
	}
	if u, isUndefined := key.(*Undefined); isUndefined {
		return nil, false, u.err()
	}
	v, err = pyvalue.Index(object, key)
	switch pyvalue.KindOf(err) {
	case "":
		return s.canonical(v), true, s.settle(nil)
	case pyvalue.KindType, pyvalue.KindIndex, pyvalue.KindKey:
		return nil, false, s.settle(nil)
	}
	return nil, false, err
}

// member looks an attribute or method up.
func (s *evaluation) member(object any, name string) (v any, ok bool, err error) {
	if strings.HasPrefix(name, "_") || name == "mro" {
		if _, isObject := object.(Object); !isObject && internalAttribute(object, name) {
			return s.unsafeMember(object, name), true, nil
		}
	}
	switch t := object.(type) {
	case Object:
		if v, ok, err = t.Attribute(s.ctx, name); ok {
			v = s.accept(v)
		}
		return v, ok, err
	case *Undefined:
		if t.mode == Chainable && t.kind == KindUndefined {
			return t, true, nil
		}
		return nil, false, t.err()
	case memberer:
		return t.member(s, name)
	case pyvalue.Tuple:
		if v, ok := s.groupMember(t, name); ok {
			return v, true, nil
		}
	case Markup:
		if v, ok, err = s.member(string(t), name); ok {
			if m, isMethod := v.(*method); isMethod {
				m.receiver = t
			}
		}
		return v, ok, err
	}
	if pyvalue.HasMethod(object, name) || isFormatMethod(object, name) {
		return &method{receiver: object, name: name}, true, nil
	}
	if v, ok = pyvalue.Attribute(object, name); ok {
		return v, true, nil
	}
	return nil, false, nil
}

// memberer is a value of this package with attributes.
type memberer interface {
	member(s *evaluation, name string) (any, bool, error)
}

func isFormatMethod(object any, name string) bool {
	return isText(object) && (name == "format" || name == "format_map")
}

// internalAttribute tells whether every Python object of that type has the
// attribute, which is what makes its use a breach and not just a miss.
func internalAttribute(object any, name string) bool {
	switch name {
	case "__class__", "__delattr__", "__dir__", "__doc__", "__eq__", "__format__", "__ge__", "__getattribute__",
		"__getstate__", "__gt__", "__hash__", "__init__", "__init_subclass__", "__le__", "__lt__", "__ne__", "__new__",
		"__reduce__", "__reduce_ex__", "__repr__", "__setattr__", "__sizeof__", "__str__", "__subclasshook__":
		return true
	case "mro", "__subclasses__", "__mro__", "__bases__", "__base__", "__name__", "__dict__", "__module__", "__qualname__", "__basicsize__":
		if m, isMethod := object.(*method); isMethod {
			return !isFormatMethod(m.receiver, m.name) && (name == "__name__" || name == "__qualname__" || name == "__module__")
		}
		_, isType := object.(*typeObject)
		return isType
	case "__globals__", "__code__", "__closure__", "__defaults__", "__kwdefaults__", "__annotations__", "__builtins__":
		_, isFunction := object.(*builtin)
		return isFunction
	case "__call__", "__self__", "__func__":
		switch object.(type) {
		case *builtin, *method, *macro, *typeObject:
			return true
		}
		return false
	}
	container, number := false, false
	switch object.(type) {
	case string, Markup, []any, *pyvalue.List, pyvalue.Tuple, []byte:
		switch name {
		case "__add__", "__mul__", "__rmul__", "__iadd__", "__imul__", "__reversed__", "__mod__", "__rmod__", "__getnewargs__":
			return true
		}
		container = true
	case *pyvalue.Map, map[string]any, *pyvalue.Set:
		container = true
	case bool, int64, float64:
		number = true
	}
	switch name {
	case "__contains__", "__getitem__", "__iter__", "__len__", "__setitem__", "__delitem__", "__class_getitem__", "__or__", "__ior__":
		return container
	case "__add__", "__radd__", "__sub__", "__rsub__", "__mul__", "__rmul__", "__truediv__", "__floordiv__", "__mod__",
		"__pow__", "__neg__", "__pos__", "__abs__", "__bool__", "__int__", "__float__", "__round__", "__divmod__", "__index__":
		return number
	}
	return false
}
