package packloader

import (
	"context"
	"embed"
	"errors"
	"io/fs"
	"slices"

	"github.com/petrel-dev/petrel"
)

//go:embed core
var coreFiles embed.FS

// corePack is the name of the built-in pack.
const corePack = "core"

// Core registers the built-in pack core: the actions local, local_sudo,
// remote, remote_sudo, echo, error, noop and http, as far as the engine has
// their runners, and the trigger types of StackStorm itself, such as
// core.st2.webhook. [Load] does it by itself.
func Core(ctx context.Context, eng *petrel.Engine) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c := readCore()
	for _, p := range c.packs {
		for _, refusal := range flatten(eng.RegisterPack(p)) {
			if !errors.Is(refusal, petrel.ErrUnknownRunner) {
				c.problems = append(c.problems, c.refusals(refusal)...)
			}
		}
	}
	return faults(c.problems)
}

func readCore() *content {
	files, err := fs.Sub(coreFiles, corePack)
	if err != nil {
		return &content{problems: []Problem{{File: corePack, Message: err.Error(), Err: err}}}
	}
	return readOne(files, newOptions(nil))
}

// addCore brings in the built-in pack core. Of one that comes from elsewhere,
// such as StackStorm's, it completes the trigger types: StackStorm's services
// make them by themselves, so that they are in no file.
func (c *content) addCore(ctx context.Context, eng *petrel.Engine) error {
	isCore := func(p petrel.Pack) bool { return p.Ref == corePack }
	own := slices.IndexFunc(c.packs, isCore)
	if own < 0 && !slices.ContainsFunc(eng.Packs(), isCore) {
		return Core(ctx, eng)
	}
	known := eng.TriggerTypes()
	if own >= 0 {
		known = triggerTypes(c.packs[own])
	}
	for _, p := range readCore().packs {
		for _, t := range p.TriggerTypes {
			if slices.ContainsFunc(known, func(other petrel.TriggerType) bool { return other.Ref() == t.Ref() }) {
				continue
			}
			if own >= 0 {
				c.packs[own].TriggerTypes = append(c.packs[own].TriggerTypes, t)
			} else if err := eng.RegisterTriggerType(t); err != nil {
				return err
			}
		}
	}
	return nil
}
