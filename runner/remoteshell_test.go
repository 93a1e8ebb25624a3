//go:build unix

package runner_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel"
	"github.com/petrel-dev/petrel/internal/sshtest"
	"github.com/petrel-dev/petrel/pyvalue"
	"github.com/petrel-dev/petrel/runner"
)

const (
	testUser     = "ops"
	testPassword = "pa55 w0rd"
)

func startServer(t testing.TB, config sshtest.Config) *sshtest.Server {
	t.Helper()
	if config.Passwords == nil {
		config.Passwords = map[string]string{testUser: testPassword}
	}
	server, err := sshtest.Start(config)
	require.NoError(t, err)
	t.Cleanup(func() { server.Close() })
	return server
}

// known returns settings under which the servers are known.
func known(t testing.TB, servers ...*sshtest.Server) runner.SSH {
	t.Helper()
	file := filepath.Join(t.TempDir(), "known_hosts")
	var lines strings.Builder
	for _, server := range servers {
		lines.WriteString(server.KnownHost())
	}
	require.NoError(t, os.WriteFile(file, []byte(lines.String()), 0o600))
	return runner.SSH{User: testUser, KnownHosts: []string{file}, KillGrace: 300 * time.Millisecond, API: runner.API{}}
}

func remoteCommand(t testing.TB, options runner.SSH) petrel.Runner {
	t.Helper()
	return closedAtEnd(t, runner.RemoteShellCommand(options))
}

func on(servers ...*sshtest.Server) string {
	var addresses []string
	for _, server := range servers {
		addresses = append(addresses, server.Address())
	}
	return strings.Join(addresses, ",")
}

func TestRemoteCommandOutcomes(t *testing.T) {
	server := startServer(t, sshtest.Config{})
	r := remoteCommand(t, known(t, server))
	tests := []struct {
		cmd    string
		status petrel.Status
		result string
	}{
		{`printf 'a\n\n'`, petrel.StatusSucceeded, `{"stdout":"a\n","stderr":"","return_code":0,"succeeded":true,"failed":false}`},
		{`echo '{"b": 1, "a": 2}'; echo warn >&2`, petrel.StatusSucceeded, `{"stdout":{"b":1,"a":2},"stderr":"warn","return_code":0,"succeeded":true,"failed":false}`},
		{`exit 3`, petrel.StatusFailed, `{"stdout":"","stderr":"","return_code":3,"succeeded":false,"failed":true}`},
		{`kill -9 $$`, petrel.StatusFailed, `{"stdout":"","stderr":"","return_code":-1,"succeeded":false,"failed":true}`},
		{`pwd`, petrel.StatusSucceeded, `{"stdout":"/tmp","stderr":"","return_code":0,"succeeded":true,"failed":false}`},
		{``, petrel.StatusFailed, ``},
	}
	for _, test := range tests {
		t.Run(test.cmd, func(t *testing.T) {
			status, result := run(t, r, newCall("hosts", server.Address(), "cmd", test.cmd, "password", testPassword))
			require.Equal(t, test.status, status)
			if test.result != "" {
				require.Equal(t, `{"127.0.0.1":`+test.result+`}`, result)
			}
		})
	}
	require.Equal(t, 1, server.Connections(), "one connection serves all")
}

func TestRemoteCommandLine(t *testing.T) {
	server := startServer(t, sshtest.Config{})
	options := known(t, server)
	options.API = runner.API{URL: "http://ops", Token: func(context.Context, *petrel.Call) (petrel.Secret, error) { return "t0ken", nil }}
	r := remoteCommand(t, options)
	status, result := run(t, r, newCall("hosts", server.Address(), "password", testPassword, "cwd", "/",
		"env", pyvalue.MapOf("Z", "it's", "A", "b c"), "cmd", `echo "$A|$Z|$ST2_ACTION_AUTH_TOKEN|$PWD"`))
	require.Equal(t, petrel.StatusSucceeded, status)
	require.Contains(t, result, `"stdout":"b c|it's|t0ken|/"`)
	require.Equal(t, []string{`export A='b c' ST2_ACTION_API_URL=http://ops/v1 ST2_ACTION_AUTH_TOKEN=t0ken ST2_ACTION_DEBUG=False ` +
		`ST2_ACTION_EXECUTION_ID=` + testID + ` ST2_ACTION_PACK_NAME=demo Z='it'"'"'s' && cd / && echo "$A|$Z|$ST2_ACTION_AUTH_TOKEN|$PWD"`}, server.Commands())
}

func TestRemoteCommandSudo(t *testing.T) {
	fakeSudo(t, `[ "$1" = -S ] && { shift; read -r p; echo "password $p"; }; shift 2; echo "as root" >&2; exec "$@"`)
	server := startServer(t, sshtest.Config{})
	r := remoteCommand(t, known(t, server))
	_, result := run(t, r, newCall("hosts", server.Address(), "password", testPassword, "sudo", true, "cmd", `echo "it's"`))
	require.Contains(t, result, `"stdout":"as root\nit's","stderr":""`, "a terminal has one output")
	_, result = run(t, r, newCall("hosts", server.Address(), "password", testPassword, "sudo", true, "sudo_password", "r00t pw", "cmd", "cat"))
	require.Contains(t, result, `"stdout":"password r00t pw","stderr":"as root"`)
	for _, command := range server.Commands() {
		require.NotContains(t, command, "r00t")
	}
}

func TestRemoteCommandHosts(t *testing.T) {
	first, second := startServer(t, sshtest.Config{}), startServer(t, sshtest.Config{})
	options := known(t, first, second)
	// The names are made to lead to the servers, whose keys are known under them.
	text, err := os.ReadFile(options.KnownHosts[0])
	require.NoError(t, err)
	names := strings.NewReplacer(fmt.Sprintf("[127.0.0.1]:%d", first.Port()), "one", fmt.Sprintf("[127.0.0.1]:%d", second.Port()), "two")
	require.NoError(t, os.WriteFile(options.KnownHosts[0], []byte(names.Replace(string(text))), 0o600))
	addresses := map[string]string{"one:22": first.Address(), "two:22": second.Address()}
	options.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		if to := addresses[address]; to != "" {
			return new(net.Dialer).DialContext(ctx, network, to)
		}
		return nil, fmt.Errorf("no route to %s", address)
	}
	r := remoteCommand(t, options)
	call := func(hosts, cmd string) *petrel.Call {
		return newCall("hosts", hosts, "cmd", cmd, "password", testPassword)
	}
	success := `{"stdout":"x","stderr":"","return_code":0,"succeeded":true,"failed":false}`

	t.Run("all succeed", func(t *testing.T) {
		status, result := run(t, r, call(" two, one,,two", "echo x"))
		require.Equal(t, petrel.StatusSucceeded, status)
		require.Equal(t, `{"two":`+success+`,"one":`+success+`}`, result)
	})
	t.Run("one cannot be reached", func(t *testing.T) {
		outcome, err := r.Run(t.Context(), call("three,one", "echo x"))
		require.NoError(t, err)
		require.Equal(t, petrel.StatusFailed, outcome.Status)
		require.Equal(t, success, encode(t, member(t, outcome.Result, "one")))
		require.Equal(t, int64(255), member(t, outcome.Result, "three", "return_code"))
		require.Equal(t, false, member(t, outcome.Result, "three", "timeout"))
		require.Equal(t, "host unreachable: three:22: no route to three:22", member(t, outcome.Result, "three", "error"))
	})
	t.Run("one cannot be reached, which is allowed", func(t *testing.T) {
		lenient := options
		lenient.AllowPartialFailure = true
		outcome, err := remoteCommand(t, lenient).Run(t.Context(), call("three,one", "echo x"))
		require.NoError(t, err)
		require.Equal(t, petrel.StatusSucceeded, outcome.Status)
	})
	t.Run("an entry without a name", func(t *testing.T) {
		outcome, err := r.Run(t.Context(), call("one, ", "echo x"))
		require.NoError(t, err)
		require.Equal(t, petrel.StatusFailed, outcome.Status)
		require.Contains(t, member(t, outcome.Result, "", "error"), "has no name")
	})
	t.Run("none can be reached", func(t *testing.T) {
		outcome, err := r.Run(t.Context(), call("three,four", "echo x"))
		require.ErrorIs(t, err, runner.ErrUnreachable)
		require.ErrorContains(t, err, "none of the 2 hosts could be used:\nhost unreachable: three:22: no route to three:22\nhost unreachable: four:22")
		require.Equal(t, petrel.StatusFailed, outcome.Status)
		require.Equal(t, true, member(t, outcome.Result, "failed"))
		require.Equal(t, int64(255), member(t, outcome.Result, "return_code"))
		require.Equal(t, err.Error(), member(t, outcome.Result, "error"))
	})
	t.Run("no hosts", func(t *testing.T) {
		_, err := r.Run(t.Context(), call(" ", "echo x"))
		require.ErrorIs(t, err, runner.ErrUnreachable)
		_, err = r.Run(t.Context(), call(",", "echo x"))
		require.ErrorIs(t, err, petrel.ErrInvalidParameters)
	})
	t.Run("one times out", func(t *testing.T) {
		c := call("one,two", `case $SSH_TEST in '') sleep 60;; esac`)
		c.RunnerParameters.SetString("timeout", int64(1))
		outcome, err := r.Run(t.Context(), c)
		require.NoError(t, err)
		require.Equal(t, petrel.StatusTimeout, outcome.Status)
		require.Equal(t, int64(-9), member(t, outcome.Result, "one", "return_code"))
		require.Equal(t, true, member(t, outcome.Result, "one", "timeout"))
	})
}

func TestRemoteCommandSamePortsAreKeptApart(t *testing.T) {
	first, second := startServer(t, sshtest.Config{}), startServer(t, sshtest.Config{})
	outcome, err := remoteCommand(t, known(t, first, second)).Run(t.Context(),
		newCall("hosts", on(first, second), "cmd", "echo x", "password", testPassword))
	require.NoError(t, err)
	require.Equal(t, "x", member(t, outcome.Result, first.Address(), "stdout"))
	require.Equal(t, "x", member(t, outcome.Result, second.Address(), "stdout"))
}

func TestRemoteCommandParallel(t *testing.T) {
	var servers []*sshtest.Server
	for range 4 {
		servers = append(servers, startServer(t, sshtest.Config{}))
	}
	// Each command waits for the others: that works only side by side.
	dir := t.TempDir()
	cmd := fmt.Sprintf(`mktemp %s/XXXXXX > /dev/null; for i in $(seq 100); do [ $(ls %[1]s | wc -l) -ge 4 ] && exit 0; sleep 0.1; done; exit 1`, dir)
	options := known(t, servers...)
	options.MaxParallelHosts = 4
	status, result := run(t, remoteCommand(t, options), newCall("hosts", on(servers...), "cmd", cmd, "password", testPassword))
	require.Equal(t, petrel.StatusSucceeded, status, result)

	options.MaxParallelHosts = 0
	cmd = fmt.Sprintf(`mkdir %s/alone && sleep 0.1 && rmdir %[1]s/alone`, dir)
	status, result = run(t, remoteCommand(t, options), newCall("hosts", on(servers...), "cmd", cmd, "password", testPassword))
	require.Equal(t, petrel.StatusSucceeded, status, result)
}

func TestRemoteCommandTimeout(t *testing.T) {
	for name, config := range map[string]sshtest.Config{
		"server passes signals on": {},
		"server ignores signals":   {IgnoreSignals: true},
	} {
		t.Run(name, func(t *testing.T) {
			server := startServer(t, config)
			var seen recorder
			call := newCall("hosts", server.Address(), "password", testPassword, "cmd", `echo part; sleep 20`, "timeout", int64(1))
			call.Output = seen.record
			begun := time.Now()
			outcome, err := remoteCommand(t, known(t, server)).Run(t.Context(), call)
			require.NoError(t, err)
			require.Equal(t, petrel.StatusTimeout, outcome.Status)
			require.Equal(t, int64(-9), member(t, outcome.Result, "127.0.0.1", "return_code"))
			require.Equal(t, "part", member(t, outcome.Result, "127.0.0.1", "stdout"))
			require.Contains(t, member(t, outcome.Result, "127.0.0.1", "error"), "timeout: no end after 1s")
			require.Less(t, time.Since(begun), 10*time.Second)
			require.Equal(t, []string{"stdout:part\n"}, seen.pieces)
		})
	}
}

func TestRemoteCommandCancel(t *testing.T) {
	server := startServer(t, sshtest.Config{})
	ctx, cancel := context.WithCancel(t.Context())
	call := newCall("hosts", server.Address(), "password", testPassword, "cmd", `echo begun; exec sleep 20`)
	call.Output = func(string, []byte) { cancel() }
	outcome, err := remoteCommand(t, known(t, server)).Run(ctx, call)
	require.NoError(t, err)
	require.Equal(t, petrel.StatusCanceled, outcome.Status)
	require.Equal(t, "begun", member(t, outcome.Result, "127.0.0.1", "stdout"))
}

func TestRemoteCommandMistakes(t *testing.T) {
	withEntryPoint := newCall("hosts", "a", "cmd", "true")
	withEntryPoint.Action.EntryPoint = "x.sh"
	tests := []struct {
		name string
		call *petrel.Call
		want string
	}{
		{"no hosts", newCall("cmd", "true"), "hosts: the list is empty"},
		{"no command", newCall("hosts", "a"), "cmd is missing"},
		{"entry point", withEntryPoint, "has the entry_point"},
		{"port", newCall("hosts", "a", "cmd", "true", "port", int64(65536)), "port: 65536 is not a port"},
		{"type of port", newCall("hosts", "a", "cmd", "true", "port", "ssh"), "port: must be an integer and not str"},
		{"type of hosts", newCall("hosts", []any{"a"}, "cmd", "true"), "hosts: must be a string and not list"},
		{"type of cwd", newCall("hosts", "a", "cmd", "true", "cwd", int64(1)), "cwd: must be a string and not int"},
		{"type of username", newCall("hosts", "a", "cmd", "true", "username", int64(1)), "username: must be a string"},
		{"type of password", newCall("hosts", "a", "cmd", "true", "password", int64(1)), "password: must be a string"},
		{"type of bastion", newCall("hosts", "a", "cmd", "true", "bastion_host", int64(1)), "bastion_host: must be a string"},
		{"type of env", newCall("hosts", "a", "cmd", "true", "env", "A=1"), "env: must be an object and not str"},
		{"type of timeout", newCall("hosts", "a", "cmd", "true", "timeout", "1"), "timeout: must be a number of seconds"},
		{"long password", newCall("hosts", "a", "cmd", "true", "sudo_password", strings.Repeat("x", 5000)), "sudo_password: longer than"},
	}
	r := remoteCommand(t, known(t))
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := r.Run(t.Context(), test.call)
			require.ErrorIs(t, err, petrel.ErrInvalidParameters)
			require.ErrorContains(t, err, test.want)
		})
	}
	_, err := r.Run(t.Context(), newCall("hosts", "a", "cmd", "true", "bastion_host", "b:x"))
	require.ErrorIs(t, err, runner.ErrUnreachable)
}

func TestRemoteCommandPortAndTruncation(t *testing.T) {
	server := startServer(t, sshtest.Config{})
	options := known(t, server)
	options.MaxOutput = 10
	outcome, err := remoteCommand(t, options).Run(t.Context(), newCall("hosts", "127.0.0.1", "port", int64(server.Port()),
		"password", testPassword, "cmd", "echo 123456789012345"))
	require.NoError(t, err)
	require.Equal(t, "1234567890", member(t, outcome.Result, "127.0.0.1", "stdout"))
	require.Equal(t, `{"stdout":6}`, encode(t, member(t, outcome.Result, "127.0.0.1", "truncated")))
}

func TestRemoteCommandUnreachable(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := listener.Addr().String()
	options := known(t)
	options.ConnectTimeout = 300 * time.Millisecond

	t.Run("server that says nothing", func(t *testing.T) {
		_, err := remoteCommand(t, options).Run(t.Context(), newCall("hosts", address, "cmd", "true", "password", testPassword))
		require.ErrorIs(t, err, runner.ErrUnreachable)
		require.ErrorContains(t, err, address+": no answer within 300ms")
	})
	require.NoError(t, listener.Close())
	t.Run("nobody listens", func(t *testing.T) {
		_, err := remoteCommand(t, options).Run(t.Context(), newCall("hosts", address, "cmd", "true", "password", testPassword))
		require.ErrorIs(t, err, runner.ErrUnreachable)
		require.ErrorContains(t, err, "connection refused")
	})
	t.Run("not a name", func(t *testing.T) {
		for _, hosts := range []string{"host:port", "host:0", "host:70000", "[::1", "[::1]x", ":22"} {
			_, err := remoteCommand(t, options).Run(t.Context(), newCall("hosts", hosts, "cmd", "true", "password", testPassword))
			require.ErrorIs(t, err, runner.ErrUnreachable, hosts)
		}
	})
}
