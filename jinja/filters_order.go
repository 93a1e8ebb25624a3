package jinja

import (
	"slices"
	"strconv"
	"strings"

	"github.com/petrel-dev/petrel/pyvalue"
)

var orderFilters = map[string]internal{
	"sort":     filterSort,
	"dictsort": filterDictSort,
	"unique":   filterUnique,
	"min":      func(s *evaluation, c *Call) (any, error) { return filterExtreme(s, c, pyvalue.Less) },
	"max":      func(s *evaluation, c *Call) (any, error) { return filterExtreme(s, c, pyvalue.Greater) },
	"groupby":  filterGroupBy,
}

// attributeParts cuts an attribute such as "a.0.b" into its keys.
func attributeParts(attribute any) []any {
	attribute = plain(attribute)
	name, ok := attribute.(string)
	switch {
	case attribute == nil:
		return nil
	case !ok, name != "" && strings.IndexByte(name, '.') < 0 && !isDigit(name[0]):
		return []any{attribute}
	}
	var parts []any
	for part := range strings.SplitSeq(name, ".") {
		if part != "" && strings.Trim(part, "0123456789") == "" {
			if n, err := strconv.ParseInt(part, 10, 64); err == nil {
				parts = append(parts, n)
				continue
			}
		}
		parts = append(parts, part)
	}
	return parts
}

// getter returns a function that looks an attribute, written with dots, up in
// a value. Undefined results are replaced by def unless that is nil.
func (s *evaluation) getter(attribute, def any) func(any) (any, error) {
	parts := attributeParts(attribute)
	if parts == nil {
		return itself
	}
	return func(v any) (any, error) {
		for _, part := range parts {
			var err error
			if v, err = s.item(v, part); err != nil {
				return nil, err
			}
			if _, ok := v.(*Undefined); ok && def != nil {
				v = def
			}
		}
		return v, nil
	}
}

func itself(v any) (any, error) { return v, nil }

// folded returns a function that makes texts lower case after get.
func folded(get func(any) (any, error), caseSensitive bool) func(any) (any, error) {
	return func(v any) (any, error) {
		v, err := get(v)
		if text, ok := plain(v).(string); ok && !caseSensitive {
			v = pyvalue.Lower(text)
		}
		return v, err
	}
}

var sortParams = params(1, "value", nil, "reverse", false, "case_sensitive", false, "attribute", nil)

func filterSort(s *evaluation, c *Call) (any, error) {
	a, err := s.args(c, sortParams)
	if err != nil {
		return nil, err
	}
	reverse, err := s.truth(a[1])
	if err != nil {
		return nil, err
	}
	caseSensitive, err := s.truth(a[2])
	if err != nil {
		return nil, err
	}
	attributes := []any{a[3]}
	if text, ok := plain(a[3]).(string); ok {
		attributes = attributes[:0]
		for part := range strings.SplitSeq(text, ",") {
			attributes = append(attributes, part)
		}
	}
	getters := make([]func(any) (any, error), len(attributes))
	for i, attribute := range attributes {
		getters[i] = folded(s.getter(attribute, nil), caseSensitive)
	}
	items, err := s.collect(a[0])
	if err != nil {
		return nil, err
	}
	sorted, err := s.sortBy(items, getters, reverse)
	return pyvalue.NewList(sorted...), err
}

// sortBy returns the items ordered by the values of getters. Equal values need
// no order among their type.
func (s *evaluation) sortBy(items []any, getters []func(any) (any, error), reverse bool) ([]any, error) {
	type row struct{ item, key any }
	n := len(getters)
	if err := s.work(8 * len(items)); err != nil {
		return nil, err
	}
	if err := s.grow((16 + 16*n) * len(items)); err != nil {
		return nil, err
	}
	rows := make([]row, len(items))
	var more [][]any // the keys after the first
	for i, item := range items {
		rows[i].item = item
		for j, get := range getters {
			v, err := get(item)
			if err != nil {
				return nil, err
			}
			if j == 0 {
				rows[i].key = v
				continue
			}
			if more == nil {
				more = make([][]any, len(items))
			}
			more[i] = append(more[i], v)
		}
	}
	var failure error
	compare := func(a, b any) int {
		if x, ok := a.(string); ok {
			if y, ok := b.(string); ok {
				return strings.Compare(x, y)
			}
		}
		if failure != nil {
			return 0
		}
		same, err := s.equal(a, b)
		if err != nil {
			failure = err
		}
		if same || err != nil {
			return 0
		}
		less, err := s.ordered(pyvalue.Less, a, b)
		if err != nil {
			failure = err
		}
		if less {
			return -1
		}
		return 1
	}
	if more != nil {
		for i := range rows {
			rows[i].key = append([]any{rows[i].key}, more[i]...)
		}
		single := compare
		compare = func(a, b any) int {
			x, y := a.([]any), b.([]any)
			for i := range x {
				if c := single(x[i], y[i]); c != 0 {
					return c
				}
			}
			return 0
		}
	}
	slices.SortStableFunc(rows, func(a, b row) int {
		if reverse {
			a, b = b, a
		}
		return compare(a.key, b.key)
	})
	sorted := make([]any, len(rows))
	for i := range rows {
		sorted[i] = rows[i].item
	}
	return sorted, s.settle(failure)
}

func (s *evaluation) sort(items []any, key func(any) (any, error), reverse bool) error {
	if err := s.work(8 * len(items)); err != nil {
		return err
	}
	weighed := func(item any) (any, error) {
		k, err := key(item)
		if err == nil {
			err = s.weigh(k)
		}
		return k, err
	}
	err := pyvalue.Sort(items, weighed, reverse)
	return s.settle(err)
}

var dictSortParams = params(1, "value", nil, "case_sensitive", false, "by", "key", "reverse", false)

func filterDictSort(s *evaluation, c *Call) (any, error) {
	a, err := s.args(c, dictSortParams)
	if err != nil {
		return nil, err
	}
	caseSensitive, err := s.truth(a[1])
	if err != nil {
		return nil, err
	}
	part := 0
	switch plain(a[2]) {
	case "key":
	case "value":
		part = 1
	default:
		return nil, newError(KindFilterArgument, "dictsort: 'by' must be \"key\" or \"value\"")
	}
	reverse, err := s.truth(a[3])
	if err != nil {
		return nil, err
	}
	if u, ok := a[0].(*Undefined); ok {
		return nil, u.err()
	}
	if !pyvalue.IsDict(a[0]) {
		return nil, newError(pyvalue.KindAttribute, "dictsort takes a mapping, not %s", pyvalue.TypeName(a[0]))
	}
	pairs := s.pairs(a[0])
	err = s.sort(pairs, folded(func(pair any) (any, error) { return pair.(pyvalue.Tuple)[part], nil }, caseSensitive), reverse)
	return pyvalue.NewList(pairs...), err
}

var uniqueParams = params(1, "value", nil, "case_sensitive", false, "attribute", nil)

func filterUnique(s *evaluation, c *Call) (any, error) {
	a, err := s.args(c, uniqueParams)
	if err != nil {
		return nil, err
	}
	return s.lazily("generator object sync_do_unique", func() (iterator, error) {
		caseSensitive, err := s.truth(a[1])
		if err != nil {
			return nil, err
		}
		get := folded(s.getter(a[2], nil), caseSensitive)
		next, err := s.iterate(a[0])
		seen := make(map[any]bool)
		return func() (any, bool, error) {
			for {
				item, ok, err := next()
				if err != nil || !ok {
					return nil, false, err
				}
				if err := s.step(); err != nil {
					return nil, false, err
				}
				key, err := get(item)
				if err != nil {
					return nil, false, err
				}
				if key, err = s.key(key); err != nil {
					return nil, false, err
				}
				hash, err := pyvalue.HashKey(key)
				if err = s.settle(err); err != nil {
					return nil, false, err
				}
				if !seen[hash] {
					seen[hash] = true
					return item, true, s.grow(64)
				}
			}
		}, err
	}), nil
}

var extremeParams = params(1, "value", nil, "case_sensitive", false, "attribute", nil)

func filterExtreme(s *evaluation, c *Call, order pyvalue.Order) (any, error) {
	a, err := s.args(c, extremeParams)
	if err != nil {
		return nil, err
	}
	caseSensitive, err := s.truth(a[1])
	if err != nil {
		return nil, err
	}
	items, err := s.collect(a[0])
	if err != nil {
		return nil, err
	}
	if len(items) == 0 {
		return s.undefinedHint("there is no " + c.Name + ": the sequence is empty"), nil
	}
	get := folded(s.getter(a[2], nil), caseSensitive)
	best := items[0]
	bestKey, err := get(best)
	if err != nil {
		return nil, err
	}
	for _, item := range items[1:] {
		key, err := get(item)
		if err != nil {
			return nil, err
		}
		if err := s.step(); err != nil {
			return nil, err
		}
		for _, v := range [...]any{key, bestKey} {
			if u, ok := v.(*Undefined); ok {
				return nil, u.err()
			}
		}
		better, err := s.ordered(order, key, bestKey)
		if err != nil {
			return nil, err
		}
		if better {
			best, bestKey = item, key
		}
	}
	return s.accept(best), nil
}

var groupByParams = params(2, "value", nil, "attribute", nil, "default", nil, "case_sensitive", false)

func filterGroupBy(s *evaluation, c *Call) (any, error) {
	a, err := s.args(c, groupByParams)
	if err != nil {
		return nil, err
	}
	caseSensitive, err := s.truth(a[3])
	if err != nil {
		return nil, err
	}
	items, err := s.collect(a[0])
	if err != nil {
		return nil, err
	}
	items = slices.Clone(items)
	plainKey := s.getter(a[1], a[2])
	key := folded(plainKey, caseSensitive)
	if err := s.sort(items, key, false); err != nil {
		return nil, err
	}
	groups := pyvalue.NewList()
	var members *pyvalue.List
	var current any
	for i, item := range items {
		k, err := key(item)
		if err != nil {
			return nil, err
		}
		same, err := s.equal(k, current)
		if err != nil {
			return nil, err
		}
		if i == 0 || !same {
			current = k
			grouper, err := plainKey(item)
			if err != nil {
				return nil, err
			}
			members = pyvalue.NewList()
			group := pyvalue.Tuple{grouper, members}
			if s.groups == nil {
				s.groups = make(map[*any]bool)
			}
			s.groups[&group[0]] = true
			groups.Append(group)
		}
		members.Append(s.accept(item))
	}
	if err := s.settle(nil); err != nil {
		return nil, err
	}
	return groups, s.grow(64*len(groups.Items) + 16*len(items))
}

// groupMember is an attribute of a pair that groupby made.
func (s *evaluation) groupMember(pair pyvalue.Tuple, name string) (any, bool) {
	if len(pair) != 2 || !s.groups[&pair[0]] {
		return nil, false
	}
	switch name {
	case "grouper":
		return pair[0], true
	case "list":
		return pair[1], true
	}
	return nil, false
}
