package jinja

import (
	"strconv"
	"strings"

	"github.com/petrel-dev/petrel/pyvalue"
)

// printf is format % args.
func (s *evaluation) printf(format string, args any) (any, error) {
	if u, ok := args.(*Undefined); ok {
		return nil, u.err()
	}
	if err := s.widthsFit(format, strings.Count(format, "*")); err != nil {
		return nil, err
	}
	text, err := pyvalue.FormatPercent(format, plain(args))
	if err = s.settle(err); err != nil {
		return nil, err
	}
	return text, s.grow(len(text))
}

// callFormat is format.format(...), with the attributes of fields looked up
// under the rules of the sandbox.
func (s *evaluation) callFormat(format, name string, call *Call) (any, error) {
	args := call.Args
	keywords := pyvalue.NewMap(len(call.Keywords))
	for _, k := range call.Keywords {
		keywords.SetString(k.Name, k.Value)
	}
	if name == "format_map" {
		if len(args) != 1 || len(call.Keywords) > 0 {
			return nil, newError(pyvalue.KindType, "format_map() takes exactly one argument")
		}
		m, ok := pyvalue.ToMap(args[0])
		if !ok {
			return nil, newError(pyvalue.KindType, "format_map() takes a mapping")
		}
		keywords, args = m, nil
	}
	if err := s.widthsFit(format, 0); err != nil {
		return nil, err
	}
	text, err := pyvalue.Format(format, args, keywords, func(v any, name string) (any, error) {
		found, err := s.attribute(v, name)
		if u, ok := found.(*Undefined); ok && err == nil {
			return nil, u.err()
		}
		return found, err
	})
	if err = s.settle(err); err != nil {
		return nil, err
	}
	return text, s.grow(len(text))
}

// widthsFit refuses formats whose widths do not fit into the memory left.
func (s *evaluation) widthsFit(format string, stars int) error {
	total := int64(0)
	for i := 0; i < len(format); {
		if !isDigit(format[i]) {
			i++
			continue
		}
		j := i
		for j < len(format) && isDigit(format[j]) {
			j++
		}
		n, err := strconv.ParseInt(format[i:j], 10, 40)
		if err != nil {
			n = 1 << 40
		}
		if j-i > 3 {
			total += n
		}
		i = j
	}
	if total > s.room() || stars > 0 && s.room() < 0 {
		return newError(KindLimit, "the template needs more than %d bytes of memory", s.env.limits.Memory)
	}
	return nil
}
