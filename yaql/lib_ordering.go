package yaql

import "slices"

// ordering is what orderBy makes: it is sorted when it is read.
type ordering struct {
	source any
	keys   []sortKey
	sc     *scope
	level  int
	sorted []any
}

type sortKey struct {
	selector   *lambda
	descending bool
}

func defineOrdering(s *FunctionSet) {
	begin := func(descending bool) implementation {
		return func(ev *evaluator, sc *scope, a []any) (any, error) {
			probe, err := (&iterator{}).over(a[0])
			if err != nil {
				return nil, err
			}
			return &ordering{source: a[0], sc: sc, level: probe.level, keys: []sortKey{{asLambda(a[1]), descending}}}, nil
		}
	}
	then := func(descending bool) implementation {
		return func(ev *evaluator, sc *scope, a []any) (any, error) {
			o := *a[0].(*ordering)
			o.keys = append(slices.Clip(o.keys), sortKey{asLambda(a[1]), descending})
			o.sorted = nil
			return &o, nil
		}
	}
	s.define("orderBy", asMethod, "collection:iterable, selector:lambda", begin(false))
	s.define("orderByDescending", asMethod, "collection:iterable, selector:lambda", begin(true))
	s.define("thenBy", asMethod, "collection:ordering, selector:lambda", then(false))
	s.define("thenByDescending", asMethod, "collection:ordering, selector:lambda", then(true))
}

// sortItem is an element with those of its keys that were needed so far.
type sortItem struct {
	value any
	keys  []any
}

func (o *ordering) sort(ev *evaluator) ([]any, error) {
	if o.sorted != nil {
		return o.sorted, nil
	}
	values, err := ev.collect(o.source)
	if err != nil {
		return nil, err
	}
	items := make([]sortItem, len(values))
	for i, v := range values {
		items[i].value = canonical(v)
	}
	s := sorter{ev: ev, ordering: o}
	if len(items) < 64 {
		s.insertionSort(items)
	} else {
		slices.SortStableFunc(items, func(a, b sortItem) int { return s.compare(&a, &b) })
	}
	if s.err != nil {
		return nil, s.err
	}
	o.sorted = make([]any, len(items))
	for i := range items {
		o.sorted[i] = items[i].value
	}
	return o.sorted, ev.grow(len(items), 64*len(items))
}

type sorter struct {
	ev       *evaluator
	ordering *ordering
	err      error
}

// compare compares two elements; after an error it calls all equal.
func (s *sorter) compare(a, b *sortItem) int {
	for i, k := range s.ordering.keys {
		x, y := s.key(a, i), s.key(b, i)
		if s.err != nil {
			return 0
		}
		result := 0
		if s.ordered("<", x, y) {
			result = -1
		} else if s.err == nil && s.ordered(">", x, y) {
			result = 1
		}
		if s.err != nil {
			return 0
		}
		if result != 0 {
			if k.descending {
				return -result
			}
			return result
		}
	}
	return 0
}

func (s *sorter) ordered(op string, x, y any) bool {
	less, err := s.ev.ordered(s.ordering.sc, op, x, y)
	if err != nil {
		s.err = err
	}
	return less
}

func (s *sorter) key(item *sortItem, i int) any {
	if len(item.keys) <= i {
		if s.err == nil {
			s.err = s.ev.step()
		}
		if s.err != nil {
			return nil
		}
		k, err := s.ordering.keys[i].selector.call(s.ev, item.value)
		if err != nil {
			s.err = err
			return nil
		}
		item.keys = append(item.keys, k)
	}
	return item.keys[i]
}

// insertionSort compares the same pairs as the original does for short
// lists, so that elements that cannot be compared fail in the same cases.
func (s *sorter) insertionSort(items []sortItem) {
	run := 1
	if len(items) > 1 {
		run = 2
		descending := s.compare(&items[1], &items[0]) < 0
		for run < len(items) && s.err == nil && (s.compare(&items[run], &items[run-1]) < 0) == descending {
			run++
		}
		if descending {
			slices.Reverse(items[:run])
		}
	}
	for i := run; i < len(items) && s.err == nil; i++ {
		pivot := items[i]
		low, high := 0, i
		for low < high && s.err == nil {
			mid := (low + high) / 2
			if s.compare(&pivot, &items[mid]) < 0 {
				high = mid
			} else {
				low = mid + 1
			}
		}
		copy(items[low+1:i+1], items[low:i])
		items[low] = pivot
	}
}
