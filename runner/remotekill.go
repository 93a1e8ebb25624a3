package runner

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"
)

// end ends the command of a session, gently at first, and waits until the
// session is over. A server that does not answer any more loses its connection.
func (p *remotePlan) end(l login, c *connection, session *ssh.Session, ended <-chan struct{}) {
	steps := []struct {
		signal ssh.Signal
		wait   time.Duration
	}{{ssh.SIGTERM, p.runner.options.killGrace()}, {ssh.SIGKILL, drainTime}}
	silent := time.AfterFunc(steps[0].wait+steps[1].wait+drainTime, func() { p.runner.discard(c) })
	defer silent.Stop()
	for _, step := range steps {
		_ = session.Signal(step.signal) // many servers refuse signals; the sweep does not need them
		ctx, cancel := context.WithTimeout(context.Background(), step.wait)
		swept := make(chan struct{})
		go func() {
			defer close(swept)
			p.sweep(ctx, l, step.signal)
		}()
		select {
		case <-ended:
			<-swept // others than the command itself may still be there
			cancel()
			return
		case <-ctx.Done():
			<-swept
			cancel()
		}
	}
	session.Close()
	<-ended
}

var plainID = regexp.MustCompile(`^[0-9A-Za-z-]{8,}$`)

// sweep sends a signal to all processes of the execution. Servers do not let
// root's sessions be signalled, and a signal to a session misses processes in
// groups of their own; but all of them have the id of the execution in their
// environment or in their command line. Where there is no /proc, only the
// latter are found.
func (p *remotePlan) sweep(ctx context.Context, l login, signal ssh.Signal) {
	id := p.call.Execution.ID
	if !plainID.MatchString(id) {
		return
	}
	// The brackets keep the pattern from matching itself.
	pattern := fmt.Sprintf("ST2_ACTION_EXECUTION_ID=[%s]%s", id[:1], id[1:])
	command := fmt.Sprintf(`if [ -e /proc/self/environ ]; then `+
		`kill -%[1]s $(grep -ls '%[2]s' /proc/[0-9]*/environ /proc/[0-9]*/cmdline | cut -d/ -f3); `+
		`else pkill -%[1]s -f '%[2]s'; fi`, signal, pattern)
	var session *ssh.Session
	c, err := p.runner.session(ctx, l, func(c *connection) (err error) {
		session, err = p.runner.newSession(ctx, c)
		return err
	})
	if err != nil {
		return
	}
	defer p.runner.release(c)
	defer session.Close()
	session.Stdin = strings.NewReader(p.sudo.stdin())
	// Where it fails, the session is closed in the end all the same.
	_ = p.runner.runIn(ctx, c, session, p.sudo.wrap(command))
}
