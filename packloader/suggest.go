package packloader

import "strconv"

// didYouMean suggests the known name that a mistyped one resembles, or nothing.
func didYouMean(name string, known []string) string {
	if best := closest(name, known); best != "" {
		return "did you mean " + strconv.Quote(best) + "?"
	}
	return ""
}

// closest returns the known name that a mistyped one most resembles, or the
// empty text if none comes within one edit for every three bytes.
func closest(name string, known []string) string {
	best, limit := "", len(name)/3
	for _, candidate := range known {
		if d := editDistance(name, candidate); d <= limit && candidate != name {
			best, limit = candidate, d-1
		}
	}
	return best
}

// editDistance counts the insertions, deletions, replacements and swaps of
// neighbours, in bytes, that lead from a to b.
func editDistance(a, b string) int {
	const longest = 64 // what is longer is no name
	if len(a) > longest || len(b) > longest {
		return longest
	}
	var before, above, row [longest + 1]int
	for j := range len(b) + 1 {
		above[j] = j
	}
	for i := range len(a) {
		row[0] = i + 1
		for j := range len(b) {
			cost := above[j]
			if a[i] != b[j] {
				cost++
			}
			row[j+1] = min(cost, row[j]+1, above[j+1]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, above, row = above, row, before
	}
	return above[len(b)]
}
