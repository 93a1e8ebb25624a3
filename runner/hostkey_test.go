//go:build unix

package runner_test

import (
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

func TestRemoteCommandUnknownHost(t *testing.T) {
	server := startServer(t, sshtest.Config{})
	options := known(t)
	call := newCall("hosts", server.Address(), "cmd", "true", "password", testPassword)

	t.Run("is refused", func(t *testing.T) {
		_, err := remoteCommand(t, options).Run(t.Context(), call)
		require.ErrorIs(t, err, runner.ErrHostKey)
		require.ErrorContains(t, err, "is not known; it has the key ssh-ed25519 SHA256:")
		require.ErrorContains(t, err, "add this line to "+options.KnownHosts[0]+":\n"+strings.TrimSpace(server.KnownHost()))
		require.Empty(t, server.Commands())
	})
	t.Run("is accepted", func(t *testing.T) {
		options := options
		options.HostKeys = runner.AcceptAnyHostKey
		status, _ := run(t, remoteCommand(t, options), call)
		require.Equal(t, petrel.StatusSucceeded, status)
	})
	t.Run("is trusted from then on", func(t *testing.T) {
		options := options
		options.HostKeys = runner.TrustOnFirstUse
		options.KnownHosts = []string{filepath.Join(t.TempDir(), "new", "known_hosts")}
		status, _ := run(t, remoteCommand(t, options), call)
		require.Equal(t, petrel.StatusSucceeded, status)
		text, err := os.ReadFile(options.KnownHosts[0])
		require.NoError(t, err)
		require.Equal(t, server.KnownHost(), string(text))

		options.HostKeys = runner.CheckHostKeys
		status, _ = run(t, remoteCommand(t, options), call)
		require.Equal(t, petrel.StatusSucceeded, status)
	})
}

func TestRemoteCommandChangedHostKey(t *testing.T) {
	server := startServer(t, sshtest.Config{})
	other, _, err := sshtest.NewKey()
	require.NoError(t, err)
	options := known(t)
	address, _, _ := strings.Cut(server.KnownHost(), " ")
	require.NoError(t, os.WriteFile(options.KnownHosts[0],
		[]byte(address+" "+string(gossh.MarshalAuthorizedKey(other.PublicKey()))), 0o600))
	for _, policy := range []runner.HostKeyPolicy{runner.CheckHostKeys, runner.TrustOnFirstUse} {
		options.HostKeys = policy
		_, err = remoteCommand(t, options).Run(t.Context(), newCall("hosts", server.Address(), "cmd", "true", "password", testPassword))
		require.ErrorIs(t, err, runner.ErrHostKey)
		require.ErrorContains(t, err, "but known is ssh-ed25519 "+gossh.FingerprintSHA256(other.PublicKey())+" ("+options.KnownHosts[0]+":1)")
		require.ErrorContains(t, err, strings.TrimSpace(server.KnownHost()))
	}
	require.Empty(t, server.Commands())
}
