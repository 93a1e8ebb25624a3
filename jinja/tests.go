package jinja

import (
	"math/big"

	"github.com/petrel-dev/petrel/pyvalue"
)

// builtinTests are the tests of Jinja2. The table is never written to.
var builtinTests = map[string]internal{
	"defined":     testType(func(v any) bool { _, ok := v.(*Undefined); return !ok }),
	"undefined":   testType(func(v any) bool { _, ok := v.(*Undefined); return ok }),
	"none":        testType(func(v any) bool { return v == nil }),
	"boolean":     testType(func(v any) bool { _, ok := v.(bool); return ok }),
	"true":        testType(func(v any) bool { return v == any(true) }),
	"false":       testType(func(v any) bool { return v == any(false) }),
	"integer":     testType(isInteger),
	"float":       testType(func(v any) bool { _, ok := v.(float64); return ok }),
	"number":      testType(func(v any) bool { return isInteger(v) || isBoolOrFloat(v) }),
	"string":      testType(func(v any) bool { return isText(plain(v)) }),
	"mapping":     testType(pyvalue.IsDict),
	"escaped":     testType(func(v any) bool { _, ok := v.(Markup); return ok }),
	"callable":    testType(isCallable),
	"sequence":    testType(isSequence),
	"iterable":    testIterable,
	"lower":       testCase("islower"),
	"upper":       testCase("isupper"),
	"odd":         testRemainder(int64(2), int64(1)),
	"even":        testRemainder(int64(2), int64(0)),
	"divisibleby": testDivisible,
	"filter":      testFilter,
	"test":        testTest,
	"sameas":      testSame,
	"in":          testCompare(opIn),
	"eq":          testCompare(opEq),
	"==":          testCompare(opEq),
	"equalto":     testCompare(opEq),
	"ne":          testCompare(opNe),
	"!=":          testCompare(opNe),
	"gt":          testCompare(opGt),
	">":           testCompare(opGt),
	"greaterthan": testCompare(opGt),
	"ge":          testCompare(opGe),
	">=":          testCompare(opGe),
	"lt":          testCompare(opLt),
	"<":           testCompare(opLt),
	"lessthan":    testCompare(opLt),
	"le":          testCompare(opLe),
	"<=":          testCompare(opLe),
}

// testType is a test that asks only what a value is, undefined ones included.
func testType(f func(any) bool) internal {
	return func(s *evaluation, c *Call) (any, error) {
		v, err := s.only(c)
		if err != nil {
			return nil, err
		}
		return f(v), nil
	}
}

func isInteger(v any) bool {
	switch v.(type) {
	case int64, *big.Int:
		return true
	}
	return false
}

func isBoolOrFloat(v any) bool {
	switch v.(type) {
	case bool, float64:
		return true
	}
	return false
}

func isCallable(v any) bool {
	switch v.(type) {
	case *builtin, *method, *typeObject, *Undefined, caller, Callable:
		return true
	}
	return false
}

func isSequence(v any) bool {
	switch v.(type) {
	case string, Markup, []any, *pyvalue.List, pyvalue.Tuple, *pyvalue.Map, map[string]any, []byte, *rangeValue:
		return true
	}
	_, indexed := v.(pyvalue.Indexer)
	_, sized := v.(pyvalue.Sizer)
	return indexed && sized
}

func testIterable(s *evaluation, c *Call) (any, error) {
	v, err := s.only(c)
	if err != nil {
		return nil, err
	}
	switch t := v.(type) {
	case *Undefined:
		if t.mode == Strict {
			return nil, t.err()
		}
		return true, nil
	case Markup, *generator:
		return true, nil
	}
	_, err = pyvalue.Iterate(v)
	return err == nil, s.settle(nil)
}

func testCase(method string) internal {
	return func(s *evaluation, c *Call) (any, error) {
		v, err := s.only(c)
		if err != nil {
			return nil, err
		}
		text, err := s.text(v)
		if err != nil {
			return nil, err
		}
		return pyvalue.CallMethod(text, method, nil, nil)
	}
}

func (s *evaluation) divides(v, by, remainder any) (any, error) {
	for _, x := range [...]any{v, by} {
		if u, ok := x.(*Undefined); ok {
			return nil, u.err()
		}
	}
	rest, err := s.binary(tokMod, v, by)
	if err != nil {
		return nil, err
	}
	return pyvalue.Equal(rest, remainder), nil
}

func testRemainder(by, remainder any) internal {
	return func(s *evaluation, c *Call) (any, error) {
		v, err := s.only(c)
		if err != nil {
			return nil, err
		}
		return s.divides(v, by, remainder)
	}
}

var twoParams = params(2, "value", nil, "other", nil)
var divisibleParams = params(2, "value", nil, "num", nil)

func testDivisible(s *evaluation, c *Call) (any, error) {
	a, err := s.args(c, divisibleParams)
	if err != nil {
		return nil, err
	}
	return s.divides(a[0], a[1], int64(0))
}

func testFilter(s *evaluation, c *Call) (any, error) {
	v, err := s.only(c)
	if err != nil {
		return nil, err
	}
	if u, ok := v.(*Undefined); ok {
		return nil, u.err()
	}
	_, ok := s.env.filters[nameOf(v)]
	return ok, nil
}

func testTest(s *evaluation, c *Call) (any, error) {
	v, err := s.only(c)
	if err != nil {
		return nil, err
	}
	if u, ok := v.(*Undefined); ok {
		return nil, u.err()
	}
	_, ok := s.env.tests[nameOf(v)]
	return ok, nil
}

func testSame(s *evaluation, c *Call) (any, error) {
	a, err := s.args(c, twoParams)
	if err != nil {
		return nil, err
	}
	return pyvalue.Identical(a[0], a[1]), nil
}

func testCompare(op compareOp) internal {
	return func(s *evaluation, c *Call) (any, error) {
		var a [2]any
		if err := c.bind(twoParams, a[:]); err != nil {
			return nil, err
		}
		return s.compare(op, a[0], a[1])
	}
}
