package packloader

import (
	"github.com/petrel-dev/petrel"
	"github.com/petrel-dev/petrel/schema"
)

var triggerTypeKeys = []string{
	"name", "pack", "description", "payload_schema", "parameters_schema", "tags",
	"metadata_file", "ref", "uid", "id",
	// Lists of names from before there were schemas; they check nothing.
	"payload_info", "parameters_info",
}

// readTriggerType makes a trigger type of triggers/*.yaml, or of one item of a
// sensor's trigger_types.
func readTriggerType(s section, p *petrel.Pack) petrel.TriggerType {
	s.expect(triggerTypeKeys...)
	return petrel.TriggerType{
		Pack:         p.Ref,
		Name:         s.required("name"),
		Description:  s.text("description"),
		Payload:      readEventSchema(s, "payload_schema"),
		Parameters:   readEventSchema(s, "parameters_schema"),
		Tags:         readTags(s),
		MetadataFile: s.doc.path,
	}
}

// readEventSchema compiles the schema of a payload or of a trigger's
// parameters. One that is malformed checks nothing: StackStorm, too, loads the
// trigger type.
func readEventSchema(s section, key string) *schema.Schema {
	definition := s.section(key).values
	if definition.Len() == 0 {
		return nil
	}
	compiled, err := schema.New(definition)
	if err != nil {
		s.doc.schemaError(s.at(key), Warning, err)
		s.warn(key, "the schema is malformed, so nothing is checked against it")
		return nil
	}
	s.doc.schemaProblems(s.at(key), Warning, compiled.Warnings())
	return compiled
}
