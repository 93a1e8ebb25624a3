package petrel

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
)

// Masked is what a secret looks like wherever it is printed.
const Masked = "********"

// Secret is text that must not be printed by accident: every way of formatting,
// logging or encoding it yields [Masked]. Reveal is the only way to the text.
// A field of this type in the input of [NewAction] makes a secret parameter.
type Secret string

// Reveal returns the text.
func (s Secret) Reveal() string { return string(s) }

// String returns [Masked].
func (Secret) String() string { return Masked }

// Format writes [Masked], whatever the verb.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, Masked) }

// LogValue returns [Masked].
func (Secret) LogValue() slog.Value { return slog.StringValue(Masked) }

// MarshalJSON returns [Masked] as a JSON string.
func (Secret) MarshalJSON() ([]byte, error) { return json.Marshal(Masked) }

// MarshalText returns [Masked].
func (Secret) MarshalText() ([]byte, error) { return []byte(Masked), nil }

// UnmarshalJSON reads the text from a JSON string.
func (s *Secret) UnmarshalJSON(data []byte) error {
	return json.Unmarshal(data, (*string)(s))
}

// SchemaSecret makes parameters of this type secret in derived schemas.
func (Secret) SchemaSecret() {}
