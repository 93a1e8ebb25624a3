package runner

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"

	"github.com/petrel-dev/petrel"
)

// credential is what a user logs in to a host with. If it is empty, the keys of
// the agent and those in the user's directory .ssh are tried.
type credential struct {
	password    petrel.Secret
	key         petrel.Secret // the key itself
	keyFile     string
	passphrase  petrel.Secret
	agentSocket string
}

// credentialOf takes the credential that an action gives, else the configured one.
func credentialOf(call *petrel.Call, options SSH) (credential, error) {
	values := map[string]string{}
	for _, name := range []string{"password", "private_key", "passphrase"} {
		text, err := optionalText(call.RunnerParameters, name)
		if err != nil {
			return credential{}, err
		}
		values[name] = text
	}
	c := credential{passphrase: petrel.Secret(values["passphrase"])}
	switch key := values["private_key"]; {
	case values["password"] != "":
		c.password = petrel.Secret(values["password"])
	case strings.Contains(strings.ToUpper(key), "PRIVATE KEY-----"):
		c.key = petrel.Secret(key)
	case key != "":
		c.keyFile = key
	case options.KeyFile != "":
		c.keyFile = options.KeyFile
		if c.passphrase == "" {
			c.passphrase = options.Passphrase
		}
	default:
		c.agentSocket = options.AgentSocket
		if c.agentSocket == "" {
			c.agentSocket = os.Getenv("SSH_AUTH_SOCK")
		}
	}
	return c, nil
}

// id returns a digest that is the same for equal credentials.
func (c credential) id() [sha256.Size]byte {
	var text []byte
	for _, part := range []string{c.password.Reveal(), c.key.Reveal(), c.keyFile, c.passphrase.Reveal(), c.agentSocket} {
		text = binary.AppendUvarint(text, uint64(len(part)))
		text = append(text, part...)
	}
	return sha256.Sum256(text)
}

// methods returns the ways to log in. The caller calls release afterwards.
func (c credential) methods() (methods []ssh.AuthMethod, release func(), err error) {
	release = func() {}
	switch {
	case c.password != "":
		return c.passwordMethods(), release, nil
	case c.key != "":
		signer, err := parseKey([]byte(c.key.Reveal()), "private_key", c.passphrase)
		return []ssh.AuthMethod{ssh.PublicKeys(signer)}, release, err
	case c.keyFile != "":
		signer, err := readKey(expandHome(c.keyFile), c.passphrase)
		return []ssh.AuthMethod{ssh.PublicKeys(signer)}, release, err
	}
	signers, release := c.discover()
	if len(signers) == 0 {
		release()
		return nil, func() {}, fmt.Errorf("%w: there is no password, private_key, agent or key in ~/.ssh; give the action one, or set KeyFile", ErrAuthentication)
	}
	return []ssh.AuthMethod{ssh.PublicKeys(signers...)}, release, nil
}

// passwordMethods offers the password in both ways in which servers ask for one.
func (c credential) passwordMethods() []ssh.AuthMethod {
	answer := func(_, _ string, questions []string, echos []bool) ([]string, error) {
		answers := make([]string, len(questions))
		for i := range answers {
			if !echos[i] {
				answers[i] = c.password.Reveal()
			}
		}
		return answers, nil
	}
	return []ssh.AuthMethod{ssh.Password(c.password.Reveal()), ssh.KeyboardInteractive(answer)}
}

// discover returns the keys of the agent and those files of the user that need no passphrase.
func (c credential) discover() (signers []ssh.Signer, release func()) {
	release = func() {}
	if c.agentSocket != "" {
		if conn, err := net.Dial("unix", c.agentSocket); err == nil {
			release = func() { conn.Close() }
			signers, _ = agent.NewClient(conn).Signers()
		}
	}
	for _, name := range []string{"id_ed25519", "id_ecdsa", "id_rsa"} {
		if signer, err := readKey(expandHome(filepath.Join("~/.ssh", name)), c.passphrase); err == nil {
			signers = append(signers, signer)
		}
	}
	return signers, release
}

func readKey(file string, passphrase petrel.Secret) (ssh.Signer, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("%w: private key: %w", ErrAuthentication, err)
	}
	return parseKey(text, file, passphrase)
}

func parseKey(text []byte, name string, passphrase petrel.Secret) (ssh.Signer, error) {
	// Keys that come through templates tend to lose their last line end.
	signer, err := ssh.ParsePrivateKey(append(text, '\n'))
	var missing *ssh.PassphraseMissingError
	if errors.As(err, &missing) {
		if passphrase == "" {
			return nil, fmt.Errorf("%w: %s is encrypted; give its passphrase", ErrAuthentication, name)
		}
		signer, err = ssh.ParsePrivateKeyWithPassphrase(append(text, '\n'), []byte(passphrase.Reveal()))
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrAuthentication, name, err)
	}
	return signer, nil
}

// expandHome replaces a leading ~/ by the home directory of the user.
func expandHome(file string) string {
	rest, ok := strings.CutPrefix(file, "~/")
	if !ok {
		return file
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return file
	}
	return filepath.Join(home, rest)
}
