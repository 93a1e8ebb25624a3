package petrel_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel"
)

// benchmarkEngine runs an engine with a number of rules on one trigger, one of
// which matches the events of pipeline, and an action that does nothing.
func benchmarkEngine(b *testing.B, rules int, opts ...petrel.Option) *petrel.Engine {
	b.Helper()
	eng, err := petrel.New(append(opts, petrel.WithWorkers(256))...)
	require.NoError(b, err)
	require.NoError(b, eng.RegisterTriggerType(petrel.TriggerType{Pack: "bench", Name: "event"}))
	require.NoError(b, eng.RegisterAction(petrel.Action{Pack: "bench", Name: "noop",
		Func: func(context.Context, *petrel.Call) (any, error) { return nil, nil }}))
	for n := range rules {
		require.NoError(b, eng.RegisterRule(petrel.Rule{Pack: "bench", Name: fmt.Sprintf("rule%d", n),
			Trigger:  petrel.RuleTrigger{Type: "bench.event"},
			Criteria: []petrel.Criterion{{Key: "trigger.host", Type: "equals", Pattern: fmt.Sprintf("host%d", n)}},
			Action:   petrel.RuleAction{Ref: "bench.noop"}}))
	}
	require.NoError(b, eng.Start(b.Context()))
	b.Cleanup(func() { require.NoError(b, eng.Stop(context.Background())) })
	return eng
}

// pipeline sends b.N events from a number of dispatchers and waits until the
// action of each has succeeded.
func pipeline(b *testing.B, eng *petrel.Engine, dispatchers int) {
	b.Helper()
	var ended atomic.Int64
	all := make(chan struct{})
	news, err := eng.Watch(b.Context(), petrel.EventFilter{Kind: petrel.EventExecution})
	require.NoError(b, err)
	go func() {
		for event := range news.Events() {
			if event.Status == string(petrel.StatusSucceeded) && ended.Add(1) == int64(b.N) {
				close(all)
			}
		}
	}()
	payload := map[string]any{"host": "host5", "state": 4, "message": "service nginx is down"}
	var sent atomic.Int64
	var senders sync.WaitGroup
	b.ResetTimer()
	for range dispatchers {
		senders.Go(func() {
			for sent.Add(1) <= int64(b.N) {
				if _, err := eng.Dispatch(context.Background(), "bench.event", payload); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	senders.Wait()
	<-all
	b.StopTimer()
	require.Zero(b, news.Lost())
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

// BenchmarkEvent takes an event through dispatch, match, enforcement and a Go
// action that does nothing.
func BenchmarkEvent(b *testing.B) {
	for _, rules := range []int{10, 1000} {
		for _, dispatchers := range []int{1, 16, 256} {
			b.Run(fmt.Sprintf("memory/rules=%d/dispatchers=%d", rules, dispatchers), func(b *testing.B) {
				pipeline(b, benchmarkEngine(b, rules), dispatchers)
			})
		}
	}
}
