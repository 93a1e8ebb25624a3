package petrel_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel"
	"github.com/petrel-dev/petrel/schema"
)

func TestContentChangesWhileRunning(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		eng := startEngine(t, shop(t))
		send := func() petrel.TriggerInstance {
			instance, err := eng.Dispatch(t.Context(), "shop.order", map[string]any{"customer": "ada", "first": true})
			require.NoError(t, err)
			synctest.Wait()
			return instance
		}
		count := func(instance petrel.TriggerInstance) int {
			found, err := eng.Executions(t.Context(), petrel.ExecutionQuery{TriggerInstance: instance.ID})
			require.NoError(t, err)
			return len(found)
		}
		require.Equal(t, 1, count(send()))
		rule := eng.Rules()[0]
		rule.Disabled = true
		require.NoError(t, eng.RegisterRule(rule))
		require.Equal(t, 0, count(send()), "a disabled rule does not fire")
		rule.Disabled = false
		require.NoError(t, eng.RegisterRule(rule))
		require.Equal(t, 1, count(send()))
		require.NoError(t, eng.UnregisterRule("shop.welcome"))
		require.Equal(t, 0, count(send()))
		require.NoError(t, eng.UnregisterTriggerType("shop.order"))
		_, err := eng.Dispatch(t.Context(), "shop.order", map[string]any{"customer": "ada"})
		require.ErrorIs(t, err, petrel.ErrUnknownTrigger)
		require.NoError(t, eng.UnregisterAction("shop.greet"))
		_, err = eng.Execute(t.Context(), "shop.greet", greeting{Name: "ada"})
		require.ErrorIs(t, err, petrel.ErrUnknownAction)
	})
}

func TestPackIsReplacedAsAWhole(t *testing.T) {
	eng, err := petrel.New()
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, eng.Stop(context.Background())) })
	first := petrel.Pack{
		Ref:          "shop",
		TriggerTypes: []petrel.TriggerType{{Pack: "shop", Name: "order"}, {Pack: "shop", Name: "refund"}},
		Actions:      []petrel.Action{petrel.NewAction("shop.greet", greet), petrel.NewAction("shop.insult", greet)},
		Rules: []petrel.Rule{{Pack: "shop", Name: "r", Trigger: petrel.RuleTrigger{Type: "shop.refund"},
			Action: petrel.RuleAction{Ref: "shop.insult"}}},
	}
	require.NoError(t, eng.RegisterPack(first))
	second := petrel.Pack{
		Ref:          "shop",
		TriggerTypes: first.TriggerTypes[:1],
		Actions:      first.Actions[:1],
	}
	require.NoError(t, eng.RegisterPack(second))
	require.Len(t, eng.Actions(), 1)
	require.Empty(t, eng.Rules())
	require.Len(t, eng.TriggerTypes(), 1)
	require.NoError(t, eng.UnregisterPack("shop"))
	require.Empty(t, eng.Actions())
	require.Empty(t, eng.TriggerTypes())
	require.ErrorIs(t, eng.UnregisterPack("shop"), petrel.ErrNotFound)
}

func TestTriggersWithParameters(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		eng := startEngine(t, func(eng *petrel.Engine) {
			require.NoError(t, eng.RegisterTriggerType(petrel.TriggerType{Pack: "files", Name: "changed",
				Parameters: schema.MustParse(`{"type": "object", "properties": {"path": {"type": "string", "required": true}}, "additionalProperties": false}`)}))
			require.NoError(t, eng.RegisterAction(petrel.NewAction("shop.greet", greet)))
		})
		rule := func(name string, parameters any) error {
			return eng.RegisterRule(petrel.Rule{Pack: "files", Name: name,
				Trigger: petrel.RuleTrigger{Type: "files.changed", Parameters: parameters},
				Action:  petrel.RuleAction{Ref: "shop.greet", Parameters: map[string]any{"name": "x"}}})
		}
		require.NoError(t, rule("a", map[string]any{"path": "/etc"}))
		require.NoError(t, rule("b", map[string]any{"path": "/etc"}))
		require.NoError(t, rule("c", map[string]any{"path": "/tmp"}))
		require.ErrorIs(t, rule("d", nil), petrel.ErrInvalid)
		require.ErrorIs(t, rule("e", map[string]any{"path": "/x", "depth": 2}), petrel.ErrInvalid)

		triggers := eng.Triggers()
		require.Len(t, triggers, 2, "equal parameters share a trigger")
		for _, trigger := range triggers {
			instance, err := eng.Dispatch(t.Context(), trigger.Ref, nil)
			require.NoError(t, err)
			synctest.Wait()
			found, err := eng.Executions(t.Context(), petrel.ExecutionQuery{TriggerInstance: instance.ID})
			require.NoError(t, err)
			want := 1
			if strings.Contains(string(trigger.Parameters), "/etc") {
				want = 2
			}
			require.Len(t, found, want)
		}
		require.NoError(t, eng.UnregisterRule("files.c"))
		require.Len(t, eng.Triggers(), 1, "a trigger goes with its last rule")
	})
}

func TestRuleIsTestedAgainstAStoredEvent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		eng := startEngine(t, shop(t))
		instance, err := eng.Dispatch(t.Context(), "shop.order", map[string]any{"customer": "ada", "first": true})
		require.NoError(t, err)
		synctest.Wait()
		rule := petrel.Rule{Pack: "shop", Name: "draft", Disabled: true,
			Trigger:  petrel.RuleTrigger{Type: "shop.order"},
			Criteria: []petrel.Criterion{{Key: "trigger.customer", Type: "startswith", Pattern: "a"}},
			Action:   petrel.RuleAction{Ref: "shop.greet", Parameters: map[string]any{"name": "{{ trigger.customer | upper }}"}}}
		test, err := eng.TestRule(t.Context(), rule, instance.ID)
		require.NoError(t, err)
		require.True(t, test.Matched)
		require.NoError(t, test.Refusal)
		require.JSONEq(t, `{"name": "ADA"}`, string(test.Parameters))

		rule.Criteria[0].Pattern = "b"
		test, err = eng.TestRule(t.Context(), rule, instance.ID)
		require.NoError(t, err)
		require.False(t, test.Matched)
		require.Equal(t, "trigger.customer", test.Verdicts[0].Key)
		require.Equal(t, "ada", test.Verdicts[0].Value)
		require.Equal(t, "b", test.Verdicts[0].Pattern)

		rule.Criteria, rule.Action.Ref = nil, "shop.none"
		test, err = eng.TestRule(t.Context(), rule, instance.ID)
		require.NoError(t, err)
		require.True(t, test.Matched)
		require.ErrorIs(t, test.Refusal, petrel.ErrUnknownAction)

		rule.Trigger.Type = "shop.none"
		_, err = eng.TestRule(t.Context(), rule, instance.ID)
		require.ErrorIs(t, err, petrel.ErrUnknownTrigger)
		_, err = eng.TestRule(t.Context(), rule, "none")
		require.ErrorIs(t, err, petrel.ErrNotFound)

		all, err := eng.Executions(t.Context(), petrel.ExecutionQuery{})
		require.NoError(t, err)
		require.Len(t, all, 1, "testing a rule has no effect")
	})
}
