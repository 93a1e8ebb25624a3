package jinja

import "context"

// StackStorm returns the environment in which StackStorm renders rules,
// parameters, action chains and aliases: strict undefined values, trimmed
// blocks, Jinja2's filters and StackStorm's. The filter decrypt_kv exists if
// [WithDecrypt] is among the options.
func StackStorm(options ...Option) *Environment {
	return NewEnvironment(append([]Option{
		WithUndefined(Strict), WithTrimBlocks(true), WithLStripBlocks(true),
	}, options...)...)
}

// Orquesta returns the environment in which Orquesta evaluates expressions of
// workflows, without the functions that read a workflow's state: the host adds
// ctx, task and so on by [WithFunction]. StackStorm's functions exist both as
// filters and as functions.
func Orquesta(options ...Option) *Environment {
	return NewEnvironment(append([]Option{
		WithUndefined(Strict), WithTrimBlocks(true), WithLStripBlocks(true),
	}, options...)...)
}

var defaultEnvironment = StackStorm()

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
