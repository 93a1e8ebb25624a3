package runner

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/skeema/knownhosts"
	"golang.org/x/crypto/ssh"
	xknownhosts "golang.org/x/crypto/ssh/knownhosts"
)

// HostKeyPolicy says which hosts a remote runner trusts.
type HostKeyPolicy int

const (
	// CheckHostKeys trusts hosts whose key is in a known_hosts file.
	CheckHostKeys HostKeyPolicy = iota
	// TrustOnFirstUse adds the key of a host that is not known to the first
	// known_hosts file, and trusts no other key of that host from then on.
	TrustOnFirstUse
	// AcceptAnyHostKey trusts every host, as StackStorm does. Whoever controls
	// the network can then read and change everything, passwords included.
	AcceptAnyHostKey
)

// hostKeys checks the keys of hosts.
type hostKeys struct {
	policy HostKeyPolicy
	files  []string
	adding sync.Mutex
}

func newHostKeys(policy HostKeyPolicy, files []string) *hostKeys {
	if len(files) == 0 {
		files = []string{"~/.ssh/known_hosts", "/etc/ssh/ssh_known_hosts"}
	}
	k := &hostKeys{policy: policy}
	for _, file := range files {
		k.files = append(k.files, expandHome(file))
	}
	return k
}

// load reads the files anew, since people change them while the engine runs.
func (k *hostKeys) load() (*knownhosts.HostKeyDB, error) {
	var present []string
	for _, file := range k.files {
		if _, err := os.Stat(file); err == nil {
			present = append(present, file)
		} else if !errors.Is(err, os.ErrNotExist) {
			return nil, fmt.Errorf("%w: %w", ErrHostKey, err)
		}
	}
	db, err := knownhosts.NewDB(present...)
	if err != nil {
		return nil, fmt.Errorf("%w: reading known hosts: %w", ErrHostKey, err)
	}
	return db, nil
}

// algorithms returns the kinds of key that are known for an address, so that
// the server presents one of them; nil means any.
func (k *hostKeys) algorithms(address string) ([]string, error) {
	if k.policy == AcceptAnyHostKey {
		return nil, nil
	}
	db, err := k.load()
	if err != nil {
		return nil, err
	}
	return db.HostKeyAlgorithms(address), nil
}

// check is an [ssh.HostKeyCallback].
func (k *hostKeys) check(address string, remote net.Addr, key ssh.PublicKey) error {
	if k.policy == AcceptAnyHostKey {
		return nil
	}
	if k.policy == TrustOnFirstUse {
		k.adding.Lock()
		defer k.adding.Unlock()
	}
	db, err := k.load()
	if err != nil {
		return err
	}
	err = db.HostKeyCallback()(address, remote, key)
	switch {
	case err == nil:
		return nil
	case knownhosts.IsHostUnknown(err) && k.policy == TrustOnFirstUse:
		return k.add(address, key)
	case knownhosts.IsHostUnknown(err):
		return fmt.Errorf("%w: %s is not known; it has the key %s. If that is right, add this line to %s:\n%s",
			ErrHostKey, address, fingerprint(key), k.files[0], knownhosts.Line([]string{address}, key))
	case knownhosts.IsHostKeyChanged(err):
		return fmt.Errorf("%w: %s has the key %s, but known is %s. Either somebody is in between, or the host has a new key; "+
			"in that case replace the old line by this one:\n%s",
			ErrHostKey, address, fingerprint(key), knownKeys(err), knownhosts.Line([]string{address}, key))
	}
	return fmt.Errorf("%w: %s with key %s: %w", ErrHostKey, address, fingerprint(key), err)
}

// add makes a key known.
func (k *hostKeys) add(address string, key ssh.PublicKey) error {
	file := k.files[0]
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return fmt.Errorf("%w: %w", ErrHostKey, err)
	}
	line := knownhosts.Line([]string{address}, key) + "\n"
	if old, err := os.ReadFile(file); err == nil && len(old) > 0 && old[len(old)-1] != '\n' {
		line = "\n" + line
	}
	f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err == nil {
		_, err = f.WriteString(line)
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		return fmt.Errorf("%w: cannot remember the key of %s: %w", ErrHostKey, address, err)
	}
	return nil
}

func fingerprint(key ssh.PublicKey) string {
	return key.Type() + " " + ssh.FingerprintSHA256(key)
}

// knownKeys lists the keys that were expected, and where they stand.
func knownKeys(err error) string {
	var mismatch *xknownhosts.KeyError
	if !errors.As(err, &mismatch) {
		return "another one"
	}
	var known []string
	for _, want := range mismatch.Want {
		known = append(known, fmt.Sprintf("%s (%s:%d)", fingerprint(want.Key), want.Filename, want.Line))
	}
	return strings.Join(known, ", ")
}
