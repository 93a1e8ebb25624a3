package alias

import (
	"strings"

	"github.com/petrel-dev/petrel/pyvalue"
)

const defaultPack = "default"

// Definition is an alias as its author writes it.
type Definition struct {
	Pack        string // empty means "default"
	Name        string
	Description string
	ActionRef   string // reference of the action, which need not exist
	Disabled    bool
	Formats     []Format
	Ack         *Ack    // nil leaves the acknowledgement to the chat bot
	Result      *Result // nil means the built-in final message
	// Extra is for the chat bot's adapter. It may be nil.
	Extra *pyvalue.Map
	// Immutable are parameters for every execution, whose texts may be
	// templates. It may be nil.
	Immutable *pyvalue.Map
}

// Ref returns the reference "pack.name".
func (d Definition) Ref() string { return d.pack() + "." + d.Name }

func (d Definition) pack() string {
	if d.Pack == "" {
		return defaultPack
	}
	return d.Pack
}

// Format is one way to write a command.
type Format struct {
	// Display is what the help shows; empty hides the format.
	Display string
	// Representations are what commands are matched against. If there are none,
	// the format matches the empty command.
	Representations []string
	// MatchMultiple makes one execution of every place in the command that fits.
	// Such formats are tried only if no other matches.
	MatchMultiple bool
}

// Simple returns the format whose display and only representation is a text.
func Simple(format string) Format {
	return Format{Display: format, Representations: []string{format}}
}

func (f Format) representations() []string {
	if len(f.Representations) == 0 {
		return []string{""}
	}
	return f.Representations
}

// value returns the format as it is written in a file.
func (f Format) value() any {
	if !f.MatchMultiple && len(f.Representations) == 1 && f.Representations[0] == f.Display {
		return f.Display
	}
	v := &pyvalue.Map{}
	if f.Display != "" {
		v.SetString("display", f.Display)
	}
	if len(f.Representations) > 0 {
		list := make([]any, len(f.Representations))
		for i, text := range f.Representations {
			list[i] = text
		}
		v.SetString("representation", list)
	}
	if f.MatchMultiple {
		v.SetString("match_multiple", true)
	}
	return v
}

// Ack says how the start of an execution is acknowledged.
type Ack struct {
	// Disabled and HideURL are for the chat bot: to say nothing, and not to
	// append the address of the execution.
	Disabled bool
	HideURL  bool
	Format   string // a template; empty leaves the message to the chat bot
	// Extra is for the bot's adapter; its texts may be templates. It may be nil.
	Extra *pyvalue.Map
}

func (a *Ack) value() any {
	if a == nil {
		return nil
	}
	v := pyvalue.MapOf("enabled", !a.Disabled, "append_url", !a.HideURL)
	setMessage(v, a.Format, a.Extra)
	return v
}

// Result says how the end of an execution is told.
type Result struct {
	Disabled bool
	Format   string // a template; empty means the built-in one
	// Extra is for the bot's adapter; its texts may be templates. It may be nil.
	Extra *pyvalue.Map
}

func (r *Result) value() any {
	if r == nil {
		return nil
	}
	v := pyvalue.MapOf("enabled", !r.Disabled)
	setMessage(v, r.Format, r.Extra)
	return v
}

func setMessage(v *pyvalue.Map, format string, extra *pyvalue.Map) {
	if format != "" {
		v.SetString("format", format)
	}
	if extra != nil {
		v.SetString("extra", extra)
	}
}

// Value returns the alias as templates and the API see it.
func (d Definition) Value() *pyvalue.Map {
	formats := make([]any, len(d.Formats))
	for i, f := range d.Formats {
		formats[i] = f.value()
	}
	return pyvalue.MapOf(
		"name", d.Name,
		"pack", d.pack(),
		"ref", d.Ref(),
		"uid", strings.Join([]string{"action_alias", d.pack(), d.Name}, ":"),
		"description", d.Description,
		"enabled", !d.Disabled,
		"action_ref", d.ActionRef,
		"formats", formats,
		"ack", d.Ack.value(),
		"result", d.Result.value(),
		"extra", mapOrNil(d.Extra),
		"immutable_parameters", mapOrNil(d.Immutable),
	)
}

// mapOrNil keeps a nil map from becoming a value that is not nil.
func mapOrNil(m *pyvalue.Map) any {
	if m == nil {
		return nil
	}
	return m
}
