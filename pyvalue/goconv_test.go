package pyvalue_test

import (
	"encoding/json"
	"math/big"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel/pyvalue"
)

type address struct {
	Host string `json:"host"`
	Port uint16 `json:"port,omitempty"`
}

type server struct {
	address
	Name    string
	Tags    []string          `json:"tags"`
	Labels  map[string]int    `json:"labels"`
	Secret  string            `json:"-"`
	Next    *server           `json:"next"`
	IP      netip.Addr        `json:"ip"`
	Timeout time.Duration     `json:"timeout"`
	Raw     json.RawMessage   `json:"raw"`
	Codes   map[int]string    `json:"codes"`
	Empty   map[string]string `json:"empty,omitempty"`
	hidden  int
}

func TestFromGo(t *testing.T) {
	v, err := pyvalue.FromGo(server{
		address: address{Host: "h", Port: 22}, Name: "n", Tags: []string{"a"}, Labels: map[string]int{"y": 1, "x": 2},
		Secret: "s", IP: netip.MustParseAddr("10.0.0.1"), Timeout: time.Minute, Raw: json.RawMessage(`{"z":1,"y":[2.0]}`),
		Codes: map[int]string{10: "b", 9: "a"}, hidden: 1,
	})
	require.NoError(t, err)
	require.Equal(t, "{'host': 'h', 'port': 22, 'Name': 'n', 'tags': ['a'], 'labels': {'x': 2, 'y': 1}, 'next': None, 'ip': '10.0.0.1', "+
		"'timeout': datetime.timedelta(seconds=60), 'raw': {'z': 1, 'y': [2.0]}, 'codes': {9: 'a', 10: 'b'}}", pyvalue.Str(v))

	type loop struct{ Next *loop }
	cycle := &loop{}
	cycle.Next = cycle
	_, err = pyvalue.FromGo(cycle)
	require.Equal(t, pyvalue.KindRecursion, pyvalue.KindOf(err))
	_, err = pyvalue.FromGo(struct{ C chan int }{})
	require.Equal(t, pyvalue.KindType, pyvalue.KindOf(err))

	host := map[string]any{"a": 1}
	same, err := pyvalue.FromGo(host)
	require.NoError(t, err)
	require.True(t, pyvalue.Identical(host, same))
}

func TestToGo(t *testing.T) {
	v, err := pyvalue.ToGo(pyvalue.MapOf(1, pyvalue.Tuple{1, "a"}, "s", set(1), "d", pyvalue.Date{Year: 2020, Month: 1, Day: 2}, "b", bigInt("18446744073709551616"), "t", pyvalue.Second))
	require.NoError(t, err)
	require.Equal(t, map[string]any{
		"1": []any{int64(1), "a"}, "s": []any{int64(1)}, "d": "2020-01-02", "b": new(big.Int).Lsh(big.NewInt(1), 64), "t": time.Second,
	}, v)
}

func TestMapInEncodingJSON(t *testing.T) {
	var document struct{ Payload *pyvalue.Map }
	require.NoError(t, json.Unmarshal([]byte(`{"Payload":{"b":1,"a":{"d":2.0,"c":[]}}}`), &document))
	text, err := json.Marshal(document)
	require.NoError(t, err)
	require.Equal(t, `{"Payload":{"b":1,"a":{"d":2.0,"c":[]}}}`, string(text))
}
