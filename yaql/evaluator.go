package yaql

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/petrel-dev/petrel/pyregexp"
	"github.com/petrel-dev/petrel/pyvalue"
)

// Env is what one evaluation works on. The data are read in place and never
// written; several evaluations may share them. Lists and dictionaries are
// those of package pyvalue's value model: []any, map[string]any and so on.
type Env struct {
	// Data is the value of $.
	Data any
	// Variables are the values of $name, by name without the dollar sign.
	Variables map[string]any

	// Context is the dictionary of workflow variables that ctx() and the
	// other functions of [Orquesta] read, and the value of $__vars. Entries
	// whose names begin with two underscores describe the workflow:
	// __current_task, __current_item and __state, also readable as variables.
	Context any

	// Datastore answers st2kv; nil means that there is no datastore.
	Datastore Datastore
	// Tasks answers task; nil means that there are no task executions.
	Tasks TaskReader

	// Now is the clock of now() and of datetime(text), which takes from it what
	// the text leaves out. nil means that now() is an error, and that texts
	// are completed from the first day of the year 1.
	Now func() time.Time
	// Location is the zone of localtz(); nil means UTC.
	Location *time.Location
	// Random is the source of random(); nil means that random() is an error.
	Random *rand.Rand
}

func (env *Env) variable(name string) any {
	if v, ok := env.Variables[name]; ok {
		return canonical(v)
	}
	switch name {
	case "__vars":
		if env.Context == nil {
			return map[string]any(nil)
		}
		return env.Context
	case "__state", "__current_task", "__current_item":
		v, _ := lookupName(env.Context, name)
		return v
	}
	return nil
}

// evaluator is the state of one evaluation; it belongs to one goroutine.
type evaluator struct {
	prog   *Program
	env    Env
	ctx    context.Context
	limits *Limits
	steps  int
	looked int // the number of steps when the context was last looked at
	depth  int
	memory int
	fault  error // a breach of limits where no error could be returned
}

// step counts a unit of work and now and then looks at the context.
func (ev *evaluator) step() error {
	if ev.fault != nil {
		return ev.fault
	}
	ev.steps++
	if ev.steps-ev.looked >= 256 {
		ev.looked = ev.steps
		if err := ev.ctx.Err(); err != nil {
			return &Error{Kind: KindCanceled, Message: "evaluation canceled: " + err.Error(), Offset: -1, Err: context.Cause(ev.ctx)}
		}
	}
	if ev.limits.Steps > 0 && ev.steps > ev.limits.Steps {
		return fail(KindLimit, "more than %d steps", ev.limits.Steps)
	}
	return nil
}

// spend is step for functions that cannot fail; the error comes with the next
// step, or at the end.
func (ev *evaluator) spend() bool {
	if err := ev.step(); err != nil {
		ev.fault = err
	}
	return ev.fault == nil
}

// chargeTexts makes calls with long strings cost more steps.
func (ev *evaluator) chargeTexts(values []any) {
	for _, v := range values {
		if s, ok := v.(string); ok {
			ev.steps += len(s) >> 8
		}
	}
}

// grow accounts for one more element of the given size in a collection that
// now has count elements.
func (ev *evaluator) grow(count, size int) error {
	if ev.limits.Elements > 0 && count > ev.limits.Elements {
		return fail(KindLimit, "a collection of more than %d elements", ev.limits.Elements)
	}
	return ev.allocate(size)
}

// text accounts for a new string of the given length.
func (ev *evaluator) text(length int) error {
	if ev.limits.Bytes > 0 && length > ev.limits.Bytes {
		return fail(KindLimit, "a string of more than %d bytes", ev.limits.Bytes)
	}
	return ev.allocate(length)
}

func (ev *evaluator) allocate(size int) error {
	ev.memory += size
	if ev.limits.Memory > 0 && ev.memory > ev.limits.Memory {
		return fail(KindLimit, "more than %d bytes of results", ev.limits.Memory)
	}
	return nil
}

func (ev *evaluator) enter() error {
	ev.depth++
	if ev.limits.Depth > 0 && ev.depth > ev.limits.Depth {
		ev.depth--
		return fail(KindRecursion, "evaluation nested deeper than %d", ev.limits.Depth)
	}
	return nil
}

func (ev *evaluator) leave() { ev.depth-- }

// locate turns err into an *Error with a position, if it has none.
func (ev *evaluator) locate(err error, offset int) error {
	return wrap(err).at(ev.prog.source, offset)
}

// wrap makes an *Error of any error.
func wrap(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	kind := KindException
	switch k := pyvalue.KindOf(err); k {
	case "":
		if errors.Is(err, pyregexp.ErrTimeout) {
			kind = KindLimit
		}
		if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
			kind = KindCanceled
		}
	case pyvalue.KindTooLarge:
		kind = KindLimit
	default:
		kind = Kind(k)
	}
	return &Error{Kind: kind, Message: err.Error(), Offset: -1, Err: err}
}
