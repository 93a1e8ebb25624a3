package criteria

import (
	"errors"
	"time"

	"github.com/petrel-dev/petrel/pyvalue"
)

type jsonPath struct{}

func parseJSONPath(key string) (*jsonPath, error) { return nil, errors.New("not a plain key") }
func (p *jsonPath) first(doc any) (any, error)    { return nil, nil }

func parseTime(value any, now time.Time) (time.Time, error) {
	return time.Parse(time.RFC3339, pyvalue.Str(value))
}
