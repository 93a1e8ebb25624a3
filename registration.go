package petrel

import (
	"errors"
	"fmt"
	"maps"
	"slices"
)

// RegisterTriggerType registers a kind of event. One of the same reference is
// replaced; its rules stay.
func (e *Engine) RegisterTriggerType(t TriggerType) error { return e.catalog.addTriggerType(t) }

// UnregisterTriggerType removes a kind of event. It fails with [ErrConflict]
// while a rule uses it, with [ErrNotFound] if there is none.
func (e *Engine) UnregisterTriggerType(ref string) error { return e.catalog.removeTriggerType(ref) }

// RegisterRunner adds a runner under its name and its aliases, in place of
// others of these names. Actions that are registered keep the runner they have.
func (e *Engine) RegisterRunner(r Runner) error { return e.catalog.addRunner(r) }

// UnregisterRunner removes a runner. It fails with [ErrConflict] while an action uses it.
func (e *Engine) UnregisterRunner(name string) error { return e.catalog.removeRunner(name) }

// RegisterAction adds an action, in place of one of the same reference. It
// fails with [ErrUnknownRunner] or [ErrInvalid]; the error holds all problems.
func (e *Engine) RegisterAction(a Action) error {
	r, err := e.catalog.compileAction(a)
	if err != nil {
		return err
	}
	e.catalog.addAction(r)
	return nil
}

// UnregisterAction removes an action. Executions that have been requested fail
// when they come to run.
func (e *Engine) UnregisterAction(ref string) error { return e.catalog.removeAction(ref) }

// RegisterRule adds a rule, in place of one of the same reference. Its trigger
// type must be registered, its action need not be. It fails with
// [ErrUnknownTrigger] or [ErrInvalid]; the error holds all problems.
func (e *Engine) RegisterRule(r Rule) error { return e.catalog.addRule(r) }

// UnregisterRule removes a rule.
func (e *Engine) UnregisterRule(ref string) error { return e.catalog.removeRule(ref) }

// RegisterSensor adds a sensor and its trigger types, in place of a sensor of
// the same reference. While the engine runs, the sensor starts at once.
func (e *Engine) RegisterSensor(spec SensorSpec, s Sensor) error {
	return e.registerSensor(spec, runningSensor{s})
}

// RegisterPollingSensor is [Engine.RegisterSensor] for a sensor that is polled.
func (e *Engine) RegisterPollingSensor(spec SensorSpec, s PollingSensor) error {
	return e.registerSensor(spec, polledSensor{s})
}

func (e *Engine) registerSensor(spec SensorSpec, s supervisedSensor) error {
	if _, err := ParseRef(spec.Ref()); err != nil {
		return err
	}
	for _, t := range spec.TriggerTypes {
		if t.Pack == "" {
			t.Pack = spec.Pack
		}
		if err := e.RegisterTriggerType(t); err != nil {
			return fmt.Errorf("sensor %s: %w", spec.Ref(), err)
		}
	}
	e.supervisor.add(spec, s)
	return nil
}

// UnregisterSensor stops a sensor, waits for its end and removes it. Its trigger types stay.
func (e *Engine) UnregisterSensor(ref string) error { return e.supervisor.remove(ref) }

// Sensors returns the condition of every sensor, by reference.
func (e *Engine) Sensors() []SensorStatus { return e.supervisor.statuses() }

// ResourceKind says what kind of thing a part of a pack is.
type ResourceKind string

// The kinds of resources that can be refused.
const (
	KindTriggerType ResourceKind = "trigger type"
	KindAction      ResourceKind = "action"
	KindRule        ResourceKind = "rule"
)

// RegistrationError says why one part of a pack was not registered.
type RegistrationError struct {
	Kind ResourceKind
	Ref  string // of the part
	Err  error
}

// Error returns the text of the cause, which names the part.
func (e *RegistrationError) Error() string { return e.Err.Error() }

// Unwrap returns the cause.
func (e *RegistrationError) Unwrap() error { return e.Err }

// RegisterPack registers everything a pack holds, in place of what an earlier
// registration of the pack held. What can be registered is, even if other parts
// cannot; the error joins a [*RegistrationError] for each of them. Sensors with
// an EntryPoint and no Go code are only described: register their code with
// [Engine.RegisterSensor].
func (e *Engine) RegisterPack(p Pack) error {
	if p.Ref == "" {
		return fmt.Errorf("%w: a pack needs a Ref", ErrInvalid)
	}
	old := e.catalog.addPack(&p)
	var refusals []error
	note := func(kind ResourceKind, ref string, err error) {
		if err != nil {
			refusals = append(refusals, &RegistrationError{Kind: kind, Ref: ref, Err: err})
		}
	}
	for _, t := range p.triggerTypes() {
		note(KindTriggerType, t.Ref(), e.RegisterTriggerType(t))
	}
	for _, a := range p.Actions {
		note(KindAction, a.Ref(), e.RegisterAction(a))
	}
	for _, r := range p.Rules {
		note(KindRule, r.Ref(), e.RegisterRule(r))
	}
	if old != nil {
		e.removeContent(old, &p)
	}
	return errors.Join(refusals...)
}

// UnregisterPack removes a pack and everything registered with it.
func (e *Engine) UnregisterPack(ref string) error {
	old := e.catalog.dropPack(ref)
	if old == nil {
		return fmt.Errorf("pack %s: %w", ref, ErrNotFound)
	}
	e.removeContent(old, &Pack{})
	return nil
}

// removeContent unregisters what a pack had and its new version lacks. A
// trigger type that a rule of another pack still uses stays.
func (e *Engine) removeContent(old, new *Pack) {
	removeMissing(old.Rules, new.Rules, Rule.Ref, e.UnregisterRule)
	removeMissing(old.Actions, new.Actions, Action.Ref, e.UnregisterAction)
	removeMissing(old.Sensors, new.Sensors, SensorSpec.Ref, e.UnregisterSensor)
	removeMissing(old.triggerTypes(), new.triggerTypes(), TriggerType.Ref, e.UnregisterTriggerType)
}

func removeMissing[T any](old, new []T, ref func(T) string, remove func(string) error) {
	for _, item := range old {
		gone := !slices.ContainsFunc(new, func(other T) bool { return ref(other) == ref(item) })
		if gone {
			// What somebody has unregistered by hand is gone already.
			_ = remove(ref(item))
		}
	}
}

// triggerTypes returns those of the pack and those of its sensors.
func (p *Pack) triggerTypes() []TriggerType {
	all := slices.Clone(p.TriggerTypes)
	for _, s := range p.Sensors {
		all = append(all, s.TriggerTypes...)
	}
	return all
}

// Packs returns the registered packs, by reference.
func (e *Engine) Packs() []Pack {
	return snapshot(e.catalog, e.catalog.packs, func(p *Pack) Pack { return *p })
}

// Actions returns the registered actions, by reference.
func (e *Engine) Actions() []Action {
	return snapshot(e.catalog, e.catalog.actions, func(a *registeredAction) Action { return a.Action })
}

// Rules returns the registered rules, by id.
func (e *Engine) Rules() []Rule {
	return snapshot(e.catalog, e.catalog.rules, func(r *registeredRule) Rule { return r.Rule })
}

// TriggerTypes returns the registered kinds of events, by reference.
func (e *Engine) TriggerTypes() []TriggerType {
	return snapshot(e.catalog, e.catalog.triggerTypes, func(t TriggerType) TriggerType { return t })
}

// Triggers returns the triggers there are: one for each type without
// parameters, and one for each set of parameters that rules ask for.
func (e *Engine) Triggers() []Trigger {
	return snapshot(e.catalog, e.catalog.triggers, func(t *registeredTrigger) Trigger { return t.Trigger })
}

// snapshot copies what the catalog holds, in the order of the keys.
func snapshot[K ~string, V, T any](c *catalog, entries map[K]V, of func(V) T) []T {
	c.mu.RLock()
	defer c.mu.RUnlock()
	list := make([]T, 0, len(entries))
	for _, key := range slices.Sorted(maps.Keys(entries)) {
		list = append(list, of(entries[key]))
	}
	return list
}
