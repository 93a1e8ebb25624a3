package runner

import (
	"strings"

	"github.com/petrel-dev/petrel"
)

// quote returns text as one word of a POSIX shell.
func quote(text string) string {
	if text == "" {
		return "''"
	}
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_@%+=:,./-", r)
	}
	if strings.IndexFunc(text, func(r rune) bool { return !plain(r) }) < 0 {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'"'"'`) + "'"
}

// scriptCommand returns the command that runs a script with arguments.
func scriptCommand(script string, arguments []string) string {
	words := []string{quote(script)}
	for _, argument := range arguments {
		words = append(words, quote(argument))
	}
	return strings.Join(words, " ")
}

// sudo says how a command gets the rights of another user.
type sudo struct {
	enabled  bool
	password petrel.Secret // for standard input
	user     string        // run as this user instead of the superuser, when not enabled
}

// wrap returns the command line that runs the command.
func (s sudo) wrap(command string) string {
	switch {
	case s.enabled && s.password != "":
		return "sudo -S -E -- bash -c " + quote(command)
	case s.enabled:
		return "sudo -E -- bash -c " + quote(command)
	case s.user != "":
		return "sudo -E -H -u " + quote(s.user) + " -- bash -c " + quote(command)
	}
	return command
}

// stdin returns what the command line reads first.
func (s sudo) stdin() string {
	if s.enabled && s.password != "" {
		return s.password.Reveal() + "\n"
	}
	return ""
}
