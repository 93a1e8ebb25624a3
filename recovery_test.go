package petrel_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel"
)

// keptStore is a store that outlives the engines that use it.
type keptStore struct{ petrel.Store }

func (s *keptStore) open(context.Context) (petrel.Store, error) { return s, nil }
func (s *keptStore) Close() error                               { return nil }

func TestNextEngineTakesOverWhatTheStoreHolds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &keptStore{Store: petrel.NewMemoryStore()}
		before, err := petrel.New(petrel.WithStore(store.open))
		require.NoError(t, err)
		shop(t)(before)
		// Never started: what it accepts is only stored.
		instance, err := before.Dispatch(t.Context(), "shop.order", map[string]any{"customer": "ada", "first": true})
		require.NoError(t, err)
		requested, err := before.Execute(t.Context(), "shop.greet", greeting{Name: "bob", Times: 1})
		require.NoError(t, err)
		delayed, err := before.Execute(t.Context(), "shop.greet", greeting{Name: "cyd", Times: 1}, petrel.Delay(time.Hour))
		require.NoError(t, err)
		require.NoError(t, before.Stop(t.Context()))

		eng := startEngine(t, shop(t), petrel.WithStore(store.open))
		require.Equal(t, petrel.StatusSucceeded, execution(t, eng, instance.ID).Status)
		for _, id := range []string{requested.ID, delayed.ID} {
			x, err := eng.Wait(t.Context(), id)
			require.NoError(t, err)
			require.Equal(t, petrel.StatusSucceeded, x.Status)
		}
	})
}

func TestExecutionsOfADeadEngineAreEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &keptStore{Store: petrel.NewMemoryStore()}
		started := make(chan string, 2)
		repeatable := blocking("repeat", started)
		repeatable.OnLost = petrel.RepeatLost
		deaf := &deafStore{Store: store}
		dead, err := petrel.New(petrel.WithStore(deaf.open), petrel.WithLease(time.Second), petrel.WithDrainTimeout(0))
		require.NoError(t, err)
		require.NoError(t, dead.RegisterAction(blocking("block", started)))
		require.NoError(t, dead.RegisterAction(repeatable))
		require.NoError(t, dead.Start(t.Context()))
		abandoned, err := dead.Execute(t.Context(), "test.block", nil)
		require.NoError(t, err)
		lost, err := dead.Execute(t.Context(), "test.repeat", nil)
		require.NoError(t, err)
		<-started
		<-started
		deaf.dead.Store(true) // from now on it neither renews its lease nor ends anything

		eng := startEngine(t, func(eng *petrel.Engine) {
			require.NoError(t, eng.RegisterAction(petrel.Action{Pack: "test", Name: "block",
				Func: func(context.Context, *petrel.Call) (any, error) { return "ok", nil }}))
			again := repeatable
			again.Func = func(context.Context, *petrel.Call) (any, error) { return "ok", nil }
			require.NoError(t, eng.RegisterAction(again))
		}, petrel.WithStore(store.open), petrel.WithLease(time.Second))
		for _, id := range []string{abandoned.ID, lost.ID} {
			x, err := eng.Wait(t.Context(), id)
			require.NoError(t, err)
			require.Equal(t, petrel.StatusAbandoned, x.Status)
		}
		time.Sleep(time.Minute)
		repeats, err := eng.Executions(t.Context(), petrel.ExecutionQuery{Action: "test.repeat", Statuses: []petrel.Status{petrel.StatusSucceeded}})
		require.NoError(t, err)
		require.Len(t, repeats, 1)
		require.Contains(t, string(repeats[0].Context), lost.ID)
		once, err := eng.Executions(t.Context(), petrel.ExecutionQuery{Action: "test.block"})
		require.NoError(t, err)
		require.Len(t, once, 1, "an action is repeated only if it says so")

		stopping, cancel := context.WithCancel(context.Background())
		cancel()
		require.ErrorIs(t, dead.Stop(stopping), context.Canceled)
	})
}

// deafStore refuses all writing once it is dead, like the store of a process that is gone.
type deafStore struct {
	petrel.Store
	dead atomic.Bool
}

func (s *deafStore) open(context.Context) (petrel.Store, error) { return s, nil }
func (s *deafStore) Close() error                               { return nil }

func (s *deafStore) Commit(ctx context.Context, t petrel.Transition) error {
	if s.dead.Load() {
		return errors.New("the dead do not write")
	}
	return s.Store.Commit(ctx, t)
}

func (s *deafStore) RenewLeases(ctx context.Context, owner string, until time.Time) error {
	if s.dead.Load() {
		return errors.New("the dead do not write")
	}
	return s.Store.RenewLeases(ctx, owner, until)
}

func TestNothingIsLostWhileTheStoreIsFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &fullStore{Store: petrel.NewMemoryStore()}
		eng := startEngine(t, shop(t), petrel.WithStore(store.open))
		instance, err := eng.Dispatch(t.Context(), "shop.order", map[string]any{"customer": "ada", "first": true})
		require.NoError(t, err)
		store.full.Store(true)
		_, err = eng.Dispatch(t.Context(), "shop.order", map[string]any{"customer": "bob", "first": true})
		require.ErrorIs(t, err, petrel.ErrStoreFull)
		_, err = eng.Execute(t.Context(), "shop.greet", greeting{Name: "cyd", Times: 1})
		require.ErrorIs(t, err, petrel.ErrStoreFull)
		time.Sleep(time.Minute)
		store.full.Store(false)
		time.Sleep(time.Minute)
		require.Equal(t, petrel.StatusSucceeded, execution(t, eng, instance.ID).Status)
		all, err := eng.TriggerInstances(t.Context(), petrel.TriggerInstanceQuery{})
		require.NoError(t, err)
		require.Len(t, all, 1, "what was refused is not stored")
	})
}

type fullStore struct {
	petrel.Store
	full atomic.Bool
}

func (s *fullStore) open(context.Context) (petrel.Store, error) { return s, nil }

func (s *fullStore) Commit(ctx context.Context, t petrel.Transition) error {
	if s.full.Load() {
		return fmt.Errorf("writing: %w", petrel.ErrStoreFull)
	}
	return s.Store.Commit(ctx, t)
}
