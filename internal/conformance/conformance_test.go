package conformance

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel/pyvalue"
)

func decode(t *testing.T, text string) any {
	t.Helper()
	v, err := pyvalue.DecodeJSON(text, pyvalue.PythonJSON)
	require.NoError(t, err)
	v, err = Decode(v)
	require.NoError(t, err)
	return v
}

func TestDecode(t *testing.T) {
	for text, want := range map[string]string{
		`{"$type":"tuple","items":[1,[2]]}`:                          "(1, [2])",
		`{"$type":"set","items":[1,"a"]}`:                            "{1, 'a'}",
		`{"$type":"dict","items":[[1,2],[null,3]]}`:                  "{1: 2, None: 3}",
		`{"$type":"float","value":"-inf"}`:                           "-inf",
		`{"$type":"bytes","value":"aÿ"}`:                             `b'a\xff'`,
		`{"$type":"datetime","value":"2020-01-02 03:04:05.5+02:00"}`: "2020-01-02 03:04:05.500000+02:00",
		`{"$type":"datetime","value":"2020-01-02 03:04:05"}`:         "2020-01-02 03:04:05",
		`{"$type":"date","value":"2020-01-02"}`:                      "2020-01-02",
		`{"$type":"timespan","microseconds":1,"value":"?"}`:          "0:00:00.000001",
		`{"a":{"$type":"undefined"}}`:                                "{'a': Undefined}",
	} {
		require.Equal(t, want, pyvalue.Str(decode(t, text)), text)
	}
}

func TestSame(t *testing.T) {
	for _, c := range []struct {
		want      string
		got       any
		unordered bool
		same      bool
	}{
		{"1", int64(1), false, true},
		{"1", 1, false, true},
		{"1", 1.0, false, false},
		{"1", true, false, false},
		{"0.0", math.Copysign(0, -1), false, false},
		{`{"$type":"float","value":"nan"}`, math.NaN(), false, true},
		{"[1,[2]]", []any{1, pyvalue.NewList(2)}, false, true},
		{"[1]", pyvalue.Tuple{1}, false, false},
		{"[1,2]", []any{2, 1}, false, false},
		{"[1,[2,3],1]", []any{1, 1, []any{3, 2}}, true, true},
		{"[1,1,2]", []any{1, 2, 2}, true, false},
		{`{"b":1,"a":2}`, map[string]any{"a": 2, "b": 1}, false, true},
		{`{"b":1,"a":2}`, pyvalue.MapOf("a", 2, "b", 1), false, false},
		{`{"b":1}`, pyvalue.MapOf("b", 1.0), false, false},
		{`{"$type":"date","value":"2020-01-02"}`, pyvalue.Date{Year: 2020, Month: time.January, Day: 2}, false, true},
		{`{"$type":"undefined"}`, Undefined{}, false, true},
		{`{"$type":"undefined"}`, nil, false, false},
	} {
		require.Equal(t, c.same, Same(decode(t, c.want), c.got, c.unordered), "%s and %s", c.want, pyvalue.Repr(c.got))
	}
}

func TestVerdict(t *testing.T) {
	value := Case{pyvalue.MapOf("expr", "x", "expect", 1)}
	require.NoError(t, Verdict(value, int64(1), nil))
	require.Error(t, Verdict(value, int64(2), nil))
	require.Error(t, Verdict(value, int64(1), pyvalue.Errorf(pyvalue.KindType, "no")))

	failure := Case{pyvalue.MapOf("expr", "x", "error", pyvalue.MapOf("kind", "type"))}
	require.NoError(t, Verdict(failure, nil, pyvalue.Errorf(pyvalue.KindType, "no")))
	require.Error(t, Verdict(failure, nil, pyvalue.Errorf(pyvalue.KindValue, "no")))
	require.Error(t, Verdict(failure, nil, nil))
}
