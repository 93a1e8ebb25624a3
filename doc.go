// Package petrel gives a Go service event-driven automation: sensors watch
// something outside and dispatch events, rules decide which events matter, and
// actions do the work. Everything that happens is recorded: which event came,
// which rule it met, what was done, and what came of it.
//
//	eng, err := petrel.New(petrel.WithStore(sqlite.Open("petrel.db")))
//	eng.RegisterTriggerType(petrel.TriggerType{Pack: "shop", Name: "order"})
//	eng.RegisterAction(petrel.NewAction("shop.greet", greet))
//	eng.RegisterRule(petrel.Rule{
//		Pack:     "shop",
//		Name:     "greet_new_customers",
//		Trigger:  petrel.RuleTrigger{Type: "shop.order"},
//		Criteria: []petrel.Criterion{{Key: "trigger.first", Type: "equals", Pattern: true}},
//		Action:   petrel.RuleAction{Ref: "shop.greet", Parameters: map[string]any{"name": "{{ trigger.customer }}"}},
//	})
//	err = eng.Run(ctx)
//
// The concepts are those of StackStorm, and so are their names. Content comes
// from Go, as above, or from StackStorm packs, which package packloader reads.
//
// # The way of an event
//
// A sensor, or the program itself, calls [Engine.Dispatch]. The payload is
// checked and stored as a [TriggerInstance] before Dispatch returns. The rules
// of the trigger are matched; for each that matches, the action's parameters
// are rendered and an [Enforcement] and an [Execution] are stored in one
// transaction together with the event's new status. A worker claims the
// execution, its [Runner] runs the action, and the result is stored. A process
// killed at any point goes on where the store says it was: nothing accepted is
// lost, and an execution whose process died is marked [StatusAbandoned] or
// repeated, as its action wishes.
//
// # Plugging in
//
// [Store] keeps the records (in memory, or package store/sqlite), [Transport]
// carries news, [Runner] runs whole kinds of actions (package runner has shell,
// SSH and HTTP). [Clock] makes time a thing a test controls.
package petrel
