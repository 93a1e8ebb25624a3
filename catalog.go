package petrel

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/petrel-dev/petrel/criteria"
	"github.com/petrel-dev/petrel/internal/suggest"
	"github.com/petrel-dev/petrel/jinja"
	"github.com/petrel-dev/petrel/parameters"
	"github.com/petrel-dev/petrel/pyvalue"
	"github.com/petrel-dev/petrel/schema"
)

// catalog holds the registered content, compiled. Look-ups take the lock for
// reading only; a registration replaces an entry and never changes one that
// somebody may hold. Sensors are kept by the supervisor.
type catalog struct {
	templates *jinja.Cache
	criteria  *criteria.Compiler

	mu           sync.RWMutex
	packs        map[string]*Pack
	runners      map[string]Runner // by name and alias
	actions      map[string]*registeredAction
	triggerTypes map[string]TriggerType
	triggers     map[string]*registeredTrigger // by reference of the trigger
	rules        map[string]*registeredRule
}

// registeredAction is an action with all that its executions need.
type registeredAction struct {
	Action
	runner         Runner
	runnerSpec     RunnerSpec
	pack           *Pack
	schema         *schema.Parameters // of runner and action, merged
	renderer       *parameters.Renderer
	document       Document
	runnerDocument Document
}

// registeredTrigger is a trigger with the rules that want its events.
type registeredTrigger struct {
	Trigger
	payload *schema.Schema
	rules   int // how many rules hold a trigger that has parameters
	matcher *criteria.Matcher
}

// registeredRule is a rule with its parameters in final form.
type registeredRule struct {
	Rule
	link       RuleLink
	trigger    string // reference
	parameters *pyvalue.Map
	document   Document
}

func newCatalog(templates *jinja.Cache, compiler *criteria.Compiler) *catalog {
	return &catalog{
		templates:    templates,
		criteria:     compiler,
		packs:        map[string]*Pack{},
		runners:      map[string]Runner{},
		actions:      map[string]*registeredAction{},
		triggerTypes: map[string]TriggerType{},
		triggers:     map[string]*registeredTrigger{},
		rules:        map[string]*registeredRule{},
	}
}

func (c *catalog) action(ref string) (*registeredAction, error) {
	c.mu.RLock()
	a := c.actions[ref]
	c.mu.RUnlock()
	if a == nil {
		return nil, fmt.Errorf("%w %q%s", ErrUnknownAction, ref, didYouMean(c, ref, c.actions))
	}
	return a, nil
}

func (c *catalog) trigger(ref string) (*registeredTrigger, error) {
	c.mu.RLock()
	t := c.triggers[ref]
	c.mu.RUnlock()
	if t == nil {
		return nil, fmt.Errorf("%w %q%s", ErrUnknownTrigger, ref, didYouMean(c, ref, c.triggers))
	}
	return t, nil
}

func (c *catalog) rule(id string) *registeredRule {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.rules[id]
}

func (c *catalog) pack(ref string) *Pack {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.packs[ref]
}

// didYouMean asks for the reference closest to a mistyped one.
func didYouMean[T any](c *catalog, ref string, known map[string]T) string {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return hint(ref, known)
}

// hint is didYouMean for a caller that holds the lock.
func hint[T any](name string, known map[string]T) string {
	if question := suggest.DidYouMean(name, maps.Keys(known)); question != "" {
		return " (" + question + ")"
	}
	return ""
}

func (c *catalog) addRunner(r Runner) error {
	spec := r.Spec()
	if spec.Name == "" {
		return fmt.Errorf("%w: runner %T has no name", ErrInvalid, r)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, name := range append([]string{spec.Name}, spec.Aliases...) {
		c.runners[name] = r
	}
	return nil
}

// runner finds a runner by its name or an alias; underscores may stand for dashes, as in old packs.
func (c *catalog) runner(name string) (Runner, error) {
	for _, n := range []string{name, strings.ReplaceAll(name, "_", "-")} {
		if r := c.runners[n]; r != nil {
			return r, nil
		}
	}
	known := strings.Join(slices.Sorted(maps.Keys(c.runners)), ", ")
	return nil, fmt.Errorf("%w %q%s; registered are %s", ErrUnknownRunner, name, hint(name, c.runners), known)
}

// compileAction checks an action against its runner and prepares its parameters.
func (c *catalog) compileAction(a Action) (*registeredAction, error) {
	if _, err := ParseRef(a.Ref()); err != nil {
		return nil, err
	}
	if a.Runner == "" && a.Func != nil {
		a.Runner = goRunnerName
	}
	if a.Runner == "" {
		return nil, fmt.Errorf("%w: action %s needs a Runner or a Func", ErrInvalid, a.Ref())
	}
	if a.Runner == goRunnerName && a.Func == nil {
		return nil, fmt.Errorf("%w: action %s has the runner %q but no Func", ErrInvalid, a.Ref(), goRunnerName)
	}
	c.mu.RLock()
	runner, err := c.runner(a.Runner)
	c.mu.RUnlock()
	if err != nil {
		return nil, fmt.Errorf("action %s: %w", a.Ref(), err)
	}
	spec := runner.Spec()
	merged, err := schema.Merge(spec.Parameters, a.Parameters)
	if err != nil {
		return nil, fmt.Errorf("%w: action %s: %w", ErrInvalid, a.Ref(), err)
	}
	r := &registeredAction{
		Action:     a,
		runner:     runner,
		runnerSpec: spec,
		schema:     merged,
		renderer:   parameters.New(c.templates, spec.Parameters, a.Parameters),
		pack:       &Pack{Ref: a.Pack, Name: a.Pack},
	}
	if r.document, err = newDocument(actionDocument(a)); err != nil {
		return nil, err
	}
	r.runnerDocument, err = newDocument(runnerDocument(spec))
	return r, err
}

func (c *catalog) addAction(a *registeredAction) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if p := c.packs[a.Pack]; p != nil {
		a.pack = p
	}
	c.actions[a.Ref()] = a
}

// addTriggerType registers a type and, if it takes no parameters, its one trigger.
func (c *catalog) addTriggerType(t TriggerType) error {
	if _, err := ParseRef(t.Ref()); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.triggerTypes[t.Ref()] = t
	if !t.Parameters.IsEmpty() {
		return nil
	}
	c.replaceTrigger(t.Ref(), newTrigger(t, t.Ref(), emptyObject))
	return nil
}

// replaceTrigger puts a trigger in place of an older one and keeps its rules.
func (c *catalog) replaceTrigger(ref string, t *registeredTrigger) {
	if old := c.triggers[ref]; old != nil {
		t.matcher, t.rules = old.matcher, old.rules
	}
	c.triggers[ref] = t
}

func newTrigger(t TriggerType, ref string, parameters json.RawMessage) *registeredTrigger {
	return &registeredTrigger{
		Trigger: Trigger{ID: stableID("trigger:" + ref), Ref: ref, Type: t.Ref(), Parameters: parameters},
		payload: t.Payload,
		matcher: criteria.NewMatcher(),
	}
}

func (c *catalog) removeTriggerType(ref string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, known := c.triggerTypes[ref]; !known {
		return fmt.Errorf("trigger type %s: %w", ref, ErrNotFound)
	}
	for _, r := range c.rules {
		if r.Trigger.Type == ref {
			return fmt.Errorf("%w: trigger type %s is used by rule %s", ErrConflict, ref, r.Ref())
		}
	}
	delete(c.triggerTypes, ref)
	maps.DeleteFunc(c.triggers, func(_ string, t *registeredTrigger) bool { return t.Type == ref })
	return nil
}

// addRule compiles a rule and hands it to the matcher of its trigger. A rule
// of the same reference is replaced.
func (c *catalog) addRule(rule Rule) error {
	r, t, program, err := c.compileRule(rule)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if current := c.triggers[t.Ref]; current != nil {
		t = current // the one to use, whoever asked for it first
	}
	if old := c.rules[r.link.ID]; old == nil || old.trigger != r.trigger {
		c.dropRule(r.link.ID)
		if t.Ref != t.Type {
			t.rules++
		}
	}
	c.triggers[t.Ref] = t
	c.rules[r.link.ID] = r
	if rule.Disabled {
		t.matcher.Remove(r.link.ID)
	} else {
		t.matcher.Put(criteria.Rule{ID: r.link.ID, Program: program, Backstop: rule.Backstop})
	}
	return nil
}

// compileRule checks a rule and compiles its criteria. The trigger is the
// registered one, or a new one if the rule is the first to ask for it.
func (c *catalog) compileRule(rule Rule) (*registeredRule, *registeredTrigger, *criteria.Program, error) {
	r, err := newRegisteredRule(rule)
	if err != nil {
		return nil, nil, nil, fmt.Errorf("%w: rule %s: %w", ErrInvalid, rule.Ref(), err)
	}
	c.mu.RLock()
	t, err := c.ruleTrigger(rule)
	c.mu.RUnlock()
	if err != nil {
		return nil, nil, nil, fmt.Errorf("rule %s: %w", rule.Ref(), err)
	}
	program, err := c.criteria.Compile(rule.Criteria, criteria.When(rule.When, t.payload.Definition()))
	if err != nil {
		return nil, nil, nil, fmt.Errorf("%w: rule %s: %w", ErrInvalid, rule.Ref(), err)
	}
	r.trigger = t.Ref
	return r, t, program, nil
}

// newRegisteredRule checks what does not depend on other content, all of it.
func newRegisteredRule(rule Rule) (*registeredRule, error) {
	var problems []error
	if _, err := ParseRef(rule.Ref()); err != nil {
		problems = append(problems, err)
	}
	if _, err := ParseRef(rule.Trigger.Type); err != nil {
		problems = append(problems, fmt.Errorf("trigger.type: %w", err))
	}
	if _, err := ParseRef(rule.Action.Ref); err != nil {
		problems = append(problems, fmt.Errorf("action.ref: %w", err))
	}
	given, err := objectOf(rule.Action.Parameters)
	if err != nil {
		problems = append(problems, fmt.Errorf("action.parameters: %w", err))
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	document, err := newDocument(ruleDocument(rule, given))
	if err != nil {
		return nil, err
	}
	return &registeredRule{
		Rule:       rule,
		link:       RuleLink{ID: stableID("rule:" + rule.Ref()), Ref: rule.Ref()},
		parameters: given,
		document:   document,
	}, nil
}

// ruleTrigger finds the trigger a rule wants; the trigger of a type with
// parameters is made when the first rule asks for it. The caller holds the lock.
func (c *catalog) ruleTrigger(rule Rule) (*registeredTrigger, error) {
	t, known := c.triggerTypes[rule.Trigger.Type]
	if !known {
		return nil, fmt.Errorf("trigger.type: %w %q%s", ErrUnknownTrigger, rule.Trigger.Type, hint(rule.Trigger.Type, c.triggerTypes))
	}
	if t.Parameters.IsEmpty() {
		return c.triggers[t.Ref()], nil
	}
	given, err := objectOf(rule.Trigger.Parameters)
	if err != nil {
		return nil, fmt.Errorf("trigger.parameters: %w: %w", ErrInvalid, err)
	}
	if err := t.Parameters.Validate(given); err != nil {
		return nil, fmt.Errorf("trigger.parameters: %w: %w", ErrInvalid, err)
	}
	ref, parameters, err := parametrisedTriggerRef(t, given)
	if err != nil {
		return nil, err
	}
	if existing := c.triggers[ref]; existing != nil {
		return existing, nil
	}
	return newTrigger(t, ref, parameters), nil
}

func (c *catalog) removeRule(ref string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.dropRule(stableID("rule:" + ref)) {
		return fmt.Errorf("rule %s: %w", ref, ErrNotFound)
	}
	return nil
}

// dropRule takes a rule away from its trigger, and a trigger with parameters
// away when its last rule is gone. The caller holds the lock.
func (c *catalog) dropRule(id string) bool {
	r := c.rules[id]
	if r == nil {
		return false
	}
	delete(c.rules, id)
	if t := c.triggers[r.trigger]; t != nil {
		t.matcher.Remove(id)
		if t.Ref != t.Type {
			t.rules--
			if t.rules == 0 {
				delete(c.triggers, t.Ref)
			}
		}
	}
	return true
}

func (c *catalog) removeAction(ref string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.actions[ref] == nil {
		return fmt.Errorf("action %s: %w", ref, ErrNotFound)
	}
	delete(c.actions, ref)
	return nil
}

func (c *catalog) removeRunner(name string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	r := c.runners[name]
	if r == nil {
		return fmt.Errorf("runner %s: %w", name, ErrNotFound)
	}
	for _, a := range c.actions {
		if a.runner == r {
			return fmt.Errorf("%w: runner %s is used by action %s", ErrConflict, name, a.Ref())
		}
	}
	maps.DeleteFunc(c.runners, func(_ string, other Runner) bool { return other == r })
	return nil
}

// addPack registers the record of a pack and returns the one it replaces, or nil.
func (c *catalog) addPack(p *Pack) (old *Pack) {
	c.mu.Lock()
	defer c.mu.Unlock()
	old = c.packs[p.Ref]
	c.packs[p.Ref] = p
	return old
}

func (c *catalog) dropPack(ref string) (old *Pack) {
	c.mu.Lock()
	defer c.mu.Unlock()
	old = c.packs[ref]
	delete(c.packs, ref)
	return old
}
