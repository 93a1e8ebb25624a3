package pyyaml_test

import (
	"fmt"

	"github.com/petrel-dev/petrel/pyvalue"
	"github.com/petrel-dev/petrel/pyyaml"
)

func ExampleParse() {
	doc, err := pyyaml.Parse("rules/on_push.yaml", []byte("enabled: yes\ncriteria:\n  trigger.hosts:\n    type: equalz\n"), pyyaml.Lenient)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(pyvalue.Str(doc.Value))
	at, _ := doc.Position("criteria", "trigger.hosts", "type")
	fmt.Println(at)
	// Output:
	// {'enabled': True, 'criteria': {'trigger.hosts': {'type': 'equalz'}}}
	// rules/on_push.yaml:4:5
}

func ExampleDump() {
	text, _ := pyyaml.Dump(map[string]any{"hosts": []any{"web1", "web2"}, "enabled": "yes"}, pyyaml.Style{})
	fmt.Print(text)
	// Output:
	// enabled: 'yes'
	// hosts:
	// - web1
	// - web2
}
