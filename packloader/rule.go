package packloader

import (
	"errors"

	"github.com/petrel-dev/petrel"
	"github.com/petrel-dev/petrel/criteria"
	"github.com/petrel-dev/petrel/jinja"
	"github.com/petrel-dev/petrel/pyvalue"
	"github.com/petrel-dev/petrel/schema"
)

// backstopType is the rule type for events that no ordinary rule matched.
const backstopType = "backstop"

// readRule makes a rule of rules/*.yaml.
func readRule(s section, p *petrel.Pack, compiler *criteria.Compiler, templates *jinja.Environment) petrel.Rule {
	s.only("name", "pack", "description", "enabled", "type", "trigger", "criteria", "when", "action",
		"context", "tags", "metadata_file", "ref", "uid", "id")
	checkPack(s, p.Ref)
	s.section("context")
	if !s.has("enabled") {
		s.doc.warn(s.at("enabled"), "is missing, so the rule is switched off")
	}
	kind := s.section("type")
	kind.only("ref", "parameters")
	if kind.values != nil {
		kind.required("ref")
	}
	kind.section("parameters")
	list, when := readConditions(s, compiler)
	return petrel.Rule{
		Pack:         p.Ref,
		Name:         s.required("name"),
		Description:  s.text("description"),
		Disabled:     !s.flag("enabled", false),
		Backstop:     kind.value("ref") == backstopType,
		Trigger:      readRuleTrigger(s),
		Criteria:     list,
		When:         when,
		Action:       readRuleAction(s, templates),
		Tags:         readTags(s),
		MetadataFile: s.doc.path,
	}
}

func readRuleTrigger(s section) petrel.RuleTrigger {
	if s.value("trigger") == nil {
		s.missing("trigger", "a mapping")
		return petrel.RuleTrigger{}
	}
	trigger := s.section("trigger")
	if trigger.values == nil {
		return petrel.RuleTrigger{}
	}
	if !trigger.has("type") && trigger.has("name") {
		trigger.fault("name", "names the trigger by an outdated key; write type: pack.name")
		return petrel.RuleTrigger{}
	}
	trigger.expect("type", "parameters", "description", "ref")
	t := petrel.RuleTrigger{Type: trigger.reference("type")}
	if parameters := trigger.section("parameters").values; parameters != nil {
		t.Parameters = parameters
	}
	return t
}

func readRuleAction(s section, templates *jinja.Environment) petrel.RuleAction {
	if s.value("action") == nil {
		s.missing("action", "a mapping")
		return petrel.RuleAction{}
	}
	action := s.section("action")
	if action.values == nil {
		return petrel.RuleAction{}
	}
	action.only("ref", "parameters", "description")
	a := petrel.RuleAction{Ref: action.reference("ref")}
	if parameters := action.section("parameters").values; parameters != nil {
		a.Parameters = parameters
		checkTemplates(s.doc, action.at("parameters"), parameters, templates)
	}
	return a
}

// checkTemplates warns of the texts in a value that look like templates and
// are none: they would fail, or be taken literally, on every event.
func checkTemplates(doc *document, place schema.Path, value any, templates *jinja.Environment) {
	if text, isText := value.(string); isText {
		if !jinja.HasExpression(text) {
			return
		}
		if _, err := templates.Compile(text); err != nil {
			doc.warn(place, "template %q: %v", text, err)
		}
		return
	}
	for key, item := range pyvalue.Entries(value) {
		checkTemplates(doc, join(place, key), item, templates)
	}
	items, _ := pyvalue.Elements(value)
	for n, item := range items {
		checkTemplates(doc, join(place, n), item, templates)
	}
}

// readConditions reads the criteria, in the order of the file, and the
// expression beside them. It checks them as the engine will, as far as that
// needs no trigger type, so that their defects are found with all others.
func readConditions(s section, compiler *criteria.Compiler) (list []petrel.Criterion, when string) {
	when = s.text("when")
	var err error
	if s.has("criteria") {
		if list, err = criteria.Decode(s.value("criteria")); err != nil {
			reportConditions(s.doc, err)
		}
	}
	program, err := compiler.Compile(list, criteria.When(when, nil))
	if err != nil {
		reportConditions(s.doc, err)
		return list, when
	}
	reportCriteria(s.doc, Warning, program.Warnings())
	return list, when
}

// reportConditions reports the error of criteria that were refused.
func reportConditions(doc *document, err error) {
	var defects *criteria.Error
	if errors.As(err, &defects) {
		reportCriteria(doc, Fault, defects.Problems)
		return
	}
	doc.fault(schema.Path{"criteria"}, "%v", err)
}

// reportCriteria puts the problems of criteria, and of the expression beside
// them, at their places in a rule file.
func reportCriteria(doc *document, severity Severity, problems []criteria.Problem) {
	for _, p := range problems {
		place := schema.Path{"criteria", p.Key}
		key := "criteria." + p.Key
		switch p.Key {
		case "":
			place, key = schema.Path{"criteria"}, "criteria"
		case "when":
			place, key = schema.Path{"when"}, "when"
		}
		message := p.Message
		if p.Snippet != "" {
			message += "\n" + p.Snippet
		}
		doc.report(place, Problem{Severity: severity, Key: key, Message: message, Suggestion: p.Hint})
	}
}
