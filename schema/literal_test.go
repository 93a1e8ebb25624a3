package schema

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel/pyvalue"
)

// TestLiterals compares with what CPython 3.11 made of the same texts.
func TestLiterals(t *testing.T) {
	text, err := os.ReadFile("testdata/literals.json")
	require.NoError(t, err)
	document, err := pyvalue.DecodeJSON(string(text), pyvalue.PythonJSON)
	require.NoError(t, err)
	cases, _ := pyvalue.Elements(document)
	require.NotEmpty(t, cases)
	for _, c := range cases {
		get := func(name string) any {
			value, _ := pyvalue.LookupString(c, name)
			return value
		}
		source := get("text").(string)
		value, err := parseLiteral(source)
		if kind := get("kind"); kind != nil {
			require.Equal(t, kind, string(pyvalue.KindOf(err)), "%q gives %v and %v", source, value, err)
			continue
		}
		require.NoError(t, err, "%q", source)
		require.Equal(t, get("repr"), pyvalue.Repr(value), "%q", source)
	}
}

func TestLiteralsThatAreTooDeep(t *testing.T) {
	for _, text := range []string{"((((", "[[[[", "{{{{", "not ", "lambda: ", "x if x else ", "2**", "-"} {
		_, err := parseLiteral(strings.Repeat(text, 20_000) + "1")
		require.Error(t, err, text)
	}
}
