// Quickstart is Petrel on one page: a sensor, a rule, an action, and the audit trail.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/petrel-dev/petrel"
)

type visitor struct {
	Name  string `json:"name"`
	First bool   `json:"first,omitempty"`
}

type door struct{} // the sensor: it sees two visitors

func (door) Run(ctx context.Context, svc *petrel.SensorService) error {
	err := errors.Join(svc.Dispatch(ctx, "visit", visitor{Name: "Grace"}),
		svc.Dispatch(ctx, "visit", visitor{Name: "Ada", First: true}))
	<-ctx.Done()
	return err
}

func greet(_ context.Context, v visitor) (string, error) { return "Welcome, " + v.Name + "!", nil }

func main() {
	ctx := context.Background()
	eng, err := petrel.New()
	check(err)
	defer func() { check(eng.Stop(ctx)) }()
	check(eng.RegisterSensor(petrel.SensorSpec{Pack: "shop", Name: "door",
		TriggerTypes: []petrel.TriggerType{{Pack: "shop", Name: "visit"}}}, door{}))
	check(eng.RegisterAction(petrel.NewAction("shop.greet", greet)))
	check(eng.RegisterRule(petrel.Rule{Pack: "shop", Name: "greet_new_visitors",
		Trigger:  petrel.RuleTrigger{Type: "shop.visit"},
		Criteria: []petrel.Criterion{{Key: "trigger.first", Type: "equals", Pattern: true}},
		Action:   petrel.RuleAction{Ref: "shop.greet", Parameters: map[string]any{"name": "{{ trigger.name }}"}}}))

	news, err := eng.Watch(ctx, petrel.EventFilter{Kind: petrel.EventExecution, Ref: "shop.greet"})
	check(err)
	check(eng.Start(ctx))
	x, err := eng.Wait(ctx, (<-news.Events()).ID) // the first news is that the action was requested
	check(err)
	trail, err := eng.Trace(ctx, x.Trace.ID)
	check(err)
	fmt.Printf("event     %s %s\n", trail.TriggerInstances[0].Trigger, trail.TriggerInstances[0].Payload)
	fmt.Printf("rule      %s\n", trail.Enforcements[0].Rule.Ref)
	fmt.Printf("execution %s %s %s\n", x.Action, x.Status, x.Result)
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
