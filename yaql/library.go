package yaql

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/petrel-dev/petrel/internal/suggest"
)

// FunctionSet is a set of functions and methods, immutable and safe for use
// by any number of programs.
type FunctionSet struct {
	families map[string]*family
}

// family holds all overloads of a name, of functions in the first place and
// of methods in the second.
type family [2]struct {
	overloads []*overload
	level     [][]*overload // just the overloads, for names that one set defines
}

// place is where a family keeps functions or methods.
func place(method bool) int {
	if method {
		return 1
	}
	return 0
}

func newFunctionSet() *FunctionSet { return &FunctionSet{families: map[string]*family{}} }

func (s *FunctionSet) add(fn *overload) {
	for i := range fn.params {
		fn.order = append(fn.order, &fn.params[i])
		if !fn.params[i].optional {
			fn.required = i + 1
		}
	}
	f := s.families[fn.name]
	if f == nil {
		f = &family{}
		s.families[fn.name] = f
	}
	for i, applies := range [...]bool{fn.function, fn.method} {
		if applies {
			f[i].overloads = append(f[i].overloads, fn)
			f[i].level = [][]*overload{f[i].overloads}
		}
	}
}

type form uint8

const (
	asFunction form = 1 << iota
	asMethod
	withPairs
	asBoth = asFunction | asMethod
)

type implementation = func(ev *evaluator, sc *scope, a []any) (any, error)

// define adds one overload under each of the names (separated by blanks).
// The signature lists parameters as name:type, with "?" behind the type if
// null is accepted and "=value" if the argument may be omitted; "*name:type"
// takes further positional, "**name:type" further keyword arguments.
func (s *FunctionSet) define(names string, f form, signature string, call implementation) {
	for name := range strings.FieldsSeq(names) {
		fn := &overload{
			name: name, call: call,
			function: f&asFunction != 0, method: f&asMethod != 0, pairs: f&withPairs != 0,
		}
		for part := range strings.SplitSeq(signature, ",") {
			part = strings.TrimSpace(part)
			switch {
			case part == "":
			case strings.HasPrefix(part, "**"):
				p := parseParam(part[2:])
				fn.keywords = &p
			case strings.HasPrefix(part, "*"):
				p := parseParam(part[1:])
				fn.rest = &p
			default:
				fn.params = append(fn.params, parseParam(part))
			}
		}
		s.add(fn)
	}
}

var typeNames = map[string]Type{
	"any": Any, "string": String, "int": Integer, "whole": Whole, "number": Number, "bool": Boolean,
	"iterable": Iterable, "sequence": Sequence, "mapping": Mapping, "set": SetLike,
	"datetime": DateTime, "timespan": Timespan, "none": typeNone, "nonnull": typeNonNull,
	"iterator": typeIterator, "orderable": typeOrderable, "ordering": typeOrdering, "regex": typeRegex,
	"context": typeContext, "pair": typePair, "lambda": typeLambda, "rule": typeRule,
}

func parseParam(text string) param {
	name, rest, _ := strings.Cut(text, ":")
	typ, def, optional := strings.Cut(rest, "=")
	typ, nullable := strings.CutSuffix(typ, "?")
	t, ok := typeNames[typ]
	if !ok {
		panic(fmt.Sprintf("yaql: parameter %q has no known type", text))
	}
	p := param{name: name, typ: t, optional: optional, nullable: nullable}
	switch t {
	case Any, typeLambda, typeNone:
		p.nullable = true
	}
	switch def {
	case "", "null":
	case "omitted":
		p.def = omitted
	case "true":
		p.def = true
	case "false":
		p.def = false
	case "zero":
		p.def = zeroSpan
	default:
		if n, err := strconv.ParseInt(def, 10, 64); err == nil {
			p.def = n
		} else {
			p.def = def
		}
	}
	return p
}

// library is what a program can call: layers of sets, innermost first.
type library struct {
	layers [][]*FunctionSet
}

func newLibrary(sets []*FunctionSet) *library {
	l := &library{}
	if len(sets) > 0 {
		l.layers = append(l.layers, sets)
	}
	l.layers = append(l.layers, []*FunctionSet{standardSet()})
	return l
}

// overloads returns all overloads of a name and form, by layer. The result
// must not be changed.
func (l *library) overloads(name string, method bool) [][]*overload {
	var levels [][]*overload
	at := place(method)
	for _, sets := range l.layers {
		var level []*overload
		for _, set := range sets {
			f := set.families[name]
			if f == nil || f[at].overloads == nil {
				continue
			}
			if level == nil && levels == nil {
				level, levels = f[at].overloads, f[at].level
				continue
			}
			if level == nil {
				level, levels = f[at].overloads, append(levels[:len(levels):len(levels)], f[at].overloads)
				continue
			}
			level = append(level[:len(level):len(level)], f[at].overloads...)
			levels = append(levels[:len(levels)-1:len(levels)-1], level)
		}
	}
	return levels
}

// suggest adds what a user may have meant by an unknown name.
func (l *library) suggest(e *Error, form callForm) {
	if len(l.overloads(form.name, !form.method)) > 0 {
		if form.method {
			e.Expected = form.name + "(value)"
		} else {
			e.Expected = "value." + form.name + "()"
		}
		return
	}
	var names []string
	for _, sets := range l.layers {
		for _, set := range sets {
			for name, f := range set.families {
				if isName(name) && len(f[place(form.method)].overloads) > 0 {
					names = append(names, name)
				}
			}
		}
	}
	e.Suggestion = suggest.Closest(form.name, slices.Values(names))
}

// standardSet is the library of the language.
var standardSet = sync.OnceValue(func() *FunctionSet {
	s := newFunctionSet()
	defineOperators(s)
	defineBranching(s)
	defineContexts(s)
	defineMath(s)
	defineStrings(s)
	defineRegexes(s)
	defineCollections(s)
	defineSets(s)
	defineQueries(s)
	defineSlices(s)
	defineOrdering(s)
	defineGenerators(s)
	defineTimes(s)
	return s
})
