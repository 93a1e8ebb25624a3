package criteria

import (
	"context"
	"strings"
	"time"

	"github.com/petrel-dev/petrel/jinja"
)

// Operator decides whether a payload value meets a rendered pattern. An error
// makes the criterion fail. An operator is not called with a nil pattern: the
// criterion is then not met. It must be safe for concurrent use.
type Operator func(ctx context.Context, value, pattern any) (bool, error)

// Option configures a [Compiler] or one compilation.
type Option func(*settings)

type settings struct {
	operators    map[string]Operator // by lower-case name
	jinja        []jinja.Option
	regexTimeout time.Duration
	lenient      bool
	// changed is set by all options but When.
	changed bool

	whenSource string
	payload    any
}

func (s *settings) apply(options []Option) {
	for _, option := range options {
		option(s)
	}
}

// Operators adds operators by name. Names are compared without regard to case;
// a name of a built-in operator other than search replaces it.
func Operators(operators map[string]Operator) Option {
	lowered := make(map[string]Operator, len(operators))
	for name, f := range operators {
		lowered[strings.ToLower(name)] = f
	}
	return func(s *settings) { s.operators, s.changed = lowered, true }
}

// Jinja changes the environment that patterns are rendered in: filters and
// functions of the host, [jinja.WithDecrypt], limits.
func Jinja(options ...jinja.Option) Option {
	return func(s *settings) { s.jinja, s.changed = options, true }
}

// RegexTimeout bounds the time of one match of a regular expression; beyond it
// the criterion fails. The default, also for zero, is one second;
// less than zero means no bound.
func RegexTimeout(d time.Duration) Option {
	return func(s *settings) { s.regexTimeout, s.changed = d, true }
}

// Lenient compiles criteria that Compile would refuse. Their defects show when
// they are evaluated: an unknown operator is a failure, a criterion without
// type is not met. An expression is checked all the same.
func Lenient() Option {
	return func(s *settings) { s.lenient, s.changed = true, true }
}

// When adds an expression in the language of expr-lang that must hold beside
// the criteria. It sees trigger (the payload), st2kv (st2kv.system.name and
// st2kv.system["any name"], texts) and config. It is checked against payload,
// the schema of the trigger's payloads as a JSON-like value; nil leaves the
// payload unchecked. An empty source adds nothing.
func When(source string, payload any) Option {
	return func(s *settings) { s.whenSource, s.payload = source, payload }
}
