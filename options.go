package petrel

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"time"
)

// Option changes how [New] makes an engine.
type Option func(*options) error

// StoreOpener opens the store of an engine. The engine closes the store when it stops.
type StoreOpener func(ctx context.Context) (Store, error)

type options struct {
	openStore    StoreOpener
	transport    Transport
	runners      []Runner
	clock        Clock
	random       io.Reader
	logger       *slog.Logger
	workers      int
	lease        time.Duration
	drainTimeout time.Duration
	cryptoKey    CryptoKey
	systemUser   string
}

func defaultOptions() options {
	return options{
		openStore:    func(context.Context) (Store, error) { return NewMemoryStore(), nil },
		clock:        systemClock{},
		random:       rand.Reader,
		logger:       slog.New(slog.DiscardHandler),
		workers:      64,
		lease:        15 * time.Second,
		drainTimeout: 30 * time.Second,
		systemUser:   "stanley",
	}
}

// WithStore sets where the engine keeps its records, for instance
// sqlite.Open("petrel.db"). The default is a new [NewMemoryStore].
func WithStore(open StoreOpener) Option {
	return func(o *options) error {
		if open == nil {
			return fmt.Errorf("%w: WithStore(nil)", ErrInvalid)
		}
		o.openStore = open
		return nil
	}
}

// WithTransport sets how events travel. The engine closes the transport when
// it stops. The default is a new [NewMemoryTransport].
func WithTransport(t Transport) Option {
	return func(o *options) error { o.transport = t; return nil }
}

// WithRunners registers runners, for instance runner.Standard(). Actions
// written in Go need none.
func WithRunners(runners ...Runner) Option {
	return func(o *options) error { o.runners = append(o.runners, runners...); return nil }
}

// WithClock sets the engine's clock. The default is the system's.
func WithClock(c Clock) Option {
	return func(o *options) error { o.clock = c; return nil }
}

// WithRandom sets the source of random bytes for ids and encryption. The
// default is [crypto/rand.Reader].
func WithRandom(r io.Reader) Option {
	return func(o *options) error { o.random = r; return nil }
}

// WithLogger sets where the engine logs. The default logs nothing.
func WithLogger(l *slog.Logger) Option {
	return func(o *options) error { o.logger = l; return nil }
}

// WithWorkers sets how many executions run at the same time. The default is 64.
func WithWorkers(n int) Option {
	return func(o *options) error {
		if n < 1 {
			return fmt.Errorf("%w: WithWorkers(%d): at least one worker is needed", ErrInvalid, n)
		}
		o.workers = n
		return nil
	}
}

// WithLease sets how long an engine may be silent before the executions it was
// running are taken for lost. It renews its lease three times in that span.
// The default is 15 seconds, the minimum 100 milliseconds.
func WithLease(d time.Duration) Option {
	return func(o *options) error {
		if d < 100*time.Millisecond {
			return fmt.Errorf("%w: WithLease(%v): at least 100ms", ErrInvalid, d)
		}
		o.lease = d
		return nil
	}
}

// WithDrainTimeout sets how long [Engine.Run] lets running executions finish
// when its context has ended. What still runs then is cancelled and ends as
// abandoned. The default is 30 seconds; 0 cancels at once.
func WithDrainTimeout(d time.Duration) Option {
	return func(o *options) error { o.drainTimeout = d; return nil }
}

// WithCryptoKey sets the key that encrypts secret datastore keys.
func WithCryptoKey(k CryptoKey) Option {
	return func(o *options) error { o.cryptoKey = k; return nil }
}

// WithSystemUser sets the name under which rules run their actions. The
// default is "stanley", as in StackStorm.
func WithSystemUser(name string) Option {
	return func(o *options) error { o.systemUser = name; return nil }
}

// RequestOption changes one call of [Engine.Dispatch] or [Engine.Execute].
type RequestOption func(*request)

type request struct {
	traceTag string
	trace    Trace // of the caller, if it acts within one
	delay    time.Duration
	user     string
}

// TraceTag names the trace that the event or the execution begins.
func TraceTag(tag string) RequestOption {
	return func(r *request) { r.traceTag = tag }
}

// Delay makes an execution wait before it starts. Events are not delayed.
func Delay(d time.Duration) RequestOption {
	return func(r *request) { r.delay = d }
}

// AsUser sets the user an execution belongs to. The default is the system user.
func AsUser(name string) RequestOption {
	return func(r *request) { r.user = name }
}

// withTrace makes the request part of an existing trace.
func withTrace(t Trace) RequestOption {
	return func(r *request) { r.trace = t }
}
