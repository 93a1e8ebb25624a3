package jinja

// Limits bound what one template may cost. A zero field means the default.
type Limits struct {
	// Source is the length in bytes a template may have. Default 1 MiB.
	Source int
	// Nesting is how deep blocks and expressions may be nested in a template.
	// Default 200.
	Nesting int
	// Steps is the number of evaluation steps of one rendering: each
	// expression, statement and loop pass is at least one. Default 20 million.
	Steps int64
	// Output is the size of the rendered text in bytes. Default 16 MiB.
	Output int
	// Memory is the size in bytes of all values one rendering may create,
	// estimated, whether or not they are still in use. Default 256 MiB.
	Memory int64
	// Calls is how deep macros, recursive loops and callers may be nested while
	// rendering. Default 200.
	Calls int
}

// DefaultLimits returns the limits that zero fields stand for.
func DefaultLimits() Limits {
	return Limits{
		Source:  1 << 20,
		Nesting: 200,
		Steps:   20_000_000,
		Output:  16 << 20,
		Memory:  256 << 20,
		Calls:   200,
	}
}

func (l Limits) withDefaults() Limits {
	d := DefaultLimits()
	if l.Source == 0 {
		l.Source = d.Source
	}
	if l.Nesting == 0 {
		l.Nesting = d.Nesting
	}
	if l.Steps == 0 {
		l.Steps = d.Steps
	}
	if l.Output == 0 {
		l.Output = d.Output
	}
	if l.Memory == 0 {
		l.Memory = d.Memory
	}
	if l.Calls == 0 {
		l.Calls = d.Calls
	}
	return l
}
