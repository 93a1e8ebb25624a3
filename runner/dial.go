package runner

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"

	"golang.org/x/crypto/ssh"

	"github.com/petrel-dev/petrel"
)

// connect opens a new connection.
func (p *connections) connect(ctx context.Context, l login) (*connection, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, p.options.connectTimeout(),
		fmt.Errorf("no answer within %s", p.options.connectTimeout()))
	defer cancel()
	conn, leave, err := p.dial(ctx, l)
	if err != nil {
		return nil, err
	}
	client, err := p.handshake(ctx, l, conn)
	if err != nil {
		conn.Close()
		leave()
		return nil, err
	}
	return &connection{client: client, leave: leave}, nil
}

// dial connects to a host, through its bastion if there is one. The caller calls leave.
func (p *connections) dial(ctx context.Context, l login) (conn net.Conn, leave func(), err error) {
	address := l.host.address()
	if l.bastion == nil {
		dial := p.options.Dial
		if dial == nil {
			dial = new(net.Dialer).DialContext
		}
		conn, err = dial(ctx, "tcp", address)
		if err != nil {
			return nil, nil, unreachable(ctx, address, err)
		}
		return conn, func() {}, nil
	}
	var refused error
	through, err := p.session(ctx, *l.bastion, func(c *connection) error {
		p.settle(c, true) // others need not wait until one host behind has answered
		conn, refused = c.dialThrough(ctx, address)
		var answer *ssh.OpenChannelError
		if errors.As(refused, &answer) {
			return nil // the bastion is alive
		}
		return refused
	})
	if err != nil {
		return nil, nil, fmt.Errorf("bastion host: %w", err)
	}
	leave = func() { p.release(through) }
	if refused != nil {
		leave()
		return nil, nil, unreachable(ctx, address+" from bastion host "+l.bastion.host.address(), refused)
	}
	return conn, leave, nil
}

// dialThrough connects to an address as the host of the connection sees it. The
// SSH library may wait for ever for the answer to a request that it has sent
// while the connection broke.
func (c *connection) dialThrough(ctx context.Context, address string) (net.Conn, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	var watching sync.WaitGroup
	watching.Go(func() {
		select {
		case <-c.gone:
			cancel(errConnectionLost)
		case <-ctx.Done():
		}
	})
	conn, err := c.client.DialContext(ctx, "tcp", address)
	cancel(nil)
	watching.Wait()
	if err != nil && errors.Is(context.Cause(ctx), errConnectionLost) {
		return nil, errConnectionLost
	}
	return conn, err
}

// handshake logs in.
func (p *connections) handshake(ctx context.Context, l login, conn net.Conn) (*ssh.Client, error) {
	address := l.host.address()
	algorithms, err := p.hostKeys.algorithms(address)
	if err != nil {
		return nil, err
	}
	methods, release, err := l.credential.methods()
	defer release()
	if err != nil {
		return nil, fmt.Errorf("%s@%s: %w", l.user, address, err)
	}
	var keyProblem error
	keyAccepted := false
	config := &ssh.ClientConfig{
		User:              l.user,
		Auth:              methods,
		HostKeyAlgorithms: algorithms,
		HostKeyCallback: func(address string, remote net.Addr, key ssh.PublicKey) error {
			keyProblem = p.hostKeys.check(address, remote, key)
			keyAccepted = keyProblem == nil
			return keyProblem
		},
	}
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	established, channels, requests, err := ssh.NewClientConn(conn, address, config)
	if err == nil {
		return ssh.NewClient(established, channels, requests), nil
	}
	var mismatch *ssh.AlgorithmNegotiationError
	switch {
	case keyProblem != nil:
		return nil, keyProblem
	case errors.As(err, &mismatch) && len(algorithms) > 0 && !keyAccepted:
		return nil, fmt.Errorf("%w: %s has none of the kinds of key that are known for it (%v): %w", ErrHostKey, address, algorithms, err)
	case keyAccepted && isAuthentication(err):
		return nil, fmt.Errorf("%w: %s@%s: %w", ErrAuthentication, l.user, address, err)
	}
	return nil, unreachable(ctx, address, err)
}

func errClosed() error { return fmt.Errorf("%w: the runner is closed", petrel.ErrStopped) }

// isAuthentication reports whether a handshake failed for the credentials,
// which the SSH library says in its text only.
func isAuthentication(err error) bool {
	text := strings.ToLower(err.Error())
	return strings.Contains(text, "unable to authenticate") || strings.Contains(text, "authentication failures")
}

func unreachable(ctx context.Context, address string, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	return fmt.Errorf("%w: %s: %w", ErrUnreachable, address, err)
}
