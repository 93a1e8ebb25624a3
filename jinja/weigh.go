package jinja

import "github.com/petrel-dev/petrel/pyvalue"

// A template can build a value that is small in memory but endless to walk,
// such as [x, x] of [y, y] of [z, z] and so on. What walks values without a
// bound of its own is weighed first: every element counts as a step.

// weigh counts the elements of a collection, those of its elements included.
func (s *evaluation) weigh(v any) error { return s.weighed(v, 0) }

func (s *evaluation) weighed(v any, depth int) error {
	switch v.(type) {
	case nil, string, bool, int64, float64:
		return nil
	}
	if depth > pyvalue.MaxDepth {
		return newError(pyvalue.KindRecursion, "the value is nested deeper than %d levels", pyvalue.MaxDepth)
	}
	if items, ok := pyvalue.Elements(v); ok {
		if err := s.work(len(items) + 1); err != nil {
			return err
		}
		for _, item := range items {
			if err := s.weighed(item, depth+1); err != nil {
				return err
			}
		}
		return nil
	}
	if pyvalue.IsDict(v) {
		for _, item := range pyvalue.Entries(v) {
			if err := s.step(); err != nil {
				return err
			}
			if err := s.weighed(item, depth+1); err != nil {
				return err
			}
		}
	}
	return nil
}

// weighPair weighs what comparing two values may have to walk.
func (s *evaluation) weighPair(a, b any) error {
	switch a.(type) {
	case nil, string, bool, int64, float64:
		return nil
	}
	x, isSequence := pyvalue.Elements(a)
	if !isSequence && !pyvalue.IsDict(a) || pyvalue.Identical(a, b) {
		return nil
	}
	y, bothSequences := pyvalue.Elements(b)
	if isSequence != bothSequences || isSequence && (len(x) == 0 || len(y) == 0) || !isSequence && !pyvalue.IsDict(b) {
		return nil
	}
	return s.weigh(a)
}

// equal reports whether two values are equal.
func (s *evaluation) equal(a, b any) (bool, error) {
	if err := s.weighPair(a, b); err != nil {
		return false, err
	}
	equal := pyvalue.Equal(a, b)
	return equal, s.settle(nil)
}

// ordered reports whether "a op b" holds.
func (s *evaluation) ordered(op pyvalue.Order, a, b any) (bool, error) {
	if err := s.weighPair(a, b); err != nil {
		return false, err
	}
	ok, err := pyvalue.Compare(op, a, b)
	return ok, s.settle(err)
}

// key makes a value fit to be the key of a mapping.
func (s *evaluation) key(v any) (any, error) {
	v = plain(v)
	if _, ok := v.(pyvalue.Tuple); ok {
		return v, s.weigh(v)
	}
	return v, nil
}
