package orquesta

import (
	"fmt"
	"slices"
	"strings"
)

// place is a path of keys and indices into a definition.
type place []any

func (p place) with(steps ...any) place { return slices.Concat(p, steps) }

// text is the place with dots and brackets; "" is the top.
func (p place) text() string {
	var b strings.Builder
	for _, step := range p {
		if i, ok := step.(int); ok {
			fmt.Fprintf(&b, "[%d]", i)
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('.')
		}
		fmt.Fprint(&b, step)
	}
	return b.String()
}
