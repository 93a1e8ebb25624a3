package packloader

import (
	"errors"
	"io/fs"
	"strings"

	"github.com/petrel-dev/petrel"
	"github.com/petrel-dev/petrel/schema"
)

const configSchemaFile = "config.schema.yaml"

// readConfigSchema reads the description of the pack's configuration, if there is one.
func (r *packReader) readConfigSchema() *schema.Parameters {
	if !r.exists(configSchemaFile) {
		return nil
	}
	s := r.open(configSchemaFile)
	defer r.close(s.doc)
	if !s.filled() {
		return nil
	}
	return compileParameters(s.doc, nil, s.values)
}

// readConfig reads configs/<pack>.yaml and checks it against the schema. The
// values are kept as written: templates and defaults are for later.
func (r *packReader) readConfig() {
	if r.options.configs == nil {
		return
	}
	path := r.pack.Ref + ".yaml"
	if _, err := fs.Stat(r.options.configs, path); errors.Is(err, fs.ErrNotExist) {
		other := r.pack.Ref + ".yml"
		if _, err := fs.Stat(r.options.configs, other); err == nil {
			r.problems = append(r.problems, Problem{Severity: Warning, File: "configs/" + other,
				Message: "is not read: the name of a configuration must end in .yaml", Err: petrel.ErrInvalid})
		}
		return
	}
	s := openDocument(r.options.configs, path, "configs/"+path)
	defer r.close(s.doc)
	if s.values == nil {
		return
	}
	checkConfig(s, r.pack.ConfigSchema)
	if s.doc.sound() {
		r.pack.Config = s.values
	}
}

func checkConfig(s section, specification *schema.Parameters) {
	if specification.Len() == 0 {
		return
	}
	s.doc.schemaError(nil, Fault, specification.ValidateConfig(s.values))
	var known []string
	for item := range specification.All() {
		known = append(known, item.Name)
		text, _ := s.value(item.Name).(string)
		if item.Secret && strings.Contains(text, "decrypt_kv") {
			s.fault(item.Name, "must not use decrypt_kv: the schema says the value is secret, so it is decrypted anyway")
		}
	}
	s.expect(known...)
}
