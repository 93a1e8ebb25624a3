//go:build unix

package runner

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Whatever a word holds, a shell takes it for that one word.
func TestQuoteSurvivesShell(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.StringMatching(`[^\x00]{0,20}|['"$\x60\\ \n!*~#;&|<>(){}=-]{0,8}`), 1, 50).Draw(t, "words")
		command := "printf '%s\\0'"
		for _, word := range words {
			command += " " + quote(word)
		}
		// Twice, as with sudo.
		out, err := exec.Command("/bin/sh", "-c", sudo{user: "x"}.wrap(command)[len("sudo -E -H -u x -- "):]).Output()
		require.NoError(t, err)
		require.Equal(t, strings.Join(words, "\x00")+"\x00", string(out))
	})
}
