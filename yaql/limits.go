package yaql

// Limits bound what one expression may cost. A zero or negative field means
// no limit; [DefaultLimits] is what a program has unless [WithLimits] says
// otherwise.
type Limits struct {
	SourceBytes int // length of the source
	Nesting     int // depth of brackets and calls in the source; operators chain at most twice as long
	Depth       int // depth of evaluation: calls of functions made by def, nested re-evaluation
	Steps       int // evaluated calls and operators, and elements that iterators gave
	Elements    int // elements of one list, set or dictionary
	Bytes       int // size of one string
	Memory      int // bytes of all strings and collections made, roughly
}

// DefaultLimits returns the limits of a program that sets none: 1 MiB of
// source nested 500 deep, 100 calls deep, 10 million steps, collections of a
// million elements, strings of 16 MiB and 512 MiB in all.
func DefaultLimits() Limits {
	return Limits{
		SourceBytes: 1 << 20,
		Nesting:     500,
		Depth:       100,
		Steps:       10_000_000,
		Elements:    1_000_000,
		Bytes:       16 << 20,
		Memory:      512 << 20,
	}
}
