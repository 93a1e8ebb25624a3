package jinja

import "github.com/petrel-dev/petrel/pyvalue"

// Dict makes the entries of an ordered map the variables. A nil map has none.
func Dict(m *pyvalue.Map) Vars { return dictVars{m} }

type dictVars struct{ m *pyvalue.Map }

func (d dictVars) Lookup(name string) (any, bool) {
	if d.m == nil {
		return nil, false
	}
	return d.m.Get(name)
}
