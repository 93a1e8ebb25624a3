package petrel

import (
	"io/fs"

	"github.com/petrel-dev/petrel/pyvalue"
	"github.com/petrel-dev/petrel/schema"
)

const (
	defaultPack = "default"
	systemPack  = "core"
)

// Pack is a set of content that is registered and replaced as one. See docs/packs.md.
type Pack struct {
	Ref         string // what the content is registered under
	Name        string // for display
	Description string
	Version     string
	Author      string
	Email       string
	Keywords    []string

	// ConfigSchema describes the pack's configuration; nil means unchecked.
	ConfigSchema *schema.Parameters
	// Config holds the configured values as written; defaults and dynamic
	// values are filled in when it is read. Nil means none.
	Config *pyvalue.Map

	// Files holds the pack's files, with the pack's own directory as its root;
	// nil for packs made in Go.
	Files fs.FS
	// Dir is the pack's directory on disk, empty when it is not on disk.
	Dir string

	TriggerTypes []TriggerType
	Sensors      []SensorSpec
	Actions      []Action
	Rules        []Rule
}
