package storetest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel"
)

func testBigValues(t *testing.T, open Open) {
	s := opened(t, open)
	ctx := context.Background()
	big := func(letter string, size int) json.RawMessage {
		return json.RawMessage(`"` + strings.Repeat(letter, size) + `"`)
	}
	i, e := newInstance(1), newExecution(1)
	i.Payload = big("p", 1<<20)
	e.Parameters, e.Context = big("q", 1<<20), big("c", 1<<16)
	key := petrel.Key{Scope: petrel.ScopeSystem, Name: "big", Value: strings.Repeat("v", 1<<20)}
	document := petrel.Document{Digest: "big", Body: big("d", 1<<20)}
	commit(t, s, petrel.Transition{
		Instances:  []petrel.TriggerInstance{i},
		Executions: []petrel.Execution{e},
		Keys:       []petrel.Key{key},
		Documents:  []petrel.Document{document},
	})
	run := claim(e, "engine-1", at(60))
	commit(t, s, petrel.Transition{ExecutionMoves: []petrel.ExecutionMove{run}})
	e = moved(e, run)
	end := succeed(e, string(big("r", 6<<20)))
	commit(t, s, petrel.Transition{ExecutionMoves: []petrel.ExecutionMove{end}})
	e = moved(e, end)

	got := execution(t, s, e.ID)
	require.True(t, bytes.Equal(e.Result, got.Result), "the result comes back whole")
	require.True(t, bytes.Equal(e.Parameters, got.Parameters))
	require.True(t, bytes.Equal(e.Context, got.Context))
	require.True(t, bytes.Equal(i.Payload, instance(t, s, i.ID).Payload))
	requireKey(t, s, key)
	stored, err := s.Document(ctx, "big")
	require.NoError(t, err)
	require.True(t, bytes.Equal(document.Body, stored.Body))

	listed, err := s.Executions(ctx, petrel.ExecutionQuery{WithoutResult: true})
	require.NoError(t, err)
	require.Nil(t, listed[0].Result)
}

func testJSONValues(t *testing.T, open Open) {
	s := opened(t, open)
	for n, text := range []json.RawMessage{
		nil,
		json.RawMessage(`null`),
		json.RawMessage(`{}`),
		json.RawMessage(`""`),
		json.RawMessage(` { "b" : 1, "a" : 2, "b" : 3 } `),
		json.RawMessage(`[1, 1.0, 1e400, 12345678901234567890123, -0.0]`),
		json.RawMessage("{\"text\": \"\\u0000 \\ud800 \U0001f426 \u2028\"}"),
	} {
		i, e := newInstance(n), newExecution(n)
		i.Payload, e.Parameters, e.Context, e.Result = text, text, text, text
		commit(t, s, petrel.Transition{Instances: []petrel.TriggerInstance{i}, Executions: []petrel.Execution{e}})
		require.Equal(t, keptInstance(i), instance(t, s, i.ID), "%q", text)
		require.Equal(t, keptExecution(e), execution(t, s, e.ID), "%q", text)
	}
	// Not JSON, and never told apart from nil by whoever reads it; it must not do harm.
	i := newInstance(100)
	i.Payload = json.RawMessage{}
	commit(t, s, petrel.Transition{Instances: []petrel.TriggerInstance{i}})
	require.Empty(t, instance(t, s, i.ID).Payload)
}

func testOddText(t *testing.T, open Open) {
	s := opened(t, open)
	ctx := context.Background()
	for n, text := range []string{
		"a\x00b", "\x00", "ends in \x00", "\xff\xfe", "half a letter \xe2\x82", "\xed\xa0\x80",
		"line\nbreak\r\n\ttab", "'; DROP TABLE execution; --", `"\`, "\U0001f426 e\u0301 \u202e", strings.Repeat("long ", 20000),
	} {
		i, f, e := newInstance(n), newEnforcement(n), newExecution(n)
		key := petrel.Key{Scope: petrel.ScopeUser, Name: text, Value: text, Description: text}
		i.Trigger, i.Trace.Tag, i.Trace.ID = text, text, text
		f.FailureReason, f.Rule.Ref, f.Trace.Tag = text, text, text
		e.Action, e.User, e.Trace.Tag, e.Rule.Ref = text, text, text, text
		transition := petrel.Transition{
			Instances: []petrel.TriggerInstance{i}, Enforcements: []petrel.Enforcement{f},
			Executions: []petrel.Execution{e}, Keys: []petrel.Key{key},
		}
		err := s.Commit(ctx, transition)
		if errors.Is(err, petrel.ErrInvalid) {
			_, err := s.Execution(ctx, e.ID)
			require.ErrorIs(t, err, petrel.ErrNotFound, "%q was refused and nothing may be stored", text)
			continue
		}
		require.NoError(t, err, "%q", text)
		require.Equal(t, keptInstance(i), instance(t, s, i.ID), "%q", text)
		require.Equal(t, keptExecution(e), execution(t, s, e.ID), "%q", text)
		requireKey(t, s, key)
		commit(t, s, petrel.Transition{InstanceMoves: []petrel.InstanceMove{
			{ID: i.ID, From: petrel.InstancePending, To: petrel.InstanceFailed, Reason: text}}})
		require.Equal(t, text, instance(t, s, i.ID).Reason)

		require.Equal(t, []string{e.ID}, executionIDs(t, s, petrel.ExecutionQuery{Action: text}), "%q", text)
		enforcements, err := s.Enforcements(ctx, petrel.EnforcementQuery{Rule: text})
		require.NoError(t, err)
		require.Len(t, enforcements, 1, "%q", text)
		require.Equal(t, keptEnforcement(f), seenEnforcement(t, enforcements[0]), "%q", text)
		keys, err := s.Keys(ctx, petrel.KeyQuery{Prefix: text})
		require.NoError(t, err)
		require.NotEmpty(t, keys, "%q", text)
	}
}

func testTimes(t *testing.T, open Open) {
	s := opened(t, open)
	for n, when := range []time.Time{
		{},
		time.Unix(0, 0),
		time.Date(2026, 10, 25, 2, 30, 0, 999999999, time.FixedZone("CET", 3600)),
		time.Date(1969, 12, 31, 23, 59, 59, 999999000, time.UTC),
		time.Date(1, 1, 1, 0, 0, 0, 1000, time.UTC),
		time.Date(1600, 2, 29, 0, 0, 0, 0, time.UTC),
		time.Date(9999, 12, 31, 23, 59, 59, 999999000, time.UTC),
	} {
		i, f, e := newInstance(n), newEnforcement(n), newExecution(n)
		i.OccurrenceTime, f.EnforcedAt = when, when
		e.RequestedAt, e.DueAt, e.EndedAt, e.LeaseUntil, e.Log[0].Time = when, when, when, when, when
		key := petrel.Key{Scope: petrel.ScopeSystem, Name: recordID(n), Expires: when}
		commit(t, s, petrel.Transition{
			Instances: []petrel.TriggerInstance{i}, Enforcements: []petrel.Enforcement{f},
			Executions: []petrel.Execution{e}, Keys: []petrel.Key{key},
		})
		require.Equal(t, keptInstance(i), instance(t, s, i.ID), "%v", when)
		require.Equal(t, keptExecution(e), execution(t, s, e.ID), "%v", when)
		requireKey(t, s, key)
	}
	for _, delay := range []time.Duration{0, time.Microsecond, 72 * time.Hour} {
		e := newExecution(100 + int(delay%97))
		e.Delay = delay
		commit(t, s, petrel.Transition{Executions: []petrel.Execution{e}})
		require.Equal(t, delay, execution(t, s, e.ID).Delay)
	}

	// A microsecond tells apart.
	first, second := newExecution(200), newExecution(201)
	first.RequestedAt, second.RequestedAt = at(200).Add(time.Microsecond), at(200)
	commit(t, s, petrel.Transition{Executions: []petrel.Execution{first, second}})
	require.Equal(t, numbered(200), executionIDs(t, s, petrel.ExecutionQuery{Since: at(200).Add(time.Microsecond), Before: at(201)}))
	require.Equal(t, numbered(201), executionIDs(t, s, petrel.ExecutionQuery{Since: at(200), Before: at(200).Add(time.Microsecond)}))
	require.Equal(t, numbered(200, 201), executionIDs(t, s, petrel.ExecutionQuery{Since: at(200), Before: at(201)}))
}

// testNoAliasing changes what was given to the store and what came from it.
func testNoAliasing(t *testing.T, open Open) {
	s := opened(t, open)
	ctx := context.Background()
	want := newExecution(1)
	want.Result = json.RawMessage(`{"first": 1}`)
	given := newExecution(1)
	given.Result = json.RawMessage(`{"first": 1}`)
	transition := petrel.Transition{
		Instances:    []petrel.TriggerInstance{newInstance(1)},
		Enforcements: []petrel.Enforcement{newEnforcement(1)},
		Executions:   []petrel.Execution{given},
		Documents:    []petrel.Document{{Digest: "d1", Body: json.RawMessage(`{"first": 1}`)}},
	}
	commit(t, s, transition)
	scribble := func(texts ...json.RawMessage) {
		for _, text := range texts {
			copy(text, "XXXXXXXXXXXX")
		}
	}
	spoil := func(e *petrel.Execution) {
		scribble(e.Parameters, e.Context, e.Result)
		e.Log[0] = petrel.LogEntry{Status: "spoiled"}
	}
	intact := func() {
		t.Helper()
		require.Equal(t, keptExecution(want), execution(t, s, want.ID))
		require.Equal(t, keptInstance(newInstance(1)), instance(t, s, recordID(1)))
		document, err := s.Document(ctx, "d1")
		require.NoError(t, err)
		require.Equal(t, `{"first": 1}`, string(document.Body))
	}

	spoil(&transition.Executions[0])
	scribble(transition.Instances[0].Payload, transition.Documents[0].Body)
	transition.Enforcements[0].Rule.Ref = "spoiled"
	transition.Executions[0].Action, transition.Instances[0].Trigger = "spoiled", "spoiled"
	intact()

	read, err := s.Execution(ctx, want.ID)
	require.NoError(t, err)
	spoil(&read)
	intact()
	listed, err := s.Executions(ctx, petrel.ExecutionQuery{})
	require.NoError(t, err)
	spoil(&listed[0])
	intact()
	instances, err := s.TriggerInstances(ctx, petrel.TriggerInstanceQuery{})
	require.NoError(t, err)
	scribble(instances[0].Payload)
	one, err := s.TriggerInstance(ctx, recordID(1))
	require.NoError(t, err)
	scribble(one.Payload)
	document, err := s.Document(ctx, "d1")
	require.NoError(t, err)
	scribble(document.Body)
	intact()

	run := claim(want, "engine-1", at(60))
	run.To.Result = json.RawMessage(`{"second": 2}`)
	want = moved(want, run)
	want.Log = append([]petrel.LogEntry{}, run.To.Log...)
	want.Result = json.RawMessage(`{"second": 2}`)
	commit(t, s, petrel.Transition{ExecutionMoves: []petrel.ExecutionMove{run}})
	scribble(run.To.Result)
	run.To.Log[0] = petrel.LogEntry{Status: "spoiled"}
	intact()
}
