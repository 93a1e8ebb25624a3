package packloader

import (
	"fmt"
	"math"
	"slices"

	"github.com/petrel-dev/petrel"
	"github.com/petrel-dev/petrel/internal/suggest"
	"github.com/petrel-dev/petrel/pyvalue"
	"github.com/petrel-dev/petrel/schema"
)

// section is a mapping of a document. Its methods read members and report
// those that are not what they should be; a missing member and one of null
// count the same unless said otherwise.
type section struct {
	doc    *document
	place  schema.Path
	values *pyvalue.Map // nil means there is no such mapping
}

func (s section) at(key string) schema.Path { return join(s.place, key) }

func (s section) fault(key, format string, args ...any) { s.doc.fault(s.at(key), format, args...) }

func (s section) warn(key, format string, args ...any) { s.doc.warn(s.at(key), format, args...) }

func (s section) value(key string) any {
	v, _ := s.values.GetString(key)
	return v
}

func (s section) has(key string) bool {
	_, found := s.values.GetString(key)
	return found
}

// text reads an optional text; the empty text stands for a missing one.
func (s section) text(key string) string {
	switch v := s.value(key).(type) {
	case nil:
		return ""
	case string:
		return v
	default:
		s.fault(key, "must be a text, not %s%s", kindName(v), quoteHint(v))
		return ""
	}
}

// required reads a text that must be there and not be empty.
func (s section) required(key string) string {
	if s.value(key) == nil {
		s.missing(key, "a text")
		return ""
	}
	v := s.text(key)
	if v == "" && s.value(key) == "" {
		s.fault(key, "must not be empty")
	}
	return v
}

// missing reports a member that is not there or null.
func (s section) missing(key, wanted string) {
	if s.has(key) {
		s.fault(key, "must be %s, not null", wanted)
		return
	}
	p := Problem{Message: "is missing"}
	if like := suggest.Closest(key, slices.Values(s.names())); like != "" {
		p.Message = fmt.Sprintf("is missing, though there is %q", like)
	}
	s.doc.report(s.at(key), p)
}

// names returns the keys that are texts.
func (s section) names() []string {
	var names []string
	for key := range s.values.Keys() {
		if name, ok := key.(string); ok {
			names = append(names, name)
		}
	}
	return names
}

// flag reads a boolean.
func (s section) flag(key string, missing bool) bool {
	switch v := s.value(key).(type) {
	case nil:
		return missing
	case bool:
		return v
	default:
		s.fault(key, "must be true or false, not %s", kindName(v))
		return missing
	}
}

// section reads an optional mapping.
func (s section) section(key string) section {
	switch v := s.value(key).(type) {
	case nil:
	case *pyvalue.Map:
		return section{doc: s.doc, place: s.at(key), values: v}
	default:
		s.fault(key, "must be a mapping, not %s", kindName(v))
	}
	return section{doc: s.doc, place: s.at(key)}
}

// list reads an optional list.
func (s section) list(key string) []any {
	v := s.value(key)
	if v == nil {
		return nil
	}
	items, ok := pyvalue.Elements(v)
	if !ok {
		s.fault(key, "must be a list, not %s", kindName(v))
	}
	return items
}

// texts reads an optional list of texts.
func (s section) texts(key string) []string {
	var list []string
	for n, item := range s.list(key) {
		text, ok := item.(string)
		if !ok {
			s.doc.fault(join(s.place, key, n), "must be a text, not %s%s", kindName(item), quoteHint(item))
			continue
		}
		list = append(list, text)
	}
	return list
}

// sections reads an optional list of mappings.
func (s section) sections(key string) []section {
	var list []section
	for n, item := range s.list(key) {
		place := join(s.place, key, n)
		values, ok := item.(*pyvalue.Map)
		if !ok {
			s.doc.fault(place, "must be a mapping, not %s", kindName(item))
			continue
		}
		list = append(list, section{doc: s.doc, place: place, values: values})
	}
	return list
}

// number reads an optional number; 0 stands for a missing one.
func (s section) number(key string) float64 {
	switch v := s.value(key).(type) {
	case nil:
		return 0
	case int64:
		return float64(v)
	case float64:
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			return v
		}
		s.fault(key, "must be a finite number")
	default:
		s.fault(key, "must be a number, not %s", kindName(v))
	}
	return 0
}

// reference reads a text that must be there and be of the form "pack.name".
func (s section) reference(key string) string {
	ref := s.required(key)
	if ref != "" {
		if _, err := petrel.ParseRef(ref); err != nil {
			s.fault(key, "%q is not of the form pack.name", ref)
		}
	}
	return ref
}

// only reports every member that is not known.
func (s section) only(known ...string) { s.unknown(Fault, known) }

// expect warns of every member that is not known.
func (s section) expect(known ...string) { s.unknown(Warning, known) }

func (s section) unknown(severity Severity, known []string) {
	for key := range s.values.Keys() {
		name, ok := key.(string)
		if !ok {
			s.doc.report(join(s.place, key), Problem{Severity: severity,
				Message: fmt.Sprintf("the key %s is %s and not a text%s", pyvalue.Repr(key), kindName(key), quoteHint(key))})
			continue
		}
		if slices.Contains(known, name) {
			continue
		}
		s.doc.report(s.at(name), Problem{Severity: severity, Message: "unknown key", Suggestion: suggest.DidYouMean(name, slices.Values(known))})
	}
}

// quoteHint explains why what looks like a text in the file is none.
func quoteHint(v any) string {
	switch v.(type) {
	case nil, []byte:
		return ""
	}
	if pyvalue.IsDict(v) || pyvalue.IsList(v) {
		return ""
	}
	return "; put it in quotes"
}

// readTags reads the tags of a resource.
func readTags(s section) []petrel.Tag {
	var tags []petrel.Tag
	for _, item := range s.sections("tags") {
		item.expect("name", "value")
		tags = append(tags, petrel.Tag{Name: item.text("name"), Value: item.text("value")})
	}
	return tags
}

// checkPack compares the pack that a file says it belongs to with the one it is in.
func checkPack(s section, pack string) {
	if named := s.text("pack"); named != "" && named != pack {
		s.doc.report(s.at("pack"), Problem{Message: fmt.Sprintf("names the pack %q, but the file is in the pack %q", named, pack)})
	}
}
