package runner

import (
	"bytes"
	"strings"

	"github.com/petrel-dev/petrel"
	"github.com/petrel-dev/petrel/pyvalue"
)

const (
	defaultMaxOutput = 10 << 20
	longestLine      = 64 << 10 // longer ones are published in pieces
)

// output collects one stream of a command, up to a limit, and publishes it line
// by line. It has one writer; what it has collected is read when that is done.
type output struct {
	limit     int64
	publish   func([]byte) // may be nil
	terminal  bool         // lines end as a terminal ends them
	kept      []byte
	published int // length of the part of kept that is published
	dropped   int64
}

// outputsOf returns the collectors of standard output and standard error.
func outputsOf(call *petrel.Call, limit int64, publish bool) (stdout, stderr *output) {
	if limit <= 0 {
		limit = defaultMaxOutput
	}
	stdout, stderr = &output{limit: limit}, &output{limit: limit}
	if publish && call.Output != nil {
		stdout.publish = func(data []byte) { call.Output("stdout", data) }
		stderr.publish = func(data []byte) { call.Output("stderr", data) }
	}
	return stdout, stderr
}

// Write never fails, so that a command with too much output still runs to its end.
func (o *output) Write(p []byte) (int, error) {
	keep := p[:min(int64(len(p)), o.limit-int64(len(o.kept)))]
	o.kept = append(o.kept, keep...)
	o.dropped += int64(len(p) - len(keep))
	o.publishLines()
	return len(p), nil
}

func (o *output) publishLines() {
	if o.publish == nil {
		return
	}
	for {
		pending := o.kept[o.published:]
		end := bytes.IndexByte(pending, '\n') + 1
		if end == 0 || end > longestLine {
			if len(pending) < longestLine {
				return
			}
			end = longestLine
		}
		o.publishNext(end)
	}
}

func (o *output) publishNext(length int) {
	end := o.published + length
	o.publish(o.unix(bytes.Clone(o.kept[o.published:end])))
	o.published = end
}

// unix gives lines the ends they had before they went through a terminal.
func (o *output) unix(text []byte) []byte {
	if !o.terminal {
		return text
	}
	return bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
}

// close publishes a last line that has no end.
func (o *output) close() {
	if o.publish != nil && o.published < len(o.kept) {
		o.publishNext(len(o.kept) - o.published)
	}
}

// value returns what stands in the result: the text without its last line end,
// or the value that the text is the JSON of. Bytes that are not UTF-8 become
// U+FFFD. A text that is not complete stays a text.
func (o *output) value() any {
	text := strings.ToValidUTF8(string(o.unix(o.kept)), "\uFFFD")
	if o.dropped > 0 {
		return text
	}
	text = strings.TrimSuffix(text, "\n")
	text = strings.TrimSuffix(text, "\r")
	return jsonOrText(text)
}

// jsonOrText reads text that is JSON by the standard, so NaN is not, and keeps
// its integers whatever their size.
func jsonOrText(text string) any {
	if _, err := pyvalue.DecodeJSON(text, pyvalue.StrictJSON); err != nil {
		return text
	}
	value, err := pyvalue.DecodeJSON(text, pyvalue.PythonJSON)
	if err != nil {
		return text
	}
	return value
}

// addTruncation notes in a result how many bytes of output are missing.
func addTruncation(result *pyvalue.Map, stdout, stderr *output) {
	missing := pyvalue.NewMap(0)
	if stdout.dropped > 0 {
		missing.SetString("stdout", stdout.dropped)
	}
	if stderr.dropped > 0 {
		missing.SetString("stderr", stderr.dropped)
	}
	if missing.Len() > 0 {
		result.SetString("truncated", missing)
	}
}
