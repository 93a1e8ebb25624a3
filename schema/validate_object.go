package schema

import (
	"slices"
	"strings"

	"github.com/petrel-dev/petrel/internal/suggest"
	"github.com/petrel-dev/petrel/pyvalue"
)

func (v *validation) checkObject(r *objectRules, value any) {
	if r.fills || r.properties != nil {
		v.checkProperties(r, value)
	}
	if r.noRest || r.rest != nil || r.patterns != nil {
		v.checkOthers(r, value)
	}
	if r.minimum > 0 || r.maximum >= 0 {
		v.checkSize(r, value)
	}
	for i := range r.dependencies {
		v.checkDependency(r, &r.dependencies[i], value)
	}
}

// effective returns the value of a declared property: its default if it is
// missing or null and defaults count.
func (r *objectRules) effective(p *property, value any) (any, bool) {
	given, ok := pyvalue.LookupString(value, p.name)
	if r.fills && given == nil && p.node.hasDefault && r.mayFill(p.name, value) {
		return p.node.preset, true
	}
	return given, ok
}

// mayFill reports whether what the property depends on is there. A default that
// breaks a dependency is not filled in.
func (r *objectRules) mayFill(name string, value any) bool {
	for i := range r.dependencies {
		d := &r.dependencies[i]
		if d.name != name {
			continue
		}
		for _, need := range d.needs {
			if _, given := pyvalue.LookupString(value, need); given {
				continue
			}
			if n := r.property(need); n == nil || !n.hasDefault {
				return false
			}
		}
	}
	return true
}

// has reports whether a property is there, by itself or by its default.
func (r *objectRules) has(name string, value any) bool {
	if i, ok := r.index[name]; ok {
		_, ok = r.effective(&r.properties[i], value)
		return ok
	}
	_, ok := pyvalue.LookupString(value, name)
	return ok
}

func (v *validation) checkProperties(r *objectRules, value any) {
	for i := range r.properties {
		if v.quiet && v.failed {
			return
		}
		p := &r.properties[i]
		item, ok := r.effective(p, value)
		switch {
		case ok:
			v.enterName(p.name)
			v.check(p.node, item)
			v.leave()
		case p.node.required:
			v.enterName(p.name)
			v.report("", "is required")
			v.leave()
		}
	}
}

// checkOthers checks the names of properties, and the properties that are not
// declared.
func (v *validation) checkOthers(r *objectRules, value any) {
	for key, item := range pyvalue.Entries(value) {
		if v.quiet && v.failed {
			return
		}
		name, ok := key.(string)
		if !ok {
			name = pyvalue.Str(key)
		}
		_, known := r.index[name]
		if known && r.patterns == nil {
			continue
		}
		v.enterName(name)
		for i := range r.patterns {
			p := &r.patterns[i]
			matches, err := p.pattern.match(name)
			if err != nil {
				v.report("", "cannot be checked against the pattern %q: %v", p.pattern.source, err)
			} else if matches {
				known = true
				v.check(p.node, item)
			}
		}
		switch {
		case known:
		case r.noRest:
			v.report(v.suggestProperty(r, name), "%s", v.unknown(r))
		case r.rest != nil:
			v.check(r.rest, item)
		}
		v.leave()
	}
}

func (v *validation) unknown(r *objectRules) string {
	if v.quiet {
		return ""
	}
	if len(r.properties) == 0 {
		return "is not allowed"
	}
	const limit = 12
	names := make([]string, 0, len(r.properties))
	for _, p := range r.properties {
		names = append(names, p.name)
	}
	if len(names) > limit {
		return "is not allowed"
	}
	return "is not allowed here, known are " + strings.Join(names, ", ")
}

func (v *validation) suggestProperty(r *objectRules, name string) string {
	if v.quiet {
		return ""
	}
	names := make([]string, 0, len(r.properties))
	for _, p := range r.properties {
		names = append(names, p.name)
	}
	return suggest.DidYouMean(name, slices.Values(names))
}

func (v *validation) checkSize(r *objectRules, value any) {
	size := 0
	for key := range pyvalue.Entries(value) {
		if name, ok := key.(string); ok {
			if _, declared := r.index[name]; declared {
				continue
			}
		}
		size++
	}
	for i := range r.properties {
		if _, ok := r.effective(&r.properties[i], value); ok {
			size++
		}
	}
	if size < r.minimum {
		v.report("", "must have at least %s, has %d", counted(r.minimum, "property", "properties"), size)
	}
	if r.maximum >= 0 && size > r.maximum {
		v.report("", "must have at most %s, has %d", counted(r.maximum, "property", "properties"), size)
	}
}

func (v *validation) checkDependency(r *objectRules, d *dependency, value any) {
	if !r.has(d.name, value) {
		return
	}
	for _, need := range d.needs {
		if !r.has(need, value) {
			v.enterName(need)
			v.report("", "is required because %s is given", d.name)
			v.leave()
		}
	}
	if d.node != nil {
		v.check(d.node, value)
	}
}
