package pyvalue_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel/pyvalue"
)

func FuzzDecodeJSON(f *testing.F) {
	for _, seed := range []string{`{"a":[1,2.5,null,true,"x\n\u00e9"]}`, `[1e400,-0,12345678901234567890]`, `"\ud83d\ude00"`, ` { } `, `NaN`, `[[[[`, `{"a":1,"a":2}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		v, err := pyvalue.DecodeJSON(text, pyvalue.StrictJSON)
		if err != nil {
			require.NotEmpty(t, pyvalue.KindOf(err))
			return
		}
		require.True(t, json.Valid([]byte(text)), "%q is no JSON", text)
		out, err := pyvalue.EncodeJSON(v, pyvalue.PythonStyle())
		require.NoError(t, err)
		again, err := pyvalue.DecodeJSON(out, pyvalue.PythonJSON)
		require.NoError(t, err)
		require.Equal(t, pyvalue.Repr(v), pyvalue.Repr(again))
	})
}

func FuzzFormat(f *testing.F) {
	for _, seed := range []string{"{}", "{0:>10,.2f}", "{a[b].c!r:{w}}", "{{}}", "{:e}", "%5.2f", "%(a)s", "%*d"} {
		f.Add(seed)
	}
	args := []any{int64(1234567), 2.5, "text", nil, pyvalue.NewList(1)}
	keywords := pyvalue.MapOf("a", map[string]any{"b": "c"}, "w", 5)
	f.Fuzz(func(t *testing.T, template string) {
		if text, err := pyvalue.Format(template, args, keywords, nil); err != nil {
			require.NotEmpty(t, pyvalue.KindOf(err))
		} else {
			require.LessOrEqual(t, len(text), 2*pyvalue.MaxTextBytes)
		}
		for _, values := range []any{pyvalue.Tuple(args), keywords, "x"} {
			if _, err := pyvalue.FormatPercent(template, values); err != nil {
				require.NotEmpty(t, pyvalue.KindOf(err))
			}
		}
		for _, v := range args {
			if _, err := pyvalue.FormatValue(v, template); err != nil {
				require.NotEmpty(t, pyvalue.KindOf(err))
			}
		}
	})
}

func FuzzNumbers(f *testing.F) {
	for _, seed := range []string{"1_000", " -0x1f ", "1e5", "٣", "inf", "0b1_0", "99999999999999999999"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, base := range []int{0, 2, 10, 16, 36} {
			if n, err := pyvalue.ParseInt(text, base); err == nil && base == 10 {
				again, err := pyvalue.ParseInt(pyvalue.Str(n), 10)
				require.NoError(t, err)
				require.True(t, pyvalue.Equal(n, again))
			}
		}
		_, _ = pyvalue.ParseFloat(text)
	})
}

var document = `{"trigger":{"body":{"action":"opened","number":42,"pull_request":{"title":"Fix the thing","user":{"login":"ada"},"labels":["bug","urgent"],"draft":false,"score":0.75}},"headers":{"X-Hub":"v","Content-Type":"application/json"}}}`

func BenchmarkDecodeJSON(b *testing.B) {
	b.ReportAllocs()
	b.SetBytes(int64(len(document)))
	for b.Loop() {
		_, _ = pyvalue.DecodeJSON(document, pyvalue.PythonJSON)
	}
}

func BenchmarkAppendJSON(b *testing.B) {
	v, err := pyvalue.DecodeJSON(document, pyvalue.PythonJSON)
	require.NoError(b, err)
	var buffer []byte
	b.ReportAllocs()
	for b.Loop() {
		buffer, _ = pyvalue.AppendJSON(buffer[:0], v, pyvalue.CompactStyle())
	}
}

func BenchmarkStr(b *testing.B) {
	v, err := pyvalue.DecodeJSON(document, pyvalue.PythonJSON)
	require.NoError(b, err)
	b.ReportAllocs()
	for b.Loop() {
		_ = pyvalue.Str(v)
	}
}

func BenchmarkEqual(b *testing.B) {
	v, _ := pyvalue.DecodeJSON(document, pyvalue.PythonJSON)
	w, _ := pyvalue.DecodeJSON(document, pyvalue.PythonJSON)
	b.ReportAllocs()
	for b.Loop() {
		if !pyvalue.Equal(v, w) {
			b.Fatal("unequal")
		}
	}
}

func BenchmarkMap(b *testing.B) {
	for _, size := range []int{4, 100} {
		m := pyvalue.NewMap(0)
		names := make([]string, size)
		for i := range names {
			names[i] = strings.Repeat("k", i%7) + pyvalue.Str(i)
			m.SetString(names[i], i)
		}
		b.Run("get/"+pyvalue.Str(size), func(b *testing.B) {
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				if _, ok := m.GetString(names[i%size]); !ok {
					b.Fatal("lost")
				}
				i++
			}
		})
		b.Run("fill/"+pyvalue.Str(size), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				m := pyvalue.NewMap(size)
				for _, name := range names {
					m.SetString(name, nil)
				}
			}
		})
	}
}
