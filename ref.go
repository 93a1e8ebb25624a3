package petrel

import (
	"fmt"
	"strings"
)

// Ref names a resource of a pack: an action, a rule, a trigger type, a sensor.
// Its text form is "pack.name". The pack ends at the first dot, so a name may
// itself hold dots, blanks and dashes; a pack may not hold a dot.
type Ref struct {
	Pack string
	Name string
}

// ParseRef splits the text form of a reference. It returns an error that
// matches [ErrInvalid] when the pack or the name is missing.
func ParseRef(text string) (Ref, error) {
	pack, name, found := strings.Cut(text, ".")
	if !found || pack == "" || name == "" {
		return Ref{}, fmt.Errorf("%w: reference %q is not of the form pack.name", ErrInvalid, text)
	}
	return Ref{Pack: pack, Name: name}, nil
}

// String returns "pack.name", or the empty string for the zero Ref.
func (r Ref) String() string {
	if r == (Ref{}) {
		return ""
	}
	return r.Pack + "." + r.Name
}
