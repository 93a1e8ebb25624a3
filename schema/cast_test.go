package schema_test

import (
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel/pyvalue"
	"github.com/petrel-dev/petrel/schema"
)

func TestCast(t *testing.T) {
	huge, _ := new(big.Int).SetString("1000000000000000000000", 10)
	tests := []struct {
		typ   string
		value any
		want  any
		kind  pyvalue.Kind
	}{
		{"string", "5", "5", ""},
		{"string", nil, nil, ""},
		{"string", int64(5), nil, pyvalue.KindValue},
		{"string", schema.None, nil, ""},
		{"integer", " +1_000\n", int64(1000), ""},
		{"integer", "٣", int64(3), ""},
		{"integer", "1__0", nil, pyvalue.KindValue},
		{"integer", "_1", nil, pyvalue.KindValue},
		{"integer", "--1", nil, pyvalue.KindValue},
		{"integer", 7.9, int64(7), ""},
		{"integer", -7.9, int64(-7), ""},
		{"integer", 1e21, huge, ""},
		{"integer", math.NaN(), nil, pyvalue.KindValue},
		{"integer", math.Inf(1), nil, pyvalue.KindOverflow},
		{"integer", int(4), int64(4), ""},
		{"integer", schema.None, nil, pyvalue.KindType},
		{"integer", nil, nil, pyvalue.KindType},
		{"number", "1_0.5e1", 105.0, ""},
		{"number", "-Infinity", math.Inf(-1), ""},
		{"number", "0x1p4", nil, pyvalue.KindValue},
		{"number", "1e999", math.Inf(1), ""},
		{"number", "+-1", nil, pyvalue.KindValue},
		{"number", ".5", 0.5, ""},
		{"number", "5.", 5.0, ""},
		{"number", ".", nil, pyvalue.KindValue},
		{"number", huge, 1e21, ""},
		{"boolean", "tRUE", true, ""},
		{"boolean", "yes", nil, pyvalue.KindValue},
		{"boolean", "", nil, pyvalue.KindLiteral},
		{"boolean", int64(1), int64(1), ""},
		{"array", "a,b", nil, pyvalue.KindValue},
		{"array", "a b", nil, pyvalue.KindLiteral},
		{"object", "{'a': {[1]: 2}}", nil, pyvalue.KindType},
		{"", int64(5), int64(5), ""},
		{"null", "x", "x", ""},
	}
	for _, test := range tests {
		got, err := schema.Cast(test.value, test.typ)
		require.Equal(t, test.kind, pyvalue.KindOf(err), "%v to %s: %v", test.value, test.typ, err)
		require.Equal(t, test.want, got, "%v to %s", test.value, test.typ)
	}
}
