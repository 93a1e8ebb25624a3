package criteria

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/petrel-dev/petrel/internal/suggest"
	"github.com/petrel-dev/petrel/jinja"
	"github.com/petrel-dev/petrel/pyregexp"
)

// Compile compiles criteria with a compiler of their own. Use a [Compiler] for
// many rules: they then share environment and templates.
func Compile(list []Criterion, options ...Option) (*Program, error) {
	return NewCompiler(options...).Compile(list)
}

// Compiler turns criteria into programs. It is safe for concurrent use.
type Compiler struct {
	settings settings
	// templates makes the cache of templates when the first is needed.
	templates func() *jinja.Cache
	keys      memo[string, *address]
	regexes   memo[regexKey, *pyregexp.Regexp]
	tests     memo[testKey, test]
}

// NewCompiler returns a compiler with StackStorm's operators and templates,
// changed by options.
func NewCompiler(options ...Option) *Compiler {
	s := settings{regexTimeout: defaultRegexTimeout}
	s.apply(options)
	return newCompiler(s)
}

func newCompiler(s settings) *Compiler {
	return &Compiler{
		settings: s,
		templates: sync.OnceValue(func() *jinja.Cache {
			options := append(slices.Clip(s.jinja), jinja.WithFilter(jsonFilter, toComplex))
			return jinja.NewCache(jinja.StackStorm(options...), 0)
		}),
	}
}

// Compile checks the criteria and returns their program. Options given here
// apply to this program only. The error is an [*Error] with all problems.
//
// As in StackStorm a rule is refused for an operator that does not exist and
// for a missing pattern. What would make a criterion fail on every event, such
// as a malformed key or regular expression, is a warning: see [Program.Warnings].
func (c *Compiler) Compile(list []Criterion, options ...Option) (*Program, error) {
	s := c.settings
	s.changed = false
	s.apply(options)
	if s.changed {
		c = newCompiler(s)
	}
	source := &programSource{criteria: make([]condition, len(list))}
	p := &Program{compiler: c, source: source, steps: make([]step, len(list))}
	var problems []Problem
	tests := make([]test, len(list))
	rendered := false
	for i, criterion := range list {
		if !s.lenient {
			if problem, ok := c.check(criterion); !ok {
				problems = append(problems, problem)
			}
		}
		source.criteria[i], tests[i] = c.compileCriterion(criterion)
		rendered = rendered || source.criteria[i].pattern.isText
		source.criteria[i].st2kv = rendered
		p.steps[i] = source.criteria[i].step(&tests[i])
		source.warnings = append(source.warnings, c.defects(&source.criteria[i], tests[i].defect)...)
	}
	if s.whenSource != "" {
		w, problem := compileWhen(s.whenSource, s.payload)
		if problem != nil {
			problems = append(problems, *problem)
		}
		p.when = w
	}
	if len(problems) > 0 {
		return nil, &Error{Problems: problems}
	}
	source.selectors = p.selectors(tests)
	return p, nil
}

// check makes the test that a rule must pass to be stored.
func (c *Compiler) check(criterion Criterion) (Problem, bool) {
	name := strings.ToLower(criterion.Type)
	switch {
	case name == "":
		return Problem{Key: criterion.Key, Message: "type is missing", Hint: `name an operator, such as "equals"`}, false
	case name != operatorSearch && !c.knows(name):
		return Problem{
			Key:     criterion.Key,
			Message: fmt.Sprintf("unknown operator %q", criterion.Type),
			Hint:    suggest.DidYouMean(name, slices.Values(c.operatorNames())),
		}, false
	case criterion.Pattern == nil && name != "exists" && name != "nexists":
		return Problem{Key: criterion.Key, Message: fmt.Sprintf("operator %q needs a pattern that is not null", criterion.Type)}, false
	}
	return Problem{}, true
}

func (c *Compiler) knows(name string) bool {
	_, ok := c.operator(name)
	return ok
}

// operator returns the operator of a lower-case name.
func (c *Compiler) operator(name string) (operator, bool) {
	if f, ok := c.settings.operators[name]; ok {
		return added(f), true
	}
	return builtin(name)
}

func (c *Compiler) operatorNames() []string {
	names := append(OperatorNames(), slices.Collect(maps.Keys(c.settings.operators))...)
	slices.Sort(names)
	return slices.Compact(names)
}

// compileCriterion returns the compiled criterion, and its test if the pattern
// is constant.
func (c *Compiler) compileCriterion(criterion Criterion) (condition, test) {
	// The address carries its own error.
	address, _ := c.keys.get(criterion.Key, func() (*address, error) { return parseKey(criterion.Key), nil })
	out := condition{
		key:      criterion.Key,
		operator: criterion.Type,
		address:  address,
		pattern:  parsePattern(criterion.Pattern),
		untyped:  criterion.Type == "",
	}
	out.st2kv = out.pattern.isText
	constant := out.pattern.template == nil
	if criterion.Type == operatorSearch {
		out.search = &search{condition: criterion.Condition}
		if constant {
			out.search.children, out.search.childrenErr = c.compileChildren(criterion.Key, out.pattern.constant)
		}
		return out, test{}
	}
	name := strings.ToLower(criterion.Type)
	o, ok := c.operator(name)
	switch {
	case name == operatorSearch && !ok:
		out.unknown = fmt.Errorf("the name must be written %q", operatorSearch)
	case !ok:
		out.unknown = fmt.Errorf("unknown operator %q", criterion.Type)
	case constant:
		t := c.constantTest(name, o, out.pattern.constant)
		out.holds = t.holds
		return out, t
	default:
		out.bind = o.bind
		out.withoutPattern = o.withoutPattern
	}
	return out, test{}
}

// testKey names the test of an operator and a constant pattern.
type testKey struct {
	operator string
	pattern  any
}

// constantTest returns the test of an operator and a constant pattern. Rules
// share it, as many have the same criteria, but for equalities: these differ
// from rule to rule, and are seldom decided by their test.
func (c *Compiler) constantTest(name string, o operator, pattern any) test {
	switch pattern.(type) {
	case string, int64, float64, bool:
		if name == "equals" || name == "eq" {
			break
		}
		t, _ := c.tests.get(testKey{name, pattern}, func() (test, error) { return bound(o, c, pattern), nil })
		return t
	}
	return bound(o, c, pattern)
}

// defects returns why a criterion fails on every event.
func (c *Compiler) defects(of *condition, defect error) []Problem {
	var problems []Problem
	report := func(format string, args ...any) {
		problems = append(problems, Problem{Key: of.key, Message: fmt.Sprintf(format, args...)})
	}
	if of.untyped {
		return nil
	}
	if of.address.err != nil {
		report("the key is malformed: %v", of.address.err)
	}
	if t := of.pattern.template; t != nil {
		if _, err := c.templates().Compile(t.text); err != nil {
			report("the pattern is not a template: %v", err)
		} else if t.typed != "" {
			if _, err := c.templates().Compile(t.typed); err != nil {
				report("the pattern is not a template once | %s is appended: %v", jsonFilter, err)
			}
		}
	}
	if of.unknown != nil {
		report("%v", of.unknown)
	}
	if defect != nil {
		report("%s: %v", of.operator, defect)
	}
	if of.search != nil {
		problems = append(problems, c.searchDefects(of)...)
	}
	return problems
}

func (c *Compiler) searchDefects(of *condition) []Problem {
	var problems []Problem
	switch of.search.condition {
	case "any", "all", "any2any", "all2any":
	default:
		problems = append(problems, Problem{Key: of.key, Message: errNoCondition.Error()})
	}
	if err := of.search.childrenErr; err != nil {
		problems = append(problems, Problem{Key: of.key, Message: err.Error()})
	}
	for _, child := range of.search.children {
		if child.malformed != nil {
			problems = append(problems, Problem{Key: of.key, Message: child.malformed.Error()})
			continue
		}
		problems = append(problems, c.defects(child.condition, child.defect)...)
	}
	return problems
}
