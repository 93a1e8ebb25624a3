package packloader

import (
	"github.com/petrel-dev/petrel"
	"github.com/petrel-dev/petrel/pyvalue"
)

// checkAlias checks the shape of aliases/*.yaml.
func checkAlias(s section, p *petrel.Pack) (name string) {
	s.only("name", "pack", "action_ref", "description", "enabled", "formats", "ack", "result", "extra",
		"immutable_parameters", "metadata_file", "ref", "uid", "id")
	checkPack(s, p.Ref)
	name = s.required("name")
	s.reference("action_ref")
	s.text("description")
	s.flag("enabled", true)
	checkFormats(s)
	ack := s.section("ack")
	ack.expect("enabled", "append_url", "format", "extra")
	ack.flag("enabled", true)
	ack.flag("append_url", true)
	ack.text("format")
	ack.section("extra")
	result := s.section("result")
	result.expect("enabled", "format", "extra")
	result.flag("enabled", true)
	result.text("format")
	result.section("extra")
	s.section("extra")
	s.section("immutable_parameters")
	return name
}

func checkFormats(s section) {
	if s.value("formats") == nil {
		s.missing("formats", "a list")
		return
	}
	for n, item := range s.list("formats") {
		place := join(s.place, "formats", n)
		switch v := item.(type) {
		case string:
		case *pyvalue.Map:
			format := section{doc: s.doc, place: place, values: v}
			format.expect("display", "representation", "match_multiple")
			format.text("display")
			format.flag("match_multiple", false)
			if _, single := format.value("representation").(string); !single {
				format.texts("representation")
			}
		default:
			s.doc.fault(place, "must be a text or a mapping with display and representation, not %s", kindName(item))
		}
	}
}
