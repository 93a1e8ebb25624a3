package runner

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParseHosts(t *testing.T) {
	tests := []struct {
		list string
		want []string // key and address, or key and "error"
	}{
		{"a", []string{"a a:22"}},
		{" a , b:2222 ,,c", []string{"a a:22", "b b:2222", "c c:22"}},
		{"10.0.0.1,10.0.0.1:23", []string{"10.0.0.1:22 10.0.0.1:22", "10.0.0.1:23 10.0.0.1:23"}},
		{"a,b,a,a:22", []string{"a a:22", "b b:22"}},
		{"::1,[::2],[::3]:24,fe80::1%eth0", []string{"::1 [::1]:22", "::2 [::2]:22", "::3 [::3]:24", "fe80::1%eth0 [fe80::1%eth0]:22"}},
		{"a, ", []string{"a a:22", " error"}},
		{"", nil},
		{",,", nil},
		{"a:x,b:0,c:65536,d:-1,:5", []string{"a error", "b error", "c error", "d error", " error"}},
		{"[],[]:22", []string{" error"}},
		{"[::1,[::1]5,[::1]:", []string{"[::1 error", "[::1]5 error", "::1 error"}},
	}
	for _, test := range tests {
		t.Run(test.list, func(t *testing.T) {
			var got []string
			for _, h := range parseHosts(test.list, 22) {
				if h.err != nil {
					require.ErrorIs(t, h.err, ErrUnreachable)
					got = append(got, h.key+" error")
				} else {
					got = append(got, h.key+" "+h.address())
				}
			}
			require.Equal(t, test.want, got)
		})
	}
}

func FuzzParseHosts(f *testing.F) {
	for _, seed := range []string{"a,b:1", "[::1]:2", "::1", " , ", "[a", "a:b:c", ":", "[]"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, list string) {
		keys := map[string]bool{}
		for _, h := range parseHosts(list, 22) {
			require.False(t, keys[h.key] && h.err == nil, "two results under %q", h.key)
			keys[h.key] = true
			require.False(t, h.err == nil && (h.name == "" || strings.Contains(h.name, ",") || h.port < 1 || h.port > 65535))
		}
	})
}

func TestQuote(t *testing.T) {
	for text, want := range map[string]string{
		"":            "''",
		"plain-1.txt": "plain-1.txt",
		"a b":         "'a b'",
		"it's":        `'it'"'"'s'`,
		"$(rm)":       "'$(rm)'",
		"é":           "'é'",
		"--k=v":       "--k=v",
		"a\nb":        "'a\nb'",
	} {
		require.Equal(t, want, quote(text))
	}
}
