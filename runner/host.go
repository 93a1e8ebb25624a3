package runner

import (
	"fmt"
	"net"
	"strconv"
	"strings"
)

// host is one entry of the parameter hosts.
type host struct {
	name string // without brackets
	port int
	err  error  // why the entry cannot be used
	key  string // of the host's result
}

func (h host) address() string { return net.JoinHostPort(h.name, strconv.Itoa(h.port)) }

// parseHosts reads a list of hosts separated by commas: a name, an IPv4 or IPv6
// address, or one of them with a port, IPv6 then in brackets. An entry that
// names nothing stays in the list, with an error, so that a mistake is seen. An
// entry that is there twice is used once.
//
// The result of a host is filed under its name without the port, unless the
// list has the same name with several ports.
func parseHosts(list string, port int) []host {
	var hosts []host
	ports := map[string]map[int]bool{}
	for entry := range strings.SplitSeq(list, ",") {
		if entry == "" {
			continue
		}
		h := parseHost(strings.TrimSpace(entry), port)
		if ports[h.name] == nil {
			ports[h.name] = map[int]bool{}
		}
		if ports[h.name][h.port] {
			continue
		}
		ports[h.name][h.port] = true
		hosts = append(hosts, h)
	}
	for i, h := range hosts {
		hosts[i].key = h.name
		if len(ports[h.name]) > 1 {
			hosts[i].key = h.address()
		}
	}
	return hosts
}

func parseHost(entry string, port int) host {
	h := host{name: entry, port: port}
	switch {
	case strings.HasPrefix(entry, "["):
		name, rest, closed := strings.Cut(entry[1:], "]")
		h.name = name
		switch {
		case !closed || rest != "" && rest[0] != ':':
			h.name, h.err = entry, fmt.Errorf("%w: %q: expected [address]:port", ErrUnreachable, entry)
		case rest != "":
			h.setPort(rest[1:])
		}
	case strings.Count(entry, ":") == 1:
		name, text, _ := strings.Cut(entry, ":")
		h.name = name
		h.setPort(text)
	}
	switch {
	case h.err != nil:
	case h.name == "":
		h.err = fmt.Errorf("%w: %q: a host in the list has no name", ErrUnreachable, entry)
	case h.port < 1 || h.port > 65535:
		h.err = fmt.Errorf("%w: %s: %d is not a port", ErrUnreachable, h.name, h.port)
	}
	return h
}

func (h *host) setPort(text string) {
	port, err := strconv.ParseUint(text, 10, 16)
	if err != nil || port == 0 {
		h.err = fmt.Errorf("%w: %s: %q is not a port", ErrUnreachable, h.name, text)
		return
	}
	h.port = int(port)
}
