package packloader

import (
	"io/fs"

	"github.com/petrel-dev/petrel"
)

// Option changes how packs are read and registered.
type Option func(*options)

type options struct {
	strict    bool
	noCore    bool
	only      []string
	configs   fs.FS
	overrides fs.FS
	warn      func(Problem)
	sensors   []sensorCode
}

// sensorCode is Go code for a sensor that a pack describes.
type sensorCode struct {
	ref      string
	register func(*petrel.Engine, petrel.SensorSpec) error
}

func newOptions(opts []Option) options {
	o := options{warn: func(Problem) {}}
	for _, set := range opts {
		set(&o)
	}
	return o
}

// Strict registers nothing at all if any file has a fault, and stops at the
// first pack that the engine refuses a part of. Without it everything that is
// sound is registered, whatever its neighbours are like.
func Strict() Option {
	return func(o *options) { o.strict = true }
}

// Only restricts the loading to the packs of these names. A name that is not
// there is a fault.
func Only(packs ...string) Option {
	return func(o *options) { o.only = append(o.only, packs...) }
}

// WithConfigs sets the directory of the packs' configurations, one file
// "<pack>.yaml" for each pack that has one.
func WithConfigs(fsys fs.FS) Option {
	return func(o *options) { o.configs = fsys }
}

// WithOverrides sets the directory of the files that switch resources on and
// off: "_global.yaml" and "<pack>.yaml".
func WithOverrides(fsys fs.FS) Option {
	return func(o *options) { o.overrides = fsys }
}

// WithWarnings sets a function that is told every warning. Without it warnings
// are dropped; faults are returned as an error in any case.
func WithWarnings(warn func(Problem)) Option {
	return func(o *options) {
		if warn != nil {
			o.warn = warn
		}
	}
}

// WithSensor gives the Go code of a sensor that a pack describes. The ref is
// "pack.ClassName"; that no pack describes the sensor is a fault.
func WithSensor(ref string, s petrel.Sensor) Option {
	return withSensorCode(ref, func(eng *petrel.Engine, spec petrel.SensorSpec) error {
		return eng.RegisterSensor(spec, s)
	})
}

// WithPollingSensor is [WithSensor] for a sensor that is polled, at the
// poll_interval that the pack says.
func WithPollingSensor(ref string, s petrel.PollingSensor) Option {
	return withSensorCode(ref, func(eng *petrel.Engine, spec petrel.SensorSpec) error {
		return eng.RegisterPollingSensor(spec, s)
	})
}

func withSensorCode(ref string, register func(*petrel.Engine, petrel.SensorSpec) error) Option {
	return func(o *options) { o.sensors = append(o.sensors, sensorCode{ref, register}) }
}

// WithoutCore leaves the built-in pack core out.
func WithoutCore() Option {
	return func(o *options) { o.noCore = true }
}
