package pyvalue

var setMethods = map[string]func(s *Set, c call) (any, error){
	"add":                         mutatingSet(func(s *Set, v any) error { return s.Add(v) }),
	"discard":                     mutatingSet(func(s *Set, v any) error { s.Remove(v); return nil }),
	"remove":                      mutatingSet(removeMember),
	"union":                       setOperation((*Set).Union),
	"intersection":                setOperation((*Set).Intersect),
	"difference":                  setOperation((*Set).Difference),
	"symmetric_difference":        setOperation((*Set).SymmetricDifference),
	"issubset":                    setRelation(func(s, other *Set) bool { return s.SubsetOf(other) }),
	"issuperset":                  setRelation(func(s, other *Set) bool { return other.SubsetOf(s) }),
	"isdisjoint":                  setRelation(func(s, other *Set) bool { return s.Intersect(other).Len() == 0 }),
	"copy":                        func(s *Set, c call) (any, error) { return s.Clone().frozenLike(s), c.none() },
	"update":                      updatingSet((*Set).Union),
	"intersection_update":         updatingSet((*Set).Intersect),
	"difference_update":           updatingSet((*Set).Difference),
	"symmetric_difference_update": updatingSet((*Set).SymmetricDifference),
	"clear": func(s *Set, c call) (any, error) {
		if s.Frozen() {
			return nil, errFrozen("set")
		}
		s.members.Clear()
		return nil, c.none()
	},
	"pop": func(s *Set, c call) (any, error) {
		if s.Frozen() {
			return nil, errFrozen("set")
		}
		for v := range s.All() {
			s.Remove(v)
			return v, c.none()
		}
		return nil, Errorf(KindKey, "pop from an empty set")
	},
}

func removeMember(s *Set, v any) error {
	if !s.Remove(v) {
		return Errorf(KindKey, "%s", Repr(v))
	}
	return nil
}

func mutatingSet(method func(*Set, any) error) func(*Set, call) (any, error) {
	return func(s *Set, c call) (any, error) {
		v, err := c.one()
		if err == nil && s.Frozen() {
			err = errFrozen("set")
		}
		if err == nil {
			_, err = HashKey(v)
		}
		if err == nil {
			err = method(s, v)
		}
		return nil, err
	}
}

func setOperation(operation func(s, other *Set) *Set) func(*Set, call) (any, error) {
	return func(s *Set, c call) (any, error) {
		result := s.Clone().frozenLike(s)
		for _, arg := range c.args {
			other, err := toSet(arg)
			if err != nil {
				return nil, err
			}
			result = operation(result, other)
		}
		return result, nil
	}
}

func updatingSet(operation func(s, other *Set) *Set) func(*Set, call) (any, error) {
	compute := setOperation(operation)
	return func(s *Set, c call) (any, error) {
		if s.Frozen() {
			return nil, errFrozen("set")
		}
		result, err := compute(s, c)
		if err == nil {
			*s = *result.(*Set)
		}
		return nil, err
	}
}

func setRelation(holds func(s, other *Set) bool) func(*Set, call) (any, error) {
	return func(s *Set, c call) (any, error) {
		v, err := c.one()
		if err != nil {
			return nil, err
		}
		other, err := toSet(v)
		if err != nil {
			return nil, err
		}
		return holds(s, other), nil
	}
}

func toSet(v any) (*Set, error) {
	if s, ok := v.(*Set); ok {
		return s, nil
	}
	items, err := Collect(v)
	if err != nil {
		return nil, err
	}
	return NewSet(items...)
}
