package pyvalue

import (
	"math/big"
	"time"
)

// Truth reports whether v counts as true: nil, false, zero, and empty texts and
// collections do not.
func Truth(v any) bool {
	switch t := v.(type) {
	case nil:
		return false
	case bool:
		return t
	case string:
		return t != ""
	case int64:
		return t != 0
	case float64:
		return t != 0
	case *big.Int:
		return t != nil && t.Sign() != 0
	case []any:
		return len(t) > 0
	case *List:
		return len(t.Items) > 0
	case Tuple:
		return len(t) > 0
	case *Map:
		return t.Len() > 0
	case map[string]any:
		return len(t) > 0
	case *Set:
		return t.Len() > 0
	case []byte:
		return len(t) > 0
	case Timedelta:
		return t != 0
	case Truther:
		return t.Truth()
	case Sizer:
		return t.Len() > 0
	}
	if n := numberOf(v); n.class != notNumber {
		return Truth(n.value())
	}
	return true
}

// TypeName returns the name that Python gives to v's type, such as "str".
func TypeName(v any) string {
	switch t := v.(type) {
	case nil:
		return "NoneType"
	case bool:
		return "bool"
	case int64, *big.Int:
		return "int"
	case float64:
		return "float"
	case string:
		return "str"
	case []byte:
		return "bytes"
	case []any, *List:
		return "list"
	case Tuple:
		return "tuple"
	case *Map, map[string]any:
		return "dict"
	case *Set:
		if t.Frozen() {
			return "frozenset"
		}
		return "set"
	case time.Time:
		return "datetime.datetime"
	case Date:
		return "datetime.date"
	case Timedelta:
		return "datetime.timedelta"
	case Object:
		return t.TypeName()
	}
	switch numberOf(v).class {
	case smallInt, bigInt:
		return "int"
	case float:
		return "float"
	}
	return "object"
}
