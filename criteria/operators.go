package criteria

import (
	"fmt"
	"strings"

	"github.com/petrel-dev/petrel/pyvalue"
)

// operator is a built-in or added operator.
type operator struct {
	// bind makes a test of the operator and a pattern.
	bind func(c *Compiler, pattern any) test
	// withoutPattern is set if a missing pattern means something: bind is then
	// called with nil. Otherwise a criterion without pattern is never met.
	withoutPattern bool
}

// test is an operator bound to its pattern.
type test struct {
	holds func(r *run, value any) (bool, error)
	// accepts tells for which values holds cannot fail.
	accepts valueClass
	// values are set if holds is true for values equal to one of them only, in
	// lower case if fold is set. The index of a matcher uses them.
	values []any
	fold   bool
	// defect is why holds always fails, or nil.
	defect error
}

// defective returns a test that always fails.
func defective(err error) test {
	return test{
		holds:  func(*run, any) (bool, error) { return false, err },
		defect: err,
	}
}

// never is the test of a criterion without pattern.
func never() test {
	return test{holds: func(*run, any) (bool, error) { return false, nil }, accepts: anyValue}
}

// operatorSearch is the one operator that takes criteria for a pattern.
const operatorSearch = "search"

// OperatorNames returns the names of the built-in operators, sorted.
func OperatorNames() []string {
	return []string{
		"contains", "endswith", "eq", "equals", "exists", "greaterthan", "gt", "icontains",
		"iendswith", "ieq", "iequals", "in", "incontains", "inside", "iregex", "istartswith",
		"lessthan", "lt", "matchregex", "matchwildcard", "ncontains", "neq", "nequals", "nexists",
		"nin", "ninside", "regex", operatorSearch, "startswith", "td_gt", "td_lt", "timediff_gt",
		"timediff_lt",
	}
}

// builtin returns the operator of a lower-case name. The operator search is
// not among them, because it needs more than a value and a pattern.
func builtin(name string) (operator, bool) {
	switch name {
	case "equals", "eq":
		return operator{bind: bindEquals}, true
	case "nequals", "neq":
		return operator{bind: bindNotEquals, withoutPattern: true}, true
	case "exists":
		return operator{bind: bindExists(true), withoutPattern: true}, true
	case "nexists":
		return operator{bind: bindExists(false), withoutPattern: true}, true
	case "inside", "in":
		return operator{bind: bindInside(true)}, true
	case "ninside", "nin":
		return operator{bind: bindInside(false)}, true
	case "contains":
		return operator{bind: bindContains(true)}, true
	case "ncontains":
		return operator{bind: bindContains(false)}, true
	case "lessthan", "lt":
		return operator{bind: bindOrder(pyvalue.Less)}, true
	case "greaterthan", "gt":
		return operator{bind: bindOrder(pyvalue.Greater)}, true
	case "iequals", "ieq":
		return operator{bind: bindEqualsFold}, true
	case "icontains":
		return textOperator(lower, strings.Contains), true
	case "incontains":
		return textOperator(lower, func(v, p string) bool { return !strings.Contains(v, p) }), true
	case "startswith":
		return textOperator(nil, strings.HasPrefix), true
	case "istartswith":
		return textOperator(lower, strings.HasPrefix), true
	case "endswith":
		return textOperator(nil, strings.HasSuffix), true
	case "iendswith":
		return textOperator(lower, strings.HasSuffix), true
	case "matchwildcard":
		return operator{bind: bindWildcard}, true
	case "regex":
		return operator{bind: bindRegex(regexSearch)}, true
	case "iregex":
		return operator{bind: bindRegex(regexSearchFold)}, true
	case "matchregex":
		return operator{bind: bindRegex(regexMatchStart)}, true
	case "timediff_lt", "td_lt":
		return operator{bind: bindTimediff(func(age, limit float64) bool { return age < limit })}, true
	case "timediff_gt", "td_gt":
		return operator{bind: bindTimediff(func(age, limit float64) bool { return age > limit })}, true
	}
	return operator{}, false
}

func bindEquals(_ *Compiler, pattern any) test {
	if want, ok := pattern.(string); ok {
		return test{accepts: decodable, values: []any{pattern}, holds: func(_ *run, value any) (bool, error) {
			if text, ok := value.(string); ok {
				return text == want, nil
			}
			value, err := decoded(value)
			return err == nil && pyvalue.Equal(value, want), err
		}}
	}
	return test{accepts: decodable, values: selectable([]any{pattern}), holds: func(_ *run, value any) (bool, error) {
		value, err := decoded(value)
		return err == nil && pyvalue.Equal(value, pattern), err
	}}
}

func bindNotEquals(_ *Compiler, pattern any) test {
	return test{accepts: decodable, holds: func(_ *run, value any) (bool, error) {
		value, err := decoded(value)
		return err == nil && !pyvalue.Equal(value, pattern), err
	}}
}

func bindExists(want bool) func(*Compiler, any) test {
	return func(*Compiler, any) test {
		return test{accepts: anyValue, holds: func(_ *run, value any) (bool, error) {
			return (value != nil) == want, nil
		}}
	}
}

func bindInside(want bool) func(*Compiler, any) test {
	return func(_ *Compiler, pattern any) test {
		accepts, values := unknownValues, []any(nil)
		if items, ok := pyvalue.Elements(pattern); ok {
			accepts = decodable
			if want {
				values = selectable(items)
			}
		}
		return test{accepts: accepts, values: values, holds: func(_ *run, value any) (bool, error) {
			value, err := decoded(value)
			if err != nil {
				return false, err
			}
			inside, err := pyvalue.Contains(pattern, value)
			return inside == want && err == nil, err
		}}
	}
}

func bindContains(want bool) func(*Compiler, any) test {
	return func(_ *Compiler, pattern any) test {
		accepts := lists
		if _, ok := pattern.(string); ok {
			accepts = containers
		}
		return test{accepts: accepts, holds: func(_ *run, value any) (bool, error) {
			value, err := decoded(value)
			if err != nil {
				return false, err
			}
			if _, ok := value.(*datastoreKey); ok {
				return false, refused(value)
			}
			contains, err := pyvalue.Contains(value, pattern)
			return contains == want && err == nil, err
		}}
	}
}

func bindOrder(order pyvalue.Order) func(*Compiler, any) test {
	return func(_ *Compiler, pattern any) test {
		accepts := unknownValues
		switch pattern.(type) {
		case string:
			accepts = texts
		case bool, int64, float64:
			accepts = numbers
		}
		return test{accepts: accepts, holds: func(_ *run, value any) (bool, error) {
			return pyvalue.Compare(order, value, pattern)
		}}
	}
}

// textOperator makes an operator that compares two texts after fold was
// applied to both; nil leaves them as they are.
func textOperator(fold func(string) string, holds func(value, pattern string) bool) operator {
	return operator{bind: func(_ *Compiler, pattern any) test {
		want, err := text(pattern)
		if err != nil {
			return defective(patternError(err))
		}
		if fold != nil {
			want = fold(want)
		}
		return test{accepts: texts, holds: func(_ *run, value any) (bool, error) {
			have, err := text(value)
			if err != nil {
				return false, err
			}
			if fold != nil {
				have = fold(have)
			}
			return holds(have, want), nil
		}}
	}}
}

func bindEqualsFold(c *Compiler, pattern any) test {
	t := textOperator(lower, func(v, p string) bool { return v == p }).bind(c, pattern)
	if want, err := text(pattern); err == nil {
		t.values, t.fold = []any{lower(want)}, true
	}
	return t
}

func bindWildcard(_ *Compiler, pattern any) test {
	want, err := text(pattern)
	if err != nil {
		return defective(patternError(err))
	}
	w := compileWildcard(want)
	return test{accepts: texts, holds: func(_ *run, value any) (bool, error) {
		have, err := text(value)
		return err == nil && w.match(have), err
	}}
}

// added makes an operator of a host's function. If that panics, only its own
// criterion fails.
func added(f Operator) operator {
	return operator{bind: func(_ *Compiler, pattern any) test {
		return test{holds: func(r *run, value any) (holds bool, err error) {
			defer func() {
				if p := recover(); p != nil {
					holds, err = false, fmt.Errorf("panic: %v", p)
				}
			}()
			holds, err = f(r.ctx, value, pattern)
			return holds && err == nil, err
		}}
	}}
}
