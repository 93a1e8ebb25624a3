//go:build unix

package sshtest

import (
	"os/exec"
	"syscall"
)

func inGroup(command *exec.Cmd) { command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// sendSignal sends a signal to the command and what it has started, unless they
// have ended already.
func sendSignal(command *exec.Cmd, name string) {
	signal := map[string]syscall.Signal{"TERM": syscall.SIGTERM, "INT": syscall.SIGINT, "HUP": syscall.SIGHUP}[name]
	if signal == 0 {
		signal = syscall.SIGKILL
	}
	_ = syscall.Kill(-command.Process.Pid, signal)
}
