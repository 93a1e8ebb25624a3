package packloader

import (
	"io/fs"
	"path"
	"strings"

	"github.com/petrel-dev/petrel"
	"github.com/petrel-dev/petrel/pyvalue"
	"github.com/petrel-dev/petrel/schema"
)

// readAction makes an action of actions/*.yaml.
func readAction(s section, p *petrel.Pack) petrel.Action {
	s.only("name", "runner_type", "pack", "description", "enabled", "entry_point", "parameters",
		"output_schema", "notify", "tags", "metadata_file", "ref", "uid", "id")
	checkPack(s, p.Ref)
	return petrel.Action{
		Pack:         p.Ref,
		Name:         s.required("name"),
		Description:  s.text("description"),
		Disabled:     !s.flag("enabled", true),
		Runner:       s.required("runner_type"),
		EntryPoint:   readEntryPoint(s, p.Files),
		Parameters:   readParameters(s, "parameters"),
		Output:       readOutputSchema(s),
		Notify:       readNotify(s),
		Tags:         readTags(s),
		MetadataFile: s.doc.path,
	}
}

// readEntryPoint reads the file an action runs and warns if it is not there:
// that is no fault, as files may be made later and the runner looks for itself.
func readEntryPoint(s section, files fs.FS) string {
	entry := s.text("entry_point")
	if entry == "" || strings.HasPrefix(entry, "/") {
		return entry
	}
	if place := path.Join("actions", entry); entry != path.Clean(entry) || !strings.HasPrefix(place, "actions/") {
		s.warn("entry_point", "%q leads out of the pack's actions directory or is not in its shortest form; the action will fail", entry)
	} else if _, err := fs.Stat(files, place); err != nil {
		s.warn("entry_point", "the pack has no file %s", place)
	}
	return entry
}

// readParameters compiles specifications of parameters. Null is no mapping.
func readParameters(s section, key string) *schema.Parameters {
	if !s.has(key) {
		return nil
	}
	if s.value(key) == nil {
		s.fault(key, "must be a mapping, not null; leave the key out, or write {}")
		return nil
	}
	definition := s.section(key).values
	if definition == nil {
		return nil
	}
	return compileParameters(s.doc, s.at(key), definition)
}

func compileParameters(doc *document, place schema.Path, definition *pyvalue.Map) *schema.Parameters {
	parameters, err := schema.NewParameters(definition)
	if err != nil {
		doc.schemaError(place, Fault, err)
		return nil
	}
	doc.schemaProblems(place, Warning, parameters.Warnings())
	return parameters
}

func readOutputSchema(s section) *schema.Schema {
	definition := s.section("output_schema").values
	if definition.Len() == 0 {
		return nil
	}
	output, err := schema.NewOutput(definition)
	if err != nil {
		s.doc.schemaError(s.at("output_schema"), Fault, err)
		return nil
	}
	s.doc.schemaProblems(s.at("output_schema"), Warning, output.Warnings())
	return output
}

func readNotify(s section) petrel.Notify {
	notify := s.section("notify")
	notify.only("on-complete", "on-success", "on-failure")
	return petrel.Notify{
		OnComplete: readNotification(notify, "on-complete"),
		OnSuccess:  readNotification(notify, "on-success"),
		OnFailure:  readNotification(notify, "on-failure"),
	}
}

func readNotification(notify section, key string) *petrel.Notification {
	s := notify.section(key)
	if s.values == nil {
		return nil
	}
	s.only("message", "data", "routes", "channels")
	n := &petrel.Notification{Message: s.text("message"), Routes: s.texts("routes")}
	if data := s.section("data").values; data != nil {
		n.Data = data
	}
	// channels is what routes were called at first.
	if channels := s.texts("channels"); len(n.Routes) == 0 {
		n.Routes = channels
	}
	return n
}
