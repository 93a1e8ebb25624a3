package jinja

import "github.com/petrel-dev/petrel/pyvalue"

// Vars gives a template its variables. Look-ups happen only for names that the
// template uses. The values are read in place and never written; an
// implementation that is used by several goroutines must allow concurrent
// look-ups.
type Vars interface {
	// Lookup returns the value of a variable and whether it exists.
	Lookup(name string) (any, bool)
}

// Map makes the entries of a Go map the variables. A nil Map has none.
type Map map[string]any

// Lookup returns the entry of that name.
func (m Map) Lookup(name string) (any, bool) {
	v, ok := m[name]
	return v, ok
}

// VarsFunc makes a function the source of variables.
type VarsFunc func(name string) (any, bool)

// Lookup calls the function.
func (f VarsFunc) Lookup(name string) (any, bool) { return f(name) }

// Dict makes the entries of an ordered map the variables. A nil map has none.
func Dict(m *pyvalue.Map) Vars { return dictVars{m} }

type dictVars struct{ m *pyvalue.Map }

func (d dictVars) Lookup(name string) (any, bool) {
	if d.m == nil {
		return nil, false
	}
	return d.m.Get(name)
}

// Layers looks names up in each of vars in turn; the first that has the name
// wins. A nil element is skipped.
func Layers(vars ...Vars) Vars { return layers(vars) }

type layers []Vars

func (l layers) Lookup(name string) (any, bool) {
	for _, v := range l {
		if v == nil {
			continue
		}
		if value, ok := v.Lookup(name); ok {
			return value, true
		}
	}
	return nil, false
}
