package petrel

import (
	"context"
	"time"
)

// Datastore is the key-value store that sensors, actions, rules and workflows
// share. Values are texts; structured values are JSON by convention.
// A Datastore is safe for concurrent use. See docs/datastore.md.
type Datastore interface {
	// Get returns the value of the key. A key that does not exist or has
	// expired gives [ErrNotFound]. The value of a secret key comes decrypted.
	Get(ctx context.Context, name string) (string, error)
	// Set writes the key, replacing value, expiry and secrecy of an old one.
	Set(ctx context.Context, name, value string, opts ...KeyOption) error
	// Delete removes the key. A key that does not exist gives [ErrNotFound].
	Delete(ctx context.Context, name string) error
	// List returns the keys whose names begin with the prefix, by name.
	// Values of secret keys stay encrypted.
	List(ctx context.Context, prefix string) ([]Key, error)
	// User returns the datastore of one user's own keys.
	User(name string) Datastore
}

// The scopes of datastore keys, as stored. Keys of the user scope are stored under "user:name".
const (
	ScopeSystem = "st2kv.system"
	ScopeUser   = "st2kv.user"
)

// Key is one stored key of the datastore.
type Key struct {
	Scope       string
	Name        string
	Value       string // the encrypted text when Secret is set
	Description string
	Secret      bool
	Expires     time.Time // zero means never
}

// KeyName names a stored key.
type KeyName struct {
	Scope string
	Name  string
}

// KeyQuery selects keys by name, in the order of their names.
type KeyQuery struct {
	Scope  string // empty selects all scopes
	Prefix string
	Page   // OldestFirst has no meaning for keys
}

// KeyOption changes how a key is written.
type KeyOption func(*Key, time.Time)

// TTL makes the key expire after d.
func TTL(d time.Duration) KeyOption {
	return func(k *Key, now time.Time) { k.Expires = now.Add(d) }
}

// Encrypted makes the key a secret, stored encrypted. It needs [WithCryptoKey].
func Encrypted() KeyOption {
	return func(k *Key, _ time.Time) { k.Secret = true }
}

// Describe sets the key's description.
func Describe(text string) KeyOption {
	return func(k *Key, _ time.Time) { k.Description = text }
}
