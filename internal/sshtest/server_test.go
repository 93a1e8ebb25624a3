//go:build unix

package sshtest_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pkg/sftp"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"golang.org/x/crypto/ssh"

	"github.com/petrel-dev/petrel/internal/sshtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func connect(t *testing.T, server *sshtest.Server, auth ssh.AuthMethod) (*ssh.Client, error) {
	t.Helper()
	client, err := ssh.Dial("tcp", server.Address(), &ssh.ClientConfig{
		User: "ops", Auth: []ssh.AuthMethod{auth}, HostKeyCallback: ssh.InsecureIgnoreHostKey(),
	})
	if err == nil {
		t.Cleanup(func() { client.Close() })
	}
	return client, err
}

func TestServer(t *testing.T) {
	key, _, err := sshtest.NewKey()
	require.NoError(t, err)
	stranger, _, err := sshtest.NewKey()
	require.NoError(t, err)
	dir := t.TempDir()
	server, err := sshtest.Start(sshtest.Config{
		Passwords: map[string]string{"ops": "secret"},
		Keys:      []ssh.PublicKey{key.PublicKey()},
		Dir:       dir,
	})
	require.NoError(t, err)
	t.Cleanup(func() { server.Close() })

	_, err = connect(t, server, ssh.Password("wrong"))
	require.Error(t, err)
	_, err = connect(t, server, ssh.PublicKeys(stranger))
	require.Error(t, err)
	_, err = connect(t, server, ssh.PublicKeys(key))
	require.NoError(t, err)
	client, err := connect(t, server, ssh.Password("secret"))
	require.NoError(t, err)
	require.Equal(t, 4, server.Connections())

	session, err := client.NewSession()
	require.NoError(t, err)
	var stdout, stderr bytes.Buffer
	session.Stdin, session.Stdout, session.Stderr = strings.NewReader("in"), &stdout, &stderr
	var exit *ssh.ExitError
	require.ErrorAs(t, session.Run("cat; pwd; echo problem >&2; exit 3"), &exit)
	require.Equal(t, 3, exit.ExitStatus())
	require.Equal(t, "in"+dir+"\n", stdout.String())
	require.Equal(t, "problem\n", stderr.String())
	require.Len(t, server.Commands(), 1)

	files, err := sftp.NewClient(client)
	require.NoError(t, err)
	defer files.Close()
	f, err := files.Create("made")
	require.NoError(t, err)
	_, err = f.Write([]byte("content"))
	require.NoError(t, err)
	require.NoError(t, f.Close())
	content, err := os.ReadFile(filepath.Join(dir, "made"))
	require.NoError(t, err)
	require.Equal(t, "content", string(content))

	server.Disconnect()
	require.Error(t, client.Wait())
}

func Example() {
	server, err := sshtest.Start(sshtest.Config{Passwords: map[string]string{"ops": "secret"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()
	client, err := ssh.Dial("tcp", server.Address(), &ssh.ClientConfig{
		User: "ops", Auth: []ssh.AuthMethod{ssh.Password("secret")}, HostKeyCallback: ssh.InsecureIgnoreHostKey(),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close()
	session, err := client.NewSession()
	if err != nil {
		fmt.Println(err)
		return
	}
	out, err := session.Output("echo hello")
	fmt.Printf("%s%v\n", out, err)
	// Output:
	// hello
	// <nil>
}
