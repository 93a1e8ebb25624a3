//go:build unix

package runner_test

import (
	"context"
	"io"
	"io/fs"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel"
	"github.com/petrel-dev/petrel/internal/sshtest"
	"github.com/petrel-dev/petrel/runner"
)

func TestRemoteCommandIdleConnectionsAreFew(t *testing.T) {
	first, second := startServer(t, sshtest.Config{}), startServer(t, sshtest.Config{})
	options := known(t, first, second)
	options.MaxIdle = 1
	r := remoteCommand(t, options)
	for _, server := range []*sshtest.Server{first, second, second, first} {
		status, _ := run(t, r, newCall("hosts", server.Address(), "cmd", "true", "password", testPassword))
		require.Equal(t, petrel.StatusSucceeded, status)
	}
	require.Equal(t, []int{2, 1}, []int{first.Connections(), second.Connections()})
}

func TestRemoteCommandConnectionsAreReused(t *testing.T) {
	server := startServer(t, sshtest.Config{})
	options := known(t, server)
	call := func() *petrel.Call {
		return newCall("hosts", server.Address(), "cmd", "true", "password", testPassword)
	}
	r := remoteCommand(t, options)
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			for range 5 {
				if outcome, err := r.Run(t.Context(), call()); err != nil || outcome.Status != petrel.StatusSucceeded {
					t.Errorf("%v %v", outcome, err)
				}
			}
		})
	}
	all.Wait()
	require.LessOrEqual(t, server.Connections(), 2, "16 at a time, 8 to a connection")

	t.Run("not for others", func(t *testing.T) {
		before := server.Connections()
		_, err := r.Run(t.Context(), newCall("hosts", server.Address(), "cmd", "true", "password", "wr0ng"))
		require.ErrorIs(t, err, runner.ErrAuthentication)
		require.Greater(t, server.Connections(), before)
	})
	t.Run("not after they have died", func(t *testing.T) {
		server.Disconnect()
		before := server.Connections()
		status, _ := run(t, r, call())
		require.Equal(t, petrel.StatusSucceeded, status)
		require.Equal(t, before+1, server.Connections())
	})
	t.Run("not when they were idle for too long", func(t *testing.T) {
		options := options
		options.IdleTimeout = 50 * time.Millisecond
		r := remoteCommand(t, options)
		before := server.Connections()
		run(t, r, call())
		time.Sleep(300 * time.Millisecond)
		run(t, r, call())
		require.Equal(t, before+2, server.Connections())
	})
	t.Run("not after Close", func(t *testing.T) {
		r := runner.RemoteShellCommand(options)
		run(t, r, call())
		require.NoError(t, r.(io.Closer).Close())
		_, err := r.Run(t.Context(), call())
		require.ErrorIs(t, err, petrel.ErrStopped)
	})
}

func TestRemoteCommandSessionsAreLimited(t *testing.T) {
	server := startServer(t, sshtest.Config{MaxSessions: 2})
	r := remoteCommand(t, known(t, server))
	var all sync.WaitGroup
	for range 7 {
		all.Go(func() {
			outcome, err := r.Run(t.Context(), newCall("hosts", server.Address(), "cmd", "sleep 0.3", "password", testPassword))
			if err != nil || outcome.Status != petrel.StatusSucceeded {
				t.Errorf("%v %v", outcome, err)
			}
		})
	}
	all.Wait()
}

func TestRemoteCommandBastion(t *testing.T) {
	bastion, server := startServer(t, sshtest.Config{}), startServer(t, sshtest.Config{})
	options := known(t, bastion, server)
	var dialled []string
	options.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		dialled = append(dialled, address)
		return new(net.Dialer).DialContext(ctx, network, address)
	}
	r := remoteCommand(t, options)
	call := func(host string) *petrel.Call {
		return newCall("hosts", host, "bastion_host", bastion.Address(), "cmd", "echo x", "password", testPassword)
	}
	for range 2 {
		status, result := run(t, r, call(server.Address()))
		require.Equal(t, petrel.StatusSucceeded, status, result)
	}
	require.Equal(t, []string{bastion.Address()}, dialled)
	require.Equal(t, 1, server.Connections())

	_, err := r.Run(t.Context(), call("127.0.0.1:1"))
	require.ErrorIs(t, err, runner.ErrUnreachable)
	require.ErrorContains(t, err, "127.0.0.1:1 from bastion host "+bastion.Address())

	bastion.Disconnect()
	status, result := run(t, r, call(server.Address()))
	require.Equal(t, petrel.StatusSucceeded, status, result)

	require.NoError(t, bastion.Close())
	_, err = r.Run(t.Context(), call(server.Address()))
	require.ErrorIs(t, err, runner.ErrUnreachable)
	require.ErrorContains(t, err, "bastion host: ")
}

// freezer makes network connections that can fall silent, as when a cable is pulled.
type freezer struct {
	frozen atomic.Bool
}

func (f *freezer) dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := new(net.Dialer).DialContext(ctx, network, address)
	return &freezingConn{Conn: conn, freezer: f, closed: make(chan struct{})}, err
}

type freezingConn struct {
	net.Conn
	*freezer
	once   sync.Once
	closed chan struct{}
}

func (c *freezingConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if c.frozen.Load() {
		<-c.closed
		return 0, net.ErrClosed
	}
	return n, err
}

func (c *freezingConn) Write(p []byte) (int, error) {
	select {
	case <-c.closed:
		return 0, net.ErrClosed
	default:
	}
	if c.frozen.Load() {
		return len(p), nil
	}
	return c.Conn.Write(p)
}

func (c *freezingConn) Close() error {
	c.once.Do(func() { close(c.closed) })
	return c.Conn.Close()
}

func TestRemoteCommandSilentNetwork(t *testing.T) {
	server := startServer(t, sshtest.Config{})
	var network freezer
	options := known(t, server)
	options.Dial = network.dial
	r := remoteCommand(t, options)
	call := newCall("hosts", server.Address(), "password", testPassword, "cmd", "echo begun; sleep 20", "timeout", int64(1))
	call.Output = func(string, []byte) { network.frozen.Store(true) }
	begun := time.Now()
	outcome, err := r.Run(t.Context(), call)
	require.NoError(t, err)
	require.Equal(t, petrel.StatusTimeout, outcome.Status)
	require.Equal(t, "begun", member(t, outcome.Result, "127.0.0.1", "stdout"))
	require.Less(t, time.Since(begun), 10*time.Second)

	network.frozen.Store(false)
	status, result := run(t, r, newCall("hosts", server.Address(), "password", testPassword, "cmd", "true"))
	require.Equal(t, petrel.StatusSucceeded, status, result)
}

func TestRemoteScriptSilentNetwork(t *testing.T) {
	for name, config := range map[string]sshtest.Config{"by SFTP": {}, "without SFTP": {NoSFTP: true}} {
		t.Run(name, func(t *testing.T) {
			server := startServer(t, config)
			var network freezer
			options := known(t, server)
			options.Dial = network.dial
			ctx, cancel := context.WithCancel(t.Context())
			call := scriptCall("show.sh", &petrel.Pack{Files: freezingFiles{FS: packFiles, read: func() {
				network.frozen.Store(true)
				time.AfterFunc(200*time.Millisecond, cancel)
			}}}, "hosts", server.Address(), "password", testPassword, "dir", t.TempDir())
			begun := time.Now()
			outcome, err := closedAtEnd(t, runner.RemoteShellScript(options)).Run(ctx, call)
			require.NoError(t, err)
			require.Equal(t, petrel.StatusCanceled, outcome.Status)
			require.Less(t, time.Since(begun), 10*time.Second)
		})
	}
}

// freezingFiles tells when the library of the pack is read.
type freezingFiles struct {
	fs.FS
	read func()
}

func (f freezingFiles) Open(name string) (fs.File, error) {
	if strings.HasSuffix(name, "greeting/text") {
		f.read()
	}
	return f.FS.Open(name)
}
