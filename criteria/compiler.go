package criteria

import (
	"context"
	"time"

	"github.com/petrel-dev/petrel/jinja"
)

// Compile compiles criteria with a compiler of their own. Use a [Compiler] for
// many rules: they then share environment and templates.
func Compile(list []Criterion, options ...Option) (*Program, error) {
	return NewCompiler(options...).Compile(list)
}

// Compiler turns criteria into programs. It is safe for concurrent use.
type Compiler struct {
	settings settings
}

// NewCompiler returns a compiler with StackStorm's operators and templates,
// changed by options.
func NewCompiler(options ...Option) *Compiler {
	return &Compiler{settings: settings{}.with(options)}
}

// Compile checks the criteria and returns their program. Options given here
// apply to this program only. The error is an [*Error] with all problems.
//
// As in StackStorm a rule is refused for an operator that does not exist and
// for a missing pattern. What would make a criterion fail on every event, such
// as a malformed key or regular expression, is a warning: see [Program.Warnings].
func (c *Compiler) Compile(list []Criterion, options ...Option) (*Program, error) {
	s := c.settings.with(options)
	return &Program{criteria: list, settings: s}, nil
}

// Operator decides whether a payload value meets a rendered pattern. An error
// makes the criterion fail. An operator is not called with a nil pattern: the
// criterion is then not met.
type Operator func(ctx context.Context, value, pattern any) (bool, error)

// Option configures a [Compiler] or one compilation.
type Option func(*settings)

type settings struct {
	operators    map[string]Operator
	jinja        []jinja.Option
	regexTimeout time.Duration
	lenient      bool
	when         string
	payload      any
}

func (s settings) with(options []Option) settings {
	for _, option := range options {
		option(&s)
	}
	return s
}

// Operators adds operators by name. Names are compared without regard to case;
// a name of a built-in operator replaces it.
func Operators(operators map[string]Operator) Option {
	return func(s *settings) { s.operators = operators }
}

// Jinja changes the environment that patterns are rendered in: filters and
// functions of the host, [jinja.WithDecrypt], limits.
func Jinja(options ...jinja.Option) Option {
	return func(s *settings) { s.jinja = options }
}

// RegexTimeout bounds the time of one match of a regular expression; beyond it
// the criterion fails. The default is one second.
func RegexTimeout(d time.Duration) Option {
	return func(s *settings) { s.regexTimeout = d }
}

// Lenient compiles criteria that Compile would refuse. Their defects show when
// they are evaluated: an unknown operator is a failure, a criterion without
// type is not met.
func Lenient() Option {
	return func(s *settings) { s.lenient = true }
}

// When adds an expression in the language of expr-lang that must hold beside
// the criteria. It sees trigger (the payload), st2kv (st2kv.system.name and
// st2kv.system["any name"], texts) and config. It is checked against payload,
// the schema of the trigger's payloads as a JSON-like value; nil leaves the
// payload unchecked. An empty source adds nothing.
func When(source string, payload any) Option {
	return func(s *settings) { s.when, s.payload = source, payload }
}
