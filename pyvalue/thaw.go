package pyvalue

// Thaw returns a deep copy of v whose lists are *List and whose dicts are *Map,
// so that code which mutates them cannot reach the original. A container that
// occurs twice in v is one container in the copy, too. Tuples are copied with
// what they hold; sets and objects are shared. Beyond [MaxDepth] levels it
// fails with kind [KindRecursion].
func Thaw(v any) (any, error) {
	t := thawer{}
	return t.copy(v, 0)
}

type thawer struct {
	lists map[*List]*List
	dicts map[*Map]*Map
	items map[*any]*List
}

func (t *thawer) copy(v any, depth int) (any, error) {
	if depth > MaxDepth {
		return nil, errTooDeep()
	}
	switch c := v.(type) {
	case *List:
		if done, ok := t.lists[c]; ok {
			return done, nil
		}
		if t.lists == nil {
			t.lists = make(map[*List]*List)
		}
		thawed := &List{}
		t.lists[c] = thawed
		return thawed, t.copyItems(thawed, c.Items, depth)
	case []any:
		thawed := &List{}
		if len(c) > 0 {
			// Only a slice of the same start and length is the same list.
			if done, ok := t.items[&c[0]]; ok && len(done.Items) == len(c) {
				return done, nil
			}
			if t.items == nil {
				t.items = make(map[*any]*List)
			}
			t.items[&c[0]] = thawed
		}
		return thawed, t.copyItems(thawed, c, depth)
	case Tuple:
		items := &List{}
		if err := t.copyItems(items, c, depth); err != nil {
			return nil, err
		}
		return Tuple(items.Items), nil
	case *Map:
		if c == nil {
			return &Map{}, nil
		}
		if done, ok := t.dicts[c]; ok {
			return done, nil
		}
		if t.dicts == nil {
			t.dicts = make(map[*Map]*Map)
		}
		thawed := c.Clone()
		t.dicts[c] = thawed
		return thawed, t.copyValues(thawed, depth)
	case map[string]any:
		thawed, _ := ToMap(c)
		return thawed, t.copyValues(thawed, depth)
	}
	return v, nil
}

func (t *thawer) copyItems(dst *List, items []any, depth int) error {
	dst.Items = make([]any, len(items))
	for i, item := range items {
		thawed, err := t.copy(item, depth+1)
		if err != nil {
			return err
		}
		dst.Items[i] = thawed
	}
	return nil
}

func (t *thawer) copyValues(m *Map, depth int) error {
	for i := range m.entries {
		thawed, err := t.copy(m.entries[i].value, depth+1)
		if err != nil {
			return err
		}
		m.entries[i].value = thawed
	}
	return nil
}

// Mutates reports whether a method of that name changes the list, dict or set
// that it is called on.
func Mutates(method string) bool {
	switch method {
	case "append", "extend", "insert", "pop", "remove", "sort", "reverse", "clear",
		"update", "setdefault", "popitem", "add", "discard",
		"difference_update", "intersection_update", "symmetric_difference_update":
		return true
	}
	return false
}
