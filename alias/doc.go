// Package alias turns what people write in a chat into requests for actions:
// StackStorm's action aliases.
//
// An alias lists formats such as
//
//	deploy {{app}} to {{env=staging}}
//
// A format is a regular expression of Python in which {{name}} stands for a
// parameter and {{name=default}} for an optional one. A command that fits gives
// the parameters, and pairs such as wait=30 at its end give further ones.
//
// [Compile] checks an alias and compiles its formats. An alias with an invalid
// format is refused as a whole, and says so at once; it never takes part in
// matching. An [Index] holds the aliases of an installation, finds the one that
// a command is meant for, and writes the help. What follows is done by the
// [Alias]: it adds its immutable parameters and renders the acknowledgement and
// the final message. [Cast] gives parameters the types that the action declares.
//
// Commands come from anybody in a chat. Every search runs under a time limit,
// and a format that exceeds it does not keep others from matching.
package alias
