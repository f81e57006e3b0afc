package backup

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
)

// Single writes the backup as one tar file, which OpenSingle reads again.
func (b Backup) Single(to io.Writer) error {
	out := tar.NewWriter(to)
	for _, name := range []string{manifestName, archiveName} {
		if err := addWhole(out, filepath.Join(b.Dir, name), b.Name+"/"+name); err != nil {
			return err
		}
	}
	return out.Close()
}

func addWhole(out *tar.Writer, path, name string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	stat, err := file.Stat()
	if err != nil {
		return err
	}
	if err := out.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: 0o600, Size: stat.Size(), ModTime: stat.ModTime()}); err != nil {
		return err
	}
	_, err = io.Copy(out, file)
	return err
}

// OpenAny opens a backup's folder, or its single file, which it unpacks into a
// private folder beside it first. done takes that away again.
func OpenAny(path string) (one Backup, done func() error, err error) {
	done = func() error { return nil }
	stat, err := os.Stat(path)
	if err != nil {
		return one, done, err
	}
	if stat.IsDir() {
		one, err = Open(path)
		return one, done, err
	}
	dir, err := os.MkdirTemp(filepath.Dir(path), half)
	if err != nil {
		return one, done, err
	}
	done = func() error { return os.RemoveAll(dir) }
	inner, err := unpackSingle(path, dir)
	if err == nil {
		one, err = Open(inner)
	}
	if err != nil {
		return one, done, errors.Join(err, done())
	}
	return one, done, nil
}

func unpackSingle(path, dir string) (inner string, err error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = file.Close() }()
	for entries := tar.NewReader(file); ; {
		header, err := entries.Next()
		if errors.Is(err, io.EOF) && inner != "" {
			return inner, nil
		}
		if err != nil {
			return "", fmt.Errorf("%s is no backup: %w", path, err)
		}
		folder, name := filepath.Split(filepath.FromSlash(header.Name))
		if folder = filepath.Clean(folder); !namePattern.MatchString(folder) || !slices.Contains([]string{manifestName, archiveName}, name) {
			return "", fmt.Errorf("%s is no backup: it holds %q", path, header.Name)
		}
		inner = filepath.Join(dir, folder)
		if err := os.MkdirAll(inner, 0o700); err != nil {
			return "", err
		}
		out, err := os.OpenFile(filepath.Join(inner, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return "", err
		}
		_, err = io.Copy(out, entries)
		if err := errors.Join(err, out.Close()); err != nil {
			return "", err
		}
	}
}
