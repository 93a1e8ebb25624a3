package storetest

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel"
)

// Open returns a new, empty store. The suite closes it; the function may
// register further cleaning up with t.
type Open func(t testing.TB) petrel.Store

// Run checks the whole contract against stores that open returns. Every
// subtest opens a store of its own.
func Run(t *testing.T, open Open) {
	tests := []struct {
		name string
		test func(t *testing.T, open Open)
	}{
		{"TransitionParts", testTransitionParts},
		{"LifeCycle", testLifeCycle},
		{"InstanceMoves", testInstanceMoves},
		{"ExecutionMoves", testExecutionMoves},
		{"Conflicts", testConflicts},
		{"IllegalTransitions", testIllegalTransitions},
		{"Atomicity", testAtomicity},
		{"EmptyTransition", testEmptyTransition},
		{"NotFound", testNotFound},
		{"Documents", testDocuments},
		{"ExecutionQueries", testExecutionQueries},
		{"InstanceQueries", testInstanceQueries},
		{"EnforcementQueries", testEnforcementQueries},
		{"Order", testOrder},
		{"Paging", testPaging},
		{"DefaultLimit", testDefaultLimit},
		{"WithoutResult", testWithoutResult},
		{"Keys", testKeys},
		{"KeyQueries", testKeyQueries},
		{"RenewLeases", testRenewLeases},
		{"LostExecutions", testLostExecutions},
		{"BigValues", testBigValues},
		{"JSONValues", testJSONValues},
		{"OddText", testOddText},
		{"Times", testTimes},
		{"NoAliasing", testNoAliasing},
		{"EndedContext", testEndedContext},
		{"ContextEndsWhileWaiting", testContextEndsWhileWaiting},
		{"Close", testClose},
		{"CloseWaitsForCommits", testCloseWaitsForCommits},
		{"ReadYourWrites", testReadYourWrites},
		{"OneClaimWins", testOneClaimWins},
		{"ConcurrentCounter", testConcurrentCounter},
		{"ConflictsHarmNobodyElse", testConflictsHarmNobodyElse},
		{"ConcurrentMix", testConcurrentMix},
		{"StateMachine", testStateMachine},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { test.test(t, open) })
	}
}

// opened returns a store that is closed when the test ends.
func opened(t *testing.T, open Open) petrel.Store {
	t.Helper()
	s := open(t)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

func commit(t require.TestingT, s petrel.Store, transition petrel.Transition) {
	if h, ok := t.(interface{ Helper() }); ok {
		h.Helper()
	}
	require.NoError(t, s.Commit(context.Background(), transition))
}

func execution(t require.TestingT, s petrel.Store, id string) petrel.Execution {
	if h, ok := t.(interface{ Helper() }); ok {
		h.Helper()
	}
	e, err := s.Execution(context.Background(), id)
	require.NoError(t, err)
	return seenExecution(t, e)
}

func instance(t require.TestingT, s petrel.Store, id string) petrel.TriggerInstance {
	if h, ok := t.(interface{ Helper() }); ok {
		h.Helper()
	}
	i, err := s.TriggerInstance(context.Background(), id)
	require.NoError(t, err)
	return seenInstance(t, i)
}
