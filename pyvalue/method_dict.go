package pyvalue

import (
	"iter"
	"slices"
)

var dictMethods = map[string]func(dict any, c call) (any, error){
	"get": func(dict any, c call) (any, error) {
		a, err := c.bind(1, "/", "/")
		if err != nil {
			return nil, err
		}
		return lookupOr(dict, a[0], a[1])
	},
	"keys":   viewMethod(KeysView),
	"values": viewMethod(ValuesView),
	"items":  viewMethod(ItemsView),
	"copy": func(dict any, c call) (any, error) {
		m, _ := ToMap(dict)
		return m.Clone(), c.none()
	},
	"fromkeys": func(_ any, c call) (any, error) {
		a, err := c.bind(1, "/", "/")
		if err != nil {
			return nil, err
		}
		keys, err := Collect(a[0])
		if err != nil {
			return nil, err
		}
		var value any
		if given(a[1]) {
			value = a[1]
		}
		m := NewMap(len(keys))
		for _, key := range keys {
			if err := m.Set(key, value); err != nil {
				return nil, err
			}
		}
		return m, nil
	},
	"clear": mutatingDict(func(m *Map, c call) (any, error) {
		m.Clear()
		return nil, c.none()
	}),
	"pop": mutatingDict(func(m *Map, c call) (any, error) {
		a, err := c.bind(1, "/", "/")
		if err != nil {
			return nil, err
		}
		if _, err := HashKey(a[0]); err != nil {
			return nil, err
		}
		value, ok := m.Get(a[0])
		switch {
		case ok:
			m.Delete(a[0])
			return value, nil
		case given(a[1]):
			return a[1], nil
		}
		return nil, Errorf(KindKey, "%s", Repr(a[0]))
	}),
	"popitem": mutatingDict(func(m *Map, c call) (any, error) {
		if err := c.none(); err != nil {
			return nil, err
		}
		for i := len(m.entries) - 1; i >= 0; i-- {
			if e := m.entries[i]; !e.isDeleted() {
				m.Delete(e.keyValue())
				return Tuple{e.keyValue(), e.value}, nil
			}
		}
		return nil, Errorf(KindKey, "popitem(): dictionary is empty")
	}),
	"setdefault": mutatingDict(func(m *Map, c call) (any, error) {
		a, err := c.bind(1, "/", "/")
		if err != nil {
			return nil, err
		}
		if value, ok := m.Get(a[0]); ok {
			return value, nil
		}
		var value any
		if given(a[1]) {
			value = a[1]
		}
		return value, m.Set(a[0], value)
	}),
	"update": mutatingDict(func(m *Map, c call) (any, error) {
		if len(c.args) > 1 {
			return nil, Errorf(KindType, "update expected at most 1 argument, got %d", len(c.args))
		}
		if len(c.args) == 1 {
			if err := Update(m, c.args[0]); err != nil {
				return nil, err
			}
		}
		for key, value := range c.keywords.All() {
			if err := m.Set(key, value); err != nil {
				return nil, err
			}
		}
		return nil, nil
	}),
}

// Update sets in m every entry of a dict, or of an iterable of pairs, as
// Python's dict() and dict.update() read their argument.
func Update(m *Map, from any) error {
	if IsDict(from) {
		for key, value := range Entries(from) {
			if err := m.Set(key, value); err != nil {
				return err
			}
		}
		return nil
	}
	pairs, err := Iterate(from)
	if err != nil {
		return err
	}
	i := 0
	for item := range pairs {
		pair, err := Collect(item)
		if err != nil {
			return Errorf(KindType, "cannot convert dictionary update sequence element #%d to a sequence", i)
		}
		if len(pair) != 2 {
			return Errorf(KindValue, "dictionary update sequence element #%d has length %d; 2 is required", i, len(pair))
		}
		if err := m.Set(pair[0], pair[1]); err != nil {
			return err
		}
		if i++; i > MaxItems {
			return errTooMany(i)
		}
	}
	return nil
}

func lookupOr(dict, key, fallback any) (any, error) {
	if _, err := HashKey(key); err != nil {
		return nil, err
	}
	if value, ok := Lookup(dict, key); ok {
		return value, nil
	}
	if given(fallback) {
		return fallback, nil
	}
	return nil, nil
}

func mutatingDict(method func(*Map, call) (any, error)) func(any, call) (any, error) {
	return func(dict any, c call) (any, error) {
		m, ok := dict.(*Map)
		if !ok {
			return nil, errHostData("dict")
		}
		if m.frozen {
			return nil, errFrozen("dict")
		}
		return method(m, c)
	}
}

func viewMethod(kind ViewKind) func(any, call) (any, error) {
	return func(dict any, c call) (any, error) {
		return View{dict, kind}, c.none()
	}
}

// ViewKind says what a [View] shows.
type ViewKind uint8

// What a View can show of a dict.
const (
	KeysView ViewKind = iota
	ValuesView
	ItemsView
)

// View is what the methods keys, values and items of a dict return: it shows
// the dict as it is at the time of looking.
type View struct {
	// Dict is the dict of either form.
	Dict any
	// Kind says what is shown.
	Kind ViewKind
}

// TypeName returns dict_keys, dict_values or dict_items.
func (v View) TypeName() string {
	return [...]string{"dict_keys", "dict_values", "dict_items"}[v.Kind]
}

// Repr returns the text form, such as dict_keys(['a']).
func (v View) Repr() string {
	return v.TypeName() + "(" + Repr(slices.Collect(v.Range())) + ")"
}

// Len returns the number of entries.
func (v View) Len() int { return dictLen(v.Dict) }

// Range iterates over what the view shows.
func (v View) Range() iter.Seq[any] {
	return func(yield func(any) bool) {
		for key, value := range Entries(v.Dict) {
			item := key
			switch v.Kind {
			case ValuesView:
				item = value
			case ItemsView:
				item = Tuple{key, value}
			}
			if !yield(item) {
				return
			}
		}
	}
}

// EqualTo compares keys and items like sets; values are never equal.
func (v View) EqualTo(other any) bool {
	if v.Kind == ValuesView {
		return false
	}
	elements, err := Iterate(other)
	if err != nil {
		return false
	}
	switch other.(type) {
	case *Set, View:
	default:
		return false
	}
	n := 0
	for element := range elements {
		if found, _ := Contains(slices.Collect(v.Range()), element); !found {
			return false
		}
		n++
	}
	return n == v.Len()
}
