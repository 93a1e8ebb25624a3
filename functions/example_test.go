package functions_test

import (
	"fmt"

	"github.com/petrel-dev/petrel/functions"
)

func Example() {
	seconds, _ := functions.ToHumanTime(3661)
	fmt.Println(seconds)
	matches, err := functions.VersionMatch("1.4.2", ">=1.4.0")
	fmt.Println(matches, err)
	// Output:
	// 1h1m1s
	// true <nil>
}

func ExampleAll() {
	for _, f := range functions.All() {
		if f.Name == "regex_substring" {
			for _, p := range f.Parameters {
				fmt.Println(p.Name, p.Optional, p.Default)
			}
		}
	}
	// Output:
	// value false <nil>
	// pattern false <nil>
	// result_index true 0
	// ignorecase true false
}
