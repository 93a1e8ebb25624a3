package schema

import "strings"

// didYouMean returns the suggestion to use the one of names that is close to
// name, or "".
func didYouMean(name string, names []string) string {
	best, bestDistance := "", max(1, len(name)/3)+1
	for _, candidate := range names {
		// Of two texts without anything in common, one is not a typo of the other.
		if d := distance(folded(name), folded(candidate)); d < bestDistance && d < len(name) {
			best, bestDistance = candidate, d
		}
	}
	if best == "" || best == name {
		return ""
	}
	return "did you mean " + best + "?"
}

// folded removes the differences that people overlook.
func folded(name string) string {
	return strings.ToLower(strings.ReplaceAll(name, "-", "_"))
}

// distance is the number of characters to insert, delete, replace or swap with
// their neighbour to get from a to b. Long texts are never close.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	if len(x) > 64 || len(y) > 64 {
		return max(len(x), len(y))
	}
	before, last, row := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := range x {
		row[0] = i + 1
		for j := range y {
			cost := 1
			if x[i] == y[j] {
				cost = 0
			}
			row[j+1] = min(row[j]+1, last[j+1]+1, last[j]+cost)
			if i > 0 && j > 0 && x[i] == y[j-1] && x[i-1] == y[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(y)]
}
