package jinja

import (
	"strings"

	"github.com/petrel-dev/petrel/pyvalue"
)

var valueFilters = map[string]internal{
	"default": filterDefault,
	"d":       filterDefault,
	"attr":    filterAttr,
	"tojson":  filterToJSON,
	"pprint":  filterPprint,
	"string":  filterString,
	"items":   filterItems,
}

func badArgument(c *Call, name, want string, got any) error {
	return newError(pyvalue.KindType, "%s: the argument '%s' must be %s, not %s", c.title(), name, want, pyvalue.TypeName(got))
}

var defaultParams = params(1, "value", nil, "default_value", "", "boolean", false)

func filterDefault(s *evaluation, c *Call) (any, error) {
	var a [3]any
	if err := c.bind(defaultParams, a[:]); err != nil {
		return nil, err
	}
	if _, ok := a[0].(*Undefined); ok {
		return a[1], nil
	}
	if a[2] != any(false) {
		strict, err := s.truth(a[2])
		if err != nil || !strict {
			return a[0], err
		}
		ok, err := s.truth(a[0])
		if err != nil || !ok {
			return a[1], err
		}
	}
	return a[0], nil
}

var attrParams = params(2, "obj", nil, "name", nil)

// filterAttr looks an attribute up, but no item.
func filterAttr(s *evaluation, c *Call) (any, error) {
	a, err := s.args(c, attrParams)
	if err != nil {
		return nil, err
	}
	if u, ok := a[0].(*Undefined); ok {
		return nil, u.err()
	}
	name, ok := plain(a[1]).(string)
	if !ok {
		return nil, badArgument(c, "name", "a string", a[1])
	}
	v, found, err := s.member(a[0], name)
	if err == nil && !found {
		v = s.undefinedMember(a[0], name)
	}
	return v, err
}

var oneParam = params(1, "value", nil)

func (s *evaluation) only(c *Call) (any, error) {
	var a [1]any
	err := c.bind(oneParam, a[:])
	return a[0], err
}

func filterString(s *evaluation, c *Call) (any, error) {
	v, err := s.only(c)
	if err != nil {
		return nil, err
	}
	if _, ok := v.(Markup); ok {
		return v, nil
	}
	return orNil(s.text(v))
}

func filterItems(s *evaluation, c *Call) (any, error) {
	v, err := s.only(c)
	if err != nil {
		return nil, err
	}
	return s.lazily("generator object do_items", func() (iterator, error) {
		if _, ok := v.(*Undefined); ok {
			return s.iterate([]any{})
		}
		if !pyvalue.IsDict(v) {
			return nil, newError(pyvalue.KindType, "items() takes a mapping, not %s", pyvalue.TypeName(v))
		}
		return s.iterate(s.pairs(v))
	}), nil
}

// pairs returns the entries of a mapping as a list of tuples.
func (s *evaluation) pairs(dict any) []any {
	n, _ := pyvalue.Len(dict)
	pairs := make([]any, 0, n)
	for k, v := range pyvalue.Entries(dict) {
		pairs = append(pairs, pyvalue.Tuple{k, s.accept(v)})
	}
	if err := s.grow(64 * n); err != nil {
		s.fail(err)
	}
	return pairs
}

var toJSONParams = params(1, "value", nil, "indent", nil)

func filterToJSON(s *evaluation, c *Call) (any, error) {
	a, err := s.args(c, toJSONParams)
	if err != nil {
		return nil, err
	}
	if u, ok := a[0].(*Undefined); ok {
		return nil, newError(pyvalue.KindType, "an undefined value has no JSON form: %s", u.Message())
	}
	style := pyvalue.PythonStyle()
	style.SortKeys = true
	style.HTML = true
	switch indent := plain(a[1]).(type) {
	case nil:
	case string:
		style.Multiline, style.Indent = true, indent
	default:
		n, err := size(c, "indent", indent)
		if err != nil {
			return nil, err
		}
		if n > 1000 {
			return nil, newError(KindLimit, "tojson indents by at most 1000 blanks")
		}
		style.Multiline, style.Indent = true, strings.Repeat(" ", max(0, n))
	}
	if style.Multiline {
		style.ItemSeparator = ","
	}
	if err := s.weigh(a[0]); err != nil {
		return nil, err
	}
	text, err := pyvalue.EncodeJSON(plain(a[0]), style)
	if err = s.settle(err); err != nil {
		return nil, err
	}
	return Markup(text), nil
}
