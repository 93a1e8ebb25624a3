package orquesta

import (
	"context"

	"github.com/petrel-dev/petrel/expression"
	"github.com/petrel-dev/petrel/pyvalue"
)

// renderItems fills in the actions for the items that may start now. The items
// are rendered once, when the task is first asked for.
func (c *Conductor) renderItems(ctx context.Context, t *staged, p *plan, scope *expression.Scope, next *NextTask) error {
	concurrency, err := p.items.concurrency.Eval(ctx, scope)
	if err != nil {
		return evaluationError(err)
	}
	if t.items == nil || t.items.actions == nil {
		actions, err := c.renderAllItems(ctx, t, p, scope)
		if err != nil {
			return err
		}
		if t.items == nil || len(t.items.statuses) != len(actions) {
			t.items = newItemList(make([]Status, len(actions)))
		}
		t.items.actions = actions
	}
	bounded := concurrency != nil
	if bounded {
		n, ok := integerOf(concurrency)
		if !ok {
			return errorf("TypeError", "The concurrency of the task %q is not an integer but %s.", t.task, pyvalue.Repr(concurrency))
		}
		next.Concurrency = max(n, 1)
	}
	next.Itemized, next.ItemsCount = true, len(t.items.statuses)
	free := int64(len(t.items.statuses))
	if bounded {
		free = next.Concurrency - int64(t.items.count(Status.Active))
	}
	for i := range t.items.unset() {
		if free <= 0 {
			break
		}
		next.Actions = append(next.Actions, t.items.actions[i])
		free--
	}
	return nil
}

func (c *Conductor) renderAllItems(ctx context.Context, t *staged, p *plan, scope *expression.Scope) ([]Action, error) {
	value, err := p.items.list.Eval(ctx, scope)
	if err != nil {
		return nil, evaluationError(err)
	}
	elements, ok := pyvalue.Elements(value)
	if !ok {
		return nil, errorf("TypeError", "The value of %q is not type of list.", p.items.text)
	}
	actions := make([]Action, len(elements))
	variables := t.in.variables(c.state.contexts)
	for i, element := range elements {
		itemScope := c.taskScope(variables, t.key, nil)
		itemScope.Item = p.items.name(element)
		if actions[i], err = p.render(ctx, itemScope); err != nil {
			return nil, err
		}
		actions[i].Item = i
	}
	return actions, nil
}

// name gives the parts of an element the names that the task uses for them.
func (p *itemsPlan) name(element any) any {
	if len(p.names) == 0 {
		return element
	}
	if parts, ok := pyvalue.Elements(element); ok {
		out := pyvalue.NewMap(len(p.names))
		for i, name := range p.names[:min(len(p.names), len(parts))] {
			out.SetString(name, parts[i])
		}
		return out
	}
	if len(p.names) == 1 {
		return pyvalue.MapOf(p.names[0], element)
	}
	return element
}
