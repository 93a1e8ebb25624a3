package yaql

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/petrel-dev/petrel/pyvalue"
)

func defineContexts(s *FunctionSet) {
	s.define("let", asFunction, "*values:any, **names:any", func(ev *evaluator, sc *scope, a []any) (any, error) {
		values, names := a[:len(a)-1], a[len(a)-1].([]variable)
		inner := sc.child(values...)
		inner.names = names
		return inner, nil
	})
	s.define("with", asFunction, "*values:any", func(ev *evaluator, sc *scope, a []any) (any, error) {
		return sc.child(a...), nil
	})
	s.define("unpack", asMethod, "sequence:iterable, *names:string", unpack)
	s.define("def", asFunction, "name:string, func:lambda", define)
	s.define("call", asFunction, "name:string, args:sequence, kwargs:mapping, receiver:any=omitted", callByName)
	s.define("#operator_->", asFunction, "left:context, right:lambda", func(ev *evaluator, _ *scope, a []any) (any, error) {
		return asLambda(a[1]).in(ev, a[0].(*scope))
	})
	s.define("#get_context_data", asFunction, "name:string", func(ev *evaluator, sc *scope, a []any) (any, error) {
		name := strings.TrimPrefix(a[0].(string), "$")
		return ev.variable(sc, variablePosition(name), name), nil
	})
	s.define("assert", asMethod, "obj:any, condition:lambda, message:string=Assertion failed", func(ev *evaluator, _ *scope, a []any) (any, error) {
		obj := a[0]
		if it, ok := obj.(*iterator); ok {
			obj = &memo{source: it}
		}
		v, err := asLambda(a[1]).call(ev, obj)
		if err != nil {
			return nil, err
		}
		if !truth(v) {
			return nil, fail(KindAssertion, "%s", a[2])
		}
		return obj, nil
	})
}

func unpack(ev *evaluator, sc *scope, a []any) (any, error) {
	names := a[1:]
	it, err := ev.iterate(a[0])
	if err != nil {
		return nil, err
	}
	var values []any
	for len(values) <= len(names) || len(names) == 0 {
		v, ok, err := it.next()
		if err != nil {
			return nil, err
		}
		if !ok {
			break
		}
		values = append(values, v)
		if err := ev.grow(len(values), 16); err != nil {
			return nil, err
		}
	}
	if len(names) == 0 {
		if !isSequence(a[0]) && !isSetLike(a[0]) && len(values) > 0 {
			values = values[1:] // the original loses the first element of an iterator
		}
		return sc.child(values...), nil
	}
	if len(values) != len(names) {
		return nil, fail(KindValue, "cannot unpack %d elements into %d names", len(values), len(names))
	}
	inner := sc.child()
	for i, name := range names {
		inner.set(variableName(name.(string)), values[i])
	}
	return inner, nil
}

// variableName is the name of a variable as written in a string.
func variableName(s string) string {
	s = strings.TrimPrefix(s, "$")
	if s == "" {
		return "1"
	}
	return s
}

// define makes a function that is visible in the context it returns.
func define(_ *evaluator, sc *scope, a []any) (any, error) {
	name, err := functionName(a[0].(string))
	if err != nil {
		return nil, err
	}
	inner := sc.child()
	inner.local = true
	body := *asLambda(a[1])
	body.sc = inner
	inner.funcs = []*overload{{
		name: name, function: true,
		rest:     &param{name: "args", typ: Any, nullable: true},
		keywords: &param{name: "kwargs", typ: Any, nullable: true},
		call: func(ev *evaluator, _ *scope, a []any) (any, error) {
			if err := ev.enter(); err != nil {
				return nil, err
			}
			defer ev.leave()
			frame := inner.child(a[:len(a)-1]...)
			frame.names = a[len(a)-1].([]variable)
			return body.in(ev, frame)
		},
	}}
	return inner, nil
}

// functionName converts a name to camel case, without underscores at its end.
func functionName(s string) (string, error) {
	if s == "" {
		return "", nil
	}
	s = strings.TrimRight(s, "_")
	if s == "" {
		return "", fail(KindIndex, "a function name of underscores only")
	}
	first, n := utf8.DecodeRuneInString(s)
	if unicode.IsLetter(first) {
		return camelCase(s), nil
	}
	end := strings.IndexRune(s[n:], first)
	if end <= 0 {
		return s, nil
	}
	end += 2 * n
	return s[:end] + camelCase(s[end:]), nil
}

func camelCase(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == '_' && i > 0 && i+1 < len(s) {
			if next, m := utf8.DecodeRuneInString(s[i+1:]); isWordRune(next) {
				b.WriteString(strings.ToUpper(s[i+1 : i+1+m]))
				i += 1 + m
				continue
			}
		}
		b.WriteRune(r)
		i += n
	}
	return b.String()
}

func callByName(ev *evaluator, sc *scope, a []any) (any, error) {
	items, _ := elements(a[1])
	args := make([]argument, 0, len(items)+1)
	f := callForm{name: strings.TrimRight(a[0].(string), "_")}
	if a[3] != omitted {
		f.method = true
		args = append(args, argument{value: a[3]})
	}
	for _, x := range items {
		args = append(args, argument{value: canonical(x)})
	}
	var kwargs []keyword
	for k, v := range pyvalue.Entries(plainDict(a[2])) {
		name, ok := k.(string)
		if !ok {
			return nil, fail(KindType, "the name %s of a keyword argument is no string", reprOf(k))
		}
		if !startsLikeWord(name) {
			return nil, fail(KindRuntime, "%q cannot be the name of a keyword argument", name)
		}
		kwargs = append(kwargs, keyword{name, argument{value: canonical(v)}})
	}
	if err := ev.enter(); err != nil {
		return nil, err
	}
	defer ev.leave()
	v, err := ev.invoke(f, ev.prog.functions.overloads(f.name, f.method), sc, args, kwargs)
	if isKind(err, KindUnknownFunction, KindUnknownMethod) {
		if e := wrap(err); e.Line == 0 {
			ev.prog.functions.suggest(e, f)
		}
	}
	return v, err
}

func startsLikeWord(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return s != "" && isWordRune(r) && !unicode.IsDigit(r) && !strings.HasPrefix(s, "__")
}
