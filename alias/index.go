package alias

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/petrel-dev/petrel/internal/suggest"
	"github.com/petrel-dev/petrel/pyvalue"
)

// Index holds the aliases of an installation. It is immutable and safe for
// concurrent use; to change it, make another from the same aliases. The zero
// value and nil hold none.
type Index struct {
	aliases []*Alias
	byRef   map[string]*Alias
	byName  map[string][]*Alias
}

// NewIndex returns an index of aliases, which are matched and listed in the
// given order. Of several with the same reference the last counts, at the place
// of the first.
func NewIndex(aliases ...*Alias) *Index {
	x := &Index{byRef: map[string]*Alias{}, byName: map[string][]*Alias{}}
	for _, a := range aliases {
		if _, known := x.byRef[a.Ref()]; !known {
			x.aliases = append(x.aliases, a)
		}
		x.byRef[a.Ref()] = a
	}
	for i, a := range x.aliases {
		last := x.byRef[a.Ref()]
		x.aliases[i] = last
		x.byName[last.definition.Name] = append(x.byName[last.definition.Name], last)
	}
	return x
}

// All returns the aliases in order, not to be written to.
func (x *Index) All() []*Alias {
	if x == nil {
		return nil
	}
	return x.aliases
}

// Find returns an alias by its reference "pack.name", or by its name alone if
// only one pack has it. The error is [ErrNotFound] or [ErrAmbiguousName].
func (x *Index) Find(name string) (*Alias, error) {
	if x == nil {
		return nil, fmt.Errorf("%w: %q", ErrNotFound, name)
	}
	if a, ok := x.byRef[name]; ok {
		return a, nil
	}
	switch found := x.byName[name]; len(found) {
	case 1:
		return found[0], nil
	case 0:
		return nil, fmt.Errorf("%w: %q%s", ErrNotFound, name, suggest.DidYouMean(name, x.names))
	default:
		refs := make([]string, len(found))
		for i, a := range found {
			refs[i] = a.Ref()
		}
		return nil, fmt.Errorf("%w: %q is one of %s", ErrAmbiguousName, name, strings.Join(refs, ", "))
	}
}

// names yields what aliases can be found by.
func (x *Index) names(yield func(string) bool) {
	for _, a := range x.aliases {
		if !yield(a.Ref()) || !yield(a.definition.Name) {
			return
		}
	}
}

// Match is an alias that a command fits.
type Match struct {
	Alias  *Alias
	Format Format
	// Representation is the one of the format's that fits.
	Representation string
	// Parameters are those of the executions: one set, or with match_multiple
	// one for every place that fits.
	Parameters []*pyvalue.Map
}

// Matches returns every alias and representation that a command fits, those of
// disabled aliases left out. Formats with match_multiple are tried only if no
// other fits. The matches are good even if there is an error: it is that of an
// ended context, or joins those of the formats that took too long, each a
// [pyregexp.ErrTimeout].
func (x *Index) Matches(ctx context.Context, text string) ([]Match, error) {
	c := readCommand(text)
	found, err := x.matches(ctx, c, false)
	if len(found) > 0 || ctx.Err() != nil {
		return found, err
	}
	found, more := x.matches(ctx, c, true)
	return found, errors.Join(err, more)
}

func (x *Index) matches(ctx context.Context, c command, multiple bool) (found []Match, failed error) {
	for _, a := range x.All() {
		if a.definition.Disabled {
			continue
		}
		for _, m := range a.matchers {
			if m.format.MatchMultiple != multiple {
				continue
			}
			if err := ctx.Err(); err != nil {
				return found, errors.Join(failed, err)
			}
			parameters, err := m.parametersOf(c)
			switch {
			case err == nil:
				found = append(found, Match{a, *m.format, m.Pattern.format, parameters})
			case !errors.Is(err, ErrNoMatch) && !errors.Is(err, ErrNoValue):
				failed = errors.Join(failed, fmt.Errorf("alias %s: %w", a.Ref(), err))
			}
		}
	}
	return found, failed
}

// Match returns the one match of a command. The error is [ErrNoMatch] or
// [ErrSeveralMatches], which lists them, or that of an ended context. If nothing
// matches, it also holds the errors of the formats that took too long.
func (x *Index) Match(ctx context.Context, command string) (Match, error) {
	found, err := x.Matches(ctx, command)
	switch {
	case ctx.Err() != nil:
		return Match{}, err
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		const most = 10
		var b strings.Builder
		for _, m := range found[:min(len(found), most)] {
			fmt.Fprintf(&b, "\n%s: %q", m.Alias.Ref(), m.Representation)
		}
		if len(found) > most {
			fmt.Fprintf(&b, "\nand %d more", len(found)-most)
		}
		return Match{}, fmt.Errorf("%w: %q is of the formats%s", ErrSeveralMatches, shortened(command), b.String())
	}
	none := fmt.Errorf("%w: %q is of no known format%s", ErrNoMatch, shortened(command), x.similar(command))
	return Match{}, errors.Join(none, err)
}

// similar suggests a format whose first words a command may have meant.
func (x *Index) similar(command string) string {
	first := firstWord(command)
	if first == "" {
		return ""
	}
	var known []string
	for _, a := range x.All() {
		for _, f := range a.definition.Formats {
			if word := firstWord(f.Display); word != "" && !a.definition.Disabled {
				known = append(known, word)
			}
		}
	}
	if slices.Contains(known, first) {
		return ""
	}
	return suggest.DidYouMean(first, slices.Values(known))
}

func firstWord(text string) string {
	if fields := strings.Fields(text); len(fields) > 0 {
		return fields[0]
	}
	return ""
}
