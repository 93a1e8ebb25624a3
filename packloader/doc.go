// Package packloader reads StackStorm packs from files and registers what they
// hold with an engine:
//
//	err := packloader.Load(ctx, eng, os.DirFS("packs"),
//		packloader.WithConfigs(os.DirFS("configs")))
//
// A pack is a directory:
//
//	pack.yaml            name, version, author
//	config.schema.yaml   what can be configured
//	triggers/*.yaml      kinds of events
//	sensors/*.yaml       who sends them
//	actions/*.yaml       what can be run, beside the scripts themselves
//	rules/*.yaml         which event runs which action
//	aliases/*.yaml       checked, but not used yet
//	policies/*.yaml      checked, but not used yet
//
// The files are those of StackStorm, in YAML 1.1, with one addition: a rule may
// have a key when, an expression that must hold beside its criteria.
//
// # Problems
//
// Every problem of every file is found and told at once, with the line of the
// key at fault:
//
//	mymonitor/rules/x.yaml:6: criteria.trigger.hosts: unknown operator "equalz" (did you mean "equals"?)
//
// That is so for what only the engine can know, too: runners, trigger types,
// the types of an expression. A faulty file is left out, and the rest is
// registered; [Strict] makes it all or nothing. [Read] and [ReadPack] read and
// check without an engine.
//
// # Sensors
//
// A sensor file describes a sensor; its code is given with [WithSensor] or
// [WithPollingSensor], or registered later with
// [petrel.Engine.RegisterPollingSensor].
package packloader
