package yaql

import (
	"sync"

	"github.com/petrel-dev/petrel/pyregexp"
	"github.com/petrel-dev/petrel/pyvalue"
)

// regex is a compiled regular expression as a value.
type regex struct {
	pattern string
	re      *pyregexp.Regexp
}

// regexCache keeps the regular expressions that a program compiled: most
// patterns are literals.
type regexCache struct {
	mu       sync.Mutex
	compiled map[regexKey]*regex
}

type regexKey struct {
	pattern string
	flags   pyregexp.Flags
}

const maxCachedRegexes = 64

func (c *regexCache) compile(pattern string, flags pyregexp.Flags) (*regex, error) {
	key := regexKey{pattern, flags}
	c.mu.Lock()
	r := c.compiled[key]
	c.mu.Unlock()
	if r != nil {
		return r, nil
	}
	re, err := pyregexp.Compile(pattern, flags)
	if err != nil {
		return nil, err
	}
	r = &regex{pattern, re}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.compiled == nil || len(c.compiled) >= maxCachedRegexes {
		c.compiled = map[regexKey]*regex{}
	}
	c.compiled[key] = r
	return r, nil
}

// regexOf returns a regular expression that is given as such or as text.
func (ev *evaluator) regexOf(v any) (*pyregexp.Regexp, error) {
	if r, ok := v.(*regex); ok {
		return r.re, nil
	}
	r, err := ev.prog.regexes.compile(v.(string), 0)
	if err != nil {
		return nil, err
	}
	return r.re, nil
}

func defineRegexes(s *FunctionSet) {
	s.define("regex", asFunction, "pattern:string, ignoreCase:bool?=false, multiLine:bool?=false, dotAll:bool?=false", func(ev *evaluator, _ *scope, a []any) (any, error) {
		var flags pyregexp.Flags
		for i, f := range []pyregexp.Flags{pyregexp.IgnoreCase, pyregexp.Multiline, pyregexp.DotAll} {
			if truth(a[i+1]) {
				flags |= f
			}
		}
		r, err := ev.prog.regexes.compile(a[0].(string), flags)
		if err != nil {
			return nil, err
		}
		return r, nil
	})
	s.define("isRegex", asFunction, "value:any", func(ev *evaluator, _ *scope, a []any) (any, error) {
		_, ok := a[0].(*regex)
		return ok, nil
	})
	s.define("escapeRegex", asFunction, "string:string", func(ev *evaluator, _ *scope, a []any) (any, error) {
		return pyregexp.Escape(a[0].(string)), nil
	})

	match := func(text, pattern int, wanted bool) implementation {
		return func(ev *evaluator, _ *scope, a []any) (any, error) {
			re, err := ev.regexOf(a[pattern])
			if err != nil {
				return nil, err
			}
			found, err := re.MatchString(a[text].(string))
			return found == wanted, err
		}
	}
	for op, wanted := range map[string]bool{"#operator_=~": true, "#operator_!~": false} {
		s.define(op, asFunction, "string:string, regexp:regex", match(0, 1, wanted))
		s.define(op, asFunction, "string:string, pattern:string", match(0, 1, wanted))
	}
	s.define("matches", asMethod, "regexp:regex, string:string", match(1, 0, true))
	s.define("matches", asMethod, "string:string, regexp:string", match(0, 1, true))

	s.define("search", asMethod, "regexp:regex, string:string, selector:lambda=null", func(ev *evaluator, sc *scope, a []any) (any, error) {
		m, err := a[0].(*regex).re.Search(a[1].(string))
		if err != nil || m == nil {
			return nil, err
		}
		return ev.selectMatch(sc, a[0].(*regex), m, asLambda(a[2]))
	})
	s.define("searchAll", asMethod, "regexp:regex, string:string, selector:lambda=null", func(ev *evaluator, sc *scope, a []any) (any, error) {
		r, i := a[0].(*regex), -1
		var matches []*pyregexp.Match
		return ev.generate(func() (any, bool, error) {
			if i++; i == 0 {
				var err error
				if matches, err = r.re.FindAll(a[1].(string), 0); err != nil {
					return nil, false, err
				}
			}
			if i >= len(matches) {
				return nil, false, nil
			}
			v, err := ev.selectMatch(sc, r, matches[i], asLambda(a[2]))
			return v, true, err
		}), nil
	})

	split := func(pattern, text int) implementation {
		return func(ev *evaluator, _ *scope, a []any) (any, error) {
			limit := clampInt(a[2])
			if limit < 0 {
				return &mutableList{[]any{a[text]}}, nil
			}
			parts, err := a[pattern].(*regex).re.Split(a[text].(string), limit)
			if err != nil {
				return nil, err
			}
			return &mutableList{parts}, ev.grow(len(parts), 32*len(parts))
		}
	}
	s.define("split", asMethod, "regexp:regex, string:string, maxSplit:int=0", split(0, 1))
	s.define("split", asMethod, "string:string, regexp:regex, maxSplit:int=0", split(1, 0))

	replace := func(pattern, text int) implementation {
		return func(ev *evaluator, _ *scope, a []any) (any, error) {
			count := clampInt(a[3])
			if count < 0 {
				return a[text], nil
			}
			out, err := a[pattern].(*regex).re.Sub(a[text].(string), a[2].(string), count)
			if err != nil {
				return nil, err
			}
			return out, ev.text(len(out))
		}
	}
	s.define("replace", asMethod, "regexp:regex, string:string, repl:string, count:int=0", replace(0, 1))
	s.define("replace", asMethod, "string:string, regexp:regex, repl:string, count:int=0", replace(1, 0))

	replaceBy := func(pattern, text int) implementation {
		return func(ev *evaluator, sc *scope, a []any) (any, error) {
			count, r := clampInt(a[3]), a[pattern].(*regex)
			if count < 0 {
				return a[text], nil
			}
			out, err := r.re.SubFunc(a[text].(string), count, func(m *pyregexp.Match) (string, error) {
				if err := ev.step(); err != nil {
					return "", err
				}
				v, err := asLambda(a[2]).in(ev, matchScope(sc, r, m))
				if err != nil {
					return "", err
				}
				switch v := v.(type) {
				case string:
					return v, nil
				case nil:
					return "", nil
				}
				return "", fail(KindType, "a replacement of type %s, expected a string", typeName(v))
			})
			if err != nil {
				return nil, err
			}
			return out, ev.text(len(out))
		}
	}
	s.define("replaceBy", asMethod, "regexp:regex, string:string, repl:lambda, count:int=0", replaceBy(0, 1))
	s.define("replaceBy", asMethod, "string:string, regexp:regex, repl:lambda, count:int=0", replaceBy(1, 0))
}

// selectMatch returns the matched text, or what the selector makes of the
// match.
func (ev *evaluator) selectMatch(sc *scope, r *regex, m *pyregexp.Match, selector *lambda) (any, error) {
	if selector == nil {
		return m.Text(), nil
	}
	return selector.in(ev, matchScope(sc, r, m))
}

// matchScope binds the whole match to $1 and the groups to $2, $3 and so on;
// groups with a name also to $name.
func matchScope(sc *scope, r *regex, m *pyregexp.Match) *scope {
	groups := m.Groups()
	values := make([]any, len(groups))
	for i, g := range groups {
		values[i] = &mutableDict{pyvalue.MapOf("value", g.Value(), "start", int64(g.Start), "end", int64(g.End))}
	}
	inner := sc.child(values...)
	for i, name := range r.re.GroupNames() {
		if name != "" && i < len(values) {
			inner.set(name, values[i])
		}
	}
	return inner
}
