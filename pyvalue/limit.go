package pyvalue

// Limits that keep a short text from making a huge value.
const (
	// MaxTextBytes is the longest text, in bytes, that one operation builds.
	MaxTextBytes = 16 << 20
	// MaxItems is the largest number of items that one operation builds.
	MaxItems = 1 << 20
	// MaxIntBits is the largest size of an integer, in bits.
	MaxIntBits = 1 << 18
	// MaxDepth is the deepest nesting of values that are printed, encoded,
	// decoded or hashed.
	MaxDepth = 1000
)

func errTooLong(n int) error {
	return Errorf(KindTooLarge, "text of %d bytes is longer than the limit of %d", n, MaxTextBytes)
}

func errTooMany(n int) error {
	return Errorf(KindTooLarge, "collection of %d items is larger than the limit of %d", n, MaxItems)
}

func errTooDeep() error {
	return Errorf(KindRecursion, "value is nested deeper than %d levels", MaxDepth)
}
