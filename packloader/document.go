package packloader

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/petrel-dev/petrel"
	"github.com/petrel-dev/petrel/pyvalue"
	"github.com/petrel-dev/petrel/pyyaml"
	"github.com/petrel-dev/petrel/schema"
)

// maxFileSize bounds a metadata file. The largest of real packs has 200 kB.
const maxFileSize = 8 << 20

// document is one metadata file: its content, where everything stands in it,
// and what is wrong with it.
type document struct {
	file     string // as problems name it
	path     string // inside the pack
	yaml     *pyyaml.Document
	problems []Problem
}

// openDocument reads and parses a file whose content is to be a mapping. If it
// cannot be read, is no YAML or no mapping, that is a problem, and the
// section has no values.
func openDocument(fsys fs.FS, path, file string) section {
	doc := &document{file: file, path: path}
	text, err := readFile(fsys, path)
	if err != nil {
		var pathError *fs.PathError
		message := err.Error()
		if errors.As(err, &pathError) {
			message = "cannot be read: " + pathError.Err.Error()
		}
		doc.problems = append(doc.problems, Problem{File: file, Message: message, Err: err})
		return section{doc: doc}
	}
	return doc.parse(text)
}

func readFile(fsys fs.FS, path string) ([]byte, error) {
	info, err := fs.Stat(fsys, path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%w: not a regular file", petrel.ErrInvalid)
	}
	if info.Size() > maxFileSize {
		return nil, fmt.Errorf("%w: larger than %d bytes", petrel.ErrInvalid, maxFileSize)
	}
	return fs.ReadFile(fsys, path)
}

// parse reads the text of a document. That it is empty is not a problem yet.
func (d *document) parse(text []byte) section {
	parsed, err := pyyaml.Parse(d.file, text, pyyaml.Lenient)
	if err != nil {
		p := Problem{File: d.file, Message: err.Error(), Err: fmt.Errorf("%w: %w", petrel.ErrInvalid, err)}
		var malformed *pyyaml.Error
		if errors.As(err, &malformed) {
			p.Message, p.Line, p.Column = malformed.Message, malformed.Position.Line, malformed.Position.Column
		}
		d.problems = append(d.problems, p)
		return section{doc: d}
	}
	d.yaml = parsed
	for _, w := range parsed.Warnings {
		d.problems = append(d.problems, Problem{Severity: Warning, File: d.file,
			Line: w.Position.Line, Column: w.Position.Column, Message: w.Message, Err: petrel.ErrInvalid})
	}
	values, isMap := parsed.Value.(*pyvalue.Map)
	if !isMap && parsed.Value != nil {
		d.fault(nil, "must be a mapping, not %s", kindName(parsed.Value))
	}
	return section{doc: d, values: values}
}

// filled reports whether the document has content, and complains if it is empty.
func (s section) filled() bool {
	if s.values == nil && s.doc.sound() {
		s.doc.fault(nil, "the file is empty")
	}
	return s.values != nil
}

// sound reports whether nothing keeps the document from being used.
func (d *document) sound() bool {
	return !slices.ContainsFunc(d.problems, func(p Problem) bool { return p.Severity == Fault })
}

func (d *document) fault(place schema.Path, format string, args ...any) {
	d.report(place, Problem{Message: fmt.Sprintf(format, args...)})
}

func (d *document) warn(place schema.Path, format string, args ...any) {
	d.report(place, Problem{Severity: Warning, Message: fmt.Sprintf(format, args...)})
}

// report adds a problem and fills in its place. What is missing in the
// document is reported where it should stand: at the mapping around it.
func (d *document) report(place schema.Path, p Problem) {
	p.File = d.file
	if p.Key == "" {
		p.Key = place.String()
	}
	if p.Err == nil {
		p.Err = petrel.ErrInvalid
	}
	if p.Line == 0 {
		p.Line, p.Column = d.position(place)
	}
	d.problems = append(d.problems, p)
}

// position returns the place itself or the nearest one around it that stands
// in the document. The document as a whole has none.
func (d *document) position(place schema.Path) (line, column int) {
	if d.yaml == nil || len(place) == 0 {
		return 0, 0
	}
	if _, found := d.yaml.Position(place[0]); !found {
		return 0, 0
	}
	p, _ := d.yaml.Position(place...)
	return p.Line, p.Column
}

// schemaProblems reports what is wrong with a schema that stands at a place.
func (d *document) schemaProblems(place schema.Path, severity Severity, problems []schema.Problem) {
	for _, p := range problems {
		d.report(join(place, p.Path...), Problem{Severity: severity, Message: p.Message, Suggestion: p.Suggestion})
	}
}

// schemaError is schemaProblems for the error of a schema's compilation.
func (d *document) schemaError(place schema.Path, severity Severity, err error) {
	var definition *schema.DefinitionError
	var validation *schema.ValidationError
	switch {
	case err == nil:
	case errors.As(err, &definition):
		d.schemaProblems(place, severity, definition.Problems)
	case errors.As(err, &validation):
		d.schemaProblems(place, severity, validation.Problems)
	default:
		d.report(place, Problem{Severity: severity, Message: err.Error(), Err: err})
	}
}

// join returns a place inside another one.
func join(place schema.Path, steps ...any) schema.Path {
	return append(place[:len(place):len(place)], steps...)
}

// kindName names the type of a value the way YAML people do.
func kindName(value any) string {
	switch v := value.(type) {
	case nil:
		return "null"
	case bool:
		return "a boolean"
	case string:
		return "a text"
	case float64:
		return "a number"
	case []byte:
		return "binary data"
	default:
		switch {
		case pyvalue.IsDict(v):
			return "a mapping"
		case pyvalue.IsList(v):
			return "a list"
		}
	}
	switch name := pyvalue.TypeName(value); name {
	case "int":
		return "a number"
	case "date", "datetime":
		return "a date"
	case "set":
		return "a set"
	default:
		return strings.TrimSpace("a value of type " + name)
	}
}
