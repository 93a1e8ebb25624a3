package pyregexp

import (
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/dlclark/regexp2/v2"

	"github.com/petrel-dev/petrel/pyvalue"
)

// DefaultTimeout is the time that one search may take unless [CompileLimit]
// says otherwise.
const DefaultTimeout = time.Second

// ErrTimeout is what a search fails with when it takes longer than allowed or
// needs more memory than the engine grants.
var ErrTimeout = errors.New("regular expression took too long")

// Flags change the meaning of a whole pattern.
type Flags uint8

// The flags of Python's re module.
const (
	IgnoreCase Flags = 1 << iota
	Multiline
	DotAll
	Verbose
	ASCII
)

// Regexp is a compiled pattern. It is safe for concurrent use.
type Regexp struct {
	pattern string
	// literal is the text that the pattern stands for if it has no operators.
	literal   string
	isLiteral bool
	names     map[string]int
	groups    int

	search, match, full, advance engine
}

// engine is one form of the pattern, compiled when it is first needed.
type engine struct {
	source  string
	timeout time.Duration
	once    sync.Once
	re      *regexp2.Regexp
	err     error
}

func (e *engine) get() (*regexp2.Regexp, error) {
	e.once.Do(func() {
		// In the translation ^ and $ only stand for their multi-line meaning.
		e.re, e.err = regexp2.Compile(e.source, regexp2.Multiline)
		if e.err == nil {
			e.re.MatchTimeout = e.timeout
		}
	})
	return e.re, e.err
}

// Compile compiles a pattern whose searches may take [DefaultTimeout] each.
// The error for a pattern that Python refuses is of kind
// [pyvalue.KindRegex] and says the position in code points.
func Compile(pattern string, flags Flags) (*Regexp, error) {
	return CompileLimit(pattern, flags, DefaultTimeout)
}

// CompileLimit is Compile with a limit for the time that each search may take.
// Zero means DefaultTimeout, less than zero none.
func CompileLimit(pattern string, flags Flags, limit time.Duration) (*Regexp, error) {
	t, err := translate(pattern, flags)
	if err != nil {
		return nil, err
	}
	switch {
	case limit == 0:
		limit = DefaultTimeout
	case limit < 0:
		limit = regexp2.DefaultMatchTimeout
	}
	re := &Regexp{pattern: pattern, names: t.names, groups: t.groups}
	re.literal, re.isLiteral = t.literal()
	body := t.out.String()
	for e, source := range map[*engine]string{
		&re.search:  body,
		&re.match:   `\A(?:` + body + `)`,
		&re.full:    `\A(?:` + body + `)\z`,
		&re.advance: `(?:` + body + `)(?!\G)`,
	} {
		e.source, e.timeout = source, limit
	}
	if !re.isLiteral {
		if _, err := re.search.get(); err != nil {
			return nil, pyvalue.Errorf(pyvalue.KindRegex, "invalid regular expression %s: %w", pyvalue.Repr(pattern), err)
		}
	}
	return re, nil
}

// String returns the pattern.
func (re *Regexp) String() string { return re.pattern }

// NumGroups returns the number of groups, the whole match not counted.
func (re *Regexp) NumGroups() int { return re.groups }

// GroupIndex returns the number of the named group, or -1.
func (re *Regexp) GroupIndex(name string) int {
	if i, ok := re.names[name]; ok {
		return i
	}
	return -1
}

// GroupNames returns the names of the groups by number; unnamed ones, and the
// whole match at 0, are "".
func (re *Regexp) GroupNames() []string {
	names := make([]string, re.groups+1)
	for name, i := range re.names {
		names[i] = name
	}
	return names
}

// MatchString reports whether the pattern is found anywhere in s. It is faster
// than Search.
func (re *Regexp) MatchString(s string) (bool, error) {
	if re.isLiteral {
		return strings.Contains(s, re.literal), nil
	}
	e, err := re.search.get()
	if err != nil {
		return false, err
	}
	found, err := e.MatchString(s)
	return found, limitError(err)
}

// Search returns the first match in s, or nil.
func (re *Regexp) Search(s string) (*Match, error) { return re.find(&re.search, s) }

// Match returns the match at the start of s, or nil.
func (re *Regexp) Match(s string) (*Match, error) { return re.find(&re.match, s) }

// FullMatch returns the match of the whole of s, or nil.
func (re *Regexp) FullMatch(s string) (*Match, error) { return re.find(&re.full, s) }

func (re *Regexp) find(e *engine, s string) (*Match, error) {
	compiled, err := e.get()
	if err != nil {
		return nil, err
	}
	found, err := compiled.FindStringMatch(s)
	if err != nil || found == nil {
		return nil, limitError(err)
	}
	return re.newMatch(found), nil
}

// FindAll returns the matches in s from left to right, at most limit if limit
// is greater than zero. Like Python it also returns empty matches, also those
// directly after another match. More than [pyvalue.MaxItems] matches are an
// error of kind [pyvalue.KindTooLarge].
func (re *Regexp) FindAll(s string, limit int) ([]*Match, error) {
	var matches []*Match
	err := re.each(s, limit, func(m *Match) error {
		if len(matches) >= pyvalue.MaxItems {
			return pyvalue.Errorf(pyvalue.KindTooLarge, "more than %d matches", pyvalue.MaxItems)
		}
		matches = append(matches, m)
		return nil
	})
	return matches, err
}

func (re *Regexp) each(s string, limit int, visit func(*Match) error) error {
	runes := []rune(s)
	at, wasEmpty := 0, false
	for n := 0; limit <= 0 || n < limit; n++ {
		e := &re.search
		if wasEmpty {
			// After an empty match the next one must get further.
			e = &re.advance
		}
		compiled, err := e.get()
		if err != nil {
			return err
		}
		found, err := compiled.FindRunesMatchStartingAt(runes, at)
		if err != nil {
			return limitError(err)
		}
		if found == nil {
			return nil
		}
		m := re.newMatch(found)
		if err := visit(m); err != nil {
			return err
		}
		at = m.groups[0].End
		wasEmpty = at == m.groups[0].Start
	}
	return nil
}

// limitError turns the engine's errors of exhaustion into ErrTimeout.
func limitError(err error) error {
	if err == nil {
		return nil
	}
	// The engine's message would repeat the whole input.
	return pyvalue.Errorf(pyvalue.KindRegex, "%w", ErrTimeout)
}

// Group is what a group of a pattern matched.
type Group struct {
	// Text is the matched text.
	Text string
	// Start and End are positions in code points, -1 if the group took no part.
	Start, End int
}

// Matched reports whether the group took part in the match.
func (g Group) Matched() bool { return g.Start >= 0 }

// Value returns the text, or nil if the group took no part.
func (g Group) Value() any {
	if !g.Matched() {
		return nil
	}
	return g.Text
}

// Match is one match of a pattern.
type Match struct {
	re     *Regexp
	groups []Group
}

func (re *Regexp) newMatch(found *regexp2.Match) *Match {
	m := &Match{re: re, groups: make([]Group, re.groups+1)}
	for i := range m.groups {
		m.groups[i] = Group{Start: -1, End: -1}
		if g := found.GroupByNumber(i); g != nil && len(g.Captures) > 0 {
			m.groups[i] = Group{g.String(), g.RuneIndex, g.RuneIndex + g.RuneLength}
		}
	}
	return m
}

// Group returns the group of that number; 0 is the whole match. A number that
// the pattern does not have gives a group that took no part.
func (m *Match) Group(i int) Group {
	if i < 0 || i >= len(m.groups) {
		return Group{Start: -1, End: -1}
	}
	return m.groups[i]
}

// GroupByName returns the group of that name.
func (m *Match) GroupByName(name string) Group { return m.Group(m.re.GroupIndex(name)) }

// Groups returns all groups, the whole match at 0. It must not be written to.
func (m *Match) Groups() []Group { return m.groups }

// Text returns the text of the whole match.
func (m *Match) Text() string { return m.groups[0].Text }

// Start returns where the match begins, in code points.
func (m *Match) Start() int { return m.groups[0].Start }

// End returns where the match ends, in code points.
func (m *Match) End() int { return m.groups[0].End }
