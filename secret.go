package petrel

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"

	"github.com/petrel-dev/petrel/schema"
)

// Secret is text that must not be printed by accident: every way of formatting,
// logging or encoding it yields [schema.Masked]. Reveal is the only way to the text.
// A field of this type in the input of [NewAction] makes a secret parameter.
type Secret string

// Reveal returns the text.
func (s Secret) Reveal() string { return string(s) }

// String returns [schema.Masked].
func (Secret) String() string { return schema.Masked }

// Format writes [schema.Masked], whatever the verb.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, schema.Masked) }

// LogValue returns [schema.Masked].
func (Secret) LogValue() slog.Value { return slog.StringValue(schema.Masked) }

// MarshalJSON returns [schema.Masked] as a JSON string.
func (Secret) MarshalJSON() ([]byte, error) { return json.Marshal(schema.Masked) }

// MarshalText returns [schema.Masked].
func (Secret) MarshalText() ([]byte, error) { return []byte(schema.Masked), nil }

// UnmarshalJSON reads the text from a JSON string.
func (s *Secret) UnmarshalJSON(data []byte) error {
	return json.Unmarshal(data, (*string)(s))
}

// SchemaSecret makes parameters of this type secret in derived schemas.
func (Secret) SchemaSecret() {}
