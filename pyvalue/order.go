package pyvalue

import (
	"bytes"
	"cmp"
	"reflect"
	"strings"
	"time"
)

// Order is an ordering operator.
type Order uint8

// The ordering operators.
const (
	Less Order = iota
	LessEqual
	Greater
	GreaterEqual
)

// String returns the operator as it is written.
func (o Order) String() string { return [...]string{"<", "<=", ">", ">="}[o&3] }

func (o Order) holds(result int) bool {
	switch o {
	case Less:
		return result < 0
	case LessEqual:
		return result <= 0
	case Greater:
		return result > 0
	}
	return result >= 0
}

// Compare reports whether "a op b" holds. Numbers, texts, lists, tuples, sets
// (by inclusion), bytes, dates, datetimes and spans are ordered among their own
// kind; everything else is a type error.
func Compare(op Order, a, b any) (bool, error) { return compare(op, a, b, 0) }

// CompareLess is Compare with Less, in the form that sorting wants.
func CompareLess(a, b any) (bool, error) { return compare(Less, a, b, 0) }

func compare(op Order, a, b any, depth int) (bool, error) {
	if depth > MaxDepth {
		return false, errTooDeep()
	}
	switch x := a.(type) {
	case string:
		if y, ok := b.(string); ok {
			return op.holds(strings.Compare(x, y)), nil
		}
	case []any, *List:
		if IsList(b) {
			return compareSequences(op, a, b, depth)
		}
	case Tuple:
		if _, ok := b.(Tuple); ok {
			return compareSequences(op, a, b, depth)
		}
	case *Set:
		if y, ok := b.(*Set); ok {
			return compareSets(op, x, y), nil
		}
	case []byte:
		if y, ok := b.([]byte); ok {
			return op.holds(bytes.Compare(x, y)), nil
		}
	case time.Time:
		if y, ok := b.(time.Time); ok {
			if IsNaive(x) != IsNaive(y) {
				return false, Errorf(KindType, "can't compare offset-naive and offset-aware datetimes")
			}
			return op.holds(x.Compare(y)), nil
		}
	case Date:
		if y, ok := b.(Date); ok {
			return op.holds(cmp.Compare(x.ordinal(), y.ordinal())), nil
		}
	case Timedelta:
		if y, ok := b.(Timedelta); ok {
			return op.holds(cmp.Compare(x, y)), nil
		}
	default:
		if n, m := numberOf(a), numberOf(b); n.class != notNumber && m.class != notNumber {
			result, ordered := compareNumbers(n, m)
			return ordered && op.holds(result), nil
		}
	}
	return false, Errorf(KindType, "'%s' not supported between instances of '%s' and '%s'", op, TypeName(a), TypeName(b))
}

func compareSequences(op Order, a, b any, depth int) (bool, error) {
	x, _ := Elements(a)
	y, _ := Elements(b)
	for i := range min(len(x), len(y)) {
		if !Equal(x[i], y[i]) {
			return compare(op, x[i], y[i], depth+1)
		}
	}
	return op.holds(cmp.Compare(len(x), len(y))), nil
}

func compareSets(op Order, a, b *Set) bool {
	switch op {
	case Less:
		return a.Len() < b.Len() && a.SubsetOf(b)
	case LessEqual:
		return a.SubsetOf(b)
	case Greater:
		return b.Len() < a.Len() && b.SubsetOf(a)
	}
	return b.SubsetOf(a)
}

// Sort sorts items in place by key(item), stable, and stops at the first pair
// that cannot be ordered. A nil key means the item itself.
func Sort(items []any, key func(any) (any, error), reverse bool) error {
	keyed := make([]sortItem, len(items))
	for i, item := range items {
		keyed[i] = sortItem{item, item}
		if key != nil {
			k, err := key(item)
			if err != nil {
				return err
			}
			keyed[i].key = k
		}
	}
	if err := mergeSort(keyed, make([]sortItem, len(keyed)), reverse); err != nil {
		return err
	}
	for i := range keyed {
		items[i] = keyed[i].item
	}
	return nil
}

type sortItem struct{ key, item any }

// mergeSort is stable also when reversed: equal items keep their order.
func mergeSort(items, buffer []sortItem, reverse bool) error {
	if len(items) < 2 {
		return nil
	}
	half := len(items) / 2
	if err := mergeSort(items[:half], buffer[:half], reverse); err != nil {
		return err
	}
	if err := mergeSort(items[half:], buffer[half:], reverse); err != nil {
		return err
	}
	copy(buffer, items)
	left, right := buffer[:half], buffer[half:]
	for i := range items {
		takeRight := len(left) == 0
		if !takeRight && len(right) > 0 {
			first, second := right[0].key, left[0].key
			if reverse {
				first, second = second, first
			}
			var err error
			if takeRight, err = CompareLess(first, second); err != nil {
				return err
			}
		}
		if takeRight {
			items[i], right = right[0], right[1:]
		} else {
			items[i], left = left[0], left[1:]
		}
	}
	return nil
}

func sameGoMap(a, b map[string]any) bool {
	return reflect.ValueOf(a).UnsafePointer() == reflect.ValueOf(b).UnsafePointer()
}
