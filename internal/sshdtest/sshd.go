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
	Address    string // host:port on the loopback interface
	User       string
	KeyFile    string // of the private key that opens the door
	KnownHosts string // file with the server's own key
}

// Start starts sshd with keys of its own on a free port and stops it when the
// test ends. The settings are further lines of its configuration.
func Start(t testing.TB, settings string) *Server {
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
	s := &Server{Address: freeAddress(t), User: current.Username, KeyFile: write("key", keyText)}
	s.KnownHosts = write("known_hosts", []byte(knownhosts.Line([]string{s.Address}, hostKey.PublicKey())+"\n"))
	config := fmt.Sprintf(`ListenAddress %s
HostKey %s
AuthorizedKeysFile %s
PidFile %s
StrictModes no
UsePAM no
PasswordAuthentication no
PermitRootLogin prohibit-password
Subsystem sftp internal-sftp
%s
`, s.Address, write("host", hostText), write("authorized", ssh.MarshalAuthorizedKey(key.PublicKey())),
		filepath.Join(dir, "pid"), settings)

	log := write("log", nil)
	daemon := exec.Command(program, "-D", "-f", write("config", []byte(config)), "-E", log)
	require.NoError(t, daemon.Start())
	t.Cleanup(func() {
		require.NoError(t, daemon.Process.Kill())
		_ = daemon.Wait() // it was killed, and says so
	})
	require.Eventually(t, func() bool { return answers(s.Address) }, 10*time.Second, 20*time.Millisecond, "sshd does not answer")
	return s
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
