// Package sshdtest starts a real OpenSSH server for integration tests. It is
// support for tests only.
package sshdtest

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"github.com/petrel-dev/petrel/internal/sshtest"
)

const program = "/usr/sbin/sshd"

// Server is a running sshd that lets the present user in with one key.
type Server struct {
	Address        string // host:port on the loopback interface
	User           string
	KeyFile        string // of the private key that opens the door
	AuthorizedKeys string // file with the public keys that open it
	KnownHosts     string // file with the server's own key
	HostKey        ssh.PublicKey

	t         testing.TB
	arguments []string
	daemon    *exec.Cmd // nil while stopped
}

// Start starts sshd with keys of its own on a free port and stops it when the
// test ends. The settings are further lines of its configuration.
func Start(t testing.TB, settings string) *Server {
	t.Helper()
	return StartWithoutSFTP(t, "Subsystem sftp internal-sftp\n"+settings)
}

// StartWithoutSFTP is Start for a server that does not serve files.
func StartWithoutSFTP(t testing.TB, settings string) *Server {
	t.Helper()
	_, err := os.Stat(program)
	require.NoError(t, err, "this test needs OpenSSH's server")
	if os.Getuid() == 0 {
		require.NoError(t, os.MkdirAll("/run/sshd", 0o755))
	}
	current, err := user.Current()
	require.NoError(t, err)
	hostKey, hostText, err := sshtest.NewKey()
	require.NoError(t, err)
	key, keyText, err := sshtest.NewKey()
	require.NoError(t, err)

	dir := t.TempDir()
	write := func(name string, content []byte) string {
		file := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(file, content, 0o600))
		return file
	}
	address := freeAddress(t)
	s := &Server{
		Address: address, User: current.Username, KeyFile: write("key", keyText),
		AuthorizedKeys: write("authorized", ssh.MarshalAuthorizedKey(key.PublicKey())),
		KnownHosts:     write("known_hosts", []byte(knownhosts.Line([]string{address}, hostKey.PublicKey())+"\n")),
		HostKey:        hostKey.PublicKey(),
		t:              t,
	}
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
`, address, write("host", hostText), s.AuthorizedKeys, filepath.Join(dir, "pid"), settings)
	s.arguments = []string{"-D", "-f", write("config", []byte(config)), "-E", filepath.Join(dir, "log")}
	t.Cleanup(s.Stop)
	s.Restart()
	return s
}

// Restart starts a server that was stopped.
func (s *Server) Restart() {
	s.t.Helper()
	daemon := exec.Command(program, s.arguments...)
	require.NoError(s.t, daemon.Start())
	s.daemon = daemon
	require.Eventually(s.t, func() bool { return answers(s.Address) }, 10*time.Second, 20*time.Millisecond, "sshd does not answer")
}

// Stop ends the server unless it is stopped already. Open connections live on,
// served by processes of their own.
func (s *Server) Stop() {
	s.t.Helper()
	if s.daemon == nil {
		return
	}
	require.NoError(s.t, s.daemon.Process.Kill())
	_ = s.daemon.Wait() // it was killed, and says so
	s.daemon = nil
}

func answers(address string) bool {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return false
	}
	return conn.Close() == nil
}

func freeAddress(t testing.TB) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := listener.Addr().String()
	require.NoError(t, listener.Close())
	return address
}
