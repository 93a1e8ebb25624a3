package pyvalue_test

import (
	"fmt"
	"testing"

	"github.com/petrel-dev/petrel/internal/conformance"
	"github.com/petrel-dev/petrel/pyvalue"
)

// TestPython checks operations against results recorded from CPython 3.11.
func TestPython(t *testing.T) {
	// These verdicts are the package's own, so the folder of conformance
	// verdicts does not hold them.
	t.Setenv(conformance.Variable, "")
	cases := conformance.Load(t, "", "python.json")
	conformance.Run(t, "python.json", cases, func(c conformance.Case) error {
		decoded, err := conformance.Decode(c.Value("args"))
		if err != nil {
			return err
		}
		args, _ := pyvalue.Elements(decoded)
		input := fmt.Sprintf("%s%s", c.String("op"), pyvalue.Repr(pyvalue.Tuple(args)))
		got, err := operate(c.String("op"), args)
		if err := conformance.Verdict(c, got, err); err != nil {
			return fmt.Errorf("%s: %w", input, err)
		}
		return nil
	}, nil)
}

func operate(op string, a []any) (any, error) {
	binary := map[string]func(a, b any) (any, error){
		"add": pyvalue.Add, "sub": pyvalue.Sub, "mul": pyvalue.Mul, "div": pyvalue.Div,
		"floordiv": pyvalue.FloorDiv, "mod": pyvalue.Mod, "pow": pyvalue.Pow,
		"and": pyvalue.BitAnd, "or": pyvalue.BitOr, "xor": pyvalue.BitXor,
		"shl": pyvalue.ShiftLeft, "shr": pyvalue.ShiftRight,
		"round": pyvalue.Round, "index": pyvalue.Index,
	}
	unary := map[string]func(any) (any, error){
		"neg": pyvalue.Neg, "pos": pyvalue.Pos, "abs": pyvalue.Abs, "not": pyvalue.BitNot, "int": pyvalue.ToInt,
	}
	orders := map[string]pyvalue.Order{
		"lt": pyvalue.Less, "le": pyvalue.LessEqual, "gt": pyvalue.Greater, "ge": pyvalue.GreaterEqual,
	}
	styles := map[string]pyvalue.JSONStyle{
		"dumps":        pyvalue.PythonStyle(),
		"dumps_indent": {ItemSeparator: ",", KeySeparator: ": ", ASCII: true, Multiline: true, Indent: "  "},
		"dumps_sorted": {ItemSeparator: ", ", KeySeparator: ": ", ASCII: true, SortKeys: true},
		"dumps_raw":    {},
	}
	if f, ok := binary[op]; ok {
		return f(a[0], a[1])
	}
	if f, ok := unary[op]; ok {
		return f(a[0])
	}
	if order, ok := orders[op]; ok {
		return pyvalue.Compare(order, a[0], a[1])
	}
	if style, ok := styles[op]; ok {
		return pyvalue.EncodeJSON(a[0], style)
	}
	switch op {
	case "eq":
		return pyvalue.Equal(a[0], a[1]), nil
	case "in":
		return pyvalue.Contains(a[1], a[0])
	case "slice":
		return pyvalue.Slice(a[0], a[1], a[2], a[3])
	case "repr":
		return pyvalue.Repr(a[0]), nil
	case "loads":
		return pyvalue.DecodeJSON(a[0].(string), pyvalue.PythonJSON)
	case "float":
		return pyvalue.ToFloat(a[0])
	case "intbase":
		return pyvalue.ParseInt(a[0].(string), int(a[1].(int64)))
	case "format":
		return pyvalue.FormatValue(a[0], a[1].(string))
	case "percent":
		return pyvalue.FormatPercent(a[0].(string), a[1])
	case "method", "mutate":
		args, _ := pyvalue.Elements(a[2])
		result, err := pyvalue.CallMethod(a[0], a[1].(string), args, a[3].(*pyvalue.Map))
		if op == "mutate" {
			return a[0], err
		}
		if view, ok := result.(pyvalue.View); ok {
			return collected(view)
		}
		return result, err
	}
	return nil, fmt.Errorf("unknown operation %q", op)
}

func collected(v any) (any, error) {
	items, err := pyvalue.Collect(v)
	return pyvalue.NewList(items...), err
}
