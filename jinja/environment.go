package jinja

import (
	"context"
	"maps"
	"sync"
)

// Environment says which filters, tests and global names templates may use and
// how they are rendered. It is immutable and safe for concurrent use.
type Environment struct {
	filters             map[string]internal
	tests               map[string]internal
	globals             map[string]any
	undefined           UndefinedMode
	trimBlocks          bool
	lstripBlocks        bool
	keepTrailingNewline bool
	autoescape          bool
	extensions          extensions
	limits              Limits
	random              func(n int) int
	// evaluations keeps the memory of finished renderings.
	evaluations *sync.Pool
}

// UndefinedMode says what happens when a template uses a name that does not
// exist.
type UndefinedMode int

const (
	// Lenient prints undefined values as nothing, takes them for false and for
	// an empty sequence, and refuses only their attributes, calls and
	// arithmetic. It is Jinja2's default.
	Lenient UndefinedMode = iota
	// Strict refuses every use but the tests "defined" and "undefined" and the
	// filter "default".
	Strict
	// Chainable is Lenient, and attributes of undefined values are undefined.
	Chainable
)

// Option configures an [Environment].
type Option func(*Environment)

// NewEnvironment returns an environment with the filters, tests and globals of
// Jinja2, lenient undefined values and no trimming, changed by options.
func NewEnvironment(options ...Option) *Environment {
	e := &Environment{
		filters: maps.Clone(builtinFilters),
		tests:   maps.Clone(builtinTests),
		globals: maps.Clone(builtinGlobals),
		limits:  DefaultLimits(),

		evaluations: &sync.Pool{New: func() any { return new(evaluation) }},
	}
	for _, o := range options {
		o(e)
	}
	for name, v := range e.globals {
		if f, ok := v.(Func); ok {
			e.globals[name] = &builtin{name, hosted(f)}
		}
	}
	return e
}

// WithFilter adds or replaces a filter.
func WithFilter(name string, f Func) Option {
	return func(e *Environment) { e.filters[name] = hosted(f) }
}

// WithoutFilters removes filters.
func WithoutFilters(names ...string) Option {
	return func(e *Environment) {
		for _, n := range names {
			delete(e.filters, n)
		}
	}
}

// WithTest adds or replaces a test.
func WithTest(name string, f Func) Option {
	return func(e *Environment) { e.tests[name] = hosted(f) }
}

// WithGlobal adds or replaces a global name. Use a [Func] for a function.
// Variables of the same name win over globals.
func WithGlobal(name string, value any) Option {
	return func(e *Environment) { e.globals[name] = value }
}

// WithFunction adds f as a global function and as a filter.
func WithFunction(name string, f Func) Option {
	return func(e *Environment) {
		e.globals[name] = f
		e.filters[name] = hosted(f)
	}
}

// WithUndefined sets what using a missing name does.
func WithUndefined(mode UndefinedMode) Option {
	return func(e *Environment) { e.undefined = mode }
}

// WithTrimBlocks removes the first line break after a block.
func WithTrimBlocks(on bool) Option {
	return func(e *Environment) { e.trimBlocks = on }
}

// WithLStripBlocks removes blanks between the start of a line and a block.
func WithLStripBlocks(on bool) Option {
	return func(e *Environment) { e.lstripBlocks = on }
}

// WithKeepTrailingNewline keeps a single line break at the end of a template,
// which is dropped otherwise.
func WithKeepTrailingNewline(on bool) Option {
	return func(e *Environment) { e.keepTrailingNewline = on }
}

// WithAutoescape escapes what expressions print for HTML, unless it is [Markup].
// The statement autoescape changes it for a part of a template.
func WithAutoescape(on bool) Option {
	return func(e *Environment) { e.autoescape = on }
}

// WithDo adds the statement {% do expression %}, which evaluates and prints
// nothing.
func WithDo() Option {
	return func(e *Environment) { e.extensions.do = true }
}

// WithLoopControls adds the statements {% break %} and {% continue %}.
func WithLoopControls() Option {
	return func(e *Environment) { e.extensions.loopControls = true }
}

// WithLimits bounds the cost of templates. Zero fields keep their default.
func WithLimits(l Limits) Option {
	return func(e *Environment) { e.limits = l.withDefaults() }
}

// WithRandom gives the source of randomness for the filter "random" and the
// global "lipsum": a function that returns a number from 0 to n-1 and is safe
// for concurrent use. Without it both always give the same.
func WithRandom(f func(n int) int) Option {
	return func(e *Environment) { e.random = f }
}

// WithDecrypt adds the filter decrypt_kv, which hands the text form of its
// input to f. f may reach outside the template and gets the context of the
// rendering.
func WithDecrypt(f func(ctx context.Context, text string) (string, error)) Option {
	return func(e *Environment) { e.filters["decrypt_kv"] = hosted(decryptFilter(f)) }
}
