package yaql

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// closest returns the candidate that resembles name, or "".
func closest(name string, candidates []string) string {
	slices.Sort(candidates)
	best, distance := "", 1+max(1, utf8.RuneCountInString(name)/3)
	for _, c := range candidates {
		if strings.HasPrefix(c, "#") || strings.HasPrefix(c, "*") {
			continue
		}
		if strings.EqualFold(strings.ReplaceAll(c, "_", ""), strings.ReplaceAll(name, "_", "")) {
			return c
		}
		if d := editDistance(name, c, distance); d < distance {
			best, distance = c, d
		}
	}
	return best
}

// editDistance counts the insertions, deletions and substitutions between a
// and b; beyond limit it is only known to be at least limit.
func editDistance(a, b string, limit int) int {
	x, y := []rune(a), []rune(b)
	if max(len(x)-len(y), len(y)-len(x)) >= limit || len(x) > 64 {
		return limit
	}
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		diagonal := row[0]
		row[0] = i + 1
		for j := range y {
			cost := diagonal
			if x[i] != y[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, diagonal+1)
		}
	}
	return row[len(y)]
}

// closestKey suggests a string key of a dictionary.
func closestKey(dict any, name string) string {
	if dictLen(dict) > 1000 {
		return ""
	}
	var names []string
	for _, k := range dictKeys(dict) {
		if s, ok := k.(string); ok {
			names = append(names, s)
		}
	}
	return closest(name, names)
}
