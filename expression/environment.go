package expression

import (
	"context"

	"github.com/petrel-dev/petrel/jinja"
	"github.com/petrel-dev/petrel/yaql"
)

// Environment says what expressions may use and how they are evaluated. It is
// safe for use by any number of goroutines; a host needs one.
type Environment struct {
	yaql       []yaql.Option
	jinja      *jinja.Environment
	reevaluate bool
	texts      *cache
}

// Option changes an [Environment].
type Option func(*config)

type config struct {
	yaql       []yaql.Option
	jinja      []jinja.Option
	reevaluate bool
	cacheSize  int
}

// WithReevaluation makes strings that come out of an expression be evaluated
// in turn if they hold expressions themselves, as StackStorm does. It turns
// data into code: whoever controls a value that an expression yields controls
// what is evaluated. Leave it off unless all data can be trusted.
func WithReevaluation() Option {
	return func(c *config) { c.reevaluate = true }
}

// WithYAQL adds options for YAQL expressions, such as limits or functions of
// the host. Orquesta's and StackStorm's functions are always there.
func WithYAQL(options ...yaql.Option) Option {
	return func(c *config) { c.yaql = append(c.yaql, options...) }
}

// WithJinja adds options for Jinja expressions, such as limits or functions of
// the host. Orquesta's and StackStorm's functions are always there.
func WithJinja(options ...jinja.Option) Option {
	return func(c *config) { c.jinja = append(c.jinja, options...) }
}

// WithCacheSize bounds the number of texts that [Environment.Evaluate] keeps
// compiled. Below 1 means 1000, the default.
func WithCacheSize(texts int) Option {
	return func(c *config) { c.cacheSize = texts }
}

// NewEnvironment returns an environment with the functions of Orquesta and
// StackStorm in both languages, changed by options.
func NewEnvironment(options ...Option) *Environment {
	var c config
	for _, o := range options {
		o(&c)
	}
	return &Environment{
		yaql:       append([]yaql.Option{yaql.WithFunctions(yaql.Orquesta(), yaql.StackStorm())}, c.yaql...),
		jinja:      jinja.Orquesta(append(contextFunctions(), c.jinja...)...),
		reevaluate: c.reevaluate,
		texts:      newCache(c.cacheSize),
	}
}

// Evaluate is [Environment.Compile] and [Program.Eval] in one, for values that
// come at run time. It keeps the texts it compiles in a bounded cache.
func (env *Environment) Evaluate(ctx context.Context, value any, scope *Scope) (any, error) {
	if text, ok := value.(string); ok && Recognize(text) == "" {
		return text, nil
	}
	return env.compile(value, env.cached).Eval(ctx, scope)
}

// cached compiles a text unless it is in the cache.
func (env *Environment) cached(source string) text {
	return env.texts.get(cacheKey{source: source}, func() text { return env.compileText(source) })
}
