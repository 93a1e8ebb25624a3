package runner

import (
	"context"
	"net"
	"os/user"
	"time"

	"github.com/petrel-dev/petrel"
)

// SSH says how the remote runners connect to hosts. The zero value is ready for
// use: it logs in as the user of this process, with the keys of the SSH agent
// and those in ~/.ssh, to hosts that are in ~/.ssh/known_hosts.
type SSH struct {
	// User is the user to log in as, unless the action names one.
	User string
	// KeyFile is the private key to log in with, unless the action gives a
	// password or a key. Empty means the agent and the keys in ~/.ssh.
	KeyFile string
	// Passphrase is that of KeyFile.
	Passphrase petrel.Secret
	// AgentSocket is the socket of the SSH agent. Empty means $SSH_AUTH_SOCK.
	AgentSocket string

	// HostKeys says which hosts to trust.
	HostKeys HostKeyPolicy
	// KnownHosts are the files with the keys of known hosts; those that do not
	// exist count as empty. Nil means ~/.ssh/known_hosts and
	// /etc/ssh/ssh_known_hosts.
	KnownHosts []string

	// ConnectTimeout is how long it may take to connect and to log in; 0 means a minute.
	ConnectTimeout time.Duration
	// IdleTimeout is how long a connection is kept for later use; 0 means five minutes.
	IdleTimeout time.Duration
	// MaxIdle is how many connections are kept; 0 means 64.
	MaxIdle int
	// MaxSessions is how many commands share a connection at a time; 0 means 8,
	// which is below the limit of servers that are not told otherwise.
	MaxSessions int
	// Dial opens network connections; nil means [net.Dialer].
	Dial func(ctx context.Context, network, address string) (net.Conn, error)

	// MaxParallelHosts is how many hosts of one execution are used at a time,
	// whatever the parameter parallel says. 0 means what StackStorm does: one at
	// a time, or if parallel is true, a third of the hosts and one more, 50 at most.
	MaxParallelHosts int
	// AllowPartialFailure makes an execution succeed if it did on any host.
	AllowPartialFailure bool

	// MaxOutput is how many bytes of standard output, and as many of standard
	// error, are kept for each host; 0 means 10 MiB.
	MaxOutput int64
	// KillGrace is how long a command gets to end by itself after SIGTERM; 0
	// means two seconds.
	KillGrace time.Duration
	API       API
}

func or[T int | time.Duration](value, standard T) T {
	if value <= 0 {
		return standard
	}
	return value
}

func (o SSH) connectTimeout() time.Duration { return or(o.ConnectTimeout, time.Minute) }
func (o SSH) idleTimeout() time.Duration    { return or(o.IdleTimeout, 5*time.Minute) }
func (o SSH) maxIdle() int                  { return or(o.MaxIdle, 64) }
func (o SSH) maxSessions() int              { return or(o.MaxSessions, 8) }
func (o SSH) killGrace() time.Duration      { return or(o.KillGrace, defaultKillGrace) }

// parallel returns how many of the hosts are used at a time.
func (o SSH) parallel(hosts int, wanted bool) int {
	switch {
	case o.MaxParallelHosts > 0:
		return min(o.MaxParallelHosts, hosts)
	case wanted:
		return min(hosts/3+1, 50)
	}
	return 1
}

// loginOf returns who logs in, with what, and through which bastion; the host is still open.
func (o SSH) loginOf(call *petrel.Call, port int) (login, error) {
	name, err := optionalText(call.RunnerParameters, "username")
	if err != nil {
		return login{}, err
	}
	if name == "" {
		name = o.User
	}
	if name == "" {
		current, err := user.Current()
		if err != nil {
			return login{}, err
		}
		name = current.Username
	}
	key, err := credentialOf(call, o)
	if err != nil {
		return login{}, err
	}
	l := login{user: name, credential: key}
	bastion, err := optionalText(call.RunnerParameters, "bastion_host")
	if err != nil || bastion == "" {
		return l, err
	}
	through := l
	through.host = parseHost(bastion, port)
	l.bastion = &through
	return l, through.host.err
}
