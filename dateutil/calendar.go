package dateutil

import (
	"errors"
	"strconv"
	"time"
)

var errFormat = errors.New("unknown format")

// calendar collects the numbers of a date before it is known which is which.
type calendar struct {
	values []int
	// year, month and day are the indices of values that are known to be one,
	// or -1.
	year, month, day int
	century          bool
}

func (c *calendar) addText(text string, label byte) error {
	n, err := strconv.Atoi(text)
	if err != nil {
		return errFormat
	}
	if len(text) > 2 {
		c.century = true
		if label != 0 && label != 'Y' {
			return errFormat
		}
		label = 'Y'
	}
	return c.add(n, label)
}

func (c *calendar) addNumber(n int) error {
	label := byte(0)
	if n > 100 {
		c.century = true
		label = 'Y'
	}
	return c.add(n, label)
}

func (c *calendar) add(n int, label byte) error {
	c.values = append(c.values, n)
	at := map[byte]*int{'Y': &c.year, 'M': &c.month, 'D': &c.day}[label]
	if at == nil {
		return nil
	}
	if *at >= 0 {
		return errFormat
	}
	*at = len(c.values) - 1
	return nil
}

func (c *calendar) couldBeDay(n float64) bool {
	if c.day >= 0 {
		return false
	}
	last := 31
	if c.month >= 0 {
		year := 2000
		if c.year >= 0 {
			year = c.values[c.year]
		}
		last = daysIn(year, c.values[c.month])
	}
	return n >= 1 && n <= float64(last)
}

func daysIn(year, month int) int {
	return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// resolve decides which number is the year, the month and the day; -1 for what
// is not given.
func (c *calendar) resolve() (year, month, day int, err error) {
	v := c.values
	known := 0
	for _, i := range []int{c.year, c.month, c.day} {
		if i >= 0 {
			known++
		}
	}
	if known > 0 && len(v) == known || len(v) == 3 && known == 2 {
		return c.resolveKnown()
	}
	switch {
	case len(v) > 3:
		return 0, 0, 0, errFormat
	case len(v) == 0:
		return -1, -1, -1, nil
	case len(v) == 1, len(v) == 2 && c.month >= 0:
		month, other := -1, v[0]
		if c.month >= 0 {
			month, other = v[c.month], v[len(v)-1-c.month]
			if len(v) == 1 {
				return -1, month, -1, nil
			}
		}
		if other > 31 {
			return other, month, -1, nil
		}
		return -1, month, other, nil
	case len(v) == 2:
		switch {
		case v[0] > 31:
			return v[0], v[1], -1, nil
		case v[1] > 31:
			return v[1], v[0], -1, nil
		}
		return -1, v[0], v[1], nil
	}
	switch c.month {
	case 0:
		if v[1] > 31 {
			return v[1], v[0], v[2], nil
		}
		return v[2], v[0], v[1], nil
	case 1:
		if v[0] > 31 {
			return v[0], v[1], v[2], nil
		}
		return v[2], v[1], v[0], nil
	case 2:
		if v[1] > 31 {
			return v[1], v[2], v[0], nil
		}
		return v[0], v[2], v[1], nil
	}
	switch {
	case v[0] > 31 || c.year == 0:
		return v[0], v[1], v[2], nil
	case v[0] > 12:
		return v[2], v[1], v[0], nil
	}
	return v[2], v[0], v[1], nil
}

func (c *calendar) resolveKnown() (year, month, day int, err error) {
	at := [3]int{c.year, c.month, c.day}
	if len(c.values) == 3 {
		missing := 3
		unknown := 0
		for i, index := range at {
			if index < 0 {
				unknown = i
			} else {
				missing -= index
			}
		}
		if at[unknown] < 0 {
			at[unknown] = missing
		}
	}
	result := [3]int{-1, -1, -1}
	for i, index := range at {
		if index >= 0 {
			result[i] = c.values[index]
		}
	}
	return result[0], result[1], result[2], nil
}
