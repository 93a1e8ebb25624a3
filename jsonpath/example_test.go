package jsonpath_test

import (
	"fmt"

	"github.com/petrel-dev/petrel/jsonpath"
)

func Example() {
	path, err := jsonpath.Compile("trigger.hosts[*].name")
	if err != nil {
		fmt.Println(err)
		return
	}
	names, err := path.Find(map[string]any{"trigger": map[string]any{"hosts": []any{
		map[string]any{"name": "web1"},
		map[string]any{"name": "web2"},
	}}})
	fmt.Println(names, err)
	// Output: [web1 web2] <nil>
}
