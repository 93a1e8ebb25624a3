package parameters_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel/parameters"
	"github.com/petrel-dev/petrel/schema"
)

func TestArguments(t *testing.T) {
	const positional = `{"s": {"type": "string", "position": 0}, "i": {"type": "integer", "position": 1}, "n": {"type": "number", "position": 2},
		"b": {"type": "boolean", "position": 3}, "a": {"type": "array", "position": 4}, "o": {"type": "object", "position": 5},
		"x": {"position": 6}, "z": {"type": "string", "position": 7}}`
	tests := map[string]struct {
		specs, values, prefix string
		want                  []string
	}{
		"positional": {positional, `{"s": "a b", "i": 3, "n": 1.5, "b": true, "a": [1, "x y", null], "o": {"k": [1]}, "x": "q", "z": null}`, "--",
			[]string{"a b", "3", "1.5", "1", "1,x y,None", `{"k":[1]}`, "q", ""}},
		"all absent": {positional, `{}`, "--", []string{"", "", "", "", "", "", "", ""}},
		"all empty": {positional, `{"s": "", "i": 0, "n": 0.0, "b": false, "a": [], "o": {}}`, "--",
			[]string{"", "", "0.0", "0", "", "", "", ""}},
		"named": {`{"s": {}, "dflt": {}, "pos1": {"position": 0}}`,
			`{"s": "a b", "i": 3, "n": 1.5, "b": true, "bf": false, "a": [1, "x y"], "pos1": "P", "o": {"k": [1, null]}, "e": "", "nn": null, "dflt": "D"}`, "--",
			[]string{"--s=a b", "--i=3", "--n=1.5", "--b", "--a=[1, 'x y']", "--o={'k': [1, None]}", "--dflt=D", "P"}},
		"zero":         {`{}`, `{"i": 0}`, "-", []string{"-i=0"}},
		"no prefix":    {`{}`, `{"k": "v", "b": true}`, "", []string{"k=v", "b"}},
		"out of order": {`{"b": {"type": "string", "position": 2}, "a": {"type": "string", "position": 1}}`, `{"b": "B", "a": "A"}`, "--", []string{"A", "B"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := parameters.Arguments(schema.MustParseParameters(test.specs), decoded(t, test.values), test.prefix)
			require.NoError(t, err)
			require.Equal(t, test.want, got)
		})
	}

	_, err := parameters.Arguments(schema.MustParseParameters(positional), decoded(t, `{"s": ["x"], "a": 5}`), "--")
	require.ErrorIs(t, err, parameters.ErrCast)
	require.EqualError(t, err, "s: must be a string to be an argument, is a list\na: must be an array to be an argument, is a int")
}
