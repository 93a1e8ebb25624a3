package criteria

import (
	"fmt"
	"math/big"
	"unicode/utf8"

	"github.com/petrel-dev/petrel/pyvalue"
)

// decoded returns the value with bytes turned into text, as sensors written in
// Python may send bytes.
func decoded(value any) (any, error) {
	b, ok := value.([]byte)
	if !ok {
		return value, nil
	}
	if !utf8.Valid(b) {
		return nil, pyvalue.Errorf(pyvalue.KindUnicode, "the bytes are not UTF-8")
	}
	return string(b), nil
}

// text returns an operand that must be a text.
func text(value any) (string, error) {
	if s, ok := value.(string); ok {
		return s, nil
	}
	value, err := decoded(value)
	if err != nil {
		return "", err
	}
	if s, ok := value.(string); ok {
		return s, nil
	}
	return "", pyvalue.Errorf(pyvalue.KindType, "needs a text, not %s", described(value))
}

// refused is the error of an operator that cannot work on a value.
func refused(value any) error {
	return pyvalue.Errorf(pyvalue.KindType, "cannot be applied to %s", described(value))
}

func patternError(err error) error {
	return fmt.Errorf("pattern: %w", err)
}

// described names the type of a value in an error.
func described(value any) string {
	if value == nil {
		return "null (is the key missing?)"
	}
	return pyvalue.TypeName(value)
}

// valueClass is a set of values that an operator can work on.
type valueClass uint8

const (
	unknownValues valueClass = iota // nothing is known: any value may fail
	anyValue
	decodable  // all but bytes
	texts      // texts
	shortTexts // texts that quick regular expressions finish on
	numbers    // numbers and booleans
	lists      // lists and tuples
	containers // texts, lists, tuples and mappings
	mappings   // mappings
)

// has reports whether a value is certainly in the class.
func (c valueClass) has(value any) bool {
	switch c {
	case anyValue:
		return true
	case decodable:
		_, isBytes := value.([]byte)
		return !isBytes
	case texts:
		_, ok := value.(string)
		return ok
	case shortTexts:
		text, ok := value.(string)
		return ok && len(text) <= maxShortText
	case numbers:
		switch value.(type) {
		case bool, int64, float64, int, *big.Int:
			return true
		}
		return false
	case lists:
		return isSequence(value)
	case containers:
		_, ok := value.(string)
		return ok || isSequence(value) || pyvalue.IsDict(value)
	case mappings:
		return pyvalue.IsDict(value)
	}
	return false
}

func isSequence(value any) bool {
	_, ok := pyvalue.Elements(value)
	return ok
}
