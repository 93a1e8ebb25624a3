package petrel

// closest returns the known name that a mistyped one most resembles, or the
// empty string if none is close: at most one edit for every three characters.
func closest(name string, known []string) string {
	best, bestDistance := "", len(name)/3+1
	for _, k := range known {
		if d := editDistance(name, k, bestDistance); d < bestDistance || (d == bestDistance && k < best) {
			best, bestDistance = k, d
		}
	}
	return best
}

// editDistance counts the insertions, deletions and replacements of bytes that
// lead from a to b; it gives up at limit+1.
func editDistance(a, b string, limit int) int {
	if len(a)-len(b) > limit || len(b)-len(a) > limit {
		return limit + 1
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
