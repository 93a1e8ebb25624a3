package packloader

import (
	"errors"
	"io/fs"
)

// overrides switch resources on and off, whatever their own files say. Values
// of enabled are found by kind ("actions") or by kind and name ("actions/echo").
type overrides struct {
	defaults   map[string]bool
	exceptions map[string]bool
}

var overrideKinds = []string{"sensors", "actions", "rules", "aliases"}

// enabled returns whether a resource is switched on, given what its file says.
func (o overrides) enabled(kind, name string, own bool) bool {
	if v, found := o.exceptions[kind+"/"+name]; found {
		return v
	}
	if v, found := o.defaults[kind]; found {
		return v
	}
	return own
}

// readOverrides reads the two files that concern a pack.
func readOverrides(fsys fs.FS, pack string) (overrides, []Problem) {
	o := overrides{defaults: map[string]bool{}, exceptions: map[string]bool{}}
	if fsys == nil {
		return o, nil
	}
	var problems []Problem
	for _, name := range []string{globalOverrides, pack} {
		path := name + ".yaml"
		if _, err := fs.Stat(fsys, path); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		s := openDocument(fsys, path, "overrides/"+path)
		s.only(overrideKinds...)
		for _, kind := range overrideKinds {
			o.read(s.section(kind), kind, name == globalOverrides)
		}
		problems = append(problems, s.doc.problems...)
	}
	return o, problems
}

func (o overrides) read(s section, kind string, global bool) {
	s.only("defaults", "exceptions")
	if v, given := readSwitch(s.section("defaults")); given {
		o.defaults[kind] = v
	}
	exceptions := s.section("exceptions")
	if global {
		if exceptions.values.Len() > 0 {
			s.warn("exceptions", "are not read in this file; put them into the file of the pack")
		}
		return
	}
	for _, name := range exceptions.names() {
		if v, given := readSwitch(exceptions.section(name)); given {
			o.exceptions[kind+"/"+name] = v
		}
	}
}

func readSwitch(s section) (enabled, given bool) {
	s.only("enabled")
	return s.flag("enabled", false), s.value("enabled") != nil
}
