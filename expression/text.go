package expression

import (
	"context"
	"errors"
	"strings"

	"github.com/petrel-dev/petrel/pyvalue"
)

// text is a compiled string with expressions. It is immutable.
type text interface {
	// eval evaluates a string of the host.
	eval(e *evaluation) (any, error)
	// expand evaluates a string that, at a depth above 0, is the result of an
	// expression.
	expand(e *evaluation, depth int) (any, error)
	// problems returns what does not compile.
	problems(env *Environment) []*Error
}

// evaluation is the state of one evaluation. It belongs to one goroutine.
type evaluation struct {
	ctx   context.Context
	env   *Environment
	scope *Scope
	again int // results evaluated again so far
}

const (
	// maxDepth bounds results whose value is an expression whose value is an
	// expression.
	maxDepth = 100
	// maxAgain bounds how many results one evaluation evaluates again, which
	// can otherwise double with each level.
	maxAgain = 10_000
)

// compileText compiles a text of the host that has an expression.
func (env *Environment) compileText(source string) text {
	if Recognize(source) == Jinja {
		return env.compileJinja(source, true)
	}
	return env.compileYAQL(source)
}

// result evaluates a string that came out of an expression in its turn.
func (e *evaluation) result(language Language, source string, depth int) (any, error) {
	e.again++
	if depth > maxDepth {
		return nil, (&Error{
			Kind: KindRecursion, Language: language, Expression: source,
			Message: "the value of an expression is an expression, and so on, more than 100 times",
		}).at(source, 0)
	}
	if e.again > maxAgain {
		return nil, (&Error{
			Kind: KindLimit, Language: language, Expression: source,
			Message: "more than 10000 values of expressions are expressions",
		}).at(source, 0)
	}
	t := e.env.texts.get(cacheKey{source, language}, func() text {
		if language == Jinja {
			return e.env.compileJinja(source, false)
		}
		return e.env.compileYAQL(source)
	})
	return t.expand(e, depth)
}

// within makes an error in the value of an expression one of the expression.
func within(err error, language Language, source string, block span) error {
	inner, ok := errors.AsType[*Error](err)
	if !ok {
		return err
	}
	for {
		deeper, ok := errors.AsType[*Error](inner.Err)
		if !ok {
			break
		}
		inner = deeper
	}
	return (&Error{
		Kind: inner.Kind, Language: language, Expression: block.of(source), Err: inner,
		Message: "the value of the expression is evaluated again, and at " + inner.Error(),
	}).at(source, block.from)
}

// assembly puts the texts of values in the places of their expressions.
type assembly struct {
	source string
	// everywhere replaces every occurrence of an expression, also in what was
	// put in before, as Orquesta does.
	everywhere bool
	out        string          // if everywhere
	b          strings.Builder // if not
	pos        int
}

func (a *assembly) put(s span, value any) error {
	printed, err := pyvalue.StrWithin(value, 0)
	if err != nil {
		return err
	}
	if a.everywhere {
		if a.pos == 0 {
			a.out, a.pos = a.source, len(a.source)
		}
		old := s.of(a.source)
		if n := strings.Count(a.out, old); len(a.out)+n*(len(printed)-len(old)) > pyvalue.MaxTextBytes {
			return errTextTooLong
		}
		a.out = strings.ReplaceAll(a.out, old, printed)
		return nil
	}
	if a.b.Len()+s.from-a.pos+len(printed) > pyvalue.MaxTextBytes {
		return errTextTooLong
	}
	a.b.WriteString(a.source[a.pos:s.from])
	a.b.WriteString(printed)
	a.pos = s.to
	return nil
}

func (a *assembly) String() string {
	if !a.everywhere {
		a.b.WriteString(a.source[a.pos:])
		return a.b.String()
	}
	if a.pos == 0 {
		return a.source
	}
	return a.out
}

var errTextTooLong = pyvalue.Errorf(pyvalue.KindTooLarge, "the text is longer than %d bytes", pyvalue.MaxTextBytes)

// unprintable is the error of a value that has no text.
func unprintable(err error, language Language, source string, block span) *Error {
	e := &Error{Kind: pyvalue.KindOf(err), Language: language, Message: err.Error(), Expression: block.of(source), Err: err}
	if e.Kind == pyvalue.KindTooLarge {
		e.Kind = KindLimit
	}
	return e.at(source, block.from)
}
