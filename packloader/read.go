package packloader

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/petrel-dev/petrel"
	"github.com/petrel-dev/petrel/criteria"
	"github.com/petrel-dev/petrel/internal/suggest"
	"github.com/petrel-dev/petrel/jinja"
)

// Read reads all packs of a directory, as [Load] does, and registers nothing.
// What has a fault is left out of the packs. The problems are those of all
// files, faults and warnings, in the order of the files.
func Read(fsys fs.FS, opts ...Option) ([]petrel.Pack, []Problem) {
	c := readAll(fsys, newOptions(opts))
	return c.packs, c.problems
}

// ReadPack reads one pack, as [LoadPack] does, and registers nothing. The
// pack has no Ref if it could not be read at all.
func ReadPack(fsys fs.FS, opts ...Option) (petrel.Pack, []Problem) {
	c := readOne(fsys, newOptions(opts))
	if len(c.packs) == 0 {
		return petrel.Pack{}, c.problems
	}
	return c.packs[0], c.problems
}

// content is what was read of one or more packs.
type content struct {
	packs    []petrel.Pack
	problems []Problem
	// documents are the files that the resources come from.
	documents map[resource]*document
	// broken are the files that could not be used, by pack.
	broken map[string][]string
}

// resource names a part of a pack.
type resource struct {
	folder string
	ref    string
}

func newContent() *content {
	return &content{documents: map[resource]*document{}, broken: map[string][]string{}}
}

// contentFolders are the directories of a pack that hold metadata.
var contentFolders = []string{"triggers", "sensors", "actions", "rules", "aliases", "policies"}

// readAll reads the packs that are direct children of a directory.
func readAll(fsys fs.FS, o options) *content {
	c := newContent()
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		c.problems = append(c.problems, Problem{Message: "the packs cannot be listed: " + err.Error(), Err: err})
		return c
	}
	var names []string
	for _, entry := range entries {
		name := entry.Name()
		if strings.HasPrefix(name, ".") || name == "__pycache__" || !holdsPack(fsys, name) {
			continue
		}
		names = append(names, name)
		if len(o.only) > 0 && !slices.Contains(o.only, name) {
			continue
		}
		files, err := subdirectory(fsys, name)
		if err != nil {
			c.problems = append(c.problems, Problem{File: name, Message: err.Error(), Err: err})
			continue
		}
		r := newPackReader(c, files, o)
		r.prefix, r.pack.Ref = name+"/", name
		if problem := badDirectoryName(name); problem != "" {
			c.problems = append(c.problems, Problem{File: name, Message: problem, Err: petrel.ErrInvalid})
			continue
		}
		r.read()
	}
	for _, name := range o.only {
		if !slices.Contains(names, name) {
			c.problems = append(c.problems, Problem{File: name, Message: "there is no such pack",
				Suggestion: suggest.DidYouMean(name, slices.Values(names)), Err: petrel.ErrNotFound})
		}
	}
	return c
}

// readOne reads the pack that the file system holds.
func readOne(fsys fs.FS, o options) *content {
	c := newContent()
	newPackReader(c, fsys, o).read()
	return c
}

// holdsPack reports whether a directory holds metadata.
func holdsPack(fsys fs.FS, directory string) bool {
	for _, name := range append([]string{manifestFile}, contentFolders...) {
		info, err := fs.Stat(fsys, directory+"/"+name)
		if err == nil && info.IsDir() == (name != manifestFile) {
			return true
		}
	}
	return false
}

func badDirectoryName(name string) string {
	switch {
	case name == globalOverrides:
		return "the name is reserved"
	case strings.Contains(name, "."):
		return "the name of a pack's directory must not hold a dot, as references end the pack's name at the first one"
	}
	return ""
}

// subdirectory is fs.Sub that keeps a directory on disk recognisable.
func subdirectory(fsys fs.FS, name string) (fs.FS, error) {
	if dir := onDisk(fsys); dir != "" {
		return os.DirFS(filepath.Join(dir, name)), nil
	}
	return fs.Sub(fsys, name)
}

// onDisk returns the directory that a file system made by os.DirFS shows, or
// the empty text for other file systems.
func onDisk(fsys fs.FS) string {
	if v := reflect.ValueOf(fsys); v.IsValid() && v.Type() == reflect.TypeOf(os.DirFS(".")) {
		return v.String()
	}
	return ""
}

// packReader reads one pack.
type packReader struct {
	*content
	options  options
	pack     petrel.Pack
	prefix   string // of the files' names in problems
	switches overrides

	compiler  *criteria.Compiler
	templates *jinja.Environment
}

func newPackReader(c *content, files fs.FS, o options) *packReader {
	// Templates are compiled to see whether they can be, and never rendered.
	decrypt := jinja.WithDecrypt(func(context.Context, string) (string, error) { return "", petrel.ErrNoCryptoKey })
	r := &packReader{content: c, options: o,
		compiler: criteria.NewCompiler(criteria.Jinja(decrypt)), templates: jinja.StackStorm(decrypt)}
	r.pack.Files = files
	if dir := onDisk(files); dir != "" {
		if absolute, err := filepath.Abs(dir); err == nil {
			r.pack.Dir = absolute
		}
	}
	return r
}

func (r *packReader) exists(path string) bool {
	_, err := fs.Stat(r.pack.Files, path)
	return err == nil
}

func (r *packReader) open(path string) section {
	return openDocument(r.pack.Files, path, r.prefix+path)
}

// close takes over the problems of a document that has been read to its end.
func (r *packReader) close(d *document) {
	slices.SortStableFunc(d.problems, func(a, b Problem) int { return a.Line - b.Line })
	r.problems = append(r.problems, d.problems...)
}

func (r *packReader) read() {
	if !r.readManifest() {
		return
	}
	p := &r.pack
	p.ConfigSchema = r.readConfigSchema()
	var problems []Problem
	r.switches, problems = readOverrides(r.options.overrides, p.Ref)
	r.problems = append(r.problems, problems...)

	p.TriggerTypes = readFolder(r, "triggers", func(s section) (petrel.TriggerType, string) {
		checkPack(s, p.Ref)
		t := readTriggerType(s, p)
		return t, t.Name
	})
	p.Sensors = readFolder(r, "sensors", func(s section) (petrel.SensorSpec, string) {
		spec := readSensor(s, p)
		spec.Disabled = !r.switches.enabled("sensors", spec.Name, !spec.Disabled)
		return spec, spec.Name
	})
	p.Actions = readFolder(r, "actions", func(s section) (petrel.Action, string) {
		a := readAction(s, p)
		a.Disabled = !r.switches.enabled("actions", a.Name, !a.Disabled)
		return a, a.Name
	})
	p.Rules = readFolder(r, "rules", func(s section) (petrel.Rule, string) {
		rule := readRule(s, p, r.compiler, r.templates)
		rule.Disabled = !r.switches.enabled("rules", rule.Name, !rule.Disabled)
		return rule, rule.Name
	})
	readFolder(r, "aliases", func(s section) (struct{}, string) { return struct{}{}, checkAlias(s, p) })
	readFolder(r, "policies", func(s section) (struct{}, string) { return struct{}{}, checkPolicy(s, p) })
	r.readConfig()
	r.packs = append(r.packs, *p)
}

// readManifest reads pack.yaml and reports whether the pack has a reference. A
// faulty manifest does not keep the rest of the pack from being read.
func (r *packReader) readManifest() bool {
	p := &r.pack
	if !r.exists(manifestFile) {
		missing := Problem{File: r.prefix + manifestFile, Message: "is missing", Err: fs.ErrNotExist}
		if p.Ref != "" {
			missing.Severity = Warning
		}
		r.problems = append(r.problems, missing)
		p.Name = p.Ref
		return p.Ref != ""
	}
	s := r.open(manifestFile)
	defer r.close(s.doc)
	if !s.filled() {
		p.Name = p.Ref
		return p.Ref != ""
	}
	if p.Ref == "" {
		p.Ref = readManifest(s, p, filepath.Base(p.Dir))
		return p.Ref != ""
	}
	if ref := readManifest(s, p, p.Ref); ref != "" && ref != p.Ref {
		s.warn("ref", "the content is registered under the name of the directory, %q, and not under %q", p.Ref, ref)
	}
	return true
}

// readFolder reads the metadata files of one directory of a pack. A file that
// has a fault is left out. Of two files with the same name inside, the later counts.
func readFolder[T any](r *packReader, folder string, read func(section) (item T, name string)) []T {
	var list []T
	places := map[string]int{}
	for _, path := range r.metadataFiles(folder) {
		s := r.open(path)
		var item T
		var name string
		if s.filled() {
			item, name = read(s)
		}
		if !s.doc.sound() {
			r.close(s.doc)
			r.broken[r.pack.Ref] = append(r.broken[r.pack.Ref], path)
			continue
		}
		origin := resource{folder, r.pack.Ref + "." + name}
		if place, taken := places[name]; taken {
			s.warn("name", "%q is also the name in %s, which this file replaces", name, r.documents[origin].file)
			list[place] = item
		} else {
			places[name] = len(list)
			list = append(list, item)
		}
		r.documents[origin] = s.doc
		r.close(s.doc)
	}
	return list
}

// metadataFiles returns the paths of a directory's metadata files, in order.
func (r *packReader) metadataFiles(folder string) []string {
	entries, err := fs.ReadDir(r.pack.Files, folder)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			r.problems = append(r.problems, Problem{File: r.prefix + folder, Message: "cannot be listed: " + err.Error(), Err: err})
		}
		return nil
	}
	var paths []string
	for _, entry := range entries {
		name := entry.Name()
		isMetadata := strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".yml")
		if !isMetadata || strings.HasPrefix(name, ".") || entry.IsDir() {
			continue
		}
		// A file of this name was the pack's configuration once.
		if folder == "actions" && (name == "config.yaml" || name == "config.yml") {
			continue
		}
		paths = append(paths, folder+"/"+name)
	}
	return paths
}
