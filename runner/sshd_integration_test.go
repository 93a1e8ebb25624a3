//go:build integration && unix

package runner_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"
	gossh "golang.org/x/crypto/ssh"

	"github.com/petrel-dev/petrel"
	"github.com/petrel-dev/petrel/internal/sshdtest"
	"github.com/petrel-dev/petrel/internal/sshtest"
	"github.com/petrel-dev/petrel/runner"
)

// optionsFor lets a runner into a server.
func optionsFor(server *sshdtest.Server) runner.SSH {
	return runner.SSH{
		User:       server.User,
		KeyFile:    server.KeyFile,
		KnownHosts: []string{server.KnownHosts},
		KillGrace:  500 * time.Millisecond,
	}
}

func TestIntegrationCommands(t *testing.T) {
	d := sshdtest.Start(t, "")
	r := remoteCommand(t, optionsFor(d))
	status, result := run(t, r, newCall("hosts", d.Address, "cmd", `echo '{"b": 1, "a": 2}'; echo warn >&2`))
	require.Equal(t, petrel.StatusSucceeded, status, result)
	require.Equal(t, `{"127.0.0.1":{"stdout":{"b":1,"a":2},"stderr":"warn","return_code":0,"succeeded":true,"failed":false}}`, result)

	_, result = run(t, r, newCall("hosts", d.Address, "cmd", `exit 3`))
	require.Contains(t, result, `"return_code":3`)
	_, result = run(t, r, newCall("hosts", d.Address, "cmd", `kill -9 $$`))
	require.Contains(t, result, `"return_code":-1`)
	_, result = run(t, r, newCall("hosts", d.Address, "cmd", `head -c 3000000 /dev/zero | tr '\0' x | wc -c; pwd`))
	require.Contains(t, result, `"stdout":"3000000\n/tmp"`)
	outcome, err := r.Run(t.Context(), newCall("hosts", d.Address, "cmd", `head -c 3000000 /dev/zero | tr '\0' x`))
	require.NoError(t, err)
	require.Len(t, member(t, outcome.Result, "127.0.0.1", "stdout"), 3000000)
}

func TestIntegrationSudoHasTerminal(t *testing.T) {
	d := sshdtest.Start(t, "")
	// The command line that the server gets begins with sudo, whether or not
	// that is installed, so it gets a terminal.
	_, result := run(t, remoteCommand(t, optionsFor(d)), newCall("hosts", d.Address, "cmd", "tty", "sudo", true))
	require.Regexp(t, `"stdout":"(/dev/pts/|.*sudo: (command )?not found)`, result)
	require.Contains(t, result, `"stderr":""`)
}

func TestIntegrationTimeoutEndsTheCommand(t *testing.T) {
	d := sshdtest.Start(t, "")
	dir := t.TempDir()
	// Enough time for a login shell that first reads long settings of its user.
	outcome, err := remoteCommand(t, optionsFor(d)).Run(t.Context(), newCall("hosts", d.Address, "cwd", dir, "timeout", int64(5),
		"cmd", `echo $$ > pids; echo part; sleep 60 & echo $! >> pids; wait`))
	require.NoError(t, err)
	require.Equal(t, petrel.StatusTimeout, outcome.Status)
	require.Equal(t, "part", member(t, outcome.Result, "127.0.0.1", "stdout"))
	requireGone(t, dir)
}

func TestIntegrationCancelEndsTheCommand(t *testing.T) {
	d := sshdtest.Start(t, "")
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	call := newCall("hosts", d.Address, "cwd", dir, "cmd", `trap '' TERM; echo $$ > pids; echo begun; while :; do sleep 1; done`)
	call.Output = func(string, []byte) { cancel() }
	outcome, err := remoteCommand(t, optionsFor(d)).Run(ctx, call)
	require.NoError(t, err)
	require.Equal(t, petrel.StatusCanceled, outcome.Status)
	requireGone(t, dir)
}

func TestIntegrationScript(t *testing.T) {
	for name, start := range map[string]func(testing.TB, string) *sshdtest.Server{
		"by SFTP": sshdtest.Start, "without SFTP": sshdtest.StartWithoutSFTP,
	} {
		t.Run(name, func(t *testing.T) {
			d := start(t, "")
			dir := t.TempDir()
			r := closedAtEnd(t, runner.RemoteShellScript(optionsFor(d)))
			for range 3 {
				outcome, err := r.Run(t.Context(), withShowParameters(scriptCall("show.sh", &petrel.Pack{Files: packFiles},
					"hosts", d.Address, "dir", dir)))
				require.NoError(t, err)
				require.Equal(t, petrel.StatusSucceeded, outcome.Status, encode(t, outcome.Result))
				require.Equal(t, dir+"/"+testID+"/show.sh\nhello\ntool\n"+shownArguments, member(t, outcome.Result, "127.0.0.1", "stdout"))
				left, err := os.ReadDir(dir)
				require.NoError(t, err)
				require.Empty(t, left)
			}
			large := fstest.MapFS{
				"actions/size.sh":   {Data: []byte("#!/bin/sh\nwc -c < $(dirname $0)/lib/large\n")},
				"actions/lib/large": {Data: make([]byte, 5<<20), Mode: 0o644},
			}
			_, result := run(t, r, scriptCall("size.sh", &petrel.Pack{Files: large}, "hosts", d.Address, "dir", dir))
			require.Contains(t, result, `"stdout":5242880`)
		})
	}
}

func TestIntegrationManyCommandsShareConnections(t *testing.T) {
	// The limits are those of a server that was not set up for automation.
	d := sshdtest.Start(t, "MaxSessions 3\nMaxStartups 2:100:2")
	r := remoteCommand(t, optionsFor(d))
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			for range 3 {
				outcome, err := r.Run(t.Context(), newCall("hosts", d.Address, "cmd", "sleep 0.05"))
				if err != nil || outcome.Status != petrel.StatusSucceeded {
					t.Errorf("%v %v", outcome, err)
				}
			}
		})
	}
	all.Wait()
}

func TestIntegrationRestartedServer(t *testing.T) {
	d := sshdtest.Start(t, "")
	r := remoteCommand(t, optionsFor(d))
	outcome, err := r.Run(t.Context(), newCall("hosts", d.Address, "cmd", `ps -o ppid= -p $PPID; echo $PPID`))
	require.NoError(t, err)
	d.Stop()
	// What serves the open connection is a process of its own.
	for _, pid := range strings.Fields(member(t, outcome.Result, "127.0.0.1", "stdout").(string)) {
		if pid != "1" && pid != fmt.Sprint(os.Getpid()) {
			exec.Command("kill", "-9", pid).Run()
		}
	}
	d.Restart()
	status, result := run(t, r, newCall("hosts", d.Address, "cmd", "true"))
	require.Equal(t, petrel.StatusSucceeded, status, result)
}

func TestIntegrationRefusals(t *testing.T) {
	d := sshdtest.Start(t, "MaxAuthTries 1")
	_, other, err := sshtest.NewKey()
	require.NoError(t, err)
	r := remoteCommand(t, optionsFor(d))
	for _, credential := range [][2]string{{"password", "wr0ng"}, {"private_key", string(other)}} {
		_, err = r.Run(t.Context(), newCall("hosts", d.Address, "cmd", "true", credential[0], credential[1]))
		require.ErrorIs(t, err, runner.ErrAuthentication)
	}
	unknown := optionsFor(d)
	unknown.KnownHosts = []string{filepath.Join(t.TempDir(), "known")}
	_, err = remoteCommand(t, unknown).Run(t.Context(), newCall("hosts", d.Address, "cmd", "true"))
	require.ErrorIs(t, err, runner.ErrHostKey)
	require.ErrorContains(t, err, gossh.FingerprintSHA256(d.HostKey))

	// A key of a kind that the server does not have.
	ecdsa := "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBEmKSENjQEezOmxkZMy7opKgwFB9nkt5YRrYMjNuG5N87uRgg6CLrbo5wAdT/y6v0mKV0U2w0WZ2YB/++Tpockg="
	address := strings.Replace(d.Address, "127.0.0.1", "[127.0.0.1]", 1)
	require.NoError(t, os.WriteFile(unknown.KnownHosts[0], []byte(address+" "+ecdsa+"\n"), 0o600))
	_, err = remoteCommand(t, unknown).Run(t.Context(), newCall("hosts", d.Address, "cmd", "true"))
	require.ErrorIs(t, err, runner.ErrHostKey)
}

func TestIntegrationBastion(t *testing.T) {
	bastion, d := sshdtest.Start(t, ""), sshdtest.Start(t, "")
	options := optionsFor(d)
	options.KnownHosts = append(options.KnownHosts, bastion.KnownHosts)
	// Both take the key of the host behind.
	key, err := os.ReadFile(d.AuthorizedKeys)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(bastion.AuthorizedKeys, key, 0o600))
	status, result := run(t, remoteCommand(t, options), newCall("hosts", d.Address, "bastion_host", bastion.Address,
		"cmd", `echo $SSH_CONNECTION | cut -d' ' -f4`))
	require.Equal(t, petrel.StatusSucceeded, status, result)
	_, port, _ := net.SplitHostPort(d.Address)
	require.Contains(t, result, `"stdout":`+port)
}

func BenchmarkIntegrationCommand(b *testing.B) {
	// The level of the shell keeps bash from reading the user's own settings,
	// which may take longer than all the rest.
	d := sshdtest.Start(b, "MaxStartups 100\nSetEnv SHLVL=2")
	call := newCall("hosts", d.Address, "cmd", ":")
	b.Run("connection reused", func(b *testing.B) {
		benchmarkCommand(b, remoteCommand(b, optionsFor(d)), call)
	})
	b.Run("connection each", func(b *testing.B) {
		benchmarkConnectionEach(b, optionsFor(d), call)
	})
}
