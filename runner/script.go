package runner

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/petrel-dev/petrel"
)

const (
	actionsFolder = "actions"
	libFolder     = "lib"
	maxLinks      = 40
	maxFolders    = 100 // nested in each other
)

// script is the entry point of an action.
type script struct {
	files   fs.FS  // of its pack
	dir     string // that files are in, empty if they are not on disk
	name    string // path in files
	target  string // path in files with all links followed
	lib     string // likewise, of the directory lib beside the script; empty if there is none
	release func() // removes temporary files
}

// openScript finds the entry point of an action in its pack. The caller calls release.
func openScript(ctx context.Context, call *petrel.Call) (*script, error) {
	if call.Action.EntryPoint == "" {
		return nil, invalid("action %s: has no entry_point, which the runner %s needs", call.Action.Ref(), call.Action.Runner)
	}
	version, err := optionalText(call.RunnerParameters, "content_version")
	if err != nil {
		return nil, err
	}
	switch pack := call.Pack; {
	case pack != nil && pack.Dir != "" && version != "":
		return openVersion(ctx, call, version)
	case version != "":
		return nil, invalid("content_version: pack %s is not in a directory, so it has no other versions", call.Action.Pack)
	case pack != nil && pack.Dir != "":
		dir, err := filepath.Abs(pack.Dir)
		if err != nil {
			return nil, err
		}
		return findScript(os.DirFS(dir), dir, call.Action.EntryPoint)
	case pack != nil && pack.Files != nil:
		return findScript(pack.Files, "", call.Action.EntryPoint)
	}
	return nil, fmt.Errorf("%w: %s: pack %s has no files", ErrScriptNotFound, call.Action.EntryPoint, call.Action.Pack)
}

func badEntryPoint(entryPoint, why string) error {
	return invalid("entry_point: %q %s", entryPoint, why)
}

// entryName returns the path of an entry point inside its pack, with slashes.
func entryName(dir, entryPoint string) (string, error) {
	if filepath.IsAbs(entryPoint) && dir != "" {
		name, err := filepath.Rel(dir, entryPoint)
		if err != nil || !filepath.IsLocal(name) || filepath.Clean(entryPoint) != entryPoint {
			return "", badEntryPoint(entryPoint, "is outside of the pack's directory "+dir)
		}
		return filepath.ToSlash(name), nil
	}
	name := filepath.ToSlash(entryPoint)
	if !fs.ValidPath(name) || name == "." {
		return "", badEntryPoint(entryPoint, `must be a path below the pack's directory "actions", without "..", "." and doubled slashes`)
	}
	return path.Join(actionsFolder, name), nil
}

// findScript finds an entry point. Neither it nor the directory lib beside it
// may be a link to outside of the pack.
func findScript(files fs.FS, dir, entryPoint string) (*script, error) {
	name, err := entryName(dir, entryPoint)
	if err != nil {
		return nil, err
	}
	shown := path.Join(filepath.ToSlash(dir), name)
	target, err := followLinks(files, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: %s", ErrScriptNotFound, shown)
	} else if err != nil {
		return nil, err
	}
	info, err := fs.Stat(files, target)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%w: %s is not a file", ErrScriptNotFound, shown)
	}
	s := &script{files: files, dir: dir, name: name, target: target, release: func() {}}
	lib, err := followLinks(files, path.Join(path.Dir(name), libFolder))
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	} else if err != nil {
		return nil, err
	}
	if info, err := fs.Stat(files, lib); err == nil && info.IsDir() {
		s.lib = lib
	}
	return s, nil
}

// onDisk returns the path of the script in the file system of this machine. If
// it is not there, it is copied, with the directory lib, to a temporary
// directory, which other users can read if shared is set.
func (s *script) onDisk(shared bool) (string, error) {
	if s.dir != "" {
		return filepath.Join(s.dir, filepath.FromSlash(s.name)), nil
	}
	dir, err := os.MkdirTemp("", "petrel-script-")
	if err != nil {
		return "", err
	}
	s.release = func() { os.RemoveAll(dir) }
	if shared {
		if err := os.Chmod(dir, 0o755); err != nil {
			return "", err
		}
	}
	file := filepath.Join(dir, filepath.FromSlash(s.name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return "", err
	}
	if err := s.copyOut(s.target, file, 0o755); err != nil {
		return "", err
	}
	if s.lib == "" {
		return file, nil
	}
	lib := path.Join(filepath.ToSlash(filepath.Dir(file)), libFolder)
	return file, walkFiles(s.files, s.lib, lib, func(from, to string, info fs.FileInfo) error {
		if info.IsDir() {
			return os.MkdirAll(filepath.FromSlash(to), 0o755)
		}
		return s.copyOut(from, filepath.FromSlash(to), info.Mode().Perm()|0o444)
	})
}

func (s *script) copyOut(from, to string, mode fs.FileMode) error {
	content, err := fs.ReadFile(s.files, from)
	if err != nil {
		return err
	}
	// A process that is forked while the file is open for writing keeps it
	// open for a moment, in which the system refuses to run it.
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	return os.WriteFile(to, content, mode)
}

// makeExecutable gives everybody the right to run a file. On a read-only file
// system that fails, and the file may be executable already; if it is not, the
// shell says so.
func makeExecutable(file string) {
	if info, err := os.Stat(file); err == nil && info.Mode()&0o111 != 0o111 {
		_ = os.Chmod(file, info.Mode()|0o111)
	}
}

// walkFiles visits a directory and all files and directories in it, links
// followed, with the path of each and the path it gets below to.
func walkFiles(files fs.FS, from, to string, visit func(from, to string, info fs.FileInfo) error) error {
	return walkFolder(files, from, to, 0, visit)
}

func walkFolder(files fs.FS, from, to string, depth int, visit func(from, to string, info fs.FileInfo) error) error {
	if depth > maxFolders {
		return badEntryPoint(from, "is nested too deep, or a link to a directory that it is in")
	}
	info, err := fs.Stat(files, from)
	switch {
	case err != nil:
		return err
	case info.Mode().IsRegular():
		return visit(from, to, info)
	case !info.IsDir():
		return nil
	}
	if err := visit(from, to, info); err != nil {
		return err
	}
	entries, err := fs.ReadDir(files, from)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		source, err := followLinks(files, path.Join(from, entry.Name()))
		if err != nil {
			return err
		}
		if err := walkFolder(files, source, path.Join(to, entry.Name()), depth+1, visit); err != nil {
			return err
		}
	}
	return nil
}

// followLinks returns the path that a path leads to when all symbolic links
// are followed, none of which may leave the file system.
func followLinks(files fs.FS, name string) (string, error) {
	resolved, rest := ".", strings.Split(name, "/")
	for links := 0; len(rest) > 0; {
		next := path.Join(resolved, rest[0])
		rest = rest[1:]
		info, err := fs.Lstat(files, next)
		if err != nil {
			return "", err
		}
		if info.Mode()&fs.ModeSymlink == 0 {
			if len(rest) > 0 && !info.IsDir() {
				return "", fmt.Errorf("%s: %w", name, fs.ErrNotExist)
			}
			resolved = next
			continue
		}
		target, err := fs.ReadLink(files, next)
		if err != nil {
			return "", err
		}
		joined := path.Join(resolved, target)
		if links++; links > maxLinks || path.IsAbs(target) || !fs.ValidPath(joined) {
			return "", badEntryPoint(name, "is a link to outside of the pack, or an absolute one")
		}
		resolved, rest = ".", append(strings.Split(joined, "/"), rest...)
	}
	return resolved, nil
}
