// Package suggest finds the name that a mistyped one was meant to be.
package suggest

import (
	"fmt"
	"iter"
	"strings"
)

// longest is how long a name can be and still be compared.
const longest = 64

// Closest returns the known name that name most resembles, or "" if none is
// close: at most one slip for every three characters, and always one, as long as
// something is left in common. A slip is a character too many, too few, wrong,
// or swapped with its neighbour. Letter case and underscores do not count. Of
// equally close names the first in alphabetical order is returned.
func Closest(name string, known iter.Seq[string]) string {
	typed := plain(name)
	best, fewest := "", min(max(1, len(typed)/3), len(typed)-1)
	for candidate := range known {
		if candidate == name || candidate == "" {
			continue
		}
		n := slips(typed, plain(candidate), fewest)
		if n < fewest || n == fewest && (best == "" || candidate < best) {
			best, fewest = candidate, n
		}
	}
	return best
}

// DidYouMean returns a question that names the closest known name, to be
// appended to a message, or "".
func DidYouMean(name string, known iter.Seq[string]) string {
	if best := Closest(name, known); best != "" {
		return fmt.Sprintf("did you mean %q?", best)
	}
	return ""
}

func plain(name string) []rune {
	return []rune(strings.ToLower(strings.ReplaceAll(name, "_", "")))
}

// slips counts the slips that lead from a to b; more than limit are counted as limit+1.
func slips(a, b []rune, limit int) int {
	if len(a)-len(b) > limit || len(b)-len(a) > limit || len(a) > longest || len(b) > longest {
		return limit + 1
	}
	var before, above, row [longest + 1]int
	for j := range len(b) + 1 {
		above[j] = j
	}
	for i := range len(a) {
		row[0] = i + 1
		for j := range len(b) {
			wrong := above[j]
			if a[i] != b[j] {
				wrong++
			}
			row[j+1] = min(wrong, row[j]+1, above[j+1]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, above, row = above, row, before
	}
	return above[len(b)]
}
