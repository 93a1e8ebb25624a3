package sqlite

import (
	"fmt"
	"time"

	"github.com/petrel-dev/petrel"
)

// Option changes how [Open] and [New] open a store.
type Option func(*config) error

type config struct {
	synchronous Synchronous
	readers     int
	busyTimeout time.Duration
}

func newConfig(opts []Option) (config, error) {
	c := config{synchronous: Full, readers: 4, busyTimeout: 5 * time.Second}
	for _, opt := range opts {
		if err := opt(&c); err != nil {
			return config{}, err
		}
	}
	return c, nil
}

// Synchronous says when a commit counts as done.
type Synchronous string

const (
	// Full waits until the disk has the commit. It survives loss of power. It is the default.
	Full Synchronous = "FULL"
	// Normal hands the commit to the operating system. It survives the death
	// of the process but not loss of power or a crash of the machine: the
	// newest transitions are gone then, although Commit returned nil. The file
	// stays sound. A single committer gains most by it.
	Normal Synchronous = "NORMAL"
)

// WithSynchronous sets when a commit counts as done. The default is [Full].
func WithSynchronous(s Synchronous) Option {
	return func(c *config) error {
		if s != Full && s != Normal {
			return fmt.Errorf("%w: WithSynchronous(%q): use sqlite.Full or sqlite.Normal", petrel.ErrInvalid, s)
		}
		c.synchronous = s
		return nil
	}
}

// WithReaders sets how many queries may run at the same time, beside the
// writer. The default is 4.
func WithReaders(n int) Option {
	return func(c *config) error {
		if n < 1 {
			return fmt.Errorf("%w: WithReaders(%d): at least one reader is needed", petrel.ErrInvalid, n)
		}
		c.readers = n
		return nil
	}
}

// WithBusyTimeout sets how long a commit waits for another process that is
// writing to the same file. The default is 5 seconds; 0 does not wait.
func WithBusyTimeout(d time.Duration) Option {
	return func(c *config) error {
		if d < 0 {
			return fmt.Errorf("%w: WithBusyTimeout(%v): the time must not be negative", petrel.ErrInvalid, d)
		}
		c.busyTimeout = d
		return nil
	}
}
