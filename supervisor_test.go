package petrel_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel"
	"github.com/petrel-dev/petrel/pyvalue"
	"github.com/petrel-dev/petrel/schema"
)

// fragile is a sensor whose runs follow a script; the last step is repeated.
type fragile struct {
	runs   atomic.Int32
	script []func(ctx context.Context, svc *petrel.SensorService) error
}

func (f *fragile) Run(ctx context.Context, svc *petrel.SensorService) error {
	n := min(int(f.runs.Add(1)), len(f.script))
	return f.script[n-1](ctx, svc)
}

func panics(context.Context, *petrel.SensorService) error { panic("sensor trouble") }
func fails(context.Context, *petrel.SensorService) error  { return errors.New("no connection") }
func runs(ctx context.Context, _ *petrel.SensorService) error {
	<-ctx.Done()
	return ctx.Err()
}

func sensorStatus(t *testing.T, eng *petrel.Engine, ref string) petrel.SensorStatus {
	t.Helper()
	synctest.Wait()
	for _, s := range eng.Sensors() {
		if s.Ref == ref {
			return s
		}
	}
	t.Fatalf("no sensor %s", ref)
	return petrel.SensorStatus{}
}

func TestSensorThatFailsIsStartedAgainAfterGrowingPauses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sensor := &fragile{script: []func(context.Context, *petrel.SensorService) error{panics, fails, runs}}
		eng := startEngine(t, func(eng *petrel.Engine) {
			require.NoError(t, eng.RegisterSensor(petrel.SensorSpec{Pack: "lab", Name: "Fragile"}, sensor))
		})
		s := sensorStatus(t, eng, "lab.Fragile")
		require.Equal(t, petrel.SensorFailing, s.State)
		require.ErrorContains(t, s.Err, "sensor trouble")

		time.Sleep(1100 * time.Millisecond)
		s = sensorStatus(t, eng, "lab.Fragile")
		require.Equal(t, petrel.SensorFailing, s.State)
		require.ErrorContains(t, s.Err, "no connection")
		require.Equal(t, 1, s.Restarts)

		time.Sleep(time.Second)
		require.Equal(t, 1, sensorStatus(t, eng, "lab.Fragile").Restarts, "the second pause is longer")
		time.Sleep(time.Second)
		s = sensorStatus(t, eng, "lab.Fragile")
		require.Equal(t, petrel.SensorRunning, s.State)
		require.Equal(t, 2, s.Restarts)
		require.NoError(t, s.Err)
	})
}

func TestSensorThatReturnsIsStartedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		done := func(context.Context, *petrel.SensorService) error { return nil }
		sensor := &fragile{script: []func(context.Context, *petrel.SensorService) error{done, runs}}
		eng := startEngine(t, func(eng *petrel.Engine) {
			require.NoError(t, eng.RegisterSensor(petrel.SensorSpec{Pack: "lab", Name: "Short"}, sensor))
		})
		require.ErrorContains(t, sensorStatus(t, eng, "lab.Short").Err, "ended by itself")
		time.Sleep(2 * time.Second)
		require.Equal(t, petrel.SensorRunning, sensorStatus(t, eng, "lab.Short").State)
	})
}

// poller counts its polls, setups and cleanups, and fails every third poll.
type poller struct {
	polls, setups, cleanups atomic.Int32
	setupErr                error
}

func (p *poller) Setup(context.Context, *petrel.SensorService) error {
	p.setups.Add(1)
	return p.setupErr
}

func (p *poller) Cleanup(context.Context) error { p.cleanups.Add(1); return nil }

func (p *poller) Poll(ctx context.Context, svc *petrel.SensorService) error {
	n := p.polls.Add(1)
	if n%3 == 0 {
		return errors.New("table is locked")
	}
	return svc.Dispatch(ctx, "tick", map[string]any{"n": n})
}

func TestPollingSensorKeepsItsInterval(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sensor := &poller{}
		eng := startEngine(t, func(eng *petrel.Engine) {
			require.NoError(t, eng.RegisterPollingSensor(petrel.SensorSpec{Pack: "lab", Name: "Poller",
				PollInterval: 20 * time.Second, TriggerTypes: []petrel.TriggerType{{Name: "tick"}}}, sensor))
		})
		time.Sleep(41 * time.Second)
		s := sensorStatus(t, eng, "lab.Poller")
		require.EqualValues(t, 3, sensor.polls.Load())
		require.Equal(t, petrel.SensorFailing, s.State)
		require.ErrorContains(t, s.Err, "table is locked")
		time.Sleep(20 * time.Second)
		s = sensorStatus(t, eng, "lab.Poller")
		require.Equal(t, petrel.SensorRunning, s.State, "the next poll happens all the same")
		require.Zero(t, s.Restarts)
		require.EqualValues(t, 1, sensor.setups.Load())
		events, err := eng.TriggerInstances(t.Context(), petrel.TriggerInstanceQuery{Trigger: "lab.tick"})
		require.NoError(t, err)
		require.Len(t, events, 3)

		require.NoError(t, eng.UnregisterSensor("lab.Poller"))
		require.EqualValues(t, 1, sensor.cleanups.Load(), "the end of a sensor is waited for")
		require.Empty(t, eng.Sensors())
		require.ErrorIs(t, eng.UnregisterSensor("lab.Poller"), petrel.ErrNotFound)
	})
}

func TestSensorWhoseSetupFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sensor := &poller{setupErr: errors.New(`config "hosts" is missing`)}
		eng := startEngine(t, func(eng *petrel.Engine) {
			require.NoError(t, eng.RegisterPollingSensor(petrel.SensorSpec{Pack: "lab", Name: "Poller"}, sensor))
		})
		require.ErrorContains(t, sensorStatus(t, eng, "lab.Poller").Err, `setup: config "hosts" is missing`)
		require.Zero(t, sensor.polls.Load())
		require.EqualValues(t, 1, sensor.cleanups.Load())
	})
}

func TestDisabledSensorDoesNotRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sensor := &poller{}
		eng := startEngine(t, func(eng *petrel.Engine) {
			require.NoError(t, eng.RegisterPollingSensor(petrel.SensorSpec{Pack: "lab", Name: "Poller", Disabled: true}, sensor))
		})
		time.Sleep(time.Minute)
		require.Equal(t, petrel.SensorDisabled, sensorStatus(t, eng, "lab.Poller").State)
		require.Zero(t, sensor.setups.Load())
	})
}

func TestSensorIsReplacedWhileRunning(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first, second := &poller{}, &poller{}
		spec := petrel.SensorSpec{Pack: "lab", Name: "Poller", TriggerTypes: []petrel.TriggerType{{Name: "tick"}}}
		eng := startEngine(t, nil)
		require.NoError(t, eng.RegisterPollingSensor(spec, first))
		synctest.Wait()
		require.NoError(t, eng.RegisterPollingSensor(spec, second))
		synctest.Wait()
		require.EqualValues(t, 1, first.polls.Load())
		require.EqualValues(t, 1, first.cleanups.Load())
		require.EqualValues(t, 1, second.polls.Load())
	})
}

func TestSensorSeesConfigAndItsOwnKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sensor := &fragile{script: []func(context.Context, *petrel.SensorService) error{
			func(ctx context.Context, svc *petrel.SensorService) error {
				host, _ := svc.Config().GetString("host")
				if err := svc.Local().Set(ctx, "last", pyvalue.Str(host)); err != nil {
					return err
				}
				return runs(ctx, svc)
			}}}
		eng := startEngine(t, func(eng *petrel.Engine) {
			require.NoError(t, eng.Datastore().Set(t.Context(), "where", "db1"))
			require.NoError(t, eng.RegisterPack(petrel.Pack{Ref: "lab",
				ConfigSchema: schema.MustParseParameters(`{"host": {"type": "string"}, "port": {"type": "integer", "default": 22}}`),
				Config:       pyvalue.MapOf("host", "{{ st2kv.system.where }}")}))
			require.NoError(t, eng.RegisterSensor(petrel.SensorSpec{Pack: "lab", Name: "Own"}, sensor))
		})
		synctest.Wait()
		value, err := eng.Datastore().Get(t.Context(), "lab.Own:last")
		require.NoError(t, err)
		require.Equal(t, "db1", value)
		config, err := eng.PackConfig(t.Context(), "lab")
		require.NoError(t, err)
		port, _ := config.GetString("port")
		require.EqualValues(t, 22, port)
	})
}
