package storetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel"
)

// BenchmarkEvents measures events per second, from arrival to the stored
// result, with several numbers of events in flight. Each event takes the four
// transitions of [EventTransitions], one after the other.
func BenchmarkEvents(b *testing.B, open Open) {
	for _, committers := range []int{1, 16, 256, 1024} {
		b.Run(fmt.Sprintf("committers=%d", committers), func(b *testing.B) {
			s := open(b)
			defer func() { require.NoError(b, s.Close()) }()
			var event atomic.Int64
			var all sync.WaitGroup
			errs := make([]error, committers)
			b.ResetTimer()
			for c := range committers {
				all.Go(func() {
					for n := event.Add(1); n <= int64(b.N); n = event.Add(1) {
						for _, t := range EventTransitions(int(n)) {
							if err := s.Commit(context.Background(), t); err != nil {
								errs[c] = err
								return
							}
						}
					}
				})
			}
			all.Wait()
			b.StopTimer()
			require.NoError(b, errors.Join(errs...))
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
}

// EventTransitions returns what an engine commits for event number n whose one
// matching rule runs one action: the instance arrives; it is processed into an
// enforcement and a requested execution; the execution runs; it succeeds.
func EventTransitions(n int) [4]petrel.Transition {
	i, f, e := newInstance(n), newEnforcement(n), newExecution(n)
	i.Payload = benchPayload
	e.Context = benchContext
	run := claim(e, "engine-1", at(60))
	return [4]petrel.Transition{
		{Instances: []petrel.TriggerInstance{i}},
		{
			InstanceMoves: []petrel.InstanceMove{{ID: i.ID, From: petrel.InstancePending, To: petrel.InstanceProcessed}},
			Enforcements:  []petrel.Enforcement{f},
			Executions:    []petrel.Execution{e},
		},
		{ExecutionMoves: []petrel.ExecutionMove{run}},
		{ExecutionMoves: []petrel.ExecutionMove{succeed(moved(e, run), benchResult)}},
	}
}

// Documents of the sizes that monitoring events and shell commands have.
var (
	benchPayload = json.RawMessage(`{"host": "web042.example.com", "service": "nginx", "state": "CRITICAL", "output": "` +
		strings.Repeat("x", 200) + `"}`)
	benchContext = json.RawMessage(`{"trigger_instance": {"id": "65f0aa11bb22cc33dd44ee55", "name": null}, ` +
		`"rule": {"name": "restart", "id": "65f0aa11bb22cc33dd44ee56"}, "user": "stanley", "pack": "examples"}`)
	benchResult = `{"failed": false, "succeeded": true, "return_code": 0, "stdout": "` + strings.Repeat("y", 300) + `", "stderr": ""}`
)
