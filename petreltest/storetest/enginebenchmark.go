package storetest

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel"
)

// BenchmarkEngine takes events through an engine on the store: dispatch,
// match, enforcement and a Go action that does nothing. It reports events/s
// and, where the system tells it, the processor time of an event.
func BenchmarkEngine(b *testing.B, open petrel.StoreOpener, rules, dispatchers int) {
	newPipeline(b, rules, petrel.WithStore(open)).run(b, dispatchers)
}

// pipeline is an engine with a number of rules on one trigger, one of which
// matches the events, and an action that does nothing.
type pipeline struct {
	*petrel.Engine
	acted atomic.Int64
}

func newPipeline(b *testing.B, rules int, opts ...petrel.Option) *pipeline {
	b.Helper()
	eng, err := petrel.New(append(opts, petrel.WithWorkers(256))...)
	require.NoError(b, err)
	p := &pipeline{Engine: eng}
	require.NoError(b, eng.RegisterTriggerType(petrel.TriggerType{Pack: "bench", Name: "event"}))
	require.NoError(b, eng.RegisterAction(petrel.Action{Pack: "bench", Name: "noop",
		Func: func(context.Context, *petrel.Call) (any, error) { p.acted.Add(1); return nil, nil }}))
	for n := range rules {
		require.NoError(b, eng.RegisterRule(petrel.Rule{Pack: "bench", Name: fmt.Sprintf("rule%d", n),
			Trigger:  petrel.RuleTrigger{Type: "bench.event"},
			Criteria: []petrel.Criterion{{Key: "trigger.host", Type: "equals", Pattern: fmt.Sprintf("host%d", n)}},
			Action:   petrel.RuleAction{Ref: "bench.noop"}}))
	}
	require.NoError(b, eng.Start(b.Context()))
	b.Cleanup(func() { require.NoError(b, eng.Stop(context.Background())) })
	return p
}

// run sends b.N events from a number of dispatchers and waits until the
// executions of all have ended.
func (p *pipeline) run(b *testing.B, dispatchers int) {
	b.Helper()
	payload := map[string]any{"host": "host5", "state": 4, "message": "service nginx is down"}
	var sent atomic.Int64
	var senders sync.WaitGroup
	b.ResetTimer()
	before := cpuTime()
	for range dispatchers {
		senders.Go(func() {
			for sent.Add(1) <= int64(b.N) {
				if _, err := p.Dispatch(context.Background(), "bench.event", payload); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	senders.Wait()
	for p.acted.Load() < int64(b.N) || p.unfinished(b) {
		time.Sleep(100 * time.Microsecond)
	}
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
	if used := cpuTime() - before; used > 0 {
		b.ReportMetric(float64(used.Microseconds())/float64(b.N), "cpu-µs/event")
	}
}

func (p *pipeline) unfinished(b *testing.B) bool {
	left, err := p.Executions(context.Background(), petrel.ExecutionQuery{
		Statuses: []petrel.Status{petrel.StatusRequested, petrel.StatusRunning}, Page: petrel.Page{Limit: 1}})
	require.NoError(b, err)
	return len(left) > 0
}
