package packloader

import (
	"errors"
	"strings"

	"github.com/petrel-dev/petrel"
	"github.com/petrel-dev/petrel/criteria"
	"github.com/petrel-dev/petrel/schema"
)

// refusals turns what the engine said about a pack into problems with places.
func (c *content) refusals(err error) []Problem {
	var problems []Problem
	for _, refusal := range flatten(err) {
		var part *petrel.RegistrationError
		if !errors.As(refusal, &part) {
			problems = append(problems, Problem{Message: refusal.Error(), Err: refusal})
			continue
		}
		doc := document{}
		if origin := c.origin(part); origin != nil {
			doc = document{file: origin.file, path: origin.path, yaml: origin.yaml}
		}
		doc.refusal(part)
		problems = append(problems, doc.problems...)
	}
	return problems
}

// origin returns the file a refused part comes from, or nil.
func (c *content) origin(part *petrel.RegistrationError) *document {
	folders := map[petrel.ResourceKind]string{
		petrel.KindTriggerType: "triggers", petrel.KindAction: "actions", petrel.KindRule: "rules",
	}
	return c.documents[resource{folders[part.Kind], part.Ref}]
}

// refusal reports why the engine did not take what the document describes.
func (d *document) refusal(part *petrel.RegistrationError) {
	var defects *criteria.Error
	var definition *schema.DefinitionError
	var validation *schema.ValidationError
	err := part.Err
	switch {
	case errors.As(err, &defects):
		reportCriteria(d, Fault, defects.Problems)
	case errors.As(err, &definition):
		d.schemaError(schema.Path{"parameters"}, Fault, err)
	case errors.As(err, &validation):
		d.schemaError(schema.Path{"trigger", "parameters"}, Fault, err)
	case errors.Is(err, petrel.ErrUnknownRunner):
		d.report(schema.Path{"runner_type"}, Problem{Message: reason(part), Err: err})
	case errors.Is(err, petrel.ErrUnknownTrigger):
		d.report(schema.Path{"trigger", "type"}, Problem{Message: strings.TrimPrefix(reason(part), "trigger.type: "), Err: err})
	default:
		d.report(nil, Problem{Message: reason(part), Err: err})
	}
}

// reason is what an error says beyond naming its resource, which the problem does itself.
func reason(part *petrel.RegistrationError) string {
	text := part.Err.Error()
	text = strings.TrimPrefix(text, petrel.ErrInvalid.Error()+": ")
	return strings.TrimPrefix(text, string(part.Kind)+" "+part.Ref+": ")
}

// flatten returns the errors that were joined.
func flatten(err error) []error {
	if err == nil {
		return nil
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var all []error
		for _, e := range joined.Unwrap() {
			all = append(all, flatten(e)...)
		}
		return all
	}
	return []error{err}
}
