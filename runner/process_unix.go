//go:build unix

package runner

import (
	"context"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// process is a command that runs in a session of its own, so that it can be
// ended with all its descendants.
type process struct {
	command        *exec.Cmd
	stdin          string
	stdout, stderr *output
	grace          time.Duration // between SIGTERM and SIGKILL
	sudo           sudo
}

// run runs the command until it has ended and its output is closed, or ctx
// ends, when all its processes are ended too. It returns the exit code, which
// is the negative number of the signal that killed the process, and whether the
// command was cut short. The error says that the command could not be started.
func (p *process) run(ctx context.Context) (code int, cut bool, err error) {
	var pipes [2]*os.File
	for i, sink := range []*io.Writer{&p.command.Stdout, &p.command.Stderr} {
		r, w, err := os.Pipe()
		if err != nil {
			if i > 0 {
				pipes[0].Close()
			}
			return 0, false, err
		}
		defer w.Close()
		pipes[i], *sink = r, w
	}
	closePipes := func() { pipes[0].Close(); pipes[1].Close() }
	if p.stdin != "" {
		r, w, err := filledPipe(p.stdin)
		if err != nil {
			closePipes()
			return 0, false, err
		}
		defer r.Close()
		w.Close()
		p.command.Stdin = r
	}
	p.command.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := p.command.Start(); err != nil {
		closePipes()
		return 0, false, err
	}
	p.command.Stdout.(*os.File).Close()
	p.command.Stderr.(*os.File).Close()

	ended := make(chan struct{})
	go func() {
		defer close(ended)
		var readers sync.WaitGroup
		for i, o := range []*output{p.stdout, p.stderr} {
			readers.Go(func() {
				_, _ = io.Copy(o, pipes[i]) // reading fails when the pipe is closed at a timeout
				o.close()
			})
		}
		readers.Wait()
		// The process is reaped last: until then its id cannot be given to
		// another one, which signals to the session would hit.
		_ = p.command.Wait() // the exit code is read from its ProcessState
	}()

	select {
	case <-ended:
	case <-ctx.Done():
		p.end(ended)
		closePipes()
		<-ended
		return exitCode(p.command.ProcessState), true, nil
	}
	closePipes()
	return exitCode(p.command.ProcessState), false, nil
}

// end ends all processes of the session, gently at first.
func (p *process) end(ended <-chan struct{}) {
	steps := []struct {
		signal syscall.Signal
		wait   time.Duration
	}{{syscall.SIGTERM, p.grace}, {syscall.SIGKILL, drainTime}}
	for _, step := range steps {
		p.signal(step.signal)
		timer := time.NewTimer(step.wait)
		select {
		case <-ended:
			timer.Stop()
			return
		case <-timer.C:
		}
	}
}

// signal sends a signal to every process of the session.
func (p *process) signal(signal syscall.Signal) {
	session := p.command.Process.Pid
	denied := syscall.Kill(-session, signal) == syscall.EPERM
	for _, member := range sessionMembers(session) {
		if syscall.Kill(member, signal) == syscall.EPERM {
			denied = true
		}
	}
	if denied {
		p.signalAsRoot(session, signal)
	}
}

// signalAsRoot signals processes that sudo has given to another user.
func (p *process) signalAsRoot(session int, signal syscall.Signal) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	how := "-n"
	if p.sudo.stdin() != "" {
		how = "-S"
	}
	name := map[syscall.Signal]string{syscall.SIGTERM: "-TERM", syscall.SIGKILL: "-KILL"}[signal]
	kill := exec.CommandContext(ctx, "sudo", how, "--", "pkill", name, "-s", strconv.Itoa(session))
	kill.Stdin = strings.NewReader(p.sudo.stdin())
	kill.WaitDelay = time.Second
	_ = kill.Run() // there may be nothing left to kill
}

// filledPipe returns a pipe that holds a short text. Unlike a reader it needs
// nobody to feed the process.
func filledPipe(text string) (r, w *os.File, err error) {
	r, w, err = os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	if _, err := w.WriteString(text); err != nil {
		r.Close()
		w.Close()
		return nil, nil, err
	}
	return r, w, nil
}

func exitCode(state *os.ProcessState) int {
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return -int(status.Signal())
	}
	return state.ExitCode()
}
