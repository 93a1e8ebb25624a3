package functions

// NoneMarker is the text that carries a null through a template, which can only
// give text. The casts of parameters turn it back into null.
const NoneMarker = "%*****__%NONE%__*****%"

// UseNone returns NoneMarker for nil and any other value as it is.
func UseNone(value any) any {
	if value == nil {
		return NoneMarker
	}
	return value
}
