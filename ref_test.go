package petrel_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel"
)

func TestParseRef(t *testing.T) {
	for text, want := range map[string]petrel.Ref{
		"core.local":         {Pack: "core", Name: "local"},
		"core.st2.webhook":   {Pack: "core", Name: "st2.webhook"},
		"my-pack.an odd one": {Pack: "my-pack", Name: "an odd one"},
	} {
		ref, err := petrel.ParseRef(text)
		require.NoError(t, err)
		require.Equal(t, want, ref)
		require.Equal(t, text, ref.String())
	}
	for _, text := range []string{"", "core", "core.", ".local", "."} {
		_, err := petrel.ParseRef(text)
		require.ErrorIs(t, err, petrel.ErrInvalid, text)
	}
	require.Empty(t, petrel.Ref{}.String())
}

func TestSecretIsNeverPrinted(t *testing.T) {
	secret := petrel.Secret("hunter2")
	holder := struct {
		Password petrel.Secret
		List     []petrel.Secret
		Map      map[string]petrel.Secret
	}{secret, []petrel.Secret{secret}, map[string]petrel.Secret{"k": secret}}
	var printed strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&printed, verb, holder)
		fmt.Fprintf(&printed, verb, secret)
	}
	text, err := json.Marshal(holder)
	require.NoError(t, err)
	printed.Write(text)
	logger := slog.New(slog.NewJSONHandler(&printed, nil))
	logger.Info("x", "secret", secret, "holder", holder)
	logger = slog.New(slog.NewTextHandler(&printed, nil))
	logger.Info("x", "secret", secret, "holder", holder)
	require.NotContains(t, printed.String(), "hunter2")
	require.NotContains(t, printed.String(), fmt.Sprintf("%x", "hunter2"))
	require.Equal(t, "hunter2", secret.Reveal())
	require.NoError(t, json.Unmarshal([]byte(`"again"`), &secret))
	require.Equal(t, "again", secret.Reveal())
}
