package runner

import "github.com/petrel-dev/petrel"

// Standard returns the runners of this package with their default settings, for
// [petrel.WithRunners].
func Standard() []petrel.Runner { return Configured(Shell{}, SSH{}, HTTP{}) }

// Configured returns the runners of this package with settings. The remote
// runners share their connections.
func Configured(shell Shell, ssh SSH, http HTTP) []petrel.Runner {
	shared := newConnections(ssh)
	return []petrel.Runner{
		LocalShellCommand(shell),
		LocalShellScript(shell),
		newRemoteShell(ssh, shared, false),
		newRemoteShell(ssh, shared, true),
		HTTPRequest(http),
		Noop(),
	}
}
