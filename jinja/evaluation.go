package jinja

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/petrel-dev/petrel/pyvalue"
)

// evaluation is the state of one rendering. It belongs to one goroutine.
type evaluation struct {
	ctx      context.Context
	env      *Environment
	template *Template
	vars     Vars

	// variables holds the outside variables looked up so far.
	variables []any
	act       *activation
	root      activation
	few       [6]any // memory for variables and slots
	out       []byte

	steps, checkAt int64
	memory         int64
	calls          int
	autoescape     bool
	control        loopControl
	// exports are the names the template assigned, as its blocks see them.
	exports map[string]any
	// groups are the pairs that groupby made, by their first element.
	groups      map[*any]bool
	randomState uint64
	// spare is a call whose memory is free.
	spare *Call
	// owned is set if host data is copied before templates see it.
	owned *owner
	// failed is an error that could not be returned where it happened.
	failed error
	// referenced is set once there is a value that refers to the evaluation,
	// exposed if the host may have seen such values, and done when one of them
	// may outlive the evaluation.
	referenced, exposed, done bool
}

// activation holds the slots of one running function.
type activation struct {
	slots  []any
	parent *activation
}

type loopControl uint8

const (
	loopGoesOn loopControl = iota
	loopContinues
	loopBreaks
)

// marker is a slot's content that is no value.
type marker struct{ name string }

var (
	missing    = &marker{"missing"}
	unresolved = &marker{"unresolved"}
)

// checkInterval is the number of steps between two looks at the context.
const checkInterval = 512

// step counts one step of work.
func (s *evaluation) step() error {
	s.steps++
	if s.steps >= s.checkAt {
		return s.check()
	}
	return nil
}

func (s *evaluation) check() error {
	if s.steps > s.env.limits.Steps {
		return newError(KindLimit, "the template needs more than %d steps", s.env.limits.Steps)
	}
	if err := s.ctx.Err(); err != nil {
		cause := context.Cause(s.ctx)
		return &Error{Kind: KindCanceled, Message: "rendering was stopped: " + cause.Error(), Err: errors.Join(err, cause)}
	}
	s.checkAt = min(s.steps+checkInterval, s.env.limits.Steps+1)
	return nil
}

// work counts n steps at once, for operations over many elements.
func (s *evaluation) work(n int) error {
	s.steps += int64(n)
	if s.steps >= s.checkAt {
		return s.check()
	}
	return nil
}

// grow counts memory that a new value takes.
func (s *evaluation) grow(n int) error {
	s.memory += int64(n)
	if s.memory > s.env.limits.Memory {
		return newError(KindLimit, "the template needs more than %d bytes of memory", s.env.limits.Memory)
	}
	return nil
}

// room returns how many bytes of memory are left.
func (s *evaluation) room() int64 { return s.env.limits.Memory - s.memory }

// made counts the memory of a value that an operation returned.
func (s *evaluation) made(v any) error {
	if s.owned != nil {
		s.owned.made(v)
	}
	switch t := v.(type) {
	case string:
		return s.grow(len(t))
	case Markup:
		return s.grow(len(t))
	case []any:
		return s.grow(16 * len(t))
	case *pyvalue.List:
		return s.grow(16*len(t.Items) + 32)
	case pyvalue.Tuple:
		return s.grow(16 * len(t))
	case *pyvalue.Map:
		return s.grow(64 * t.Len())
	}
	return nil
}

func (s *evaluation) write(text string) error {
	if len(s.out)+len(text) > s.env.limits.Output {
		return newError(KindLimit, "the output is longer than %d bytes", s.env.limits.Output)
	}
	s.out = append(s.out, text...)
	return nil
}

// capture returns the output of f instead of writing it.
func (s *evaluation) capture(f func() error) (string, error) {
	saved := s.out
	s.out = nil
	err := f()
	text := string(s.out)
	s.out = saved
	if err == nil {
		err = s.grow(len(text))
	}
	return text, err
}

// call runs f one level deeper.
func (s *evaluation) call(f func() error) error {
	s.calls++
	defer func() { s.calls-- }()
	if s.calls > s.env.limits.Calls {
		return newError(pyvalue.KindRecursion, "calls are nested deeper than %d levels", s.env.limits.Calls)
	}
	return f()
}

// enter prepares the slots of a frame.
func (s *evaluation) enter(f *frame) {
	for i := range f.inits {
		in := &f.inits[i]
		var v any
		switch in.mode {
		case initMissing:
			v = missing
		case initUnresolved:
			v = unresolved
		case initAlias:
			v = s.activation(in.source.hops).slots[in.source.index]
		}
		s.act.slots[in.index] = v
	}
}

func (s *evaluation) activation(hops int) *activation {
	a := s.act
	for range hops {
		a = a.parent
	}
	return a
}

// assign gives a name its value.
func (s *evaluation) assign(ref reference, v any) {
	s.activation(ref.hops).slots[ref.index] = v
}

// load returns the value of a name, or missing.
func (s *evaluation) load(ref reference, name string) any {
	switch ref.kind {
	case refLocal:
		v := s.activation(ref.hops).slots[ref.index]
		if v == any(unresolved) {
			return s.variable(ref.variable, name)
		}
		return v
	case refExported:
		if v, ok := s.exports[name]; ok {
			return v
		}
	}
	return s.variable(ref.variable, name)
}

func (s *evaluation) variable(index int, name string) any {
	v := s.variables[index]
	if v != any(unresolved) {
		return v
	}
	v, ok := any(nil), false
	if s.vars != nil {
		v, ok = s.vars.Lookup(name)
	}
	if ok {
		v = s.accept(v)
	} else if v, ok = s.env.globals[name]; !ok {
		v = missing
	}
	s.variables[index] = v
	return v
}

// accept makes a value that comes from the host fit for templates.
func (s *evaluation) accept(v any) any {
	switch t := v.(type) {
	case nil, string, bool, int64, float64:
		return v
	case Func:
		return &builtin{run: hosted(t)}
	}
	if s.owned != nil {
		return s.own(v)
	}
	return pyvalue.Canonical(v)
}

// canonical gives numbers of a host their usual type.
func (s *evaluation) canonical(v any) any {
	switch v.(type) {
	case nil, string, bool, int64, float64:
		return v
	}
	if s.owned != nil {
		return v
	}
	return pyvalue.Canonical(v)
}

// fail keeps an error that happens where none can be returned; the operation
// that caused it reports it when it ends.
func (s *evaluation) fail(err error) {
	if s.failed == nil {
		s.failed = err
	}
}

// settle returns err, or else the error that was kept.
func (s *evaluation) settle(err error) error {
	if err == nil && s.failed != nil {
		err = s.failed
		s.failed = nil
	}
	return err
}

// truth returns whether a value counts as true.
func (s *evaluation) truth(v any) (bool, error) {
	switch t := v.(type) {
	case bool:
		return t, nil
	case nil:
		return false, nil
	case string:
		return t != "", nil
	case *Undefined:
		if t.mode == Strict {
			return false, t.err()
		}
		return false, nil
	case Markup:
		return t != "", nil
	}
	return pyvalue.Truth(v), s.settle(nil)
}

// text returns what printing a value gives, without escaping.
func (s *evaluation) text(v any) (string, error) {
	switch t := v.(type) {
	case string:
		return t, nil
	case Markup:
		return string(t), nil
	case nil:
		return "None", nil
	case int64:
		return strconv.FormatInt(t, 10), nil
	case bool:
		if t {
			return "True", nil
		}
		return "False", nil
	case *Undefined:
		if t.mode == Strict {
			return "", t.err()
		}
		return "", nil
	case Printer:
		text, err := t.Text(s.ctx)
		if err != nil {
			return "", err
		}
		return text, s.grow(len(text))
	}
	text, err := pyvalue.StrWithin(v, int(min(s.room(), int64(s.env.limits.Output))+1))
	if err = s.settle(err); err != nil {
		return "", err
	}
	return text, s.grow(len(text))
}

// print writes the text of a value, escaped if that is on.
func (s *evaluation) print(v any) error {
	text, err := s.text(v)
	if err != nil {
		return err
	}
	if s.autoescape {
		if _, safe := v.(Markup); !safe {
			text = escapeHTML(text)
		}
	}
	return s.write(text)
}

// newError returns an error whose place is not known yet.
func newError(kind Kind, format string, args ...any) *Error {
	return &Error{Kind: kind, Message: fmt.Sprintf(format, args...)}
}

// place gives err a place in the template, unless it has one already.
func place(pos at, err error) error {
	if errors.Is(err, errNeedsOwnership) {
		return err
	}
	e := templateError(err)
	if !e.placed {
		e.offset, e.placed = int(pos), true
	}
	return e
}

// templateError turns any error into an *Error.
func templateError(err error) *Error {
	//nolint:errorlint // An *Error inside the error of a host's function belongs to another template.
	if e, ok := err.(*Error); ok {
		return e
	}
	e := &Error{Kind: KindHost, Message: err.Error(), Err: err}
	if inner, ok := errors.AsType[*Error](err); ok {
		e.Kind = inner.Kind
	} else if kind := pyvalue.KindOf(err); kind != "" {
		e.Kind = kind
		if kind == pyvalue.KindTooLarge {
			e.Kind = KindLimit
		}
	} else if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		e.Kind = KindCanceled
	}
	return e
}

// placed is place for an error that may be nil.
func placed(pos at, err error) error {
	if err == nil {
		return nil
	}
	return place(pos, err)
}

// locate fills in line, column and source line from the byte offset.
func (e *Error) locate(source string) *Error {
	offset := max(0, min(e.offset, len(source)))
	lineStart := strings.LastIndexByte(source[:offset], '\n') + 1
	e.Line = 1 + strings.Count(source[:lineStart], "\n")
	e.Column = 1 + utf8.RuneCountInString(source[lineStart:offset])
	line, _, _ := strings.Cut(source[lineStart:], "\n")
	if len(line) > 400 {
		cut := 400
		for cut > 0 && !utf8.RuneStart(line[cut]) {
			cut--
		}
		line = line[:cut] + "…"
	}
	e.Source = line
	return e
}
