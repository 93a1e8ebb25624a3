package petrel

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/petrel-dev/petrel/criteria"
	"github.com/petrel-dev/petrel/jinja"
)

// Engine is a whole automation system in one value: it takes events, matches
// them against rules, runs the actions and keeps the history.
//
// Content may be registered and removed at any time, before and while the
// engine runs. All methods are safe for concurrent use.
type Engine struct {
	options
	store     Store
	ids       *idSource
	name      string // of this engine among those that share a store
	catalog   *catalog
	documents documentMemory
	// What rules read beside the event, bound once.
	keyLookup    criteria.Lookup
	configLookup func(ctx context.Context, rule string) (any, error)

	dispatcher *dispatcher
	scheduler  *scheduler
	supervisor *supervisor

	started atomic.Bool // workers may run

	mu    sync.Mutex
	state engineState
	// intake counts calls that are about to store new work, so that Stop can
	// wait for them.
	intake sync.WaitGroup
	stop   context.CancelFunc
	loops  sync.WaitGroup
}

type engineState int

const (
	engineNew engineState = iota
	engineRunning
	engineDraining
	engineStopped
)

// templateCacheSize bounds the templates of rules and requests that are kept compiled.
const templateCacheSize = 4096

// New makes an engine. It opens the store but starts nothing: events and
// requests are stored, and handled once the engine runs. An engine that is
// never run must be stopped with [Engine.Stop] to release its store.
func New(opts ...Option) (*Engine, error) {
	e := &Engine{options: defaultOptions()}
	for _, set := range opts {
		if err := set(&e.options); err != nil {
			return nil, err
		}
	}
	if e.transport == nil {
		e.transport = NewMemoryTransport()
	}
	var err error
	if e.ids, err = newIDSource(e.random); err != nil {
		return nil, fmt.Errorf("reading random bytes: %w", err)
	}
	e.name = e.ids.next(e.clock.Now())
	decrypt := jinja.WithDecrypt(e.decryptKey)
	e.catalog = newCatalog(
		jinja.NewCache(jinja.StackStorm(decrypt), templateCacheSize),
		criteria.NewCompiler(criteria.Jinja(decrypt)),
	)
	e.keyLookup, e.configLookup = e.lookUpKey, e.ruleConfig
	e.dispatcher = newDispatcher(e)
	e.scheduler = newScheduler(e)
	e.supervisor = newSupervisor(e)
	for _, r := range append([]Runner{goRunner{}}, e.runners...) {
		if err := e.catalog.addRunner(r); err != nil {
			return nil, err
		}
	}
	if e.store, err = e.openStore(context.Background()); err != nil {
		return nil, fmt.Errorf("opening the store: %w", err)
	}
	return e, nil
}

// Run starts the engine, waits until ctx ends, and stops it, letting running
// executions finish for as long as [WithDrainTimeout] allows. It returns nil
// after an orderly end.
func (e *Engine) Run(ctx context.Context) error {
	if err := e.Start(ctx); err != nil {
		return err
	}
	<-ctx.Done()
	drain, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	timer := e.clock.NewTimer(e.drainTimeout)
	defer timer.Stop()
	stopWatch := make(chan struct{})
	var watch sync.WaitGroup
	watch.Go(func() {
		select {
		case <-timer.C():
			cancel()
		case <-stopWatch:
		}
	})
	err := e.Stop(drain)
	close(stopWatch)
	watch.Wait()
	if errors.Is(err, context.Canceled) {
		return fmt.Errorf("drain timeout of %v is over: %w", e.drainTimeout, err)
	}
	return err
}

// Start takes up work that the store holds from before, starts the sensors and
// returns. The engine runs until [Engine.Stop]; the end of ctx only ends the
// starting. An engine is started at most once.
func (e *Engine) Start(ctx context.Context) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.state != engineNew {
		return fmt.Errorf("%w: an engine runs only once", ErrStopped)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	e.state = engineRunning
	var run context.Context
	run, e.stop = context.WithCancel(context.WithoutCancel(ctx))
	e.started.Store(true)
	e.loops.Go(func() { e.dispatcher.run(run) })
	e.loops.Go(func() { e.scheduler.run(run) })
	e.supervisor.start(run)
	e.logger.Info("engine started", "engine", e.name)
	return nil
}

// Stop ends the engine in order: sensors stop, nothing new is accepted,
// accepted events get their enforcements, running executions finish. When ctx
// ends before that, running executions are cancelled and end as abandoned, and
// Stop returns the error of ctx. Requested executions that have not begun stay
// in the store for the next engine. Finally the store, the transport and those
// runners that are [io.Closer] are closed. Further calls return nil at once.
func (e *Engine) Stop(ctx context.Context) error {
	e.mu.Lock()
	if e.state >= engineDraining {
		e.mu.Unlock()
		return nil
	}
	started := e.state == engineRunning
	e.state = engineDraining
	e.mu.Unlock()

	var problems []error
	if started {
		e.supervisor.stop()
		e.intake.Wait()
		e.dispatcher.drain(ctx)
		problems = append(problems, e.scheduler.drain(ctx))
		e.stop()
		e.loops.Wait()
	} else {
		e.intake.Wait()
	}
	e.mu.Lock()
	e.state = engineStopped
	e.mu.Unlock()
	problems = append(problems, e.closeRunners(), e.transport.Close(), e.store.Close())
	e.logger.Info("engine stopped", "engine", e.name)
	return errors.Join(problems...)
}

func (e *Engine) closeRunners() error {
	var problems []error
	for _, r := range e.runners {
		if c, ok := r.(io.Closer); ok {
			problems = append(problems, c.Close())
		}
	}
	return errors.Join(problems...)
}

// accept admits a call that is about to store new work; the caller releases it
// when the work is stored. A draining engine admits only what belongs to the
// trace of a running execution, which Stop waits for anyway.
func (e *Engine) accept(trace Trace) (release func(), err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case e.state < engineDraining:
		e.intake.Add(1)
		return e.intake.Done, nil
	case e.state == engineDraining && trace.ID != "":
		return func() {}, nil
	}
	return nil, ErrStopped
}

// publish tells the transport; what it does not deliver is not lost, since the store has it.
func (e *Engine) publish(ctx context.Context, event Event) {
	if err := e.transport.Publish(ctx, event); err != nil && !errors.Is(err, ErrStopped) {
		e.logger.Warn("event was not published", "event", event.Kind, "id", event.ID, "error", err)
	}
}

// publishExecution tells that an execution has a new status.
func (e *Engine) publishExecution(ctx context.Context, x *Execution) {
	e.publish(ctx, Event{Kind: EventExecution, ID: x.ID, Ref: x.Action, Status: string(x.Status),
		Parent: x.Parent, Time: x.Log[len(x.Log)-1].Time})
}

// sleep waits for d or the end of ctx, and reports whether it was d.
func (e *Engine) sleep(ctx context.Context, d time.Duration) bool {
	timer := e.clock.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C():
		return true
	case <-ctx.Done():
		return false
	}
}
