package alias

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/petrel-dev/petrel/pyregexp"
	"github.com/petrel-dev/petrel/pyvalue"
)

// Pattern is a compiled format. It is safe for concurrent use.
type Pattern struct {
	format   string
	re       *pyregexp.Regexp
	defaults []placeholder
}

// CompilePattern compiles a format. A search in a command may take as long as
// limit; zero means [pyregexp.DefaultTimeout]. The error says where in the
// format, in characters, what is wrong.
func CompilePattern(format string, limit time.Duration) (*Pattern, error) {
	p := &Pattern{format: format}
	var found []placeholder
	body, err := expand(format, func(blanks string, ph placeholder) string {
		found = append(found, ph)
		if !ph.optional {
			return capture(ph.name)
		}
		p.defaults = append(p.defaults, ph)
		return "(?:" + blanks + capture(ph.name) + ")?"
	})
	if err != nil {
		return nil, err
	}
	if _, err := pyregexp.Compile(body, pyregexp.DotAll); err != nil {
		return nil, explain(format, found, err)
	}
	own := findAnchors(body)
	anchored := body
	if !own.start {
		anchored = `^\s*` + anchored
	}
	if !own.end {
		anchored += `\s*$`
	}
	if p.re, err = pyregexp.CompileLimit(anchored, pyregexp.DotAll, limit); err != nil {
		if strings.HasPrefix(body, "(?") {
			return nil, errors.New("flags cannot stand at the start, where an anchor is put before them (write the group (?i:...), or anchor the format yourself)")
		}
		return nil, err
	}
	return p, nil
}

// explain says what is wrong with a format in its own terms, as far as possible,
// rather than in those of the pattern it stands for.
func explain(format string, found []placeholder, cause error) error {
	var faults []error
	seen := map[string]bool{}
	for _, p := range found {
		switch {
		case seen[p.name]:
			faults = append(faults, fmt.Errorf("%s: the format has this parameter already", at(format, p)))
		case !validName(p.name):
			faults = append(faults, fmt.Errorf("%s: a parameter's name consists of letters, digits and underscores%s", at(format, p), suggestion(p)))
		}
		seen[p.name] = true
	}
	if len(faults) > 0 {
		return errors.Join(faults...)
	}
	// Without its placeholders, each replaced by letters of the same number, the
	// format is a pattern in which positions are those of the format.
	masked, err := expand(format, func(blanks string, p placeholder) string {
		return blanks + strings.Repeat("x", utf8.RuneCountInString(p.text))
	})
	if err == nil {
		if _, err := pyregexp.Compile(masked, pyregexp.DotAll); err != nil {
			return err
		}
	}
	return fmt.Errorf("its pattern is not valid: %w", cause)
}

func at(format string, p placeholder) string {
	before := format[:max(strings.LastIndex(format, p.text), 0)]
	return fmt.Sprintf("position %d: %s", utf8.RuneCountInString(before), p.text)
}

func validName(name string) bool {
	_, err := pyregexp.Compile("(?P<"+name+">)", 0)
	return err == nil
}

func suggestion(p placeholder) string {
	if name, ok := strings.CutSuffix(p.name, "="); ok && validName(name) {
		return fmt.Sprintf(" (for an empty default write {{%s=''}})", name)
	}
	name := strings.Map(func(r rune) rune {
		if strings.ContainsRune("-.:/ ", r) {
			return '_'
		}
		return r
	}, p.name)
	if name == p.name || !validName(name) {
		return ""
	}
	return fmt.Sprintf(" (did you mean {{%s}}?)", name)
}

// String returns the format.
func (p *Pattern) String() string { return p.format }

// Extract returns the parameters that a command gives: in the order of the
// format, texts and, for groups that took no part, null; then the pairs at the
// end of the command. The error is [ErrNoMatch], [ErrNoValue] or
// [pyregexp.ErrTimeout].
func (p *Pattern) Extract(text string) (*pyvalue.Map, error) {
	return p.extract(readCommand(text))
}

func (p *Pattern) extract(c command) (*pyvalue.Map, error) {
	m, err := p.re.Search(c.padded)
	if err != nil {
		return nil, p.searchError(err)
	}
	if m == nil {
		return nil, fmt.Errorf("%w: %q is not of the format %q", ErrNoMatch, shortened(c.text), p.format)
	}
	values := p.parameters(m, c)
	if p.format != "" && c.text == "" && !anyValue(values) {
		return nil, fmt.Errorf("%w: %q", ErrNoValue, p.format)
	}
	return values, nil
}

// ExtractAll returns the parameters of every place where the format fits, from
// left to right, each with the pairs at the end of the command. There may be
// none. The error is [pyregexp.ErrTimeout].
func (p *Pattern) ExtractAll(text string) ([]*pyvalue.Map, error) {
	return p.extractAll(readCommand(text))
}

func (p *Pattern) extractAll(c command) ([]*pyvalue.Map, error) {
	matches, err := p.re.FindAll(c.padded, 0)
	if err != nil {
		return nil, p.searchError(err)
	}
	list := make([]*pyvalue.Map, len(matches))
	for i, m := range matches {
		list[i] = p.parameters(m, c)
	}
	return list, nil
}

func (p *Pattern) searchError(err error) error {
	return fmt.Errorf("format %q: %w", p.format, err)
}

func (p *Pattern) parameters(m *pyregexp.Match, c command) *pyvalue.Map {
	values := pyvalue.NewMap(p.re.NumGroups() + len(c.pairs))
	for i, name := range p.re.GroupNames() {
		if name != "" {
			values.SetString(name, m.Group(i).Value())
		}
	}
	for _, d := range p.defaults {
		if m.GroupByName(d.name).Text == "" {
			values.SetString(d.name, d.fallback)
		}
	}
	for _, pair := range c.pairs {
		values.SetString(pair.key, pair.value)
	}
	return values
}

func anyValue(values *pyvalue.Map) bool {
	for _, value := range values.All() {
		if pyvalue.Truth(value) {
			return true
		}
	}
	return false
}

// shortened keeps a long command out of messages.
func shortened(text string) string {
	const most = 200
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "..."
}
