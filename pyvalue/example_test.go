package pyvalue_test

import (
	"fmt"

	"github.com/petrel-dev/petrel/pyvalue"
)

func Example() {
	v, err := pyvalue.DecodeJSON(`{"b": [1, 2.0, null], "a": "it's"}`, pyvalue.PythonJSON)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(pyvalue.Str(v))
	quotient, _ := pyvalue.FloorDiv(-7, 2)
	power, _ := pyvalue.Pow(2, 70)
	fmt.Println(quotient, power)
	// Output:
	// {'b': [1, 2.0, None], 'a': "it's"}
	// -4 1180591620717411303424
}

func ExampleMap() {
	m := pyvalue.MapOf("name", "web1", 1, "one")
	_ = m.Set(true, "the same key as 1")
	m.SetString("port", 22)
	for key, value := range m.All() {
		fmt.Println(pyvalue.Repr(key), value)
	}
	// Output:
	// 'name' web1
	// 1 the same key as 1
	// 'port' 22
}

func ExampleCallMethod() {
	parts, _ := pyvalue.CallMethod("a, b,c", "split", []any{","}, nil)
	fmt.Println(pyvalue.Str(parts))
	_, err := pyvalue.CallMethod("abc", "shout", nil, nil)
	fmt.Println(pyvalue.KindOf(err), err)
	// Output:
	// ['a', ' b', 'c']
	// attribute 'str' object has no attribute 'shout'
}

func ExampleThaw() {
	host := map[string]any{"hosts": []any{"web1"}}
	private, _ := pyvalue.Thaw(host)
	hosts, _ := pyvalue.LookupString(private, "hosts")
	_, _ = pyvalue.CallMethod(hosts, "append", []any{"web2"}, nil)
	fmt.Println(pyvalue.Str(private), host)
	// Output: {'hosts': ['web1', 'web2']} map[hosts:[web1]]
}

func ExampleFormat() {
	text, _ := pyvalue.Format("{name:<6}|{load:6.2%}|{0:,}", []any{1234567}, pyvalue.MapOf("name", "web1", "load", 0.5), nil)
	fmt.Println(text)
	text, _ = pyvalue.FormatPercent("%-6s|%05d", pyvalue.Tuple{"web1", 42})
	fmt.Println(text)
	// Output:
	// web1  |50.00%|1,234,567
	// web1  |00042
}

func ExampleFromGo() {
	v, _ := pyvalue.FromGo(struct {
		Host string `json:"host"`
		Port int    `json:"port"`
	}{"web1", 22})
	fmt.Println(pyvalue.Str(v))
	// Output: {'host': 'web1', 'port': 22}
}

func ExampleKindOf() {
	_, err := pyvalue.Div(1, 0)
	fmt.Println(pyvalue.KindOf(err) == pyvalue.KindZeroDivision)
	// Output: true
}
