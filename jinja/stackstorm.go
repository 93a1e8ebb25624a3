package jinja

import (
	"context"

	"github.com/petrel-dev/petrel/functions"
	"github.com/petrel-dev/petrel/pyvalue"
)

// StackStorm returns the environment in which StackStorm renders rules,
// parameters, action chains and aliases: strict undefined values, trimmed
// blocks, Jinja2's filters and StackStorm's. The filter decrypt_kv exists if
// [WithDecrypt] is among the options.
func StackStorm(options ...Option) *Environment {
	preset := func(e *Environment) {
		e.undefined, e.trimBlocks, e.lstripBlocks = Strict, true, true
		for _, f := range functions.All() {
			switch f.Name {
			case "json_parse", "json_dump", "yaml_parse", "yaml_dump":
				// These names are Orquesta's alone.
				continue
			}
			e.filters[f.Name] = shared(f)
		}
		e.filters["to_complex"] = shared(functions.Function{
			Name:       "to_complex",
			Parameters: []functions.Parameter{{Name: "value"}},
			Call:       func(args []any) (any, error) { return functions.ToComplex(args[0]) },
		})
	}
	return NewEnvironment(append([]Option{preset}, options...)...)
}

// Orquesta returns the environment in which Orquesta evaluates expressions of
// workflows, without the functions that read a workflow's state: the host adds
// ctx, task and so on by [WithGlobal]. StackStorm's functions exist both as
// filters and as functions.
func Orquesta(options ...Option) *Environment {
	preset := func(e *Environment) {
		e.undefined, e.trimBlocks, e.lstripBlocks = Strict, true, true
		both := func(name string, f internal) {
			e.filters[name] = f
			e.globals[name] = &builtin{name, f}
		}
		for _, f := range functions.All() {
			both(f.Name, shared(f))
		}
		both("json", shared(functions.Function{
			Name:       "json",
			Parameters: []functions.Parameter{{Name: "data"}},
			Call:       func(args []any) (any, error) { return functions.JSON(args[0]) },
		}))
		both("zip", zipLists)
	}
	return NewEnvironment(append([]Option{preset}, options...)...)
}

var defaultEnvironment = StackStorm()

// shared makes one of StackStorm's functions a filter or global.
func shared(f functions.Function) internal {
	p := &parameters{}
	for i, param := range f.Parameters {
		p.names = append(p.names, param.Name)
		p.defaults = append(p.defaults, param.Default)
		if !param.Optional {
			p.required = i + 1
		}
	}
	return func(s *evaluation, c *Call) (any, error) {
		bound, err := s.args(c, p)
		if err != nil {
			return nil, err
		}
		for i, v := range bound {
			switch t := v.(type) {
			case *Undefined:
				if f.Name == "to_json_string" || f.Name == "json_dump" || f.Name == "to_complex" {
					return nil, newError(pyvalue.KindType, "an undefined value has no JSON form: %s", t.Message())
				}
				return nil, t.err()
			case Markup:
				bound[i] = string(t)
			case string:
				if err := s.work(len(t) >> 4); err != nil {
					return nil, err
				}
			default:
				if err := s.weigh(v); err != nil {
					return nil, err
				}
			}
		}
		return f.Call(bound)
	}
}

func zipLists(s *evaluation, c *Call) (any, error) {
	lists := make([]any, len(c.Args))
	for i, a := range c.Args {
		switch t := a.(type) {
		case *Undefined:
			return nil, t.err()
		case *generator:
			items, err := s.collect(t)
			if err != nil {
				return nil, err
			}
			a = pyvalue.NewList(items...)
		}
		lists[i] = a
	}
	pad, _ := c.Keyword("pad")
	return functions.Zip(lists, pad)
}

func decryptFilter(f func(ctx context.Context, text string) (string, error)) Func {
	return func(ctx context.Context, c *Call) (any, error) {
		v, err := c.eval.only(c)
		if err != nil {
			return nil, err
		}
		text, err := c.eval.text(v)
		if err != nil {
			return nil, err
		}
		return orNil(f(ctx, text))
	}
}
