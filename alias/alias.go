package alias

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/petrel-dev/petrel/internal/suggest"
	"github.com/petrel-dev/petrel/pyvalue"
	"github.com/petrel-dev/petrel/schema"
)

// Alias is a compiled alias. It is immutable and safe for concurrent use.
type Alias struct {
	definition Definition
	value      *pyvalue.Map
	matchers   []matcher
}

// matcher is one representation of a format.
type matcher struct {
	*Pattern
	format *Format
}

// Option changes how an alias is compiled.
type Option func(*settings)

type settings struct{ limit time.Duration }

// TimeLimit sets how long one format may search in one command. The default is
// [DefaultTimeLimit].
func TimeLimit(limit time.Duration) Option {
	return func(s *settings) { s.limit = limit }
}

// DefaultTimeLimit is how long one format may search in one command. A usual
// search takes some microseconds.
const DefaultTimeLimit = 250 * time.Millisecond

// Compile checks an alias and compiles its formats. The definition must not be
// changed afterwards. The error is an [*Error] with all problems.
func Compile(definition Definition, options ...Option) (*Alias, error) {
	s := settings{limit: DefaultTimeLimit}
	for _, option := range options {
		option(&s)
	}
	definition.Formats = slices.Clone(definition.Formats)
	a := &Alias{definition: definition}
	var found problems
	if definition.Name == "" {
		found.add(schema.Path{"name"}, "is missing", "")
	}
	if strings.Contains(definition.Pack, ".") {
		found.add(schema.Path{"pack"}, fmt.Sprintf("%q contains a dot", definition.Pack), "")
	}
	switch pack, action, dot := strings.Cut(definition.ActionRef, "."); {
	case definition.ActionRef == "":
		found.add(schema.Path{"action_ref"}, "is missing", "")
	case !dot || pack == "" || action == "":
		found.add(schema.Path{"action_ref"}, fmt.Sprintf("%q is not a reference such as pack.action", definition.ActionRef), "")
	}
	if len(definition.Formats) == 0 {
		found.add(schema.Path{"formats"}, "is empty", "add a text such as \"deploy {{app}}\"")
	}
	for i := range definition.Formats {
		a.compileFormat(i, s, &found)
	}
	if len(found) > 0 {
		ref := ""
		if definition.Name != "" {
			ref = definition.Ref()
		}
		return nil, found.err(ref)
	}
	a.value = definition.Value()
	return a, nil
}

func (a *Alias) compileFormat(i int, s settings, found *problems) {
	format := &a.definition.Formats[i]
	for n, representation := range format.representations() {
		pattern, err := CompilePattern(representation, s.limit)
		if err != nil {
			place := schema.Path{"formats", i}
			if len(format.Representations) > 1 || representation != format.Display {
				place = append(place, "representation", n)
			}
			for line := range strings.SplitSeq(err.Error(), "\n") {
				found.add(place, fmt.Sprintf("%q: %s", representation, line), "")
			}
			continue
		}
		// A representation that occurs twice must not match twice.
		if !slices.ContainsFunc(a.matchers, func(m matcher) bool {
			return m.Pattern.format == representation && m.format.MatchMultiple == format.MatchMultiple
		}) {
			a.matchers = append(a.matchers, matcher{pattern, format})
		}
	}
}

// Definition returns what the alias was compiled from, not to be written to.
func (a *Alias) Definition() Definition { return a.definition }

// Ref returns the reference "pack.name".
func (a *Alias) Ref() string { return a.definition.Ref() }

// Extract returns the parameters of the executions that a command asks for when
// it is read by one of the alias's representations: one set, or for a format
// with match_multiple one for every place that fits. The error is
// [ErrUnknownFormat], [ErrNoMatch], [ErrNoValue] or [pyregexp.ErrTimeout].
func (a *Alias) Extract(representation, command string) ([]*pyvalue.Map, error) {
	i := slices.IndexFunc(a.matchers, func(m matcher) bool { return m.Pattern.format == representation })
	if i < 0 {
		return nil, fmt.Errorf("alias %s: %w: %q%s", a.Ref(), ErrUnknownFormat, representation,
			suggest.DidYouMean(representation, func(yield func(string) bool) {
				for _, m := range a.matchers {
					if !yield(m.Pattern.format) {
						return
					}
				}
			}))
	}
	return a.matchers[i].parametersOf(readCommand(command))
}

// parametersOf returns at least one set of parameters, or an error.
func (m matcher) parametersOf(c command) ([]*pyvalue.Map, error) {
	if !m.format.MatchMultiple {
		values, err := m.extract(c)
		if err != nil {
			return nil, err
		}
		return []*pyvalue.Map{values}, nil
	}
	list, err := m.extractAll(c)
	if err == nil && len(list) == 0 {
		err = fmt.Errorf("%w: nothing in %q is of the format %q", ErrNoMatch, shortened(c.text), m.Pattern.format)
	}
	return list, err
}
