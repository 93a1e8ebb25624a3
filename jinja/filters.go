package jinja

import (
	"maps"
)

// builtinFilters are the filters of Jinja2. The tables are never written to.
var builtinFilters = publish(textFilters, numberFilters, sequenceFilters, orderFilters, selectFilters, htmlFilters, valueFilters)

func publish(tables ...map[string]internal) map[string]Func {
	all := make(map[string]Func)
	for _, table := range tables {
		for name, f := range table {
			all[name] = f.public()
		}
	}
	return all
}

// mergeFuncs returns the union of two tables.
func mergeFuncs(a, b map[string]Func) map[string]Func {
	m := maps.Clone(a)
	maps.Copy(m, b)
	return m
}

// args binds the arguments of a built-in filter or test.
func (s *evaluation) args(c *Call, p *parameters) ([]any, error) {
	bound := make([]any, len(p.names))
	err := c.bind(p, bound)
	return bound, err
}

// size reads an argument that must be an integer.
func size(c *Call, name string, v any) (int, error) {
	switch n := v.(type) {
	case int64:
		const most = 1 << 40
		return int(max(-most, min(n, most))), nil
	case bool:
		if n {
			return 1, nil
		}
		return 0, nil
	case *Undefined:
		return 0, n.err()
	}
	return 0, badArgument(c, name, "an integer", v)
}
