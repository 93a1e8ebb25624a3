//go:build unix

package runner_test

import (
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	gossh "golang.org/x/crypto/ssh"

	"github.com/petrel-dev/petrel"
	"github.com/petrel-dev/petrel/internal/sshtest"
	"github.com/petrel-dev/petrel/runner"
)

func TestRemoteCommandWrongCredentials(t *testing.T) {
	_, key, err := sshtest.NewKey()
	require.NoError(t, err)
	server := startServer(t, sshtest.Config{})
	r := remoteCommand(t, known(t, server))
	for _, credential := range [][2]string{{"password", "wr0ng"}, {"private_key", string(key)}, {"private_key", "/no/such/key"},
		{"private_key", "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----"}} {
		_, err := r.Run(t.Context(), newCall("hosts", server.Address(), "cmd", "true", credential[0], credential[1]))
		require.ErrorIs(t, err, runner.ErrAuthentication)
		require.ErrorContains(t, err, server.Address())
		require.NotContains(t, err.Error(), "wr0ng")
		require.NotContains(t, err.Error(), "BEGIN")
	}
	t.Setenv("HOME", t.TempDir())
	t.Setenv("SSH_AUTH_SOCK", "")
	_, err = r.Run(t.Context(), newCall("hosts", server.Address(), "cmd", "true"))
	require.ErrorIs(t, err, runner.ErrAuthentication)
	require.ErrorContains(t, err, "there is no password, private_key, agent or key")
}

func TestRemoteCommandKeys(t *testing.T) {
	public, text, err := sshtest.NewKey()
	require.NoError(t, err)
	server := startServer(t, sshtest.Config{Keys: []gossh.PublicKey{public.PublicKey()}})
	file := filepath.Join(t.TempDir(), "key")
	require.NoError(t, os.WriteFile(file, text, 0o600))
	options := known(t, server)
	succeeds := func(t *testing.T, options runner.SSH, parameters ...any) {
		t.Helper()
		call := newCall(append([]any{"hosts", server.Address(), "cmd", "true"}, parameters...)...)
		status, result := run(t, remoteCommand(t, options), call)
		require.Equal(t, petrel.StatusSucceeded, status, result)
	}
	t.Run("text", func(t *testing.T) { succeeds(t, options, "private_key", strings.TrimSpace(string(text))) })
	t.Run("path", func(t *testing.T) { succeeds(t, options, "private_key", file) })
	t.Run("configured", func(t *testing.T) {
		options := options
		options.KeyFile = file
		succeeds(t, options)
	})
	t.Run("in the home directory", func(t *testing.T) {
		home := t.TempDir()
		require.NoError(t, os.Mkdir(filepath.Join(home, ".ssh"), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(home, ".ssh/id_ed25519"), text, 0o600))
		t.Setenv("HOME", home)
		t.Setenv("SSH_AUTH_SOCK", "")
		succeeds(t, options)
	})
	t.Run("agent", func(t *testing.T) {
		options := options
		options.AgentSocket = startAgent(t, text)
		t.Setenv("HOME", t.TempDir())
		succeeds(t, options)
	})
	t.Run("passphrase", func(t *testing.T) {
		raw, err := gossh.ParseRawPrivateKey(text)
		require.NoError(t, err)
		block, err := gossh.MarshalPrivateKeyWithPassphrase(raw, "", []byte("open sesame"))
		require.NoError(t, err)
		encrypted := string(pem.EncodeToMemory(block))
		succeeds(t, options, "private_key", encrypted, "passphrase", "open sesame")
		_, err = remoteCommand(t, options).Run(t.Context(), newCall("hosts", server.Address(), "cmd", "true", "private_key", encrypted))
		require.ErrorIs(t, err, runner.ErrAuthentication)
		require.ErrorContains(t, err, "is encrypted; give its passphrase")
		_, err = remoteCommand(t, options).Run(t.Context(), newCall("hosts", server.Address(), "cmd", "true",
			"private_key", encrypted, "passphrase", "open barley"))
		require.ErrorIs(t, err, runner.ErrAuthentication)
		require.NotContains(t, err.Error(), "barley")
	})
}

func TestRemoteCommandAnswersQuestions(t *testing.T) {
	server := startServer(t, sshtest.Config{Questions: true})
	r := remoteCommand(t, known(t, server))
	status, _ := run(t, r, newCall("hosts", server.Address(), "cmd", "true", "password", testPassword))
	require.Equal(t, petrel.StatusSucceeded, status)
	_, err := r.Run(t.Context(), newCall("hosts", server.Address(), "cmd", "true", "password", "wr0ng"))
	require.ErrorIs(t, err, runner.ErrAuthentication)
}
