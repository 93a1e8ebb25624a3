package petrel

import (
	"context"
	"fmt"
	"strings"

	"github.com/petrel-dev/petrel/jinja"
	"github.com/petrel-dev/petrel/pyvalue"
	"github.com/petrel-dev/petrel/schema"
)

// PackConfig returns the configuration of a pack: the configured values with
// templates rendered for the system user, secrets decrypted and defaults
// filled in. A pack without configuration has an empty one.
func (e *Engine) PackConfig(ctx context.Context, pack string) (*pyvalue.Map, error) {
	return e.config(ctx, pack, e.systemUser)
}

func (e *Engine) config(ctx context.Context, pack, user string) (*pyvalue.Map, error) {
	p := e.catalog.pack(pack)
	if p == nil {
		return pyvalue.NewMap(0), nil
	}
	resolver := configResolver{engine: e, pack: p, vars: jinja.Map{"st2kv": e.keyLookups(user)}}
	values := any(pyvalue.NewMap(0))
	if p.Config != nil {
		var err error
		if values, err = resolver.resolve(ctx, p.Config, nil); err != nil {
			return nil, fmt.Errorf("configuration of pack %s: %w", pack, err)
		}
	}
	return p.ConfigSchema.ConfigDefaults(values), nil
}

// configOrEmpty is for templates of parameters, which go without a configuration that cannot be read.
func (e *Engine) configOrEmpty(ctx context.Context, pack, user string) *pyvalue.Map {
	values, err := e.config(ctx, pack, user)
	if err != nil {
		e.logger.Warn("parameters are rendered without the configuration", "pack", pack, "error", err)
		return pyvalue.NewMap(0)
	}
	return values
}

// configResolver renders the dynamic values of one configuration.
type configResolver struct {
	engine *Engine
	pack   *Pack
	vars   jinja.Vars
}

func (r configResolver) resolve(ctx context.Context, value any, place schema.Path) (any, error) {
	switch v := value.(type) {
	case *pyvalue.Map:
		resolved := pyvalue.NewMap(v.Len())
		for key, item := range v.All() {
			inner, err := r.resolve(ctx, item, append(place[:len(place):len(place)], key))
			if err != nil {
				return nil, err
			}
			if err := resolved.Set(key, inner); err != nil {
				return nil, err
			}
		}
		return resolved, nil
	case string:
		if jinja.HasExpression(v) {
			return r.render(ctx, v, place)
		}
		return v, nil
	}
	if items, isList := pyvalue.Elements(value); isList && pyvalue.IsList(value) {
		resolved := make([]any, len(items))
		for n, item := range items {
			inner, err := r.resolve(ctx, item, append(place[:len(place):len(place)], n))
			if err != nil {
				return nil, err
			}
			resolved[n] = inner
		}
		return resolved, nil
	}
	return value, nil
}

// render evaluates one dynamic value. An empty text counts as null; what the
// schema calls secret is decrypted.
func (r configResolver) render(ctx context.Context, source string, place schema.Path) (any, error) {
	template, err := r.engine.catalog.templates.Compile(source)
	if err != nil {
		return nil, fmt.Errorf("%s: template %q: %w", place, source, err)
	}
	text, err := template.Render(ctx, r.vars)
	if err != nil {
		return nil, fmt.Errorf("%s: template %q: %w", place, source, err)
	}
	if text == "" {
		return nil, nil
	}
	if r.pack.ConfigSchema.IsSecret(place) && !strings.Contains(source, "decrypt_kv") {
		if text, err = r.engine.cryptoKey.decrypt(text); err != nil {
			return nil, fmt.Errorf("%s: template %q: %w", place, source, err)
		}
	}
	return text, nil
}
