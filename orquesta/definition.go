package orquesta

import (
	"iter"
	"maps"
	"math/big"

	"github.com/petrel-dev/petrel/pyvalue"
	"github.com/petrel-dev/petrel/pyyaml"
)

// Definition is a workflow as its author wrote it. It is immutable.
type Definition struct {
	Name, Description string
	// Inputs, Vars and Output are in the order of the text, which is the order
	// of their evaluation. An input without default has the value nil.
	Inputs, Vars, Output []Assignment

	tasks    map[string]*Task
	names    []string
	document *pyyaml.Document
	root     *pyvalue.Map
	broken   []Finding
}

// Assignment gives a value, which may hold expressions, to a name.
type Assignment struct {
	Name  string
	Value any
}

// Task is one task of a definition.
type Task struct {
	Name string
	// Action is a reference or an expression, without inline parameters. It is
	// "" for a task without action.
	Action string
	// Input is a dict, or a text with an expression that yields one; nil if
	// there is none. Inline parameters of the action stand here.
	Input any
	// Items is nil unless the action runs once for each item of a list.
	Items *Items
	// Join is nil unless the task waits for several others.
	Join *Join
	// Delay is a number of seconds or a text with an expression; nil is none.
	Delay any
	Retry *Retry
	// Transitions are in the order of the text.
	Transitions []Transition
}

// Items says over what an action runs.
type Items struct {
	// Source is the text of the property items: an expression that yields a
	// list, with "names in" before it if the items are named.
	Source string
	// Concurrency bounds the number of actions at a time: an integer, or a text
	// with an expression; nil is no bound.
	Concurrency any
}

// Join says for how many of the tasks before it a task waits.
type Join struct {
	All   bool
	Count int // if not All
}

// Retry says when and how often a task is repeated.
type Retry struct {
	// When is a condition; nil means that failures are repeated.
	When *string
	// Count is the number of additional attempts, and Delay the seconds before
	// each: integers, or texts with expressions. A nil Delay is none.
	Count, Delay any
}

// Transition says what follows a completed task.
type Transition struct {
	// When is a condition; nil means always.
	When *string
	// Publish are the variables that the transition sets, in order.
	Publish []Assignment
	// Targets are the names of the tasks and commands that follow.
	Targets []string
}

// Tasks iterates over the tasks in the order of the text.
func (d *Definition) Tasks() iter.Seq[*Task] {
	return func(yield func(*Task) bool) {
		for _, name := range d.names {
			if !yield(d.tasks[name]) {
				return
			}
		}
	}
}

// Task returns the task of a name, or nil if there is none.
func (d *Definition) Task(name string) *Task { return d.tasks[name] }

// Parse reads a definition; the name is for messages. The error is a
// *pyyaml.Error if the text is not YAML, holds a key twice or is not a mapping.
// Everything else that is wrong with it is a matter of [Definition.Inspect].
func Parse(name string, data []byte) (*Definition, error) {
	doc, err := pyyaml.Parse(name, data, pyyaml.Strict)
	if err != nil {
		return nil, err
	}
	root, ok := doc.Value.(*pyvalue.Map)
	if !ok {
		return nil, &pyyaml.Error{
			Position: pyyaml.Position{Name: name, Line: 1, Column: 1},
			Message:  "a workflow must be a mapping with the key tasks, not " + pyvalue.TypeName(doc.Value),
		}
	}
	d := &Definition{tasks: map[string]*Task{}, document: doc, root: root}
	d.read()
	return d, nil
}

func (d *Definition) taskNames() iter.Seq[string] { return maps.Keys(d.tasks) }

// Position returns where the value at the end of a path of keys and list
// indices (int) stands, such as Position("tasks", "deploy", "next", 0, "do"),
// or the longest part of the path that exists.
func (d *Definition) Position(path ...any) pyyaml.Position {
	position, _ := d.document.Position(path...)
	return position
}

func (d *Definition) position(path place) pyyaml.Position { return d.Position(path...) }

// read takes from the document whatever has the right form.
func (d *Definition) read() {
	d.Name = textOf(d.root, "name")
	d.Description = textOf(d.root, "description")
	d.Inputs = readAssignments(d.root, "input")
	d.Vars = readAssignments(d.root, "vars")
	d.Output = readAssignments(d.root, "output")
	tasks, _ := d.root.GetString("tasks")
	for key, value := range pyvalue.Entries(tasks) {
		name, ok := key.(string)
		if !ok {
			d.refuse(place{"tasks", key}, "the name of a task must be a text, not %s", pyvalue.Repr(key))
			continue
		}
		body, ok := value.(*pyvalue.Map)
		if !ok || body.Len() == 0 {
			d.refuse(place{"tasks", name}, "the task %q must be a mapping with at least one key", name)
			if !ok {
				continue
			}
		}
		d.names = append(d.names, name)
		d.tasks[name] = d.readTask(name, body)
	}
}

func readAssignments(in *pyvalue.Map, key string) []Assignment {
	list, _ := in.GetString(key)
	items, _ := pyvalue.Elements(list)
	var out []Assignment
	for _, item := range items {
		if name, ok := item.(string); ok && name != "" {
			out = append(out, Assignment{Name: name})
		}
		for name, value := range pyvalue.Entries(item) {
			if text, ok := name.(string); ok {
				out = append(out, Assignment{text, value})
			}
		}
	}
	return out
}

func (d *Definition) readTask(name string, body *pyvalue.Map) *Task {
	at := place{"tasks", name}
	t := &Task{Name: name}
	t.Input, _ = body.GetString("input")
	if text := textOf(body, "action"); text != "" {
		t.Action = text
		if action, input, ok := inlineAction(text); ok {
			t.Action, t.Input = action, input
		} else if input != nil {
			d.refuse(at.with("action"), "a blank must stand between the action and its parameters in %q", text)
		}
	}
	switch with, _ := body.GetString("with"); with := with.(type) {
	case string:
		t.Items = &Items{Source: with}
	case *pyvalue.Map:
		t.Items = &Items{Source: textOf(with, "items")}
		t.Items.Concurrency, _ = with.GetString("concurrency")
	}
	switch join, _ := body.GetString("join"); join := join.(type) {
	case string:
		t.Join = &Join{All: true}
	case int64:
		t.Join = &Join{Count: int(join)}
	}
	t.Delay, _ = body.GetString("delay")
	if retry, ok := mapOf(body, "retry"); ok {
		t.Retry = &Retry{When: optionalText(retry, "when")}
		t.Retry.Count, _ = retry.GetString("count")
		t.Retry.Delay, _ = retry.GetString("delay")
	}
	next, _ := body.GetString("next")
	entries, _ := pyvalue.Elements(next)
	for i, entry := range entries {
		here := at.with("next", i)
		body, ok := entry.(*pyvalue.Map)
		if !ok || body.Len() == 0 {
			d.refuse(here, "a transition must be a mapping with at least one of when, publish and do")
			if !ok {
				body = pyvalue.NewMap(0)
			}
		}
		t.Transitions = append(t.Transitions, readTransition(body))
	}
	return t
}

func readTransition(body *pyvalue.Map) Transition {
	tr := Transition{When: optionalText(body, "when")}
	if text := textOf(body, "publish"); text != "" {
		for _, pair := range inlinePairs(text) {
			tr.Publish = append(tr.Publish, Assignment{pair.name, pair.value})
		}
	} else {
		tr.Publish = readAssignments(body, "publish")
	}
	do, _ := body.GetString("do")
	if text, ok := do.(string); ok && text != "" {
		tr.Targets = splitNames(text)
	}
	items, _ := pyvalue.Elements(do)
	for _, item := range items {
		if name, ok := item.(string); ok {
			tr.Targets = append(tr.Targets, name)
		}
	}
	if !pyvalue.Truth(do) {
		tr.Targets = []string{commandContinue}
	}
	return tr
}

func textOf(m *pyvalue.Map, key string) string {
	value, _ := m.GetString(key)
	text, _ := value.(string)
	return text
}

func optionalText(m *pyvalue.Map, key string) *string {
	value, _ := m.GetString(key)
	if text, ok := value.(string); ok {
		return &text
	}
	return nil
}

func mapOf(m *pyvalue.Map, key string) (*pyvalue.Map, bool) {
	value, _ := m.GetString(key)
	out, ok := value.(*pyvalue.Map)
	return out, ok
}

// isInteger reports whether Python would count v as an int and not as a bool.
func isInteger(v any) bool {
	switch v.(type) {
	case int64, *big.Int:
		return true
	}
	return false
}
