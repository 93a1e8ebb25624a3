package runner

import (
	"net"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"

	"github.com/petrel-dev/petrel/internal/sshtest"
)

func TestDialThroughEndsWithItsConnection(t *testing.T) {
	key, _, err := sshtest.NewKey()
	require.NoError(t, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer listener.Close()
	accepted := make(chan ssh.NewChannel, 1)
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		config := &ssh.ServerConfig{NoClientAuth: true}
		config.AddHostKey(key)
		_, channels, requests, err := ssh.NewServerConn(conn, config)
		if err != nil {
			return
		}
		go ssh.DiscardRequests(requests)
		accepted <- <-channels // and never answers
	}()
	client, err := ssh.Dial("tcp", listener.Addr().String(), &ssh.ClientConfig{HostKeyCallback: ssh.FixedHostKey(key.PublicKey())})
	require.NoError(t, err)
	defer client.Close()
	c := &connection{client: client, gone: make(chan struct{})}
	ended := make(chan error, 1)
	go func() {
		_, err := c.dialThrough(t.Context(), "127.0.0.1:1")
		ended <- err
	}()
	<-accepted
	close(c.gone)
	require.ErrorIs(t, <-ended, errConnectionLost)
}
