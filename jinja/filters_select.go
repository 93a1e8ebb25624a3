package jinja

import (
	"github.com/petrel-dev/petrel/pyvalue"
)

var selectFilters = map[string]internal{
	"map":        filterMap,
	"select":     selection(true, false),
	"reject":     selection(false, false),
	"selectattr": selection(true, true),
	"rejectattr": selection(false, true),
}

func filterMap(s *evaluation, c *Call) (any, error) {
	if len(c.Args) == 0 {
		return nil, newError(pyvalue.KindType, "map lacks the argument 'value'")
	}
	value, args, keywords := c.Args[0], c.Args[1:], c.Keywords
	return s.lazily("generator object sync_do_map", func() (iterator, error) {
		full, err := s.truth(value)
		if err != nil || !full {
			return none, err
		}
		apply, err := s.mapper(args, keywords)
		if err != nil {
			return nil, err
		}
		next, err := s.iterate(value)
		return func() (any, bool, error) {
			item, ok, err := next()
			if err != nil || !ok {
				return nil, false, err
			}
			if err := s.step(); err != nil {
				return nil, false, err
			}
			item, err = apply(item)
			return item, err == nil, err
		}, err
	}), nil
}

// none is an iterator over nothing.
func none() (any, bool, error) { return nil, false, nil }

func (s *evaluation) mapper(args []any, keywords []Keyword) (func(any) (any, error), error) {
	if len(args) == 0 {
		var attribute, def any
		found := false
		for _, k := range keywords {
			switch k.Name {
			case "attribute":
				attribute, found = k.Value, true
			case "default":
				def = k.Value
			}
		}
		if found {
			for _, k := range keywords {
				if k.Name != "attribute" && k.Name != "default" {
					return nil, newError(KindFilterArgument, "map takes no argument '%s'", k.Name)
				}
			}
			return s.getter(attribute, def), nil
		}
		return nil, newError(KindFilterArgument, "map needs the name of a filter, or attribute=")
	}
	name, rest := args[0], args[1:]
	return s.filterNamed(name, rest, keywords), nil
}

// selection makes the filters that keep or drop the elements that pass a test.
func selection(keep, byAttribute bool) internal {
	return func(s *evaluation, c *Call) (any, error) {
		if len(c.Args) == 0 {
			return nil, newError(pyvalue.KindType, "%s lacks the argument 'value'", c.Name)
		}
		value, args, keywords, filter := c.Args[0], c.Args[1:], c.Keywords, c.Name
		return s.lazily("generator object select_or_reject", func() (iterator, error) {
			full, err := s.truth(value)
			if err != nil || !full {
				return none, err
			}
			get := s.getter(nil, nil)
			if byAttribute {
				if len(args) == 0 {
					return nil, newError(KindFilterArgument, "%s needs the name of an attribute", filter)
				}
				get = s.getter(args[0], nil)
				args = args[1:]
			}
			var test func(any) (any, error)
			if len(args) > 0 {
				test = s.testNamed(args[0], args[1:], keywords)
			}
			next, err := s.iterate(value)
			return func() (any, bool, error) {
				for {
					item, ok, err := next()
					if err != nil || !ok {
						return nil, false, err
					}
					if err := s.step(); err != nil {
						return nil, false, err
					}
					v, err := get(item)
					if err != nil {
						return nil, false, err
					}
					if test != nil {
						if v, err = test(v); err != nil {
							return nil, false, err
						}
					}
					pass, err := s.truth(v)
					if err != nil {
						return nil, false, err
					}
					if pass == keep {
						return item, true, nil
					}
				}
			}, err
		}), nil
	}
}
