package petrel_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel"
	"github.com/petrel-dev/petrel/schema"
)

type greeting struct {
	Name  string `json:"name" description:"Whom to greet."`
	Times int    `json:"times" default:"1"`
}

func greet(_ context.Context, in greeting) (string, error) {
	if in.Name == "nobody" {
		return "", errors.New("there is nobody to greet")
	}
	return strings.Repeat("hello "+in.Name+";", in.Times), nil
}

// startEngine runs an engine for the time of a test, inside a bubble with a clock of its own.
func startEngine(t *testing.T, prepare func(*petrel.Engine), opts ...petrel.Option) *petrel.Engine {
	t.Helper()
	eng, err := petrel.New(opts...)
	require.NoError(t, err)
	if prepare != nil {
		prepare(eng)
	}
	require.NoError(t, eng.Start(t.Context()))
	t.Cleanup(func() { require.NoError(t, eng.Stop(context.Background())) })
	return eng
}

// shop registers a trigger, an action and a rule that connects them.
func shop(t *testing.T) func(*petrel.Engine) {
	return func(eng *petrel.Engine) {
		require.NoError(t, eng.RegisterTriggerType(petrel.TriggerType{
			Pack: "shop", Name: "order",
			Payload: schema.MustParse(`{"type": "object", "properties": {
				"customer": {"type": "string", "required": true}, "first": {"type": "boolean"}}}`),
		}))
		require.NoError(t, eng.RegisterAction(petrel.NewAction("shop.greet", greet)))
		require.NoError(t, eng.RegisterRule(petrel.Rule{
			Pack: "shop", Name: "welcome",
			Trigger:  petrel.RuleTrigger{Type: "shop.order"},
			Criteria: []petrel.Criterion{{Key: "trigger.first", Type: "equals", Pattern: true}},
			Action:   petrel.RuleAction{Ref: "shop.greet", Parameters: map[string]any{"name": "{{ trigger.customer }}"}},
		}))
	}
}

// execution returns the only execution that an event has led to, when it has ended.
func execution(t *testing.T, eng *petrel.Engine, instance string) petrel.Execution {
	t.Helper()
	synctest.Wait()
	found, err := eng.Executions(t.Context(), petrel.ExecutionQuery{TriggerInstance: instance})
	require.NoError(t, err)
	require.Len(t, found, 1)
	x, err := eng.Wait(t.Context(), found[0].ID)
	require.NoError(t, err)
	return x
}

func statuses(x petrel.Execution) string {
	var log []string
	for _, entry := range x.Log {
		log = append(log, string(entry.Status))
	}
	return strings.Join(log, " ")
}

func TestEventRunsTheActionOfAMatchingRule(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		eng := startEngine(t, shop(t))
		instance, err := eng.Dispatch(t.Context(), "shop.order", map[string]any{"customer": "ada", "first": true},
			petrel.TraceTag("order-7"))
		require.NoError(t, err)

		x := execution(t, eng, instance.ID)
		require.Equal(t, petrel.StatusSucceeded, x.Status)
		require.Equal(t, "requested scheduled running succeeded", statuses(x))
		var said string
		require.NoError(t, x.DecodeResult(&said))
		require.Equal(t, "hello ada;", said)
		require.JSONEq(t, `{"name": "ada"}`, string(x.Parameters), "defaults are not stored")
		require.Equal(t, "shop.welcome", x.Rule.Ref)
		require.Equal(t, "shop.order", x.Trigger)
		require.Equal(t, "stanley", x.User)

		var origin struct {
			TriggerInstance struct{ ID string } `json:"trigger_instance"`
			Rule            struct{ ID, Name string }
			User, Pack      string
			Trace           struct {
				Tag string `json:"trace_tag"`
			} `json:"trace_context"`
		}
		require.NoError(t, json.Unmarshal(x.Context, &origin))
		require.Equal(t, instance.ID, origin.TriggerInstance.ID)
		require.Equal(t, "welcome", origin.Rule.Name)
		require.Equal(t, "shop", origin.Pack)
		require.Equal(t, "order-7", origin.Trace.Tag)

		stored, err := eng.TriggerInstance(t.Context(), instance.ID)
		require.NoError(t, err)
		require.Equal(t, petrel.InstanceProcessed, stored.Status)
		require.JSONEq(t, `{"customer": "ada", "first": true}`, string(stored.Payload))

		enforcements, err := eng.Enforcements(t.Context(), petrel.EnforcementQuery{Rule: "shop.welcome"})
		require.NoError(t, err)
		require.Len(t, enforcements, 1)
		require.Equal(t, x.ID, enforcements[0].Execution)
		require.Equal(t, instance.ID, enforcements[0].TriggerInstance)
		require.False(t, enforcements[0].Failed())

		trace, err := eng.Trace(t.Context(), x.Trace.ID)
		require.NoError(t, err)
		require.Equal(t, "order-7", trace.Trace.Tag)
		require.Len(t, trace.TriggerInstances, 1)
		require.Len(t, trace.Enforcements, 1)
		require.Len(t, trace.Executions, 1)

		document, err := eng.Document(t.Context(), x.ActionDocument)
		require.NoError(t, err)
		require.Contains(t, string(document.Body), `"ref":"shop.greet"`)
		_, err = eng.Document(t.Context(), x.RuleDocument)
		require.NoError(t, err)
	})
}

func TestEventThatMeetsNoRuleIsProcessedAndKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		eng := startEngine(t, shop(t))
		instance, err := eng.Dispatch(t.Context(), "shop.order", map[string]any{"customer": "bob", "first": false})
		require.NoError(t, err)
		synctest.Wait()
		stored, err := eng.TriggerInstance(t.Context(), instance.ID)
		require.NoError(t, err)
		require.Equal(t, petrel.InstanceProcessed, stored.Status)
		found, err := eng.Executions(t.Context(), petrel.ExecutionQuery{})
		require.NoError(t, err)
		require.Empty(t, found)
	})
}

func TestPayloadBelongsToTheEngineOnceDispatched(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		eng := startEngine(t, shop(t))
		payload := map[string]any{"customer": "ada", "first": true}
		instance, err := eng.Dispatch(t.Context(), "shop.order", payload)
		require.NoError(t, err)
		payload["customer"] = "eve"
		require.JSONEq(t, `{"name": "ada"}`, string(execution(t, eng, instance.ID).Parameters))
	})
}

func TestBackstopRuleFiresWhenNoOtherDoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		eng := startEngine(t, shop(t))
		require.NoError(t, eng.RegisterRule(petrel.Rule{
			Pack: "shop", Name: "otherwise", Backstop: true,
			Trigger: petrel.RuleTrigger{Type: "shop.order"},
			Action:  petrel.RuleAction{Ref: "shop.greet", Parameters: map[string]any{"name": "stranger"}},
		}))
		first, err := eng.Dispatch(t.Context(), "shop.order", map[string]any{"customer": "ada", "first": true})
		require.NoError(t, err)
		later, err := eng.Dispatch(t.Context(), "shop.order", map[string]any{"customer": "ada", "first": false})
		require.NoError(t, err)
		require.Equal(t, "shop.welcome", execution(t, eng, first.ID).Rule.Ref)
		require.Equal(t, "shop.otherwise", execution(t, eng, later.ID).Rule.Ref)
	})
}

func TestEnforcementRecordsWhyARuleCouldNotAct(t *testing.T) {
	table := []struct {
		name   string
		rule   func(*petrel.Rule)
		reason string
		failed bool // an execution in status failed is kept
	}{
		{"action missing", func(r *petrel.Rule) { r.Action.Ref = "shop.greeet" }, `unknown action "shop.greeet" (did you mean "shop.greet"?)`, false},
		{"parameter unknown", func(r *petrel.Rule) { r.Action.Parameters = map[string]any{"name": "x", "nam": "y"} }, "nam", false},
		{"parameter missing", func(r *petrel.Rule) { r.Action.Parameters = nil }, "name", false},
		{"wrong type", func(r *petrel.Rule) { r.Action.Parameters = map[string]any{"name": "x", "times": "many"} }, "times", false},
		{"undefined in template", func(r *petrel.Rule) {
			r.Action.Parameters = map[string]any{"name": "{{ trigger.nobody.home }}"}
		}, "nobody", true},
		{"criterion cannot be checked", func(r *petrel.Rule) {
			r.Criteria = []petrel.Criterion{{Key: "trigger.customer", Type: "lessthan", Pattern: 3}}
		}, "criterion trigger.customer", false},
	}
	for _, row := range table {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				eng := startEngine(t, shop(t))
				rule := petrel.Rule{Pack: "shop", Name: "broken", Trigger: petrel.RuleTrigger{Type: "shop.order"},
					Action: petrel.RuleAction{Ref: "shop.greet", Parameters: map[string]any{"name": "x"}}}
				row.rule(&rule)
				require.NoError(t, eng.RegisterRule(rule))
				instance, err := eng.Dispatch(t.Context(), "shop.order", map[string]any{"customer": "ada", "first": true})
				require.NoError(t, err)
				synctest.Wait()

				broken, err := eng.Enforcements(t.Context(), petrel.EnforcementQuery{Rule: "shop.broken"})
				require.NoError(t, err)
				require.Len(t, broken, 1)
				require.True(t, broken[0].Failed())
				require.Contains(t, broken[0].FailureReason, row.reason)
				require.Empty(t, broken[0].Execution)

				all, err := eng.Executions(t.Context(), petrel.ExecutionQuery{TriggerInstance: instance.ID})
				require.NoError(t, err)
				byRule := map[string]petrel.Execution{}
				for _, x := range all {
					byRule[x.Rule.Ref] = x
				}
				require.Contains(t, byRule, "shop.welcome", "the neighbour is not disturbed")
				kept, found := byRule["shop.broken"]
				require.Equal(t, row.failed, found)
				if row.failed {
					require.Equal(t, petrel.StatusFailed, kept.Status)
					require.Contains(t, string(kept.Result), "nobody")
				}
			})
		})
	}
}

func TestBadInputIsRefusedWithItsOwnError(t *testing.T) {
	eng, err := petrel.New()
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, eng.Stop(context.Background())) })
	shop(t)(eng)
	disabled := petrel.NewAction("shop.off", greet)
	disabled.Disabled = true
	require.NoError(t, eng.RegisterAction(disabled))
	execute := func(action string, parameters any) error {
		_, err := eng.Execute(t.Context(), action, parameters)
		return err
	}
	dispatch := func(trigger string, payload any) error {
		_, err := eng.Dispatch(t.Context(), trigger, payload)
		return err
	}
	table := []struct {
		name string
		err  error
		want error
		text []string
	}{
		{"unknown trigger", dispatch("shop.ordr", nil), petrel.ErrUnknownTrigger, []string{`"shop.ordr"`, `did you mean "shop.order"`}},
		{"payload against schema", dispatch("shop.order", map[string]any{"first": "yes"}), petrel.ErrInvalidPayload, []string{"customer", "first"}},
		{"payload missing", dispatch("shop.order", nil), petrel.ErrInvalidPayload, nil},
		{"payload that is no JSON", dispatch("shop.order", map[string]any{"customer": make(chan int)}), petrel.ErrInvalidPayload, nil},
		{"unknown action", execute("shop.gret", nil), petrel.ErrUnknownAction, []string{`did you mean "shop.greet"`}},
		{"disabled action", execute("shop.off", greeting{Name: "x"}), petrel.ErrDisabled, []string{"shop.off"}},
		{"missing parameter", execute("shop.greet", nil), petrel.ErrInvalidParameters, []string{"name"}},
		{"all problems at once", execute("shop.greet", map[string]any{"nam": 1, "times": true}), petrel.ErrInvalidParameters, []string{"name", "nam"}},
		{"wrong type", execute("shop.greet", map[string]any{"name": []int{1}}), petrel.ErrInvalidParameters, []string{"name"}},
		{"parameters of no use", execute("shop.greet", 5), petrel.ErrInvalidParameters, nil},
		{"unknown runner", eng.RegisterAction(petrel.Action{Pack: "a", Name: "b", Runner: "g"}), petrel.ErrUnknownRunner, []string{`"g"`, "go"}},
		{"no runner", eng.RegisterAction(petrel.Action{Pack: "a", Name: "b"}), petrel.ErrInvalid, []string{"a.b"}},
		{"malformed reference", eng.RegisterAction(petrel.Action{Name: "b"}), petrel.ErrInvalid, nil},
		{"rule on unknown trigger", eng.RegisterRule(petrel.Rule{Name: "r", Trigger: petrel.RuleTrigger{Type: "shop.oder"},
			Action: petrel.RuleAction{Ref: "a.b"}}), petrel.ErrUnknownTrigger, []string{"default.r", `did you mean "shop.order"`}},
		{"rule with unknown operator", eng.RegisterRule(petrel.Rule{Name: "r", Trigger: petrel.RuleTrigger{Type: "shop.order"},
			Criteria: []petrel.Criterion{{Key: "trigger.customer", Type: "equalz", Pattern: 1}},
			Action:   petrel.RuleAction{Ref: "a.b"}}), petrel.ErrInvalid, []string{"trigger.customer", `did you mean "equals"`}},
		{"rule without anything", eng.RegisterRule(petrel.Rule{}), petrel.ErrInvalid, []string{"trigger.type", "action.ref"}},
		{"unknown execution", func() error { _, err := eng.Wait(t.Context(), "none"); return err }(), petrel.ErrNotFound, []string{"none"}},
		{"rule to remove", eng.UnregisterRule("a.b"), petrel.ErrNotFound, nil},
		{"trigger type in use", eng.UnregisterTriggerType("shop.order"), petrel.ErrConflict, []string{"shop.welcome"}},
	}
	for _, row := range table {
		t.Run(row.name, func(t *testing.T) {
			require.ErrorIs(t, row.err, row.want)
			for _, text := range row.text {
				require.ErrorContains(t, row.err, text)
			}
		})
	}
	stored, err := eng.TriggerInstances(t.Context(), petrel.TriggerInstanceQuery{})
	require.NoError(t, err)
	require.Empty(t, stored, "refused events leave nothing behind")
}

func TestActionFailuresBecomeResults(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		eng := startEngine(t, shop(t))
		require.NoError(t, eng.RegisterAction(petrel.Action{Pack: "shop", Name: "explode",
			Func: func(context.Context, *petrel.Call) (any, error) { panic("boom") }}))
		require.NoError(t, eng.RegisterAction(petrel.Action{Pack: "shop", Name: "unwritable",
			Func: func(context.Context, *petrel.Call) (any, error) { return func() {}, nil }}))
		table := []struct{ action, result string }{
			{"shop.greet", "there is nobody to greet"},
			{"shop.explode", "panic: boom"},
			{"shop.unwritable", "cannot be stored"},
		}
		for _, row := range table {
			var parameters any
			if row.action == "shop.greet" {
				parameters = greeting{Name: "nobody", Times: 1}
			}
			requested, err := eng.Execute(t.Context(), row.action, parameters)
			require.NoError(t, err)
			x, err := eng.Wait(t.Context(), requested.ID)
			require.NoError(t, err)
			require.Equal(t, petrel.StatusFailed, x.Status)
			require.Contains(t, string(x.Result), row.result)
			require.ErrorContains(t, x.DecodeResult(new(string)), row.result)
		}
	})
}

func TestDelayedExecutionStartsWhenDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		eng := startEngine(t, shop(t))
		requested, err := eng.Execute(t.Context(), "shop.greet", greeting{Name: "ada", Times: 1}, petrel.Delay(time.Hour))
		require.NoError(t, err)
		require.Equal(t, petrel.StatusDelayed, requested.Status)
		x, err := eng.Wait(t.Context(), requested.ID)
		require.NoError(t, err)
		require.Equal(t, "requested delayed scheduled running succeeded", statuses(x))
		require.Equal(t, time.Hour, x.Elapsed())
	})
}

// blocking is an action that runs until it is told to end.
func blocking(name string, started chan<- string) petrel.Action {
	return petrel.Action{Pack: "test", Name: name, Func: func(ctx context.Context, call *petrel.Call) (any, error) {
		started <- call.Execution.ID
		<-ctx.Done()
		return nil, context.Cause(ctx)
	}}
}

func TestCancel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		started := make(chan string, 1)
		eng := startEngine(t, func(eng *petrel.Engine) {
			require.NoError(t, eng.RegisterAction(blocking("block", started)))
		}, petrel.WithWorkers(1))

		running, err := eng.Execute(t.Context(), "test.block", nil)
		require.NoError(t, err)
		<-started
		queued, err := eng.Execute(t.Context(), "test.block", nil)
		require.NoError(t, err)
		delayed, err := eng.Execute(t.Context(), "test.block", nil, petrel.Delay(time.Hour))
		require.NoError(t, err)

		for _, row := range []struct{ id, log string }{
			{queued.ID, "requested canceled"},
			{delayed.ID, "requested delayed canceled"},
			{running.ID, "requested scheduled running canceling canceled"},
		} {
			_, err := eng.Cancel(t.Context(), row.id)
			require.NoError(t, err)
			x, err := eng.Wait(t.Context(), row.id)
			require.NoError(t, err)
			require.Equal(t, row.log, statuses(x))
		}
		_, err = eng.Cancel(t.Context(), running.ID)
		require.ErrorIs(t, err, petrel.ErrIllegalTransition)
		_, err = eng.Cancel(t.Context(), "none")
		require.ErrorIs(t, err, petrel.ErrNotFound)
		time.Sleep(2 * time.Hour)
		require.Empty(t, started, "what was cancelled never starts")
	})
}

func TestStopLetsRunningExecutionsFinish(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &keptStore{Store: petrel.NewMemoryStore()}
		eng, err := petrel.New(petrel.WithStore(store.open), petrel.WithWorkers(1), petrel.WithDrainTimeout(time.Minute))
		require.NoError(t, err)
		require.NoError(t, eng.RegisterAction(petrel.Action{Pack: "test", Name: "slow",
			Func: func(context.Context, *petrel.Call) (any, error) { time.Sleep(30 * time.Second); return "done", nil }}))
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- eng.Run(ctx) }()
		synctest.Wait()
		running, err := eng.Execute(t.Context(), "test.slow", nil)
		require.NoError(t, err)
		queued, err := eng.Execute(t.Context(), "test.slow", nil)
		require.NoError(t, err)
		synctest.Wait()
		cancel()
		synctest.Wait()
		_, err = eng.Execute(t.Context(), "test.slow", nil)
		require.ErrorIs(t, err, petrel.ErrStopped, "a draining engine takes no new work")
		require.NoError(t, <-ended)

		x, err := store.Execution(context.Background(), running.ID)
		require.NoError(t, err)
		require.Equal(t, petrel.StatusSucceeded, x.Status)
		x, err = store.Execution(context.Background(), queued.ID)
		require.NoError(t, err)
		require.Equal(t, petrel.StatusRequested, x.Status, "what has not begun is left to the next engine")
	})
}

func TestDrainTimeoutAbandonsWhatStillRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &keptStore{Store: petrel.NewMemoryStore()}
		started := make(chan string, 1)
		eng, err := petrel.New(petrel.WithStore(store.open), petrel.WithDrainTimeout(time.Minute))
		require.NoError(t, err)
		require.NoError(t, eng.RegisterAction(blocking("block", started)))
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- eng.Run(ctx) }()
		synctest.Wait()
		running, err := eng.Execute(t.Context(), "test.block", nil)
		require.NoError(t, err)
		<-started
		begun := time.Now()
		cancel()
		require.ErrorContains(t, <-ended, "drain timeout")
		require.Equal(t, time.Minute, time.Since(begun))
		x, err := store.Execution(context.Background(), running.ID)
		require.NoError(t, err)
		require.Equal(t, petrel.StatusAbandoned, x.Status)
	})
}

func TestWatchTellsEveryStatus(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		eng := startEngine(t, shop(t))
		ctx, cancel := context.WithCancel(t.Context())
		news, err := eng.Watch(ctx, petrel.EventFilter{})
		require.NoError(t, err)
		_, err = eng.Dispatch(t.Context(), "shop.order", map[string]any{"customer": "ada", "first": true})
		require.NoError(t, err)
		synctest.Wait()
		cancel()
		var told []string
		for event := range news.Events() {
			told = append(told, string(event.Kind)+" "+event.Ref+" "+event.Status)
		}
		require.Equal(t, []string{
			"trigger_instance shop.order pending",
			"trigger_instance shop.order processed",
			"execution shop.greet requested",
			"execution shop.greet running",
			"execution shop.greet succeeded",
		}, told)
		require.Zero(t, news.Lost())
	})
}

func TestManyEventsBeyondTheQueuesAreAllHandled(t *testing.T) {
	const events = 20000 // more than the queues in memory hold
	eng, err := petrel.New(petrel.WithLease(100 * time.Millisecond))
	require.NoError(t, err)
	shop(t)(eng)
	for range events {
		_, err := eng.Dispatch(t.Context(), "shop.order", map[string]any{"customer": "ada", "first": true})
		require.NoError(t, err)
	}
	require.NoError(t, eng.Start(t.Context()))
	require.Eventually(t, func() bool {
		pending, err := eng.TriggerInstances(t.Context(), petrel.TriggerInstanceQuery{
			Status: petrel.InstancePending, Page: petrel.Page{Limit: 1, OldestFirst: true}})
		require.NoError(t, err)
		unfinished, err := eng.Executions(t.Context(), petrel.ExecutionQuery{
			Statuses: []petrel.Status{petrel.StatusRequested, petrel.StatusRunning},
			Page:     petrel.Page{Limit: 1, OldestFirst: true}})
		require.NoError(t, err)
		return len(pending) == 0 && len(unfinished) == 0
	}, time.Minute, 20*time.Millisecond)
	succeeded, err := eng.Executions(t.Context(), petrel.ExecutionQuery{
		Statuses: []petrel.Status{petrel.StatusSucceeded}, WithoutResult: true, Page: petrel.Page{Limit: -1}})
	require.NoError(t, err)
	require.Len(t, succeeded, events)
	require.NoError(t, eng.Stop(t.Context()))
}
