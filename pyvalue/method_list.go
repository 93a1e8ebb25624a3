package pyvalue

import "slices"

var listMethods = map[string]func(list any, c call) (any, error){
	"append": mutating(func(l *List, c call) (any, error) {
		v, err := c.one()
		if err == nil {
			err = roomFor(l, 1)
		}
		if err == nil {
			l.Append(v)
		}
		return nil, err
	}),
	"extend": mutating(func(l *List, c call) (any, error) {
		v, err := c.one()
		if err != nil {
			return nil, err
		}
		items, err := Collect(v)
		if err == nil {
			err = roomFor(l, len(items))
		}
		if err == nil {
			l.Append(items...)
		}
		return nil, err
	}),
	"insert": mutating(func(l *List, c call) (any, error) {
		a, err := c.bind(2, "/", "/")
		if err != nil {
			return nil, err
		}
		i, err := c.integer(a[0], 0)
		if err != nil {
			return nil, err
		}
		if err := roomFor(l, 1); err != nil {
			return nil, err
		}
		l.Items = slices.Insert(l.Items, clampIndex(i, len(l.Items)), a[1])
		return nil, nil
	}),
	"pop": mutating(func(l *List, c call) (any, error) {
		a, err := c.bind(0, "/")
		if err != nil {
			return nil, err
		}
		if !given(a[0]) {
			a[0] = int64(-1)
		}
		i, err := position(a[0], len(l.Items), "pop")
		if err != nil {
			return nil, err
		}
		v := l.Items[i]
		l.Items = slices.Delete(l.Items, i, i+1)
		return v, nil
	}),
	"remove": mutating(func(l *List, c call) (any, error) {
		v, err := c.one()
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(l.Items, func(item any) bool { return Equal(item, v) })
		if i < 0 {
			return nil, Errorf(KindValue, "list.remove(x): x not in list")
		}
		l.Items = slices.Delete(l.Items, i, i+1)
		return nil, nil
	}),
	"clear": mutating(func(l *List, c call) (any, error) {
		l.Items = nil
		return nil, c.none()
	}),
	"reverse": mutating(func(l *List, c call) (any, error) {
		slices.Reverse(l.Items)
		return nil, c.none()
	}),
	"sort": mutating(func(l *List, c call) (any, error) {
		if len(c.args) > 0 {
			return nil, Errorf(KindType, "sort() takes no positional arguments")
		}
		a, err := c.bind(0, "key", "reverse")
		if err != nil {
			return nil, err
		}
		if given(a[0]) && a[0] != nil {
			return nil, Errorf(KindType, "sort() cannot call '%s' as its key", TypeName(a[0]))
		}
		// A failing comparison leaves the list as it was.
		sorted := slices.Clone(l.Items)
		if err := Sort(sorted, nil, given(a[1]) && Truth(a[1])); err != nil {
			return nil, err
		}
		l.Items = sorted
		return nil, nil
	}),
	"copy": func(list any, c call) (any, error) {
		items, _ := Elements(list)
		return NewList(slices.Clone(items)...), c.none()
	},
	"count": func(list any, c call) (any, error) {
		v, err := c.one()
		n := int64(0)
		items, _ := Elements(list)
		for _, item := range items {
			if Equal(item, v) {
				n++
			}
		}
		return n, err
	},
	"index": func(list any, c call) (any, error) {
		a, err := c.bind(1, "/", "/", "/")
		if err != nil {
			return nil, err
		}
		items, _ := Elements(list)
		start, err := c.integer(a[1], 0)
		if err != nil {
			return nil, err
		}
		stop, err := c.integer(a[2], len(items))
		if err != nil {
			return nil, err
		}
		start, stop = clampIndex(start, len(items)), clampIndex(stop, len(items))
		for i := start; i < stop; i++ {
			if Equal(items[i], a[0]) {
				return int64(i), nil
			}
		}
		return nil, Errorf(KindValue, "%s is not in list", Repr(a[0]))
	},
}

// mutating makes a method of lists refuse a host's slice.
func mutating(method func(*List, call) (any, error)) func(any, call) (any, error) {
	return func(list any, c call) (any, error) {
		l, ok := list.(*List)
		if !ok {
			return nil, errHostData("list")
		}
		return method(l, c)
	}
}

func errHostData(what string) error {
	return Errorf(KindType, "this %s belongs to the host and cannot be changed", what)
}

func roomFor(l *List, more int) error {
	if n := len(l.Items) + more; n > MaxItems {
		return errTooMany(n)
	}
	return nil
}

// clampIndex resolves a position that may be negative or out of range.
func clampIndex(i, n int) int {
	if i < 0 {
		i += n
	}
	return min(max(i, 0), n)
}
