package alias

import (
	"context"
	"fmt"

	"github.com/petrel-dev/petrel/jinja"
	"github.com/petrel-dev/petrel/pyvalue"
)

// Message is what a chat bot is to say.
type Message struct {
	// Text is empty if the bot is to use its own words.
	Text string
	// Extra is for the bot's adapter. It is nil if the alias has none, and a text
	// with the reason if it cannot be rendered.
	Extra any
}

// Acknowledge returns what is said when an execution has been requested. The
// templates see it as execution, and the alias as actionalias. A template that
// fails does not undo the request: its reason takes the message's place. The
// error is that of an ended context.
func (a *Alias) Acknowledge(ctx context.Context, templates jinja.Compiler, execution any) (Message, error) {
	var m Message
	ack := a.definition.Ack
	if ack == nil {
		return m, nil
	}
	vars := jinja.Map{"execution": execution, "actionalias": a.value}
	text, err := renderText(ctx, templates, ack.Format, vars)
	if err != nil {
		text = a.cannotRender("ack", "format", err)
	}
	m.Text = text
	if ack.Extra != nil {
		extra, err := jinja.RenderValues(ctx, templates, ack.Extra, vars)
		if err != nil {
			m.Extra = a.cannotRender("ack", "extra", err)
		} else {
			m.Extra = extra
		}
	}
	return m, ctx.Err()
}

// Report returns what is said when an execution has ended, and whether anything
// is said at all. The templates see it as execution, and the alias as alias; by
// convention undefined names are empty in them, for which compile them by
// [jinja.StackStorm] with [jinja.Lenient]. The error is that of a template.
func (a *Alias) Report(ctx context.Context, templates jinja.Compiler, execution any) (m Message, said bool, err error) {
	result := a.definition.Result
	if result == nil {
		result = &Result{}
	}
	if result.Disabled {
		return m, false, nil
	}
	format := result.Format
	if format == "" {
		format = reportFormat
	}
	vars := jinja.Map{"execution": execution, "alias": a.value}
	if m.Text, err = renderText(ctx, templates, format, vars); err != nil {
		return m, false, fmt.Errorf("alias %s: result.format: %w", a.Ref(), err)
	}
	if result.Extra != nil {
		extra, err := jinja.RenderValues(ctx, templates, result.Extra, vars)
		if err != nil {
			return m, false, fmt.Errorf("alias %s: result.extra: %w", a.Ref(), err)
		}
		m.Extra = extra
	}
	return m, true, nil
}

// reportFormat is the final message of an alias that has none of its own: the
// outcome, and below it what the action printed or returned. Its line breaks
// stand in expressions, so that they do not depend on how blocks are trimmed.
const reportFormat = `{% set result = execution.result -%}
{{ execution.action.ref }}: {{ execution.status }} (execution {{ execution.id }})
{%- if result is mapping and result.stdout is string -%}
{{ "\n" + result.stdout if result.stdout }}
{{- "\n" + result.stderr if result.stderr }}
{%- elif result is mapping and result.result is defined and result.result is not none -%}
{{ "\n" }}{{ result.result if result.result is string else result.result | tojson(2) }}
{%- elif result is mapping and result.error -%}
{{ "\n" }}{{ result.error }}
{%- elif result -%}
{{ "\n" }}{{ result if result is string else result | tojson(2) }}
{%- endif %}`

func renderText(ctx context.Context, templates jinja.Compiler, format string, vars jinja.Vars) (string, error) {
	rendered, err := jinja.RenderValue(ctx, templates, format, vars)
	if err != nil {
		return "", err
	}
	return pyvalue.Str(rendered), nil
}

func (a *Alias) cannotRender(field, part string, err error) string {
	return fmt.Sprintf("Cannot render %q in field %q of alias %s: %v", part, field, a.Ref(), err)
}
