package runner

import (
	"bytes"
	"os"
	"strconv"
)

// sessionMembers lists the processes of a session, which are more than those of
// its leader's group: job control and timeout(1) make groups of their own.
func sessionMembers(session int) []int {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil
	}
	var members []int
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		stat, err := os.ReadFile("/proc/" + entry.Name() + "/stat")
		if err != nil {
			continue
		}
		// The name in parentheses may hold anything; after it come state,
		// parent, group and session.
		fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
		if len(fields) > 3 && string(fields[3]) == strconv.Itoa(session) {
			members = append(members, pid)
		}
	}
	return members
}
