// Package orquesta reads, inspects and conducts StackStorm's Orquesta workflows.
//
//	def, err := orquesta.Parse("deploy.yaml", data)  // the definition, with positions
//	findings := def.Inspect("st2", "parent")         // everything that is wrong with it
//	workflow := orquesta.Compile(def)                // its graph, and its expressions compiled
//	conductor := workflow.Start(ctx, inputs, host)   // one run
//
// A [Conductor] is the state of one run and the rules by which it changes. It
// starts nothing, waits for nothing and has no clock: a host asks it for the
// tasks that are due ([Conductor.Next]), runs their actions, and tells it what
// became of them ([Conductor.Report]). Between any two calls the state can be
// written as JSON and read again by [Workflow.Restore].
//
// # Variables
//
// Every task sees the merge of the contexts that led to it: the inputs and
// variables of the workflow, and what transitions published on the way.
// Dicts are merged into each other, everything else is replaced. Contexts are
// shared between tasks and copied only where they change.
//
// # Data is never code
//
// Values that come from callers and actions are not evaluated, even if they
// look like expressions, unless [WithRuntimeExpressions] asks for StackStorm's
// behaviour.
package orquesta
