package pyvalue_test

import (
	"math"
	"math/big"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel/pyvalue"
)

func bigInt(text string) *big.Int {
	n, ok := new(big.Int).SetString(text, 10)
	if !ok {
		panic(text)
	}
	return n
}

func list(items ...any) *pyvalue.List { return pyvalue.NewList(items...) }

func set(items ...any) *pyvalue.Set {
	s, err := pyvalue.NewSet(items...)
	if err != nil {
		panic(err)
	}
	return s
}

func TestStrAndRepr(t *testing.T) {
	utc := time.Date(2015, 8, 29, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		value any
		str   string
		repr  string
	}{
		{nil, "None", "None"},
		{true, "True", "True"},
		{int64(5), "5", "5"},
		{5, "5", "5"},
		{uint64(math.MaxUint64), "18446744073709551615", "18446744073709551615"},
		{1.0, "1.0", "1.0"},
		{1e16, "1e+16", "1e+16"},
		{1e15, "1000000000000000.0", "1000000000000000.0"},
		{0.0001, "0.0001", "0.0001"},
		{0.00001, "1e-05", "1e-05"},
		{math.Copysign(0, -1), "-0.0", "-0.0"},
		{math.Inf(-1), "-inf", "-inf"},
		{1e-300, "1e-300", "1e-300"},
		{"it's", "it's", `"it's"`},
		{`it's "x"`, `it's "x"`, `'it\'s "x"'`},
		{"a\n\x00é\u200b\U0001F600", "a\n\x00é\u200b\U0001F600", `'a\n\x00é\u200b😀'`},
		{list(int64(1), "a", nil), "[1, 'a', None]", "[1, 'a', None]"},
		{[]any{1}, "[1]", "[1]"},
		{pyvalue.Tuple{1}, "(1,)", "(1,)"},
		{pyvalue.Tuple{}, "()", "()"},
		{pyvalue.MapOf("a", 1, 2, "b"), "{'a': 1, 2: 'b'}", "{'a': 1, 2: 'b'}"},
		{map[string]any{"b": 1, "a": 2}, "{'a': 2, 'b': 1}", "{'a': 2, 'b': 1}"},
		{set(), "set()", "set()"},
		{set(1).Freeze(), "frozenset({1})", "frozenset({1})"},
		{[]byte("a'\xff"), `b"a'\xff"`, `b"a'\xff"`},
		{utc, "2015-08-29 00:00:00+00:00", "datetime.datetime(2015, 8, 29, 0, 0, tzinfo=datetime.timezone.utc)"},
		{pyvalue.NaiveTime(utc), "2015-08-29 00:00:00", "datetime.datetime(2015, 8, 29, 0, 0)"},
		{pyvalue.DateOf(utc), "2015-08-29", "datetime.date(2015, 8, 29)"},
		{26 * pyvalue.Hour, "1 day, 2:00:00", "datetime.timedelta(days=1, seconds=7200)"},
		{-pyvalue.Hour, "-1 day, 23:00:00", "datetime.timedelta(days=-1, seconds=82800)"},
	} {
		require.Equal(t, c.str, pyvalue.Str(c.value))
		require.Equal(t, c.repr, pyvalue.Repr(c.value))
	}
}

func TestTextOfValuesThatHoldThemselves(t *testing.T) {
	l := list()
	l.Append(l)
	require.Equal(t, "[[...]]", pyvalue.Str(l))
	m := pyvalue.MapOf()
	m.SetString("m", m)
	require.Equal(t, "{'m': {...}}", pyvalue.Str(m))
}

func TestTextLimits(t *testing.T) {
	var wide any = list(1, 2)
	for range 60 {
		wide = list(wide, wide)
	}
	_, err := pyvalue.StrWithin(wide, 1000)
	require.Equal(t, pyvalue.KindTooLarge, pyvalue.KindOf(err))

	var deep any
	for range 100_000 {
		deep = list(deep)
	}
	_, err = pyvalue.StrWithin(deep, 0)
	require.Equal(t, pyvalue.KindRecursion, pyvalue.KindOf(err))
	require.Contains(t, pyvalue.Str(deep), "...")
}

func TestEqual(t *testing.T) {
	now := time.Now()
	for _, c := range []struct {
		a, b any
		want bool
	}{
		{nil, nil, true}, {nil, false, false}, {1, 1.0, true}, {1, true, true}, {"1", 1, false},
		{int64(1<<53 + 1), float64(1 << 53), false},
		{math.NaN(), math.NaN(), false},
		{bigInt("18446744073709551616"), 18446744073709551616.0, true},
		{[]any{1, "a"}, list(1.0, "a"), true},
		{list(1), pyvalue.Tuple{1}, false},
		{map[string]any{"a": 1}, pyvalue.MapOf("a", true), true},
		{pyvalue.MapOf("a", 1, "b", 2), pyvalue.MapOf("b", 2, "a", 1), true},
		{pyvalue.MapOf(1, 1), map[string]any{"1": 1}, false},
		{set(1, 2), set(2, 1).Freeze(), true},
		{now, now.UTC(), true}, {now.UTC(), pyvalue.NaiveTime(now.UTC()), false},
	} {
		require.Equal(t, c.want, pyvalue.Equal(c.a, c.b), "%v == %v", pyvalue.Repr(c.a), pyvalue.Repr(c.b))
		require.Equal(t, c.want, pyvalue.Equal(c.b, c.a), "%v == %v", pyvalue.Repr(c.b), pyvalue.Repr(c.a))
	}
}

func TestArithmetic(t *testing.T) {
	type binary = func(a, b any) (any, error)
	for _, c := range []struct {
		name string
		f    binary
		a, b any
		want string
	}{
		{"+", pyvalue.Add, int64(math.MaxInt64), int64(1), "9223372036854775808"},
		{"+", pyvalue.Add, int64(-5), int64(0), "-5"},
		{"+", pyvalue.Add, "a", "b", "'ab'"},
		{"+", pyvalue.Add, []any{1}, list(2), "[1, 2]"},
		{"+", pyvalue.Add, true, true, "2"},
		{"-", pyvalue.Sub, int64(math.MinInt64), int64(1), "-9223372036854775809"},
		{"-", pyvalue.Sub, bigInt("9223372036854775808"), 1, "9223372036854775807"},
		{"*", pyvalue.Mul, int64(-1), int64(math.MinInt64), "9223372036854775808"},
		{"*", pyvalue.Mul, int64(-3), int64(4), "-12"},
		{"*", pyvalue.Mul, int64(1 << 40), int64(-1 << 40), "-1208925819614629174706176"},
		{"*", pyvalue.Mul, 3, "ab", "'ababab'"},
		{"*", pyvalue.Mul, pyvalue.Tuple{1}, 2, "(1, 1)"},
		{"/", pyvalue.Div, 6, 3, "2.0"},
		{"//", pyvalue.FloorDiv, -7, 2, "-4"},
		{"//", pyvalue.FloorDiv, 7.5, -2, "-4.0"},
		{"//", pyvalue.FloorDiv, int64(math.MinInt64), -1, "9223372036854775808"},
		{"%", pyvalue.Mod, -7, 3, "2"},
		{"%", pyvalue.Mod, 7, -3, "-2"},
		{"%", pyvalue.Mod, -7.5, 2, "0.5"},
		{"%", pyvalue.Mod, bigInt("-100000000000000000000"), 7, "5"},
		{"**", pyvalue.Pow, 2, 100, "1267650600228229401496703205376"},
		{"**", pyvalue.Pow, 2, -1, "0.5"},
		{"**", pyvalue.Pow, -1, bigInt("100000000000000000001"), "-1"},
		{"<<", pyvalue.ShiftLeft, 1, 70, "1180591620717411303424"},
		{">>", pyvalue.ShiftRight, -5, 1000000000, "-1"},
		{"&", pyvalue.BitAnd, true, false, "False"},
		{"|", pyvalue.BitOr, 5, 2, "7"},
		{"-", pyvalue.Sub, set(1, 2), set(2), "{1}"},
	} {
		got, err := c.f(c.a, c.b)
		require.NoError(t, err, "%v %s %v", c.a, c.name, c.b)
		require.Equal(t, c.want, pyvalue.Repr(got), "%v %s %v", c.a, c.name, c.b)
	}
	for _, c := range []struct {
		name string
		f    binary
		a, b any
		want pyvalue.Kind
	}{
		{"+", pyvalue.Add, 1, "a", pyvalue.KindType},
		{"+", pyvalue.Add, nil, nil, pyvalue.KindType},
		{"+", pyvalue.Add, list(), pyvalue.Tuple{}, pyvalue.KindType},
		{"/", pyvalue.Div, 1, 0, pyvalue.KindZeroDivision},
		{"//", pyvalue.FloorDiv, 1.0, 0, pyvalue.KindZeroDivision},
		{"%", pyvalue.Mod, 1, false, pyvalue.KindZeroDivision},
		{"*", pyvalue.Mul, "a", 1 << 40, pyvalue.KindTooLarge},
		{"*", pyvalue.Mul, "", 1 << 40, ""},
		{"*", pyvalue.Mul, list(1), bigInt("100000000000000000000"), pyvalue.KindTooLarge},
		{"**", pyvalue.Pow, 10, 1 << 40, pyvalue.KindTooLarge},
		{"**", pyvalue.Pow, 10.0, 400, pyvalue.KindOverflow},
		{"<<", pyvalue.ShiftLeft, 1, bigInt("100000000000000000000"), pyvalue.KindTooLarge},
		{">>", pyvalue.ShiftRight, 1, -1, pyvalue.KindValue},
	} {
		_, err := c.f(c.a, c.b)
		require.Equal(t, c.want, pyvalue.KindOf(err), "%v %s %v: %v", c.a, c.name, c.b, err)
	}
}

func TestIndexAndSlice(t *testing.T) {
	v, err := pyvalue.Index("aé😀", -1)
	require.NoError(t, err)
	require.Equal(t, "😀", v)
	_, err = pyvalue.Index(list(1), 1)
	require.Equal(t, pyvalue.KindIndex, pyvalue.KindOf(err))
	_, err = pyvalue.Index(pyvalue.MapOf("a", 1), "b")
	require.Equal(t, pyvalue.KindKey, pyvalue.KindOf(err))
	_, err = pyvalue.Index(pyvalue.MapOf("a", 1), list())
	require.Equal(t, pyvalue.KindType, pyvalue.KindOf(err))

	for _, c := range []struct {
		start, stop, step any
		want              string
	}{
		{nil, nil, nil, "aé😀d"}, {1, 3, nil, "é😀"}, {-2, nil, nil, "😀d"}, {nil, nil, -1, "d😀éa"},
		{3, 0, -2, "dé"}, {100, nil, nil, ""}, {nil, -100, -1, "d😀éa"}, {nil, nil, bigInt("100000000000000000000"), "a"},
	} {
		got, err := pyvalue.Slice("aé😀d", c.start, c.stop, c.step)
		require.NoError(t, err)
		require.Equal(t, c.want, got)
	}
	_, err = pyvalue.Slice("abc", nil, nil, 0)
	require.Equal(t, pyvalue.KindValue, pyvalue.KindOf(err))
}

func TestJSONRoundTrip(t *testing.T) {
	const text = `{"b":[1,2.0,1e+16,null,true,"x\ny\u0001"],"a":{},"big":123456789012345678901234567890}`
	v, err := pyvalue.DecodeJSON(text, pyvalue.PythonJSON)
	require.NoError(t, err)
	out, err := pyvalue.EncodeJSON(v, pyvalue.CompactStyle())
	require.NoError(t, err)
	require.Equal(t, text, out)
}

func TestDecodeJSONErrors(t *testing.T) {
	for _, text := range []string{"", "{", "[1,]", "{\"a\":1,}", "01", "1.", "-", "tru", `"\x"`, "\"a\nb\"", "1 2", "'a'", "[1 2]", `"\ud8"`} {
		_, err := pyvalue.DecodeJSON(text, pyvalue.PythonJSON)
		require.Equal(t, pyvalue.KindJSONDecode, pyvalue.KindOf(err), text)
	}
	for _, text := range []string{"NaN", "Infinity", "-Infinity", `"\ud800"`, "1e999"} {
		_, err := pyvalue.DecodeJSON(text, pyvalue.PythonJSON)
		require.NoError(t, err, text)
		_, err = pyvalue.DecodeJSON(text, pyvalue.StrictJSON)
		require.Equal(t, pyvalue.KindJSONDecode, pyvalue.KindOf(err), text)
	}
}
