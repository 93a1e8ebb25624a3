package jinja

import "context"

// Renderer is a compiled template of any engine: a [Template] of this package,
// or one of another engine behind the same interface.
type Renderer interface {
	// Render returns the text of the template. It is safe for concurrent use.
	Render(ctx context.Context, vars Vars) (string, error)
}

// Engine compiles templates to renderers. [Environment] and [Cache] are
// engines; package jinja/gonja has another one.
type Engine interface {
	// CompileRenderer compiles the text of a template.
	CompileRenderer(source string) (Renderer, error)
}

var (
	_ Engine   = (*Environment)(nil)
	_ Engine   = (*Cache)(nil)
	_ Renderer = (*Template)(nil)
)

// CompileRenderer is [Environment.Compile] as an [Engine] has it.
func (e *Environment) CompileRenderer(source string) (Renderer, error) {
	return asRenderer(e.Compile(source))
}

// CompileRenderer is [Cache.Compile] as an [Engine] has it.
func (c *Cache) CompileRenderer(source string) (Renderer, error) {
	return asRenderer(c.Compile(source))
}

func asRenderer(t *Template, err error) (Renderer, error) {
	if err != nil {
		return nil, err
	}
	return t, nil
}
