package criteria

import (
	"context"
	"strings"

	"github.com/petrel-dev/petrel/jinja"
	"github.com/petrel-dev/petrel/pyvalue"
)

// datastoreKey is a reference to a key of the datastore, as st2kv.system.name
// makes it. The key is read when the reference is printed. Every attribute and
// item of a reference is a reference to a longer key.
type datastoreKey struct {
	run  *run
	name string
}

var (
	_ jinja.Object  = (*datastoreKey)(nil)
	_ jinja.Printer = (*datastoreKey)(nil)
)

func (k *datastoreKey) TypeName() string { return "KeyValueLookup" }
func (k *datastoreKey) Repr() string     { return k.Str() }

// Text reads the key. A missing key is the empty text.
func (k *datastoreKey) Text(ctx context.Context) (string, error) {
	if k.name == "" || k.run.in.Datastore == nil {
		return "", nil
	}
	text, ok, err := k.run.in.Datastore(ctx, k.name)
	if err != nil || !ok {
		return "", err
	}
	return text, nil
}

// Str reads the key where an error cannot be returned: it is kept in the run,
// and reported when the template that asked has ended.
func (k *datastoreKey) Str() string {
	text, err := k.Text(k.run.ctx)
	if err != nil && k.run.datastoreErr == nil {
		k.run.datastoreErr = err
	}
	return text
}

func (k *datastoreKey) Attribute(_ context.Context, name string) (any, bool, error) {
	return k.child(name), true, nil
}

func (k *datastoreKey) Subscript(_ context.Context, key any) (any, bool, error) {
	return k.child(pyvalue.Str(key)), true, nil
}

// Item makes references reachable for keys of criteria.
func (k *datastoreKey) Item(key any) (any, error) {
	return k.child(pyvalue.Str(key)), nil
}

func (k *datastoreKey) child(name string) *datastoreKey {
	if k.name != "" {
		name = k.name + "." + name
	}
	return &datastoreKey{run: k.run, name: name}
}

// key returns the reference to a key of the datastore.
func (r *run) key(names []string) *datastoreKey {
	return &datastoreKey{run: r, name: strings.Join(names, ".")}
}

// scopes returns st2kv, the datastore by scope: there is only the system scope.
func (r *run) scopes() *pyvalue.Map { return pyvalue.MapOf(rootSystem, r.key(nil)) }

// printed replaces references to the datastore in a value by their texts.
func printed(value any) any {
	switch v := value.(type) {
	case *datastoreKey:
		return v.Str()
	case []any, *pyvalue.List, pyvalue.Tuple:
		items, _ := pyvalue.Elements(v)
		texts := make([]any, len(items))
		for i, item := range items {
			texts[i] = printed(item)
		}
		return texts
	case map[string]any, *pyvalue.Map:
		m := pyvalue.NewMap(0)
		for key, item := range pyvalue.Entries(v) {
			if err := m.Set(key, printed(item)); err != nil {
				return value
			}
		}
		return m
	}
	return value
}
