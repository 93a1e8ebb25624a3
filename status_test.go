package petrel

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The logs that StackStorm writes in these situations (spec of executions).
func TestLifeCycleAllowsTheRecordedLogs(t *testing.T) {
	for name, log := range map[string][]Status{
		"plain":                {StatusRequested, StatusScheduled, StatusRunning, StatusSucceeded},
		"delay":                {StatusRequested, StatusDelayed, StatusScheduled, StatusRunning, StatusSucceeded},
		"canceled while due":   {StatusRequested, StatusDelayed, StatusCanceled},
		"canceled running":     {StatusRequested, StatusScheduled, StatusRunning, StatusCanceling, StatusCanceled},
		"pause and resume":     {StatusRequested, StatusScheduled, StatusRunning, StatusPausing, StatusPaused, StatusResuming, StatusRunning, StatusSucceeded},
		"inquiry":              {StatusRequested, StatusScheduled, StatusRunning, StatusPending, StatusSucceeded},
		"concurrency delays":   {StatusRequested, StatusDelayed, StatusRequested, StatusScheduled, StatusRunning, StatusSucceeded},
		"concurrency cancels":  {StatusRequested, StatusCanceling, StatusCanceled},
		"rendering had failed": {StatusRequested, StatusFailed},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ExecutionState{}.advance(time.Now(), log...)
			require.NoError(t, err)
		})
	}
}

func TestCompletedExecutionsNeverChange(t *testing.T) {
	for from := range successors {
		if from.Completed() {
			require.Empty(t, successors[from])
			require.False(t, from.Cancelable())
		}
		for _, to := range successors[from] {
			require.True(t, to.Valid())
		}
	}
	require.False(t, StatusPending.Cancelable(), "an inquiry cannot be cancelled")
	require.False(t, Status("").Valid())
	require.False(t, Status("lost").Valid())
}

func TestAdvanceRefusesIllegalSteps(t *testing.T) {
	start, err := ExecutionState{}.advance(time.Now(), StatusRequested)
	require.NoError(t, err)
	require.Equal(t, 1, start.Revision)
	_, err = start.advance(time.Now(), StatusSucceeded)
	require.ErrorIs(t, err, ErrIllegalTransition)
	end, err := start.advance(time.Unix(100, 0), StatusScheduled, StatusRunning, StatusTimeout)
	require.NoError(t, err)
	require.Equal(t, time.Unix(100, 0), end.EndedAt)
	require.Len(t, start.Log, 1, "the earlier state is not changed")
	_, err = end.advance(time.Now(), StatusRunning)
	require.ErrorIs(t, err, ErrIllegalTransition)
}

func TestTransitionCheck(t *testing.T) {
	state, err := ExecutionState{}.advance(time.Now(), StatusRequested)
	require.NoError(t, err)
	requested := Execution{ID: "x", ExecutionState: state}
	require.NoError(t, Transition{Executions: []Execution{requested}}.Check())
	running, err := requested.move(time.Now(), StatusScheduled, StatusRunning)
	require.NoError(t, err)
	require.NoError(t, Transition{ExecutionMoves: []ExecutionMove{running}}.Check())

	twice := requested
	twice.Revision = 2
	forged := running
	forged.To.Status = StatusSucceeded
	elsewhere := running
	elsewhere.From = StatusPaused
	ended := running
	ended.From = StatusSucceeded
	table := map[string]Transition{
		"new execution at a later revision": {Executions: []Execution{twice}},
		"status that the log does not have": {ExecutionMoves: []ExecutionMove{forged}},
		"start that the log does not have":  {ExecutionMoves: []ExecutionMove{elsewhere}},
		"start that is an end":              {ExecutionMoves: []ExecutionMove{ended}},
		"new event that is processed":       {Instances: []TriggerInstance{{ID: "i", Status: InstanceProcessed}}},
		"event taken back":                  {InstanceMoves: []InstanceMove{{ID: "i", From: InstanceProcessed, To: InstancePending}}},
	}
	for name, transition := range table {
		require.ErrorIs(t, transition.Check(), ErrIllegalTransition, name)
	}
}
