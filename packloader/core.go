package packloader

import "embed"

//go:embed core
var coreFiles embed.FS
