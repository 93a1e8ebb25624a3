package parameters

import (
	"context"

	"github.com/petrel-dev/petrel/jinja"
)

// RenderContainerAsJSON renders a list or an object the way StackStorm does,
// without the escape that this package has. It returns why that fails.
func RenderContainerAsJSON(ctx context.Context, compiler jinja.Compiler, value any, vars jinja.Vars) error {
	t := newTemplate(compiler, value)
	if t == nil {
		return nil
	}
	_, err := t.renderJSON(ctx, vars)
	return err
}
