package petrel

import (
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/petrel-dev/petrel/pyvalue"
)

var emptyObject = json.RawMessage("{}")

// newDocument keeps a piece of metadata under its digest.
func newDocument(metadata *pyvalue.Map) (Document, error) {
	body, err := pyvalue.AppendJSON(nil, metadata, pyvalue.CompactStyle())
	if err != nil {
		return Document{}, err
	}
	sum := sha256.Sum256(body)
	return Document{Digest: hex.EncodeToString(sum[:]), Body: body}, nil
}

func actionDocument(a Action) *pyvalue.Map {
	return pyvalue.MapOf(
		"ref", a.Ref(), "pack", a.Pack, "name", a.Name, "description", a.Description,
		"enabled", !a.Disabled, "runner_type", a.Runner, "entry_point", a.EntryPoint,
		"parameters", a.Parameters.Definition(), "output_schema", a.Output.Definition(),
		"tags", tagsDocument(a.Tags), "metadata_file", a.MetadataFile,
	)
}

func runnerDocument(r RunnerSpec) *pyvalue.Map {
	return pyvalue.MapOf(
		"name", r.Name, "description", r.Description,
		"runner_parameters", r.Parameters.Definition(), "output_key", r.OutputKey,
	)
}

func ruleDocument(r Rule, parameters *pyvalue.Map) *pyvalue.Map {
	conditions := pyvalue.NewMap(len(r.Criteria))
	for _, c := range r.Criteria {
		condition := pyvalue.MapOf("type", c.Type, "pattern", c.Pattern)
		if c.Condition != "" {
			condition.SetString("condition", c.Condition)
		}
		conditions.SetString(c.Key, condition)
	}
	kind := "standard"
	if r.Backstop {
		kind = "backstop"
	}
	document := pyvalue.MapOf(
		"ref", r.Ref(), "pack", r.packName(), "name", r.Name, "description", r.Description,
		"enabled", !r.Disabled, "type", pyvalue.MapOf("ref", kind),
		"trigger", pyvalue.MapOf("type", r.Trigger.Type, "parameters", r.Trigger.Parameters),
		"criteria", conditions,
		"action", pyvalue.MapOf("ref", r.Action.Ref, "parameters", parameters),
		"tags", tagsDocument(r.Tags), "metadata_file", r.MetadataFile,
	)
	if r.When != "" {
		document.SetString("when", r.When)
	}
	return document
}

func tagsDocument(tags []Tag) []any {
	list := make([]any, len(tags))
	for n, t := range tags {
		list[n] = pyvalue.MapOf("name", t.Name, "value", t.Value)
	}
	return list
}

// parametrisedTriggerRef names the trigger of a type with given parameters.
// The name is made from the parameters alone, so that equal parameters in any
// order mean the same trigger, on every engine and after every restart.
func parametrisedTriggerRef(t TriggerType, given *pyvalue.Map) (ref string, parameters json.RawMessage, err error) {
	parameters, err = pyvalue.AppendJSON(nil, given, pyvalue.CompactStyle())
	if err != nil {
		return "", nil, err
	}
	canonical, err := pyvalue.AppendJSON(nil, given, pyvalue.JSONStyle{Native: true, SortKeys: true})
	if err != nil {
		return "", nil, err
	}
	sum := md5.Sum(append([]byte(t.Ref()+":"), canonical...))
	return fmt.Sprintf("%s.%x-%x-%x-%x-%x", t.Pack, sum[0:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16]), parameters, nil
}

// objectOf turns a map or struct given by a host into an ordered map of
// values; nil gives an empty one.
func objectOf(given any) (*pyvalue.Map, error) {
	if given == nil {
		return pyvalue.NewMap(0), nil
	}
	value, err := pyvalue.FromGo(given)
	if err != nil {
		return nil, err
	}
	object, ok := pyvalue.ToMap(value)
	if !ok {
		return nil, fmt.Errorf("%w: want a map or struct, not %T", ErrInvalid, given)
	}
	return object, nil
}
