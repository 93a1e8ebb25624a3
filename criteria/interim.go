package criteria

import (
	"errors"
	"regexp"
	"sync"
	"time"

	"github.com/petrel-dev/petrel/pyvalue"
)

type jsonPath struct{}

func parseJSONPath(key string) (*jsonPath, error) { return nil, errors.New("not a plain key") }
func (p *jsonPath) first(doc any) (any, error)    { return nil, nil }

func parseTime(value any, now time.Time) (time.Time, error) {
	return time.Parse(time.RFC3339, pyvalue.Str(value))
}

type regexMode uint8

const (
	regexSearch regexMode = iota
	regexSearchFold
	regexMatchStart
)

type regexTable struct{}

func newRegexTable(d time.Duration) *regexTable { return nil }

func bindRegex(mode regexMode) func(*Compiler, any) test {
	return func(_ *Compiler, pattern any) test {
		want, err := text(pattern)
		if err != nil {
			return defective(patternError(err))
		}
		switch mode {
		case regexSearchFold:
			want = "(?i)" + want
		case regexMatchStart:
			want = `(?s)\A(?:` + want + ")"
		}
		re, err := regexp.Compile(want)
		if err != nil {
			return defective(patternError(err))
		}
		return test{accepts: texts, holds: func(_ *run, value any) (bool, error) {
			have, err := text(value)
			return err == nil && re.MatchString(have), err
		}}
	}
}

type keyTable struct {
	mu   sync.Mutex
	keys map[string]*address
}

func newKeyTable() *keyTable { return &keyTable{} }

func (t *keyTable) parse(key string) *address { return parseKey(key) }
