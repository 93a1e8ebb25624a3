package jinja

import (
	"maps"
)

// builtinFilters are the filters of Jinja2. The tables are never written to.
var builtinFilters = publish(textFilters, numberFilters, sequenceFilters, orderFilters, selectFilters, htmlFilters, valueFilters)

func publish(tables ...map[string]internal) map[string]internal {
	all := make(map[string]internal)
	for _, table := range tables {
		maps.Copy(all, table)
	}
	return all
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
