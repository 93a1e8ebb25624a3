package pyvalue

import (
	"strings"
	"unicode/utf8"
)

// SplitFields splits s at runs of white space, leaving out empty parts, at most
// limit times if limit is not negative.
func SplitFields(s string, limit int) []string {
	var parts []string
	s = strings.TrimLeftFunc(s, IsSpace)
	for s != "" {
		if limit == 0 {
			return append(parts, s)
		}
		limit--
		end := strings.IndexFunc(s, IsSpace)
		if end < 0 {
			return append(parts, s)
		}
		parts = append(parts, s[:end])
		s = strings.TrimLeftFunc(s[end:], IsSpace)
	}
	return parts
}

// RSplitFields is SplitFields from the right.
func RSplitFields(s string, limit int) []string {
	var parts []string
	s = strings.TrimRightFunc(s, IsSpace)
	for s != "" {
		if limit == 0 {
			parts = append(parts, s)
			break
		}
		limit--
		start := strings.LastIndexFunc(s, IsSpace)
		if start < 0 {
			parts = append(parts, s)
			break
		}
		_, size := utf8.DecodeRuneInString(s[start:])
		parts = append(parts, s[start+size:])
		s = strings.TrimRightFunc(s[:start], IsSpace)
	}
	for i, j := 0, len(parts)-1; i < j; i, j = i+1, j-1 {
		parts[i], parts[j] = parts[j], parts[i]
	}
	return parts
}

// Split splits s at every separator, at most limit times if limit is not
// negative. An empty separator is an error of kind [KindValue].
func Split(s, separator string, limit int) ([]string, error) {
	if separator == "" {
		return nil, Errorf(KindValue, "empty separator")
	}
	if limit >= 0 {
		limit++
	}
	return strings.SplitN(s, separator, limit), nil
}

// RSplit is Split from the right.
func RSplit(s, separator string, limit int) ([]string, error) {
	parts, err := Split(s, separator, -1)
	if err != nil || limit < 0 || len(parts) <= limit+1 {
		return parts, err
	}
	tail := parts[len(parts)-limit:]
	length := len(s)
	for _, part := range tail {
		length -= len(separator) + len(part)
	}
	return append([]string{s[:length]}, tail...), nil
}

// SplitLines splits s at line breaks of every kind that Python knows, which
// are kept at the ends of the lines if keep is set.
func SplitLines(s string, keep bool) []string {
	lines := []string{}
	start := 0
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if !isLineBreak(r) {
			i += size
			continue
		}
		end := i
		i += size
		if r == '\r' && i < len(s) && s[i] == '\n' {
			i++
		}
		if keep {
			end = i
		}
		lines = append(lines, s[start:end])
		start = i
	}
	if start < len(s) {
		lines = append(lines, s[start:])
	}
	return lines
}

func isLineBreak(r rune) bool {
	switch r {
	case '\n', '\v', '\f', '\r', 0x1c, 0x1d, 0x1e, 0x85, 0x2028, 0x2029:
		return true
	}
	return false
}

func stringItems(parts []string) *List {
	items := make([]any, len(parts))
	for i, part := range parts {
		items[i] = part
	}
	return NewList(items...)
}
