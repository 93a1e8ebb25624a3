package jinja

import (
	"errors"
	"reflect"

	"github.com/petrel-dev/petrel/pyvalue"
)

// Templates may call methods that change a list or a mapping, such as append.
// What the host handed in must not change, and may be in use by others at the
// same time. So as soon as a template calls such a method the evaluation works
// on copies of all host data that it reaches. Most templates never do; they
// read host data in place.

// errNeedsOwnership restarts an evaluation in which such a call was not
// foreseen, with copies from the beginning.
var errNeedsOwnership = errors.New("a method that changes its object was called on shared data")

func mutates(name string) bool { return pyvalue.Mutates(name) }

// owner knows the copies an evaluation has made. The same original always has
// the same copy, so that a change is seen wherever the value is seen.
type owner struct {
	lists map[*pyvalue.List]*pyvalue.List
	maps  map[*pyvalue.Map]*pyvalue.Map
	// ours are the containers that this evaluation made.
	ours  map[any]bool
	items map[*any]*pyvalue.List
	dicts map[uintptr]*pyvalue.Map
}

func newOwner() *owner {
	return &owner{
		lists: make(map[*pyvalue.List]*pyvalue.List),
		maps:  make(map[*pyvalue.Map]*pyvalue.Map),
		ours:  make(map[any]bool),
		items: make(map[*any]*pyvalue.List),
		dicts: make(map[uintptr]*pyvalue.Map),
	}
}

// made notes that the evaluation itself made a value.
func (o *owner) made(v any) {
	switch v.(type) {
	case *pyvalue.List, *pyvalue.Map, *pyvalue.Set:
		o.ours[v] = true
	}
}

// own returns the evaluation's copy of a value that comes from the host.
func (s *evaluation) own(v any) any {
	copied, err := s.copyOf(v, 0)
	if err != nil {
		s.fail(err)
	}
	return copied
}

func (s *evaluation) copyOf(v any, depth int) (any, error) {
	if depth > pyvalue.MaxDepth {
		return nil, newError(pyvalue.KindRecursion, "the data is nested too deep to be copied")
	}
	o := s.owned
	switch t := v.(type) {
	case []any:
		var first *any
		if len(t) > 0 {
			first = &t[0]
			if c, ok := o.items[first]; ok {
				return c, nil
			}
		}
		c := &pyvalue.List{}
		if first != nil {
			o.items[first] = c
		}
		o.ours[c] = true
		return c, s.copyItems(c, t, depth)
	case *pyvalue.List:
		if o.ours[t] {
			return t, nil
		}
		if c, ok := o.lists[t]; ok {
			return c, nil
		}
		c := &pyvalue.List{}
		o.lists[t], o.ours[c] = c, true
		return c, s.copyItems(c, t.Items, depth)
	case pyvalue.Tuple:
		c := &pyvalue.List{}
		err := s.copyItems(c, t, depth)
		return pyvalue.Tuple(c.Items), err
	case map[string]any:
		id := reflect.ValueOf(t).Pointer()
		if c, ok := o.dicts[id]; ok {
			return c, nil
		}
		c := pyvalue.NewMap(len(t))
		o.dicts[id], o.ours[c] = c, true
		return c, s.copyEntries(c, t, depth)
	case *pyvalue.Map:
		if o.ours[t] {
			return t, nil
		}
		if c, ok := o.maps[t]; ok {
			return c, nil
		}
		c := pyvalue.NewMap(t.Len())
		o.maps[t], o.ours[c] = c, true
		return c, s.copyEntries(c, t, depth)
	case *pyvalue.Set:
		if o.ours[t] || t.Frozen() {
			return t, nil
		}
		c := t.Clone()
		o.ours[c] = true
		return c, nil
	}
	return pyvalue.Canonical(v), nil
}

func (s *evaluation) copyItems(c *pyvalue.List, items []any, depth int) error {
	if err := s.grow(32 + 16*len(items)); err != nil {
		return err
	}
	c.Items = make([]any, len(items))
	for i, item := range items {
		v, err := s.copyOf(item, depth+1)
		if err != nil {
			return err
		}
		c.Items[i] = v
	}
	return s.work(len(items))
}

func (s *evaluation) copyEntries(c *pyvalue.Map, dict any, depth int) error {
	n, _ := pyvalue.Len(dict)
	if err := s.grow(64 + 64*n); err != nil {
		return err
	}
	for k, v := range pyvalue.Entries(dict) {
		v, err := s.copyOf(v, depth+1)
		if err != nil {
			return err
		}
		if err := c.Set(k, v); err != nil {
			return err
		}
	}
	return s.work(n)
}
