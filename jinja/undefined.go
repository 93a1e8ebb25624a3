package jinja

import (
	"iter"
	"maps"

	"github.com/petrel-dev/petrel/internal/suggest"
	"github.com/petrel-dev/petrel/pyvalue"
)

// Undefined is the value of a name, attribute or item that does not exist. A
// template can pass it on, test it and replace it by the filter "default";
// what else it may do the environment's [UndefinedMode] says. A host gets one
// from [Template.Eval] if the expression is undefined, or inside of a list or
// mapping that the template built.
type Undefined struct {
	name   string // what was looked up
	hint   string // the whole message, if not the usual one
	key    any    // the item that was looked up, if it is not a name
	object any    // where it was looked up
	member bool   // object is set
	kind   Kind
	mode   UndefinedMode
	eval   *evaluation
}

var (
	_ pyvalue.Object  = (*Undefined)(nil)
	_ pyvalue.Texter  = (*Undefined)(nil)
	_ pyvalue.Truther = (*Undefined)(nil)
	_ pyvalue.Equaler = (*Undefined)(nil)
	_ pyvalue.Ranger  = (*Undefined)(nil)
	_ pyvalue.Keyer   = (*Undefined)(nil)
)

func (s *evaluation) undefinedName(name string) *Undefined {
	s.referenced = true
	return &Undefined{name: name, kind: KindUndefined, mode: s.env.undefined, eval: s}
}

func (s *evaluation) undefinedHint(hint string) *Undefined {
	s.referenced = true
	return &Undefined{hint: hint, kind: KindUndefined, mode: s.env.undefined, eval: s}
}

func (s *evaluation) undefinedMember(object any, name string) *Undefined {
	s.referenced = true
	return &Undefined{name: name, object: object, member: true, kind: KindUndefined, mode: s.env.undefined, eval: s}
}

func (s *evaluation) undefinedItem(object, key any) *Undefined {
	s.referenced = true
	return &Undefined{key: key, object: object, member: true, kind: KindUndefined, mode: s.env.undefined, eval: s}
}

func (s *evaluation) unsafeMember(object any, name string) *Undefined {
	s.referenced = true
	return &Undefined{
		hint: "access to attribute '" + name + "' of '" + pyvalue.TypeName(object) + "' object is unsafe",
		kind: KindSecurity, mode: s.env.undefined, eval: s,
	}
}

// Message says what does not exist.
func (u *Undefined) Message() string {
	switch {
	case u.hint != "":
		return u.hint
	case !u.member:
		return "'" + u.name + "' is undefined"
	}
	object := "None"
	if u.object != nil {
		object = "'" + pyvalue.TypeName(u.object) + " object'"
	}
	if u.name == "" {
		key := "?"
		switch u.key.(type) {
		case string, int64, bool, nil, float64:
			key = pyvalue.Repr(u.key)
		}
		return object + " has no element " + key
	}
	return object + " has no attribute '" + u.name + "'"
}

func (u *Undefined) err() *Error {
	e := &Error{Kind: u.kind, Message: u.Message()}
	if u.kind == KindUndefined && u.eval != nil && !u.member && u.hint == "" {
		e.Hint = u.eval.suggestName(u.name)
	}
	return e
}

func (u *Undefined) refuse() {
	if u.mode == Strict && u.eval != nil && !u.eval.done {
		u.eval.fail(u.err())
	}
}

// TypeName returns the name of the type in messages.
func (u *Undefined) TypeName() string {
	if u.mode == Strict {
		return "StrictUndefined"
	}
	return "Undefined"
}

// Repr returns "Undefined".
func (u *Undefined) Repr() string { return "Undefined" }

// Str returns "".
func (u *Undefined) Str() string { u.refuse(); return "" }

// Truth returns false.
func (u *Undefined) Truth() bool { u.refuse(); return false }

// EqualTo reports whether other is undefined, too.
func (u *Undefined) EqualTo(other any) bool {
	u.refuse()
	_, ok := other.(*Undefined)
	return ok
}

// Len returns 0.
func (u *Undefined) Len() int { u.refuse(); return 0 }

// Range has no elements.
func (u *Undefined) Range() iter.Seq[any] {
	u.refuse()
	return func(func(any) bool) {}
}

type undefinedKey struct{}

// HashKey is the same for all undefined values.
func (u *Undefined) HashKey() any { u.refuse(); return undefinedKey{} }

func (s *evaluation) suggestName(name string) string {
	return suggest.DidYouMean(name, maps.Keys(s.env.globals))
}
