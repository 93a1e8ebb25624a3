package petrel

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime/debug"
	"slices"
	"sync"
	"time"
)

// supervisor runs the sensors, each in a goroutine of its own, and starts
// again those that fail.
type supervisor struct {
	engine *Engine

	mu      sync.Mutex
	ctx     context.Context // nil while the engine does not run
	cancel  context.CancelFunc
	sensors map[string]*supervised
}

// supervised is one registered sensor.
type supervised struct {
	spec   SensorSpec
	sensor supervisedSensor
	cancel context.CancelFunc // nil while it does not run
	done   chan struct{}      // closed when its goroutine has ended

	mu     sync.Mutex
	status SensorStatus
}

// supervisedSensor is either kind of sensor.
type supervisedSensor interface {
	// run runs the sensor until ctx ends or it fails. A failure of a single
	// poll is reported to the supervised sensor.
	run(ctx context.Context, s *supervised, svc *SensorService) error
	// implementation returns what the host registered.
	implementation() any
}

const (
	defaultPollInterval = 5 * time.Second
	firstRestart        = time.Second
	slowestRestart      = time.Minute
	// A run that lasted this long was a good one: the pauses begin anew.
	goodRun = 10 * time.Second
)

func newSupervisor(e *Engine) *supervisor {
	return &supervisor{engine: e, sensors: map[string]*supervised{}}
}

func (s *supervisor) start(ctx context.Context) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ctx, s.cancel = context.WithCancel(ctx)
	for _, sensor := range s.sensors {
		s.launch(sensor)
	}
}

// stop ends all sensors and waits for them.
func (s *supervisor) stop() {
	s.mu.Lock()
	if s.cancel != nil {
		s.cancel()
	}
	s.ctx = nil
	running := slices.Collect(maps.Values(s.sensors))
	s.mu.Unlock()
	for _, sensor := range running {
		<-sensor.done
	}
}

// add registers a sensor, ends the one it replaces, and starts it if the engine runs.
func (s *supervisor) add(spec SensorSpec, sensor supervisedSensor) {
	added := &supervised{spec: spec, sensor: sensor, done: make(chan struct{})}
	close(added.done)
	added.status = SensorStatus{Ref: spec.Ref(), State: SensorStopped, Since: s.engine.clock.Now()}
	if spec.Disabled {
		added.status.State = SensorDisabled
	}
	s.mu.Lock()
	old := s.sensors[spec.Ref()]
	s.sensors[spec.Ref()] = added
	s.mu.Unlock()
	old.end()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.sensors[spec.Ref()] == added {
		s.launch(added)
	}
}

func (s *supervisor) remove(ref string) error {
	s.mu.Lock()
	old := s.sensors[ref]
	delete(s.sensors, ref)
	s.mu.Unlock()
	if old == nil {
		return fmt.Errorf("sensor %s: %w", ref, ErrNotFound)
	}
	old.end()
	return nil
}

// end stops a sensor and waits for it; the end of a nil sensor is no work.
func (s *supervised) end() {
	if s == nil {
		return
	}
	if s.cancel != nil {
		s.cancel()
	}
	<-s.done
}

// launch starts a sensor's goroutine if it is to run; the caller holds the lock.
func (s *supervisor) launch(sensor *supervised) {
	if s.ctx == nil || sensor.spec.Disabled || sensor.cancel != nil {
		return
	}
	var ctx context.Context
	ctx, sensor.cancel = context.WithCancel(s.ctx)
	sensor.done = make(chan struct{})
	go func() {
		defer close(sensor.done)
		s.keepRunning(ctx, sensor)
	}()
}

func (s *supervisor) statuses() []SensorStatus {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]SensorStatus, 0, len(s.sensors))
	for _, ref := range slices.Sorted(maps.Keys(s.sensors)) {
		sensor := s.sensors[ref]
		sensor.mu.Lock()
		list = append(list, sensor.status)
		sensor.mu.Unlock()
	}
	return list
}

// keepRunning runs a sensor again and again, after growing pauses, until ctx ends.
func (s *supervisor) keepRunning(ctx context.Context, sensor *supervised) {
	e := s.engine
	logger := e.logger.With("sensor", sensor.spec.Ref())
	pause := firstRestart
	for {
		began := e.clock.Now()
		err := s.runOnce(ctx, sensor)
		if ctx.Err() != nil {
			sensor.setState(e.clock.Now(), SensorStopped, nil)
			return
		}
		if err == nil {
			err = errors.New("the sensor ended by itself")
		}
		if e.clock.Now().Sub(began) >= goodRun {
			pause = firstRestart
		}
		logger.Error("sensor failed and will be started again", "error", err, "pause", pause)
		sensor.setState(e.clock.Now(), SensorFailing, err)
		if !e.sleep(ctx, pause) {
			sensor.setState(e.clock.Now(), SensorStopped, nil)
			return
		}
		sensor.mu.Lock()
		sensor.status.Restarts++
		sensor.mu.Unlock()
		pause = min(2*pause, slowestRestart)
	}
}

// runOnce takes a sensor through setup, run and cleanup. A panic becomes an error.
func (s *supervisor) runOnce(ctx context.Context, sensor *supervised) (err error) {
	e := s.engine
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	config, err := e.PackConfig(ctx, sensor.spec.Pack)
	if err != nil {
		return err
	}
	svc := &SensorService{engine: e, spec: sensor.spec, config: config, logger: e.logger.With("sensor", sensor.spec.Ref())}
	sensor.setState(e.clock.Now(), SensorStarting, nil)
	if cleanup, ok := sensor.sensor.implementation().(SensorCleanup); ok {
		defer func() { err = errors.Join(err, cleanup.Cleanup(context.WithoutCancel(ctx))) }()
	}
	if setup, ok := sensor.sensor.implementation().(SensorSetup); ok {
		if err := setup.Setup(ctx, svc); err != nil {
			return fmt.Errorf("setup: %w", err)
		}
	}
	sensor.setState(e.clock.Now(), SensorRunning, nil)
	return sensor.sensor.run(ctx, sensor, svc)
}

// setState notes what the sensor does. An error is kept until it runs again.
func (s *supervised) setState(now time.Time, state SensorState, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.status.State != state {
		s.status.State, s.status.Since = state, now
	}
	if err != nil || state == SensorRunning {
		s.status.Err = err
	}
}

type runningSensor struct{ sensor Sensor }

func (r runningSensor) implementation() any { return r.sensor }

func (r runningSensor) run(ctx context.Context, _ *supervised, svc *SensorService) error {
	return r.sensor.Run(ctx, svc)
}

type polledSensor struct{ sensor PollingSensor }

func (p polledSensor) implementation() any { return p.sensor }

// run polls until ctx ends. An error of a poll is reported and does not end the polling.
func (p polledSensor) run(ctx context.Context, s *supervised, svc *SensorService) error {
	interval := s.spec.PollInterval
	if interval <= 0 {
		interval = defaultPollInterval
	}
	clock := svc.engine.clock
	for {
		if err := p.sensor.Poll(ctx, svc); err != nil && ctx.Err() == nil {
			svc.logger.Error("poll failed", "error", err)
			s.setState(clock.Now(), SensorFailing, err)
		} else if err == nil {
			s.setState(clock.Now(), SensorRunning, nil)
		}
		if !svc.engine.sleep(ctx, interval) {
			return ctx.Err()
		}
	}
}
