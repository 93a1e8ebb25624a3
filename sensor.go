package petrel

import (
	"context"
	"log/slog"
	"time"

	"github.com/petrel-dev/petrel/pyvalue"
)

// Sensor watches something outside and dispatches events. Run returns when
// ctx ends. If it returns earlier, with or without an error, or panics, the
// engine starts it again after a growing pause.
//
// A sensor that also implements [SensorSetup] or [SensorCleanup] is set up
// before and cleaned up after each run.
type Sensor interface {
	Run(ctx context.Context, svc *SensorService) error
}

// PollingSensor is asked again and again, at the interval of its [SensorSpec].
// An error is logged and shown by [Engine.Sensors], and the next poll happens all the same.
type PollingSensor interface {
	Poll(ctx context.Context, svc *SensorService) error
}

// SensorSetup is implemented by sensors that prepare something before they run.
type SensorSetup interface {
	Setup(ctx context.Context, svc *SensorService) error
}

// SensorCleanup is implemented by sensors that release something when they end.
type SensorCleanup interface {
	Cleanup(ctx context.Context) error
}

// SensorSpec describes a sensor: StackStorm's sensor metadata.
type SensorSpec struct {
	Pack        string
	Name        string // class name of Python sensors
	Description string
	Disabled    bool
	// EntryPoint is the Python file, relative to the pack's sensors directory; empty for Go sensors.
	EntryPoint string
	// PollInterval is the pause between polls; 0 means 5 seconds.
	PollInterval time.Duration
	// TriggerTypes are registered together with the sensor.
	TriggerTypes []TriggerType
	MetadataFile string // path inside the pack, empty for sensors made in Go
}

// Ref returns the reference "pack.name".
func (s SensorSpec) Ref() string { return s.Pack + "." + s.Name }

// SensorService is what the engine offers to a running sensor. It is safe for concurrent use.
type SensorService struct {
	engine *Engine
	spec   SensorSpec
	logger *slog.Logger
	config *pyvalue.Map
}

// Dispatch sends an event. The trigger is a reference; one without a pack
// belongs to the sensor's own. When Dispatch returns nil, the event is stored.
func (s *SensorService) Dispatch(ctx context.Context, trigger string, payload any, opts ...RequestOption) error {
	if _, err := ParseRef(trigger); err != nil {
		trigger = s.spec.Pack + "." + trigger
	}
	_, err := s.engine.Dispatch(ctx, trigger, payload, opts...)
	return err
}

// Datastore returns the datastore's system scope.
func (s *SensorService) Datastore() Datastore { return s.engine.Datastore() }

// Local returns the sensor's own keys: a view of the datastore in which every
// name is prefixed with "pack.Name:".
func (s *SensorService) Local() Datastore {
	return prefixedDatastore{s.engine.Datastore(), s.spec.Ref() + ":"}
}

// Logger returns a logger marked with the sensor.
func (s *SensorService) Logger() *slog.Logger { return s.logger }

// Config returns the configuration of the sensor's pack, resolved when the sensor started.
func (s *SensorService) Config() *pyvalue.Map { return s.config }

// SensorState tells what a sensor is doing.
type SensorState string

// The states of a sensor.
const (
	SensorDisabled SensorState = "disabled" // switched off, or no engine runs
	SensorStarting SensorState = "starting" // in Setup
	SensorRunning  SensorState = "running"
	SensorFailing  SensorState = "failing" // waits to be started, or polled, again after an error
	SensorStopped  SensorState = "stopped"
)

// SensorStatus is the present condition of one sensor.
type SensorStatus struct {
	Ref      string
	State    SensorState
	Since    time.Time // of the state
	Restarts int
	// Err is the last error or panic; nil if there was none since the sensor last ran well.
	Err error
}
