package runner

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/petrel-dev/petrel"
	"github.com/petrel-dev/petrel/pyvalue"
)

// API tells actions where they reach the engine that runs them. The zero value
// tells them nothing.
type API struct {
	// URL is the address of the API without its version. Actions find URL/v1 in
	// the environment variable ST2_ACTION_API_URL.
	URL string
	// Token makes the token that an action may use for as long as it runs; they
	// find it in ST2_ACTION_AUTH_TOKEN. Nil, and an empty token, mean none.
	Token func(ctx context.Context, call *petrel.Call) (petrel.Secret, error)
}

// environment holds the variables that an action gets on top of those of the process.
type environment struct {
	variables map[string]string
	token     petrel.Secret
}

// environmentOf merges the parameter env with the variables that describe the execution, which win.
func environmentOf(ctx context.Context, call *petrel.Call, api API) (environment, error) {
	env := environment{variables: map[string]string{}}
	given, err := optionalDict(call.RunnerParameters, "env")
	if err != nil {
		return env, err
	}
	for name, value := range pyvalue.Entries(given) {
		key, isText := name.(string)
		text, isTextValue := value.(string)
		switch {
		case !isText || !validVariable(key):
			return env, invalid("env: %s is not the name of an environment variable", pyvalue.Repr(name))
		case !isTextValue:
			return env, invalid("env.%s: must be a string and not %s; quote it", key, pyvalue.TypeName(value))
		case strings.ContainsRune(text, 0):
			return env, invalid("env.%s: contains a NUL character", key)
		}
		env.variables[key] = text
	}
	env.variables["ST2_ACTION_PACK_NAME"] = call.Action.Pack
	env.variables["ST2_ACTION_EXECUTION_ID"] = call.Execution.ID
	env.variables["ST2_ACTION_DEBUG"] = "False"
	if debug, _ := call.RunnerParameters.GetString("debug"); pyvalue.Truth(debug) {
		env.variables["ST2_ACTION_DEBUG"] = "True"
	}
	if api.URL != "" {
		env.variables["ST2_ACTION_API_URL"] = strings.TrimSuffix(api.URL, "/") + "/v1"
	}
	if api.Token != nil {
		env.token, err = api.Token(ctx, call)
		if err != nil {
			return env, fmt.Errorf("token for the action: %w", err)
		}
		if env.token != "" {
			env.variables["ST2_ACTION_AUTH_TOKEN"] = env.token.Reveal()
		}
	}
	return env, nil
}

func validVariable(name string) bool {
	return name != "" && !strings.ContainsAny(name, "=\x00")
}

// list returns the variables in the form of os/exec, after those of base, by name.
func (e environment) list(base []string) []string {
	list := slices.Clone(base)
	for _, name := range slices.Sorted(maps.Keys(e.variables)) {
		list = append(list, name+"="+e.variables[name])
	}
	return list
}

// export returns a shell command that sets the variables, by name.
func (e environment) export() string {
	var b strings.Builder
	b.WriteString("export")
	for _, name := range slices.Sorted(maps.Keys(e.variables)) {
		b.WriteString(" " + quote(name) + "=" + quote(e.variables[name]))
	}
	return b.String()
}
