package petrel_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/petrel-dev/petrel"
	"github.com/petrel-dev/petrel/schema"
)

// newEngine is what the examples share: an engine in memory that runs.
func newEngine(prepare func(eng *petrel.Engine) error) (eng *petrel.Engine, stop func()) {
	eng, err := petrel.New()
	if err == nil {
		err = prepare(eng)
	}
	if err == nil {
		err = eng.Start(context.Background())
	}
	if err != nil {
		log.Fatal(err)
	}
	return eng, func() {
		if err := eng.Stop(context.Background()); err != nil {
			log.Fatal(err)
		}
	}
}

type restart struct {
	Host    string        `json:"host" description:"Machine to restart."`
	Signal  string        `json:"signal" enum:"TERM,KILL" default:"TERM"`
	Retries int           `json:"retries" default:"3"`
	Token   petrel.Secret `json:"token,omitempty"`
}

type restarted struct {
	Message string `json:"message"`
}

func ExampleNewAction() {
	action := petrel.NewAction("ops.restart", func(_ context.Context, in restart) (restarted, error) {
		return restarted{fmt.Sprintf("%s got %s, %d tries, token %v", in.Host, in.Signal, in.Retries, in.Token)}, nil
	})
	eng, stop := newEngine(func(eng *petrel.Engine) error { return eng.RegisterAction(action) })
	defer stop()

	ctx := context.Background()
	requested, err := eng.Execute(ctx, "ops.restart", map[string]any{"host": "db1", "token": "s3cret"})
	if err != nil {
		log.Fatal(err)
	}
	x, err := eng.Wait(ctx, requested.ID)
	if err != nil {
		log.Fatal(err)
	}
	var out restarted
	if err := x.DecodeResult(&out); err != nil {
		log.Fatal(err)
	}
	fmt.Println(x.Status, out.Message)

	// Wrong input never reaches the function.
	_, err = eng.Execute(ctx, "ops.restart", map[string]any{"hosts": "db1", "signal": "HUP"})
	fmt.Println(errors.Is(err, petrel.ErrInvalidParameters))
	// Output:
	// succeeded db1 got TERM, 3 tries, token ********
	// true
}

func ExampleEngine_Dispatch() {
	eng, stop := newEngine(func(eng *petrel.Engine) error {
		return errors.Join(
			eng.RegisterTriggerType(petrel.TriggerType{Pack: "shop", Name: "order",
				Payload: schema.MustParse(`{"type": "object", "properties": {"total": {"type": "number", "required": true}}}`)}),
			eng.RegisterAction(petrel.NewAction("shop.thank", func(_ context.Context, in struct {
				Text string `json:"text"`
			}) (string, error) {
				return in.Text, nil
			})),
			eng.RegisterRule(petrel.Rule{Pack: "shop", Name: "large_orders",
				Trigger:  petrel.RuleTrigger{Type: "shop.order"},
				Criteria: []petrel.Criterion{{Key: "trigger.total", Type: "greaterthan", Pattern: 1000}},
				Action: petrel.RuleAction{Ref: "shop.thank",
					Parameters: map[string]any{"text": "Thank you for {{ trigger.total | int }} pieces!"}}}))
	})
	defer stop()
	ctx := context.Background()
	news, err := eng.Watch(ctx, petrel.EventFilter{Kind: petrel.EventExecution})
	if err != nil {
		log.Fatal(err)
	}
	if _, err := eng.Dispatch(ctx, "shop.order", map[string]any{"total": 1500}); err != nil {
		log.Fatal(err)
	}
	x, err := eng.Wait(ctx, (<-news.Events()).ID)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(x.Rule.Ref, x.Status, string(x.Result))

	_, err = eng.Dispatch(ctx, "shop.order", map[string]any{"totl": 1500})
	fmt.Println(errors.Is(err, petrel.ErrInvalidPayload))
	// Output:
	// shop.large_orders succeeded {"result":"Thank you for 1500 pieces!"}
	// true
}

// clockSensor is polled and dispatches an event each time.
type clockSensor struct{ polls int }

func (c *clockSensor) Poll(ctx context.Context, svc *petrel.SensorService) error {
	c.polls++
	return svc.Dispatch(ctx, "tick", map[string]any{"n": c.polls})
}

func ExampleEngine_RegisterPollingSensor() {
	eng, stop := newEngine(func(eng *petrel.Engine) error {
		return eng.RegisterPollingSensor(petrel.SensorSpec{
			Pack: "demo", Name: "Clock",
			PollInterval: time.Minute,
			TriggerTypes: []petrel.TriggerType{{Name: "tick"}},
		}, &clockSensor{})
	})
	defer stop()
	ctx := context.Background()
	for {
		ticks, err := eng.TriggerInstances(ctx, petrel.TriggerInstanceQuery{Trigger: "demo.tick"})
		if err != nil {
			log.Fatal(err)
		}
		if len(ticks) > 0 {
			fmt.Println(string(ticks[0].Payload), eng.Sensors()[0].State)
			return
		}
	}
	// Output:
	// {"n":1} running
}

func ExampleEngine_Datastore() {
	eng, stop := newEngine(func(*petrel.Engine) error { return nil })
	defer stop()
	ctx := context.Background()
	keys := eng.Datastore()
	err := errors.Join(
		keys.Set(ctx, "hosts.primary", "10.0.0.1"),
		keys.Set(ctx, "hosts.spare", "10.0.0.2", petrel.TTL(time.Hour)),
		keys.User("ada").Set(ctx, "editor", "ed"))
	if err != nil {
		log.Fatal(err)
	}
	listed, err := keys.List(ctx, "hosts.")
	if err != nil {
		log.Fatal(err)
	}
	for _, k := range listed {
		fmt.Println(k.Name, k.Value)
	}
	_, err = keys.Get(ctx, "editor")
	fmt.Println(errors.Is(err, petrel.ErrNotFound))
	// Output:
	// hosts.primary 10.0.0.1
	// hosts.spare 10.0.0.2
	// true
}

func ExampleEngine_Cancel() {
	eng, stop := newEngine(func(eng *petrel.Engine) error {
		return eng.RegisterAction(petrel.Action{Pack: "demo", Name: "nap",
			Func: func(ctx context.Context, _ *petrel.Call) (any, error) {
				<-ctx.Done()
				return nil, context.Cause(ctx)
			}})
	})
	defer stop()
	ctx := context.Background()
	x, err := eng.Execute(ctx, "demo.nap", nil)
	if err != nil {
		log.Fatal(err)
	}
	if _, err := eng.Cancel(ctx, x.ID); err != nil {
		log.Fatal(err)
	}
	x, err = eng.Wait(ctx, x.ID)
	fmt.Println(x.Status, err)
	// Output:
	// canceled <nil>
}

// shout is a runner: it knows how to run all actions whose runner is "shout".
type shout struct{}

func (shout) Spec() petrel.RunnerSpec {
	return petrel.RunnerSpec{Name: "shout", OutputKey: "said",
		Parameters: schema.MustParseParameters(`{"text": {"type": "string", "required": true}}`)}
}

func (shout) Run(_ context.Context, call *petrel.Call) (petrel.Outcome, error) {
	text, _ := call.RunnerParameters.GetString("text")
	return petrel.Outcome{Result: map[string]any{"said": fmt.Sprintf("%v!", text)}}, nil
}

func ExampleRunner() {
	eng, stop := newEngine(func(eng *petrel.Engine) error {
		return errors.Join(
			eng.RegisterRunner(shout{}),
			eng.RegisterAction(petrel.Action{Pack: "demo", Name: "shout", Runner: "shout"}))
	})
	defer stop()
	ctx := context.Background()
	x, err := eng.Execute(ctx, "demo.shout", map[string]any{"text": "land"})
	if err != nil {
		log.Fatal(err)
	}
	x, err = eng.Wait(ctx, x.ID)
	fmt.Println(x.Status, string(x.Result), err)
	// Output:
	// succeeded {"said":"land!"} <nil>
}

func ExampleSecret() {
	password := petrel.Secret("hunter2")
	fmt.Printf("%v %q %#v %d\n", password, password, password, password)
	fmt.Println(len(password.Reveal()))
	// Output:
	// ******** ******** ******** ********
	// 7
}

func ExampleParseRef() {
	ref, err := petrel.ParseRef("core.st2.webhook")
	fmt.Println(ref.Pack, ref.Name, err)
	_, err = petrel.ParseRef("webhook")
	fmt.Println(err)
	// Output:
	// core st2.webhook <nil>
	// invalid: reference "webhook" is not of the form pack.name
}
