package runner

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"golang.org/x/crypto/ssh"
)

// openTimeout is how long an open connection gets to answer the request for a
// session. A host that was switched off says nothing at all.
const openTimeout = 15 * time.Second

// login says who connects where, and how.
type login struct {
	user       string
	host       host
	bastion    *login
	credential credential
}

// target identifies connections that may stand for each other.
type target struct {
	user, address, bastion string
	credential             [sha256.Size]byte
}

func (l login) target() target {
	t := target{user: l.user, address: l.host.address(), credential: l.credential.id()}
	if l.bastion != nil {
		t.bastion = l.bastion.host.address()
	}
	return t
}

// connection is an open SSH connection that can carry several sessions at once.
type connection struct {
	client *ssh.Client
	target target
	leave  func()        // gives back the connection to the bastion, if there is one
	gone   chan struct{} // closed when the connection is

	// The rest is guarded by connections.mu.
	made  *dialing // that others still wait for
	inUse int      // sessions
	ready bool     // it carries its first session, and may carry others beside it
	dead  bool
	idle  *time.Timer // closes the connection; set while nothing uses it
	since time.Time   // since when nothing uses it
}

// connections keeps connections open for later use. It is safe for concurrent use.
type connections struct {
	options  SSH
	hostKeys *hostKeys

	mu      sync.Mutex
	closed  bool
	open    map[target][]*connection
	limits  map[target]int // of sessions on a connection, where the server has set one
	dialing map[target]*dialing
	running sync.WaitGroup // goroutines that watch connections
}

// dialing is an attempt to connect and to open a first session. Others wait for
// it, so that a hundred executions do not knock at the door of one host all at once.
type dialing struct {
	done chan struct{}
	err  error // when done; nil means that the others should look again
}

func newConnections(options SSH) *connections {
	return &connections{
		options:  options,
		hostKeys: newHostKeys(options.HostKeys, options.KnownHosts),
		open:     map[target][]*connection{},
		limits:   map[target]int{},
		dialing:  map[target]*dialing{},
	}
}

// Close closes all connections and waits until nothing is left of them.
func (p *connections) Close() error {
	p.mu.Lock()
	p.closed = true
	var all []*connection
	for _, list := range p.open {
		all = append(all, list...)
	}
	p.mu.Unlock()
	for _, c := range all {
		p.discard(c)
	}
	p.running.Wait()
	return nil
}

// session gives the caller a connection and hands it to open, which opens what
// it needs. If a connection that was kept turns out to be dead, open is called
// once more with a new one. The caller calls release.
func (p *connections) session(ctx context.Context, l login, open func(*connection) error) (*connection, error) {
	fresh := false
	for {
		c, reused, err := p.acquire(ctx, l, fresh)
		if err != nil {
			return nil, err
		}
		err = open(c)
		if !reused {
			p.settle(c, err == nil)
		}
		if err == nil {
			return c, nil
		}
		var refused *ssh.OpenChannelError
		switch {
		case ctx.Err() != nil:
			p.release(c)
			return nil, ctx.Err()
		case !reused:
			p.release(c)
			return nil, fmt.Errorf("%w: %s: no session: %w", ErrUnreachable, l.host.address(), err)
		case errors.As(err, &refused):
			p.full(c)
		default:
			p.discard(c)
			p.release(c)
		}
		fresh = true
	}
}

// full is release for a connection whose server allows no further session on it.
func (p *connections) full(c *connection) {
	p.mu.Lock()
	p.limits[c.target] = max(min(c.inUse-1, p.limit(c.target)), 1)
	p.mu.Unlock()
	p.release(c)
}

// acquire returns a connection with room for one more session.
func (p *connections) acquire(ctx context.Context, l login, fresh bool) (c *connection, reused bool, err error) {
	t := l.target()
	for {
		p.mu.Lock()
		if p.closed {
			p.mu.Unlock()
			return nil, false, errClosed()
		}
		if c := p.free(t); c != nil && !fresh {
			c.inUse++
			if c.idle != nil {
				c.idle.Stop()
				c.idle = nil
			}
			p.mu.Unlock()
			return c, true, nil
		}
		attempt := p.dialing[t]
		if attempt == nil {
			attempt = &dialing{done: make(chan struct{})}
			p.dialing[t] = attempt
			p.mu.Unlock()
			c, err := p.connect(ctx, l)
			return p.add(ctx, c, t, attempt, err)
		}
		p.mu.Unlock()
		select {
		case <-attempt.done:
			if attempt.err != nil {
				return nil, false, attempt.err
			}
			fresh = false
		case <-ctx.Done():
			return nil, false, ctx.Err()
		}
	}
}

// free returns a connection that can carry one more session. The caller holds the lock.
func (p *connections) free(t target) *connection {
	for _, c := range p.open[t] {
		if c.ready && !c.dead && c.inUse < p.limit(t) {
			return c
		}
	}
	return nil
}

// limit returns how many sessions a connection carries. The caller holds the lock.
func (p *connections) limit(t target) int {
	if limit := p.limits[t]; limit > 0 {
		return limit
	}
	return p.options.maxSessions()
}

// add files a new connection, or tells those who wait why there is none.
func (p *connections) add(ctx context.Context, c *connection, t target, attempt *dialing, err error) (*connection, bool, error) {
	p.mu.Lock()
	closed := p.closed
	if err == nil && !closed {
		c.target, c.made, c.inUse, c.gone = t, attempt, 1, make(chan struct{})
		p.open[t] = append(p.open[t], c)
		p.running.Go(func() {
			_ = c.client.Wait() // why it has ended does not matter, the next user dials anew
			close(c.gone)
			p.discard(c)
		})
	}
	p.mu.Unlock()
	switch {
	case err == nil && !closed:
		return c, false, nil
	case err == nil:
		c.client.Close()
		c.leave()
		err = errClosed()
	}
	if ctx.Err() == nil { // else there is no reason for the others to fail
		attempt.err = err
	}
	p.finish(t, attempt)
	return nil, false, err
}

// settle says whether the first session of a new connection could be opened.
func (p *connections) settle(c *connection, ready bool) {
	p.mu.Lock()
	made := c.made
	c.ready, c.made = ready, nil
	p.mu.Unlock()
	if made != nil {
		p.finish(c.target, made)
	}
}

// finish lets those go on that wait for an attempt to connect.
func (p *connections) finish(t target, attempt *dialing) {
	p.mu.Lock()
	delete(p.dialing, t)
	p.mu.Unlock()
	close(attempt.done)
}

// release says that the caller's session on the connection is over.
func (p *connections) release(c *connection) {
	p.mu.Lock()
	var surplus *connection
	c.inUse--
	if c.inUse == 0 && !c.dead {
		c.since = time.Now()
		c.idle = time.AfterFunc(p.options.idleTimeout(), func() { p.expire(c) })
		surplus = p.surplus()
	}
	p.mu.Unlock()
	if surplus != nil {
		p.discard(surplus)
	}
}

// surplus returns the connection that has been idle longest, if too many are
// idle. The caller holds the lock.
func (p *connections) surplus() (longest *connection) {
	count := 0
	for _, list := range p.open {
		for _, c := range list {
			if c.inUse > 0 {
				continue
			}
			count++
			if longest == nil || c.since.Before(longest.since) {
				longest = c
			}
		}
	}
	if count <= p.options.maxIdle() {
		return nil
	}
	return longest
}

// expire closes a connection unless somebody has begun to use it.
func (p *connections) expire(c *connection) {
	p.mu.Lock()
	used := c.inUse > 0
	p.mu.Unlock()
	if !used {
		p.discard(c)
	}
}

// discard closes a connection and forgets it.
func (p *connections) discard(c *connection) {
	p.mu.Lock()
	known := !c.dead
	c.dead = true
	if c.idle != nil {
		c.idle.Stop()
	}
	p.open[c.target] = slices.DeleteFunc(p.open[c.target], func(other *connection) bool { return other == c })
	if len(p.open[c.target]) == 0 {
		delete(p.open, c.target)
		delete(p.limits, c.target)
	}
	p.mu.Unlock()
	if known {
		c.client.Close()
		c.leave()
	}
}

// newSession opens a session. It returns when ctx ends, without harm to the
// other sessions of the connection.
//
// The SSH library can forget a request for a session that is made while the
// connection breaks down, and would then wait for ever. So nobody waits for the
// goroutine that asks once the connection is gone.
func (p *connections) newSession(ctx context.Context, c *connection) (*ssh.Session, error) {
	type opened struct {
		session *ssh.Session
		err     error
	}
	result := make(chan opened)
	abandoned := make(chan struct{})
	go func() {
		session, err := c.client.NewSession()
		select {
		case result <- opened{session, err}:
		case <-abandoned:
			if err == nil {
				session.Close()
			}
		}
	}()
	defer close(abandoned)
	silent := time.AfterFunc(openTimeout, func() { p.discard(c) })
	defer silent.Stop()
	select {
	case r := <-result:
		return r.session, r.err
	case <-c.gone:
		return nil, errConnectionLost
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

var errConnectionLost = errors.New("connection lost")

// abortWith calls abort when ctx ends, which makes what happens on the connection
// fail at once if the server still answers. If it does not, the connection is
// closed. The caller calls stop when it is through.
func (p *connections) abortWith(ctx context.Context, c *connection, abort func()) (stop func()) {
	over := make(chan struct{})
	unregister := context.AfterFunc(ctx, func() {
		silent := time.AfterFunc(drainTime, func() { p.discard(c) })
		defer silent.Stop()
		abort()
		<-over
	})
	return func() {
		close(over)
		unregister()
	}
}
