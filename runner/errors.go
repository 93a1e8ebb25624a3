package runner

import (
	"errors"
	"fmt"
	"strings"

	"github.com/petrel-dev/petrel"
	"github.com/petrel-dev/petrel/schema"
)

// The errors that callers can tell apart with [errors.Is]. The text around
// them says which host, file or URL, and what to do.
var (
	// ErrScriptNotFound marks an entry point that is not in its pack.
	ErrScriptNotFound = errors.New("script not found")
	// ErrUnreachable marks a host that could not be connected to.
	ErrUnreachable = errors.New("host unreachable")
	// ErrHostKey marks a host whose key is unknown or is not the known one.
	ErrHostKey = errors.New("host key not accepted")
	// ErrAuthentication marks a host that refused the user's credentials, and
	// credentials that cannot be read.
	ErrAuthentication = errors.New("authentication failed")
	// ErrResponseTooLarge marks an HTTP response that is larger than allowed.
	ErrResponseTooLarge = errors.New("response too large")
	// ErrUnsupported marks a runner that does not work on this operating system.
	ErrUnsupported = errors.New("not supported on this operating system")
)

// invalid returns an error about the parameters or the entry point of an action.
func invalid(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{petrel.ErrInvalidParameters}, args...)...)
}

// redact replaces secrets that have found their way into a text for people.
func redact(text string, secrets ...petrel.Secret) string {
	for _, secret := range secrets {
		if len(secret) > 0 {
			text = strings.ReplaceAll(text, secret.Reveal(), schema.Masked)
		}
	}
	return text
}
