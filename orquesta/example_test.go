package orquesta_test

import (
	"context"
	"fmt"

	"github.com/petrel-dev/petrel/orquesta"
	"github.com/petrel-dev/petrel/pyvalue"
)

const greeting = `
input:
  - names
tasks:
  greet:
    with: name in <% ctx().names %>
    action: core.echo message="Hello <% item(name) %>"
    next:
      - when: <% succeeded() %>
        publish: greetings=<% result() %>
        do: report
  report:
    action: core.noop
output:
  - greetings: <% ctx().greetings %>
`

func Example() {
	def, err := orquesta.Parse("greeting.yaml", []byte(greeting))
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := def.Check("st2", "parent"); err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	inputs := map[string]any{"names": []any{"Ada", "Grace"}}
	run := orquesta.Compile(def).Start(ctx, inputs, nil, orquesta.Host{})
	_ = run.Request(orquesta.Requested)
	_ = run.Request(orquesta.Running)
	for tasks := run.Next(ctx); len(tasks) > 0; tasks = run.Next(ctx) {
		for _, task := range tasks {
			results := make([]any, task.ItemsCount)
			for _, status := range []orquesta.Status{orquesta.Running, orquesta.Succeeded} {
				for _, action := range task.Actions {
					event := orquesta.Event{Task: task.Task, Route: task.Route, Status: status}
					if task.Itemized {
						results[action.Item], _ = pyvalue.LookupString(action.Input, "message")
						event.Item, event.Results = &action.Item, results
					}
					if err := run.Report(ctx, event); err != nil {
						fmt.Println(err)
					}
				}
			}
		}
	}
	run.RenderOutput(ctx)
	fmt.Println(run.Status(), pyvalue.Repr(run.Output()))
	// Output: succeeded {'greetings': ['Hello Ada', 'Hello Grace']}
}

func ExampleDefinition_Inspect() {
	def, err := orquesta.Parse("deploy.yaml", []byte(`
tasks:
  build:
    action: core.noop
    next:
      - do: deplyo
  deploy:
    acton: core.noop
    input:
      version: <% ctx().version %>
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, finding := range def.Inspect() {
		fmt.Printf("%s: %v\n", finding.Category, finding)
	}
	// Output:
	// syntax: deploy.yaml:8:5: Additional properties are not allowed ('acton' was unexpected) did you mean "action"?
	// semantics: deploy.yaml:6:9: The task "deplyo" is not defined. did you mean "deploy"?
	// context: deploy.yaml:9:5: Variable "version" is referenced before assignment.
}

func ExampleConductor_MarshalJSON() {
	def, _ := orquesta.Parse("one.yaml", []byte("tasks: {one: {action: core.noop}}"))
	workflow := orquesta.Compile(def)
	ctx := context.Background()
	run := workflow.Start(ctx, nil, nil, orquesta.Host{})
	_ = run.Request(orquesta.Running)
	stored, _ := run.MarshalJSON()

	restored, err := workflow.Restore(stored, orquesta.Host{})
	fmt.Println(err, restored.Status(), restored.Next(ctx)[0].Task)
	// Output: <nil> running one
}
