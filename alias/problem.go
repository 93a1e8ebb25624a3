package alias

import (
	"errors"
	"strings"

	"github.com/petrel-dev/petrel/schema"
)

var (
	// ErrInvalid is what every [*Error] is, by [errors.Is].
	ErrInvalid = errors.New("invalid alias")
	// ErrNoMatch says that a command fits no format.
	ErrNoMatch = errors.New("command does not match")
	// ErrNoValue says that a command fits a format but is empty and gets no
	// value from the format's defaults.
	ErrNoValue = errors.New("command has no values and the format no defaults")
	// ErrSeveralMatches says that a command fits more than one format.
	ErrSeveralMatches = errors.New("command matches more than one format")
	// ErrNotFound says that there is no alias of a name.
	ErrNotFound = errors.New("no such alias")
	// ErrAmbiguousName says that several packs have an alias of a name that was
	// given without pack.
	ErrAmbiguousName = errors.New("name of an alias is ambiguous")
	// ErrUnknownFormat says that a format is none of the alias's representations.
	ErrUnknownFormat = errors.New("not a format of the alias")
	// ErrImmutable says that a command sets a parameter that the alias fixes.
	ErrImmutable = errors.New("immutable parameters cannot be set")
)

// Error says everything that is wrong with an alias. [errors.Is] reports it to
// be [ErrInvalid].
type Error struct {
	// Alias is the reference "pack.name", as far as it is known.
	Alias string
	// Problems have the place in the alias, such as formats[1].representation[0].
	Problems []schema.Problem
}

// Error returns the problems, one a line.
func (e *Error) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = p.String()
		if e.Alias != "" {
			lines[i] = "alias " + e.Alias + ": " + lines[i]
		}
	}
	return strings.Join(lines, "\n")
}

// Is reports whether target is [ErrInvalid].
func (e *Error) Is(target error) bool { return target == ErrInvalid }

// problems gathers what is wrong.
type problems []schema.Problem

func (p *problems) add(place schema.Path, message, suggestion string) {
	*p = append(*p, schema.Problem{Path: place, Message: message, Suggestion: suggestion})
}

func (p problems) err(alias string) error {
	if len(p) == 0 {
		return nil
	}
	return &Error{Alias: alias, Problems: p}
}
