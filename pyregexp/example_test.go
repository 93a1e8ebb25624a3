package pyregexp_test

import (
	"fmt"

	"github.com/petrel-dev/petrel/pyregexp"
)

func Example() {
	re, err := pyregexp.Compile(`(?P<user>\w+)@(?P<host>[\w.]+)`, 0)
	if err != nil {
		fmt.Println(err)
		return
	}
	m, err := re.Search("mail ada@example.org now")
	if err != nil || m == nil {
		fmt.Println("no match", err)
		return
	}
	fmt.Println(m.GroupByName("user").Text, m.Start(), m.End())
	text, _ := re.Sub("ada@example.org", `\g<host> has \1`, 0)
	fmt.Println(text)
	// Output:
	// ada 5 20
	// example.org has ada
}
