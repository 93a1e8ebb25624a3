package pyvalue

import (
	"encoding/binary"
	"math"
	"math/big"
	"slices"
	"strings"
	"time"
)

// compositeKey stands for hashable values that Go cannot compare itself.
type compositeKey string

// HashKey returns a comparable Go value that is the same for values that are
// equal and hashable, so that it can be a key of a Go map: 1, 1.0 and true
// share one. It is a type error if v is not hashable: a list, a dict, a set
// that is not frozen, or a tuple that holds one.
func HashKey(v any) (any, error) {
	switch k := v.(type) {
	case nil, string, int64:
		return v, nil
	case bool:
		if k {
			return int64(1), nil
		}
		return int64(0), nil
	case float64:
		return floatKey(k), nil
	case int:
		return int64(k), nil
	}
	encoded, err := appendHashKey(nil, v, 0)
	if err != nil {
		return nil, err
	}
	switch encoded[0] {
	case tagObject:
		return v.(Keyer).HashKey(), nil
	case tagInt:
		return int64(binary.BigEndian.Uint64(encoded[1:])), nil
	case tagFloat:
		return math.Float64frombits(binary.BigEndian.Uint64(encoded[1:])), nil
	}
	return compositeKey(encoded), nil
}

// Hashable reports whether v can be a key.
func Hashable(v any) bool {
	_, err := HashKey(v)
	return err == nil
}

func floatKey(f float64) any {
	if f == math.Trunc(f) && !math.IsInf(f, 0) {
		if f >= -(1<<63) && f < 1<<63 {
			return int64(f)
		}
		n, _ := big.NewFloat(f).Int(nil)
		encoded, _ := appendHashKey(nil, n, 0)
		return compositeKey(encoded)
	}
	return f
}

const (
	tagNone byte = iota
	tagInt
	tagBig
	tagFloat
	tagString
	tagBytes
	tagTuple
	tagSet
	tagDict
	tagTime
	tagDate
	tagTimedelta
	tagObject
)

// appendHashKey encodes v so that two values have the same encoding exactly
// when they are equal.
func appendHashKey(dst []byte, v any, depth int) ([]byte, error) {
	if depth > MaxDepth {
		return nil, errTooDeep()
	}
	if len(dst) > MaxTextBytes {
		return nil, errTooLong(len(dst))
	}
	switch k := v.(type) {
	case nil:
		return append(dst, tagNone), nil
	case string:
		return appendTagged(dst, tagString, k), nil
	case []byte:
		return appendTagged(dst, tagBytes, string(k)), nil
	case Tuple:
		dst = binary.AppendUvarint(append(dst, tagTuple), uint64(len(k)))
		return appendHashKeys(dst, k, depth)
	case *Set:
		if !k.Frozen() {
			return nil, errUnhashable(v)
		}
		parts, err := hashParts(k.Items(), depth)
		if err != nil {
			return nil, err
		}
		return appendTagged(dst, tagSet, strings.Join(parts, "")), nil
	case *Map:
		if !k.Frozen() {
			return nil, errUnhashable(v)
		}
		pairs := make([]any, 0, k.Len())
		for key, value := range k.All() {
			pairs = append(pairs, Tuple{key, value})
		}
		parts, err := hashParts(pairs, depth)
		if err != nil {
			return nil, err
		}
		return appendTagged(dst, tagDict, strings.Join(parts, "")), nil
	case time.Time:
		dst = append(dst, tagTime, 0)
		if IsNaive(k) {
			dst[len(dst)-1] = 1
		}
		dst = binary.BigEndian.AppendUint64(dst, uint64(k.Unix()))
		return binary.BigEndian.AppendUint32(dst, uint32(k.Nanosecond())), nil
	case Date:
		return binary.BigEndian.AppendUint64(append(dst, tagDate), uint64(k.ordinal())), nil
	case Timedelta:
		return binary.BigEndian.AppendUint64(append(dst, tagTimedelta), uint64(k)), nil
	case Keyer:
		// Only the outermost level can be an opaque Go key.
		if depth > 0 {
			return nil, errUnhashable(v)
		}
		return append(dst, tagObject), nil
	}
	switch n := numberOf(v); n.class {
	case smallInt:
		return binary.BigEndian.AppendUint64(append(dst, tagInt), uint64(n.small)), nil
	case bigInt:
		return appendTagged(dst, tagBig, n.big.Text(62)), nil
	case float:
		if key, ok := floatKey(n.float).(int64); ok {
			return binary.BigEndian.AppendUint64(append(dst, tagInt), uint64(key)), nil
		}
		if key, ok := floatKey(n.float).(compositeKey); ok {
			return append(dst, key...), nil
		}
		return binary.BigEndian.AppendUint64(append(dst, tagFloat), math.Float64bits(n.float)), nil
	}
	return nil, errUnhashable(v)
}

func appendHashKeys(dst []byte, items []any, depth int) ([]byte, error) {
	var err error
	for _, item := range items {
		if dst, err = appendHashKey(dst, item, depth+1); err != nil {
			return nil, err
		}
	}
	return dst, nil
}

func appendTagged(dst []byte, tag byte, text string) []byte {
	return append(binary.AppendUvarint(append(dst, tag), uint64(len(text))), text...)
}

// hashParts returns the sorted encodings of items.
func hashParts(items []any, depth int) ([]string, error) {
	parts := make([]string, len(items))
	for i, item := range items {
		encoded, err := appendHashKey(nil, item, depth+1)
		if err != nil {
			return nil, err
		}
		parts[i] = string(encoded)
	}
	slices.Sort(parts)
	return parts, nil
}

func errUnhashable(v any) error {
	return Errorf(KindType, "unhashable type: '%s'", TypeName(v))
}
