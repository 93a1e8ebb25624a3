package functions

import (
	"strings"

	"github.com/petrel-dev/petrel/pyvalue"
)

// Basename returns what follows the last slash of a path, "" if it ends there.
func Basename(path any) (any, error) {
	text, err := pathText(path)
	if err != nil {
		return nil, err
	}
	return text[strings.LastIndexByte(text, '/')+1:], nil
}

// Dirname returns what precedes the last slash of a path, without the slashes
// at its end unless it consists of them.
func Dirname(path any) (any, error) {
	text, err := pathText(path)
	if err != nil {
		return nil, err
	}
	head := text[:strings.LastIndexByte(text, '/')+1]
	if trimmed := strings.TrimRight(head, "/"); trimmed != "" {
		return trimmed, nil
	}
	return head, nil
}

func pathText(path any) (string, error) {
	text, ok := path.(string)
	if !ok {
		return "", pyvalue.Errorf(pyvalue.KindType, "a path must be a text, not %s", pyvalue.TypeName(path))
	}
	return text, nil
}
