package jinja

import (
	"math"

	"github.com/petrel-dev/petrel/pyvalue"
)

var numberFilters = map[string]internal{
	"abs":            filterAbs,
	"int":            filterInt,
	"float":          filterFloat,
	"round":          filterRound,
	"filesizeformat": filterFileSize,
}

func filterAbs(s *evaluation, c *Call) (any, error) {
	v, err := s.only(c)
	if err != nil {
		return nil, err
	}
	if u, ok := v.(*Undefined); ok {
		return nil, u.err()
	}
	return pyvalue.Abs(v)
}

// number takes a value as int() and float() do: objects stand for their text.
func (s *evaluation) number(v any) (any, error) {
	switch t := v.(type) {
	case *Undefined:
		return nil, t.err()
	case Markup:
		return string(t), nil
	case Object:
		return orNil(s.text(v))
	}
	return v, nil
}

var intParams = params(1, "value", nil, "default", int64(0), "base", int64(10))

func filterInt(s *evaluation, c *Call) (any, error) {
	var a [3]any
	if err := c.bind(intParams, a[:]); err != nil {
		return nil, err
	}
	v, err := s.number(a[0])
	if err != nil {
		return nil, err
	}
	var n any
	if text, ok := v.(string); ok {
		base, err := size(c, "base", a[2])
		if err != nil {
			return nil, err
		}
		n, err = pyvalue.ParseInt(text, base)
		if err == nil {
			return n, nil
		}
	} else if n, err = pyvalue.ToInt(v); err == nil {
		return n, nil
	} else if kind := pyvalue.KindOf(err); kind != pyvalue.KindType && kind != pyvalue.KindValue {
		return nil, err
	}
	f, err := pyvalue.ToFloat(v)
	if err == nil {
		if n, err = pyvalue.ToInt(f); err == nil {
			return n, nil
		}
	}
	return a[1], nil
}

var floatParams = params(1, "value", nil, "default", 0.0)

func filterFloat(s *evaluation, c *Call) (any, error) {
	var a [2]any
	if err := c.bind(floatParams, a[:]); err != nil {
		return nil, err
	}
	v, err := s.number(a[0])
	if err != nil {
		return nil, err
	}
	f, err := pyvalue.ToFloat(v)
	switch pyvalue.KindOf(err) {
	case "":
		return f, nil
	case pyvalue.KindType, pyvalue.KindValue:
		return a[1], nil
	}
	return nil, err
}

var roundParams = params(1, "value", nil, "precision", int64(0), "method", "common")

func filterRound(s *evaluation, c *Call) (any, error) {
	a, err := s.args(c, roundParams)
	if err != nil {
		return nil, err
	}
	for _, v := range a {
		if u, ok := v.(*Undefined); ok {
			return nil, u.err()
		}
	}
	method := plain(a[2])
	switch method {
	case "common":
		if a[1] == nil {
			return pyvalue.Round(a[0], nil)
		}
		digits, err := size(c, "precision", a[1])
		if err != nil {
			return nil, err
		}
		return pyvalue.Round(a[0], int64(digits))
	case "ceil", "floor":
	default:
		return nil, newError(KindFilterArgument, "round: the method must be common, ceil or floor")
	}
	scale, err := pyvalue.Pow(int64(10), a[1])
	if err != nil {
		return nil, err
	}
	scaled, err := pyvalue.Mul(a[0], scale)
	if err != nil {
		return nil, err
	}
	if f, ok := scaled.(float64); ok {
		if method == "ceil" {
			f = math.Ceil(f)
		} else {
			f = math.Floor(f)
		}
		if scaled, err = pyvalue.ToInt(f); err != nil {
			return nil, err
		}
	} else if isText(scaled) || pyvalue.IsList(scaled) {
		return nil, badArgument(c, "value", "a number", a[0])
	}
	return pyvalue.Div(scaled, scale)
}

var fileSizeParams = params(1, "value", nil, "binary", false)

func filterFileSize(s *evaluation, c *Call) (any, error) {
	a, err := s.args(c, fileSizeParams)
	if err != nil {
		return nil, err
	}
	v, err := s.number(a[0])
	if err != nil {
		return nil, err
	}
	size, err := pyvalue.ToFloat(v)
	if err != nil {
		return nil, err
	}
	binary, err := s.truth(a[1])
	if err != nil {
		return nil, err
	}
	base, units := 1000.0, []string{"kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"}
	if binary {
		base, units = 1024, []string{"KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"}
	}
	switch {
	case size == 1:
		return "1 Byte", nil
	case size < base:
		n, err := pyvalue.ToInt(size)
		if err != nil {
			return nil, err
		}
		text, err := s.text(n)
		return text + " Bytes", err
	}
	for i, unit := range units {
		whole := math.Pow(base, float64(i+2))
		if size < whole || i == len(units)-1 {
			number, err := pyvalue.FormatValue(base*size/whole, ".1f")
			return number + " " + unit, err
		}
	}
	return nil, nil
}
