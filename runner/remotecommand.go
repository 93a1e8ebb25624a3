package runner

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/crypto/ssh"
)

var errCommandTimeout = errors.New("timeout")

// signalledCode is the return code of a remote command that a signal has
// killed; which one, StackStorm does not know.
const signalledCode = -1

// runCommand runs the command of the plan on a host.
func (p *remotePlan) runCommand(ctx context.Context, l login, stdout, stderr *output) (code int, began bool, err error) {
	var session *ssh.Session
	pool := p.runner.connections
	c, err := pool.session(ctx, l, func(c *connection) (err error) {
		session, err = pool.newSession(ctx, c)
		return err
	})
	if err != nil {
		return 0, false, err
	}
	defer pool.release(c)
	defer session.Close()
	code, err = p.execute(ctx, l, c, session, p.text(p.cwd, p.command), stdout, stderr)
	return code, true, err
}

// execute runs a command line in a session and returns its exit code. The error
// says that the command could not be started or was cut short.
func (p *remotePlan) execute(ctx context.Context, l login, c *connection, session *ssh.Session, text string, stdout, stderr *output) (int, error) {
	if p.timeout <= 0 {
		return 0, p.timedOut(c)
	}
	limited, cancel := context.WithTimeout(ctx, p.timeout)
	defer cancel()
	session.Stdout, session.Stderr = stdout, stderr
	var stdin io.WriteCloser
	switch input := p.sudo.stdin(); {
	case input != "":
		var err error
		if stdin, err = session.StdinPipe(); err != nil {
			return 0, err
		}
	case strings.HasPrefix(text, "sudo"):
		// Old set-ups of sudo insist on a terminal.
		stdout.terminal = true
		if err := session.RequestPty("vt100", 24, 80, ssh.TerminalModes{ssh.ECHO: 0}); err != nil {
			return 0, fmt.Errorf("%w: %s: no terminal: %w", ErrUnreachable, c.target.address, err)
		}
	}
	var outcome error
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		outcome = session.Start(text)
		if outcome == nil && stdin != nil {
			_, _ = io.WriteString(stdin, p.sudo.stdin()) // without its password, sudo fails
			stdin.Close()
		}
		if outcome == nil {
			outcome = session.Wait()
		}
	}()
	select {
	case <-ended:
		return remoteExitCode(c.target.address, outcome)
	case <-limited.Done():
	}
	p.end(l, c, session, ended)
	if ctx.Err() != nil {
		return 0, fmt.Errorf("%s: %w", c.target.address, ctx.Err())
	}
	return 0, p.timedOut(c)
}

func (p *remotePlan) timedOut(c *connection) error {
	return fmt.Errorf("%s: %w: no end after %s (parameter timeout); the command was ended", c.target.address, errCommandTimeout, p.timeout)
}

// remoteExitCode turns what a session has ended with into an exit code.
func remoteExitCode(address string, err error) (int, error) {
	var exit *ssh.ExitError
	switch {
	case err == nil:
		return 0, nil
	case errors.As(err, &exit) && exit.Signal() != "":
		return signalledCode, nil
	case errors.As(err, &exit):
		return exit.ExitStatus(), nil
	}
	return 0, fmt.Errorf("%w: %s: connection lost while the command ran: %w", ErrUnreachable, address, err)
}
