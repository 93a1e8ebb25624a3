//go:build integration && unix

package runner_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"
	gossh "golang.org/x/crypto/ssh"

	"github.com/petrel-dev/petrel"
	"github.com/petrel-dev/petrel/internal/sshtest"
	"github.com/petrel-dev/petrel/runner"
)

// daemon is a running sshd of OpenSSH.
type daemon struct {
	address string
	options runner.SSH
	hostKey gossh.PublicKey
	command *exec.Cmd
	start   func()
}

// startDaemon starts sshd with keys of its own on a free port.
func startDaemon(t testing.TB, settings string) *daemon {
	t.Helper()
	const program = "/usr/sbin/sshd"
	_, err := os.Stat(program)
	require.NoError(t, err, "these tests need OpenSSH's server")
	if os.Getuid() == 0 {
		require.NoError(t, os.MkdirAll("/run/sshd", 0o755))
	}
	dir := t.TempDir()
	write := func(name string, content []byte, mode os.FileMode) string {
		file := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(file, content, mode))
		return file
	}
	host, hostText, err := sshtest.NewKey()
	require.NoError(t, err)
	key, keyText, err := sshtest.NewKey()
	require.NoError(t, err)
	current, err := user.Current()
	require.NoError(t, err)
	port := freePort(t)
	d := &daemon{address: fmt.Sprintf("127.0.0.1:%d", port), hostKey: host.PublicKey()}
	config := fmt.Sprintf(`ListenAddress %s
HostKey %s
AuthorizedKeysFile %s
PidFile %s
StrictModes no
UsePAM no
PasswordAuthentication no
PermitRootLogin prohibit-password
AllowTcpForwarding yes
%s
`, d.address, write("host", hostText, 0o600), write("authorized", gossh.MarshalAuthorizedKey(key.PublicKey()), 0o600),
		filepath.Join(dir, "pid"), settings)
	file := write("config", []byte(config), 0o600)
	address := fmt.Sprintf("[127.0.0.1]:%d ", port)
	d.options = runner.SSH{
		User:       current.Username,
		KeyFile:    write("key", keyText, 0o600),
		KnownHosts: []string{write("known", append([]byte(address), gossh.MarshalAuthorizedKey(d.hostKey)...), 0o600)},
		KillGrace:  500 * time.Millisecond,
	}
	d.start = func() {
		log := write("log", nil, 0o600)
		d.command = exec.Command(program, "-D", "-f", file, "-E", log)
		require.NoError(t, d.command.Start())
		require.Eventually(t, func() bool {
			conn, err := net.Dial("tcp", d.address)
			if err == nil {
				conn.Close()
			}
			return err == nil
		}, 10*time.Second, 20*time.Millisecond, "sshd does not answer")
	}
	d.start()
	t.Cleanup(d.stop)
	return d
}

// stop ends the daemon; connections that are open live on.
func (d *daemon) stop() {
	d.command.Process.Kill()
	d.command.Wait()
}

func freePort(t testing.TB) int {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port
}

func TestIntegrationCommands(t *testing.T) {
	d := startDaemon(t, "")
	r := remoteCommand(t, d.options)
	status, result := run(t, r, newCall("hosts", d.address, "cmd", `echo '{"b": 1, "a": 2}'; echo warn >&2`))
	require.Equal(t, petrel.StatusSucceeded, status, result)
	require.Equal(t, `{"127.0.0.1":{"stdout":{"b":1,"a":2},"stderr":"warn","return_code":0,"succeeded":true,"failed":false}}`, result)

	_, result = run(t, r, newCall("hosts", d.address, "cmd", `exit 3`))
	require.Contains(t, result, `"return_code":3`)
	_, result = run(t, r, newCall("hosts", d.address, "cmd", `kill -9 $$`))
	require.Contains(t, result, `"return_code":-1`)
	_, result = run(t, r, newCall("hosts", d.address, "cmd", `head -c 3000000 /dev/zero | tr '\0' x | wc -c; pwd`))
	require.Contains(t, result, `"stdout":"3000000\n/tmp"`)
	outcome, err := r.Run(t.Context(), newCall("hosts", d.address, "cmd", `head -c 3000000 /dev/zero | tr '\0' x`))
	require.NoError(t, err)
	require.Len(t, member(t, outcome.Result, "127.0.0.1", "stdout"), 3000000)
}

func TestIntegrationSudoHasTerminal(t *testing.T) {
	d := startDaemon(t, "")
	// The command line that the server gets begins with sudo, whether or not
	// that is installed, so it gets a terminal.
	_, result := run(t, remoteCommand(t, d.options), newCall("hosts", d.address, "cmd", "tty", "sudo", true))
	require.Regexp(t, `"stdout":"(/dev/pts/|.*sudo: (command )?not found)`, result)
	require.Contains(t, result, `"stderr":""`)
}

func TestIntegrationTimeoutEndsTheCommand(t *testing.T) {
	d := startDaemon(t, "")
	dir := t.TempDir()
	// Enough time for a login shell that first reads long settings of its user.
	outcome, err := remoteCommand(t, d.options).Run(t.Context(), newCall("hosts", d.address, "cwd", dir, "timeout", int64(5),
		"cmd", `echo $$ > pids; echo part; sleep 60 & echo $! >> pids; wait`))
	require.NoError(t, err)
	require.Equal(t, petrel.StatusTimeout, outcome.Status)
	require.Equal(t, "part", member(t, outcome.Result, "127.0.0.1", "stdout"))
	requireGone(t, dir)
}

func TestIntegrationCancelEndsTheCommand(t *testing.T) {
	d := startDaemon(t, "")
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	call := newCall("hosts", d.address, "cwd", dir, "cmd", `trap '' TERM; echo $$ > pids; echo begun; while :; do sleep 1; done`)
	call.Output = func(string, []byte) { cancel() }
	outcome, err := remoteCommand(t, d.options).Run(ctx, call)
	require.NoError(t, err)
	require.Equal(t, petrel.StatusCanceled, outcome.Status)
	requireGone(t, dir)
}

func TestIntegrationScript(t *testing.T) {
	for name, settings := range map[string]string{"by SFTP": "Subsystem sftp internal-sftp", "without SFTP": ""} {
		t.Run(name, func(t *testing.T) {
			d := startDaemon(t, settings)
			dir := t.TempDir()
			r := closedAtEnd(t, runner.RemoteShellScript(d.options))
			for range 3 {
				outcome, err := r.Run(t.Context(), withShowParameters(scriptCall("show.sh", &petrel.Pack{Files: packFiles},
					"hosts", d.address, "dir", dir)))
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
			_, result := run(t, r, scriptCall("size.sh", &petrel.Pack{Files: large}, "hosts", d.address, "dir", dir))
			require.Contains(t, result, `"stdout":5242880`)
		})
	}
}

func TestIntegrationManyCommandsShareConnections(t *testing.T) {
	// The limits are those of a server that was not set up for automation.
	d := startDaemon(t, "MaxSessions 3\nMaxStartups 2:100:2")
	r := remoteCommand(t, d.options)
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			for range 3 {
				outcome, err := r.Run(t.Context(), newCall("hosts", d.address, "cmd", "sleep 0.05"))
				if err != nil || outcome.Status != petrel.StatusSucceeded {
					t.Errorf("%v %v", outcome, err)
				}
			}
		})
	}
	all.Wait()
}

func TestIntegrationRestartedServer(t *testing.T) {
	d := startDaemon(t, "")
	r := remoteCommand(t, d.options)
	outcome, err := r.Run(t.Context(), newCall("hosts", d.address, "cmd", `ps -o ppid= -p $PPID; echo $PPID`))
	require.NoError(t, err)
	d.stop()
	// What serves the open connection is a process of its own.
	for _, pid := range strings.Fields(member(t, outcome.Result, "127.0.0.1", "stdout").(string)) {
		if pid != "1" && pid != fmt.Sprint(os.Getpid()) {
			exec.Command("kill", "-9", pid).Run()
		}
	}
	d.start()
	status, result := run(t, r, newCall("hosts", d.address, "cmd", "true"))
	require.Equal(t, petrel.StatusSucceeded, status, result)
}

func TestIntegrationRefusals(t *testing.T) {
	d := startDaemon(t, "MaxAuthTries 1")
	_, other, err := sshtest.NewKey()
	require.NoError(t, err)
	r := remoteCommand(t, d.options)
	for _, credential := range [][2]string{{"password", "wr0ng"}, {"private_key", string(other)}} {
		_, err = r.Run(t.Context(), newCall("hosts", d.address, "cmd", "true", credential[0], credential[1]))
		require.ErrorIs(t, err, runner.ErrAuthentication)
	}
	unknown := d.options
	unknown.KnownHosts = []string{filepath.Join(t.TempDir(), "known")}
	_, err = remoteCommand(t, unknown).Run(t.Context(), newCall("hosts", d.address, "cmd", "true"))
	require.ErrorIs(t, err, runner.ErrHostKey)
	require.ErrorContains(t, err, gossh.FingerprintSHA256(d.hostKey))

	// A key of a kind that the server does not have.
	ecdsa := "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBEmKSENjQEezOmxkZMy7opKgwFB9nkt5YRrYMjNuG5N87uRgg6CLrbo5wAdT/y6v0mKV0U2w0WZ2YB/++Tpockg="
	address := strings.Replace(d.address, "127.0.0.1", "[127.0.0.1]", 1)
	require.NoError(t, os.WriteFile(unknown.KnownHosts[0], []byte(address+" "+ecdsa+"\n"), 0o600))
	_, err = remoteCommand(t, unknown).Run(t.Context(), newCall("hosts", d.address, "cmd", "true"))
	require.ErrorIs(t, err, runner.ErrHostKey)
}

func TestIntegrationBastion(t *testing.T) {
	bastion, d := startDaemon(t, ""), startDaemon(t, "")
	options := d.options
	// Both take the key of the host behind.
	text, err := os.ReadFile(options.KnownHosts[0])
	require.NoError(t, err)
	more, err := os.ReadFile(bastion.options.KnownHosts[0])
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(options.KnownHosts[0], append(text, more...), 0o600))
	public, err := os.ReadFile(filepath.Join(filepath.Dir(options.KeyFile), "authorized"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(filepath.Dir(bastion.options.KeyFile), "authorized"), public, 0o600))
	status, result := run(t, remoteCommand(t, options), newCall("hosts", d.address, "bastion_host", bastion.address,
		"cmd", `echo $SSH_CONNECTION | cut -d' ' -f4`))
	require.Equal(t, petrel.StatusSucceeded, status, result)
	_, port, _ := net.SplitHostPort(d.address)
	require.Contains(t, result, `"stdout":`+port)
}

func BenchmarkIntegrationCommand(b *testing.B) {
	// The level of the shell keeps bash from reading the user's own settings,
	// which may take longer than all the rest.
	d := startDaemon(b, "MaxStartups 100\nSetEnv SHLVL=2")
	call := newCall("hosts", d.address, "cmd", ":")
	b.Run("connection reused", func(b *testing.B) {
		benchmarkCommand(b, remoteCommand(b, d.options), call)
	})
	b.Run("connection each", func(b *testing.B) {
		benchmarkConnectionEach(b, d.options, call)
	})
}
