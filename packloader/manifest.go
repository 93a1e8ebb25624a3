package packloader

import (
	"regexp"
	"slices"

	"github.com/petrel-dev/petrel"
	"github.com/petrel-dev/petrel/pyvalue"
)

const (
	manifestFile    = "pack.yaml"
	globalOverrides = "_global"
)

var (
	packName    = regexp.MustCompile(`^[a-z0-9_]+$`)
	packVersion = regexp.MustCompile(
		`^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)` +
			`(-[0-9a-z-]+(\.[0-9a-z-]+)*)?(\+[0-9a-z-]+(\.[0-9a-z-]+)*)?$`)
	stackstormVersion = regexp.MustCompile(
		`^((>?>|>=|=|<=|<?<)\s*[0-9]+\.[0-9]+\.[0-9]+)(\s*,\s*(>?>|>=|=|<=|<?<)\s*[0-9]+\.[0-9]+\.[0-9]+)*$`)
)

const maxContributor = 100 // characters

// readManifest fills a pack with what its pack.yaml says. Unknown keys are
// the business of others. It returns the reference that the pack should have,
// being in a directory of that name, or of none.
func readManifest(s section, p *petrel.Pack, directory string) (ref string) {
	p.Name = s.required("name")
	p.Description = presentText(s, "description")
	p.Version = readVersion(s)
	p.Author = presentText(s, "author")
	if s.has("email") {
		p.Email = s.text("email")
	} else {
		s.missing("email", "a text")
	}
	if s.has("keywords") && s.value("keywords") == nil {
		s.fault("keywords", "must be a list, not null")
	}
	p.Keywords = s.texts("keywords")
	for n, c := range s.texts("contributors") {
		if len([]rune(c)) > maxContributor {
			s.doc.fault(join(s.at("contributors"), n), "must not be longer than %d characters", maxContributor)
		}
	}
	readPythonVersions(s)
	if v := s.text("stackstorm_version"); v != "" && !stackstormVersion.MatchString(v) {
		s.fault("stackstorm_version", "%q is not a list of comparisons such as \">=3.5.0, <4.0.0\"", v)
	}
	s.texts("dependencies")
	s.section("system")
	return readPackRef(s, directory, p.Name)
}

// presentText reads a text that must be there and may be empty.
func presentText(s section, key string) string {
	if s.value(key) == nil {
		s.missing(key, "a text")
		return ""
	}
	return s.text(key)
}

func readVersion(s section) string {
	value := s.value("version")
	if value == nil {
		s.missing("version", "a text")
		return ""
	}
	var version string
	switch v := value.(type) {
	case string:
		version = v
	case bool:
		s.text("version")
		return ""
	case int64, float64:
		version = pyvalue.Str(v)
	default:
		s.text("version")
		return ""
	}
	if !packVersion.MatchString(version) {
		s.fault("version", "%q is not a version such as 1.0.0 (three numbers, then lower-case -suffix and +build if any)", version)
	}
	return version
}

func readPythonVersions(s section) {
	if !s.has("python_versions") || s.value("python_versions") == nil {
		return
	}
	versions := s.texts("python_versions")
	if len(s.list("python_versions")) == 0 {
		s.fault("python_versions", `must name "2", "3" or both`)
	}
	for n, v := range versions {
		switch {
		case v != "2" && v != "3":
			s.doc.fault(join(s.at("python_versions"), n), `must be "2" or "3", not %q`, v)
		case slices.Contains(versions[:n], v):
			s.doc.fault(join(s.at("python_versions"), n), "%q is named twice", v)
		}
	}
}

// readPackRef finds the pack's reference: what the manifest says, else the
// directory's name, else the display name. It is empty if none of them will do.
func readPackRef(s section, directory, name string) string {
	ref := s.text("ref")
	switch {
	case ref == globalOverrides:
		s.fault("ref", "%q is reserved", ref)
	case ref != "" && !packName.MatchString(ref):
		s.fault("ref", "%q may hold only lower-case letters, digits and underscores", ref)
	case ref != "":
		return ref
	case packName.MatchString(directory):
		return directory
	case packName.MatchString(name):
		return name
	default:
		s.fault("ref", "is missing, and neither the directory nor the pack has a name that could stand in: "+
			"only lower-case letters, digits and underscores")
	}
	return ""
}
