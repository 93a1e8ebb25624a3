package jinja

type evaluation struct{}
type Undefined struct{}

var (
	builtinFilters = map[string]Func{}
	builtinTests   = map[string]Func{}
	builtinGlobals = map[string]any{}
)
