package yaql

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/petrel-dev/petrel/pyvalue"
)

// formatTime writes t by a strftime layout of the C locale. Unknown
// directives stay as they are.
func formatTime(t time.Time, layout string) (string, error) {
	var b strings.Builder
	for i := 0; i < len(layout); i++ {
		if layout[i] != '%' {
			b.WriteByte(layout[i])
			continue
		}
		start := i
		i++
		flags := ""
		for i < len(layout) && strings.IndexByte("-_0^#", layout[i]) >= 0 {
			flags += layout[i : i+1]
			i++
		}
		width := 0
		for i < len(layout) && isDigitByte(layout[i]) && width < 1000 {
			width = width*10 + int(layout[i]-'0')
			i++
		}
		if i < len(layout) && (layout[i] == 'E' || layout[i] == 'O') {
			i++
		}
		if i >= len(layout) {
			b.WriteString(layout[start:])
			break
		}
		text, pad, size, ok := directive(t, layout[i])
		if !ok {
			b.WriteString(layout[start : i+1])
			continue
		}
		b.WriteString(padded(text, pad, max(size, width), flags))
	}
	return b.String(), nil
}

// padded applies glibc's flags to the text of a directive.
func padded(text string, pad byte, size int, flags string) string {
	for i := range len(flags) {
		switch flags[i] {
		case '-':
			size = 0
		case '_':
			pad = ' '
		case '0':
			pad = '0'
		case '^':
			text = strings.ToUpper(text)
		case '#':
			text = strings.Map(swapCase, text)
		}
	}
	if n := size - len(text); n > 0 {
		text = strings.Repeat(string(pad), n) + text
	}
	return text
}

func swapCase(r rune) rune {
	if 'a' <= r && r <= 'z' {
		return r - 'a' + 'A'
	}
	return r
}

// directive returns the text of one directive, and how it is padded to which
// size.
func directive(t time.Time, c byte) (text string, pad byte, size int, ok bool) {
	number := func(n, size int) (string, byte, int, bool) { return strconv.Itoa(n), '0', size, true }
	spaced := func(n, size int) (string, byte, int, bool) { return strconv.Itoa(n), ' ', size, true }
	words := func(s string) (string, byte, int, bool) { return s, ' ', 0, true }
	layout := func(s string) (string, byte, int, bool) {
		out, _ := formatTime(t, s)
		return out, ' ', 0, true
	}
	hour12 := (t.Hour()+11)%12 + 1
	isoYear, isoWeek := t.ISOWeek()
	switch c {
	case 'a':
		return words(t.Weekday().String()[:3])
	case 'A':
		return words(t.Weekday().String())
	case 'b', 'h':
		return words(t.Month().String()[:3])
	case 'B':
		return words(t.Month().String())
	case 'c':
		return layout("%a %b %e %H:%M:%S %Y")
	case 'C':
		return number(t.Year()/100, 2)
	case 'd':
		return number(t.Day(), 2)
	case 'D', 'x':
		return layout("%m/%d/%y")
	case 'e':
		return spaced(t.Day(), 2)
	case 'f':
		return number(t.Nanosecond()/1000, 6)
	case 'F':
		return layout("%Y-%m-%d")
	case 'g':
		return number(isoYear%100, 2)
	case 'G':
		return number(isoYear, 0)
	case 'H':
		return number(t.Hour(), 2)
	case 'I':
		return number(hour12, 2)
	case 'j':
		return number(t.YearDay(), 3)
	case 'k':
		return spaced(t.Hour(), 2)
	case 'l':
		return spaced(hour12, 2)
	case 'm':
		return number(int(t.Month()), 2)
	case 'M':
		return number(t.Minute(), 2)
	case 'n':
		return words("\n")
	case 'p', 'P':
		half := "AM"
		if t.Hour() >= 12 {
			half = "PM"
		}
		if c == 'P' {
			half = strings.ToLower(half)
		}
		return words(half)
	case 'r':
		return layout("%I:%M:%S %p")
	case 'R':
		return layout("%H:%M")
	case 's':
		clock := time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
		return words(strconv.FormatInt(clock.Unix(), 10))
	case 'S':
		return number(t.Second(), 2)
	case 't':
		return words("\t")
	case 'T', 'X':
		return layout("%H:%M:%S")
	case 'u':
		return number(int(t.Weekday()+6)%7+1, 1)
	case 'U':
		return number((t.YearDay()+6-int(t.Weekday()))/7, 2)
	case 'V':
		return number(isoWeek, 2)
	case 'w':
		return number(int(t.Weekday()), 1)
	case 'W':
		return number((t.YearDay()+6-int(t.Weekday()+6)%7)/7, 2)
	case 'y':
		return number(t.Year()%100, 2)
	case 'Y':
		return number(t.Year(), 0)
	case 'z':
		return words(zoneText(t))
	case 'Z':
		if t.Location() == time.UTC {
			return words("UTC")
		}
		name, _ := t.Zone()
		return words(name)
	case '%':
		return words("%")
	}
	return "", 0, 0, false
}

func zoneText(t time.Time) string {
	offset := int(offsetOf(t) / pyvalue.Second)
	sign := '+'
	if offset < 0 {
		sign, offset = '-', -offset
	}
	text := fmt.Sprintf("%c%02d%02d", sign, offset/3600, offset/60%60)
	if offset%60 != 0 {
		text += fmt.Sprintf("%02d", offset%60)
	}
	return text
}
