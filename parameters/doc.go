// Package parameters turns the parameters that a request gives for an action
// into the values its runner sees, with the semantics of StackStorm.
//
// It happens in two stages. The live stage runs when a request arrives: given
// texts are templates that may use other parameters, the datastore, the
// execution's context, the pack's configuration and, for rules, the trigger's
// payload. The final stage runs when the execution is dispatched: given values
// are plain by then, and the defaults of the action and its runner fill the
// rest. Between the two the values are checked against the schema.
//
// A [Renderer] holds what is fixed for one action, templates of defaults
// compiled. An action whose request and defaults hold no template costs little
// more than copying the values.
//
// Results are those of StackStorm with one exception. It renders a list or an
// object as JSON text, and fails if a value with a quote, a line break or a
// backslash breaks that text. Here the texts inside are then rendered one by
// one. Where the JSON stays whole, so does what StackStorm makes of it: a
// backslash that happens to form an escape is read as one.
//
// [Arguments] builds the command line of a script from final parameters.
package parameters
