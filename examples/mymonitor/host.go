package main

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"

	"golang.org/x/crypto/ssh/knownhosts"

	"github.com/petrel-dev/petrel/internal/sshtest"
	"github.com/petrel-dev/petrel/runner"
)

// The host of the demonstration and who may log in to it.
const (
	demoHost     = "192.168.10.15"
	demoUser     = "operator"
	demoPassword = "s3cret-of-the-demo"
)

//go:embed host
var hostFiles embed.FS

// startHost starts the host of the demonstration: an SSH server in this
// process that runs commands with /bin/sh and knows a command "service". The
// returned settings lead every connection there, whatever its address.
func startHost(dir string) (settings runner.SSH, stop func() error, err error) {
	if err := installService(dir); err != nil {
		return settings, nil, err
	}
	path := os.Getenv("PATH")
	if err := os.Setenv("PATH", filepath.Join(dir, "bin")+string(os.PathListSeparator)+path); err != nil {
		return settings, nil, err
	}
	restore := func() error { return os.Setenv("PATH", path) }
	key, _, err := sshtest.NewKey()
	if err != nil {
		return settings, nil, errors.Join(err, restore())
	}
	known := filepath.Join(dir, "known_hosts")
	line := knownhosts.Line([]string{demoHost}, key.PublicKey())
	if err := os.WriteFile(known, []byte(line+"\n"), 0o600); err != nil {
		return settings, nil, errors.Join(err, restore())
	}
	server, err := sshtest.Start(sshtest.Config{
		Passwords: map[string]string{demoUser: demoPassword}, HostKey: key, Dir: dir,
	})
	if err != nil {
		return settings, nil, errors.Join(fmt.Errorf("starting the SSH server: %w", err), restore())
	}
	settings = runner.SSH{KnownHosts: []string{known}, Dial: dialOnly(server.Address())}
	return settings, func() error { return errors.Join(server.Close(), restore()) }, nil
}

// installService puts the command "service" into the directory bin of the host.
func installService(dir string) error {
	script, err := fs.ReadFile(hostFiles, "host/bin/service")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(dir, "bin"), 0o700); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "bin", "service"), script, 0o700)
}

// dialOnly connects to one address, whatever the one that is asked for.
func dialOnly(address string) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, network, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, network, address)
	}
}
