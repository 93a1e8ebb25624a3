package petrel

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/petrel-dev/petrel/jinja"
	"github.com/petrel-dev/petrel/pyvalue"
)

// Datastore returns the system scope of the datastore.
func (e *Engine) Datastore() Datastore {
	return scopedDatastore{engine: e, scope: ScopeSystem}
}

// scopedDatastore is the datastore's view of one scope. Names of the user
// scope are stored behind "user:".
type scopedDatastore struct {
	engine *Engine
	scope  string
	prefix string
}

func (d scopedDatastore) User(name string) Datastore {
	return scopedDatastore{engine: d.engine, scope: ScopeUser, prefix: name + ":"}
}

func (d scopedDatastore) Get(ctx context.Context, name string) (string, error) {
	k, err := d.key(ctx, name)
	if err != nil {
		return "", err
	}
	if !k.Secret {
		return k.Value, nil
	}
	text, err := d.engine.cryptoKey.decrypt(k.Value)
	if err != nil {
		return "", fmt.Errorf("key %q: %w", name, err)
	}
	return text, nil
}

// key returns the stored key unless it has expired.
func (d scopedDatastore) key(ctx context.Context, name string) (Key, error) {
	k, err := d.engine.store.Key(ctx, d.scope, d.prefix+name)
	if err != nil {
		return Key{}, err
	}
	if d.engine.expired(k) {
		return Key{}, fmt.Errorf("key %q has expired: %w", name, ErrNotFound)
	}
	return k, nil
}

func (e *Engine) expired(k Key) bool {
	return !k.Expires.IsZero() && !k.Expires.After(e.clock.Now())
}

func (d scopedDatastore) Set(ctx context.Context, name, value string, opts ...KeyOption) error {
	if name == "" {
		return fmt.Errorf("%w: a key needs a name", ErrInvalid)
	}
	k := Key{Scope: d.scope, Name: d.prefix + name, Value: value}
	for _, set := range opts {
		set(&k, d.engine.clock.Now())
	}
	if k.Secret {
		stored, err := d.engine.cryptoKey.encrypt(d.engine.random, value)
		if err != nil {
			return fmt.Errorf("key %q: %w", name, err)
		}
		k.Value = stored
	}
	return d.engine.store.Commit(ctx, Transition{Keys: []Key{k}})
}

func (d scopedDatastore) Delete(ctx context.Context, name string) error {
	if _, err := d.key(ctx, name); err != nil {
		return err
	}
	return d.engine.store.Commit(ctx, Transition{KeysDeleted: []KeyName{{d.scope, d.prefix + name}}})
}

func (d scopedDatastore) List(ctx context.Context, prefix string) ([]Key, error) {
	stored, err := d.engine.store.Keys(ctx, KeyQuery{Scope: d.scope, Prefix: d.prefix + prefix, Page: Page{Limit: -1}})
	if err != nil {
		return nil, err
	}
	var keys []Key
	for _, k := range stored {
		if !d.engine.expired(k) {
			k.Name = strings.TrimPrefix(k.Name, d.prefix)
			keys = append(keys, k)
		}
	}
	return keys, nil
}

// prefixedDatastore is a datastore in which every name has a prefix.
type prefixedDatastore struct {
	Datastore
	prefix string
}

func (d prefixedDatastore) Get(ctx context.Context, name string) (string, error) {
	return d.Datastore.Get(ctx, d.prefix+name)
}

func (d prefixedDatastore) Set(ctx context.Context, name, value string, opts ...KeyOption) error {
	return d.Datastore.Set(ctx, d.prefix+name, value, opts...)
}

func (d prefixedDatastore) Delete(ctx context.Context, name string) error {
	return d.Datastore.Delete(ctx, d.prefix+name)
}

func (d prefixedDatastore) List(ctx context.Context, prefix string) ([]Key, error) {
	keys, err := d.Datastore.List(ctx, d.prefix+prefix)
	for n := range keys {
		keys[n].Name = strings.TrimPrefix(keys[n].Name, d.prefix)
	}
	return keys, err
}

func (d prefixedDatastore) User(name string) Datastore {
	return prefixedDatastore{d.Datastore.User(name), d.prefix}
}

// keyLookup is what templates see as st2kv.system: reading an attribute or an
// item looks up a key, and a further one looks up the dotted name. A missing
// key is the empty text. Secrets stay encrypted until decrypt_kv.
type keyLookup struct {
	datastore scopedDatastore
	name      string // empty for the scope itself
	value     string
}

var _ jinja.Object = keyLookup{}

func (l keyLookup) Attribute(ctx context.Context, name string) (any, bool, error) {
	if l.name != "" {
		name = l.name + "." + name
	}
	k, err := l.datastore.key(ctx, name)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return nil, false, err
	}
	return keyLookup{l.datastore, name, k.Value}, true, nil
}

func (l keyLookup) Subscript(ctx context.Context, key any) (any, bool, error) {
	name, isText := key.(string)
	if !isText {
		return nil, false, nil
	}
	return l.Attribute(ctx, name)
}

// Str returns the stored text.
func (l keyLookup) Str() string { return l.value }

// Repr shows the text as Python would show a string.
func (l keyLookup) Repr() string { return pyvalue.Repr(l.value) }

// TypeName names the type in the error messages of templates.
func (keyLookup) TypeName() string { return "datastore key" }

// lookUpKey finds keys of the system scope for the criteria of rules.
func (e *Engine) lookUpKey(ctx context.Context, name string) (value string, ok bool, err error) {
	k, err := scopedDatastore{engine: e, scope: ScopeSystem}.key(ctx, name)
	if errors.Is(err, ErrNotFound) {
		return "", false, nil
	}
	return k.Value, err == nil, err
}

// keyLookups returns the value of st2kv in templates run for a user.
func (e *Engine) keyLookups(user string) map[string]any {
	system := scopedDatastore{engine: e, scope: ScopeSystem}
	return map[string]any{
		"system": keyLookup{datastore: system},
		"user":   keyLookup{datastore: system.User(user).(scopedDatastore)},
	}
}

// decryptKey is the filter decrypt_kv.
func (e *Engine) decryptKey(_ context.Context, stored string) (string, error) {
	if stored == "" {
		return "", fmt.Errorf("%w: the key does not exist or is empty", ErrNotFound)
	}
	return e.cryptoKey.decrypt(stored)
}
