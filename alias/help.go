package alias

import (
	"time"

	"github.com/petrel-dev/petrel/pyregexp"
)

// HelpQuery selects formats to be shown. Zero fields select all.
type HelpQuery struct {
	Pack string
	// Filter is a regular expression of Python that is searched in the display,
	// in any case of letters.
	Filter string
	// Offset is how many are left out from the start, Limit how many are shown
	// at most; numbers that are not positive have no effect.
	Offset, Limit int
}

// Help is a page of the formats to be shown.
type Help struct {
	// Available is the number of those selected, on all pages.
	Available int       `json:"available"`
	Formats   []HelpRow `json:"helpstrings"`
}

// HelpRow is one format as shown.
type HelpRow struct {
	Pack        string `json:"pack"`
	Display     string `json:"display"`
	Description string `json:"description"`
}

// filterTime is how long the filter may search in one display.
const filterTime = 50 * time.Millisecond

// Help lists the formats of the enabled aliases that are not hidden. The error is
// that of an invalid filter, of kind [pyvalue.KindRegex], or
// [pyregexp.ErrTimeout].
func (x *Index) Help(q HelpQuery) (Help, error) {
	filter, err := pyregexp.CompileLimit(q.Filter, pyregexp.IgnoreCase, filterTime)
	if err != nil {
		return Help{}, err
	}
	help := Help{Formats: []HelpRow{}}
	for _, a := range x.All() {
		d := a.definition
		if d.Disabled || q.Pack != "" && q.Pack != d.pack() {
			continue
		}
		for _, f := range d.Formats {
			if f.Display == "" {
				continue
			}
			if found, err := filter.MatchString(f.Display); err != nil {
				return Help{}, err
			} else if !found {
				continue
			}
			help.Available++
			if help.Available > q.Offset && (q.Limit <= 0 || len(help.Formats) < q.Limit) {
				help.Formats = append(help.Formats, HelpRow{d.pack(), f.Display, d.Description})
			}
		}
	}
	return help, nil
}
