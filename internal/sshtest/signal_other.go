//go:build !unix

package sshtest

import "os/exec"

func inGroup(*exec.Cmd) {}

func sendSignal(command *exec.Cmd, _ string) { command.Process.Kill() }
