package packloader

import (
	"context"
	"io/fs"
	"slices"

	"github.com/petrel-dev/petrel"
	"github.com/petrel-dev/petrel/internal/suggest"
)

// Load reads the packs that are the direct children of a directory, such as
// os.DirFS("packs"), and registers all they hold. A pack's content is named
// after its directory. The built-in pack core is registered too, unless the
// engine or the directory has a pack of that name.
//
// One bad file does not keep others from being loaded; the error is an
// [*Error] with all faults of all files. If a pack is registered already, its
// content is replaced; what a faulty file held stays as it was.
func Load(ctx context.Context, eng *petrel.Engine, fsys fs.FS, opts ...Option) error {
	o := newOptions(opts)
	return readAll(fsys, o).register(ctx, eng, o)
}

// LoadPack is [Load] for one pack: fsys is the pack's own directory. The pack
// is named by the ref in its pack.yaml; else by its directory, if it is on
// disk; else by its name.
func LoadPack(ctx context.Context, eng *petrel.Engine, fsys fs.FS, opts ...Option) error {
	o := newOptions(opts)
	return readOne(fsys, o).register(ctx, eng, o)
}

func (c *content) register(ctx context.Context, eng *petrel.Engine, o options) error {
	if o.strict && faults(c.problems) != nil {
		return c.report(o)
	}
	if !o.noCore {
		if err := c.addCore(ctx, eng); err != nil {
			return err
		}
	}
	c.keepFormer(eng)
	// The rules of one pack may want events of another one.
	for _, p := range c.packs {
		for _, t := range triggerTypes(p) {
			_ = eng.RegisterTriggerType(t) // if it fails, it fails again below
		}
	}
	for _, p := range c.packs {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := eng.RegisterPack(p); err != nil {
			c.problems = append(c.problems, c.refusals(err)...)
			if o.strict {
				return c.report(o)
			}
		}
	}
	c.registerSensors(eng, o)
	return c.report(o)
}

// report tells the warnings and returns the faults.
func (c *content) report(o options) error {
	for _, p := range c.problems {
		if p.Severity == Warning {
			o.warn(p)
		}
	}
	return faults(c.problems)
}

// keepFormer keeps, of packs that are registered already, the resources whose
// files now have a fault: who makes a slip in a rule does not want to lose it.
func (c *content) keepFormer(eng *petrel.Engine) {
	former := map[string]petrel.Pack{}
	for _, p := range eng.Packs() {
		former[p.Ref] = p
	}
	for n := range c.packs {
		p, old := &c.packs[n], former[c.packs[n].Ref]
		for _, path := range c.broken[p.Ref] {
			p.TriggerTypes = keepFrom(path, old.TriggerTypes, p.TriggerTypes, func(t petrel.TriggerType) (string, string) { return t.MetadataFile, t.Name })
			p.Sensors = keepFrom(path, old.Sensors, p.Sensors, func(s petrel.SensorSpec) (string, string) { return s.MetadataFile, s.Name })
			p.Actions = keepFrom(path, old.Actions, p.Actions, func(a petrel.Action) (string, string) { return a.MetadataFile, a.Name })
			p.Rules = keepFrom(path, old.Rules, p.Rules, func(r petrel.Rule) (string, string) { return r.MetadataFile, r.Name })
		}
	}
}

// keepFrom adds to the present resources the former ones of a file, unless
// another file has taken their names.
func keepFrom[T any](path string, former, present []T, identity func(T) (file, name string)) []T {
	for _, old := range former {
		file, name := identity(old)
		taken := slices.ContainsFunc(present, func(t T) bool { _, other := identity(t); return other == name })
		if file == path && !taken {
			present = append(present, old)
		}
	}
	return present
}

// registerSensors gives the sensors that the packs describe their Go code.
func (c *content) registerSensors(eng *petrel.Engine, o options) {
	specs := map[string]petrel.SensorSpec{}
	var refs []string
	for _, p := range c.packs {
		for _, s := range p.Sensors {
			specs[s.Ref()] = s
			refs = append(refs, s.Ref())
		}
	}
	for _, code := range o.sensors {
		spec, described := specs[code.ref]
		if !described {
			c.problems = append(c.problems, Problem{Message: "no pack describes the sensor " + code.ref + ", for which there is code",
				Suggestion: suggest.DidYouMean(code.ref, slices.Values(refs)), Err: petrel.ErrNotFound})
			continue
		}
		if err := code.register(eng, spec); err != nil {
			c.problems = append(c.problems, Problem{File: c.fileOf("sensors", code.ref), Message: err.Error(), Err: err})
		}
	}
	running := map[string]bool{}
	for _, s := range eng.Sensors() {
		running[s.Ref] = true
	}
	for _, ref := range refs {
		if !running[ref] && !specs[ref].Disabled {
			c.problems = append(c.problems, Problem{Severity: Warning, File: c.fileOf("sensors", ref),
				Message: "nothing runs the sensor: there is no Go code for it", Err: petrel.ErrNotFound})
		}
	}
}

func (c *content) fileOf(folder, ref string) string {
	if doc := c.documents[resource{folder, ref}]; doc != nil {
		return doc.file
	}
	return ""
}

// triggerTypes returns those of the pack and those of its sensors.
func triggerTypes(p petrel.Pack) []petrel.TriggerType {
	all := slices.Clone(p.TriggerTypes)
	for _, s := range p.Sensors {
		all = append(all, s.TriggerTypes...)
	}
	return all
}
