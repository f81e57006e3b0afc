package backup

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// keysFolder is where keys lie in an archive, and for a moment in what is restored.
const keysFolder = "souk-keys"

func (a *archive) addKeys(files []string) error {
	for _, file := range files {
		text, err := os.ReadFile(file) //nolint:gosec // the program's own folder
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		if err := a.addText(path.Join(keysFolder, filepath.Base(file)), string(text)); err != nil {
			return err
		}
	}
	return nil
}

func (f File) isKey() bool { return strings.HasPrefix(f.Path, keysFolder+"/") }

// putKeys takes the keys out of a restored database's folder to where the server
// reads them. Another key that lies there is kept beside it.
func (b Backup) putKeys(database, to string, say func(string)) error {
	from := filepath.Join(database, keysFolder)
	for _, file := range b.Manifest.Files {
		if !file.isKey() {
			continue
		}
		name := filepath.Base(file.Path)
		text, err := os.ReadFile(filepath.Join(from, name)) //nolint:gosec // just written
		if err != nil {
			return err
		}
		if err := putKey(filepath.Join(to, name), b.Name, text, say); err != nil {
			return err
		}
	}
	return os.RemoveAll(from)
}

func putKey(file, name string, text []byte, say func(string)) error {
	present, err := os.ReadFile(file) //nolint:gosec // the program's own folder
	switch {
	case err == nil && bytes.Equal(present, text):
		return nil
	case err == nil:
		aside := file + "-until-" + name
		for _, err := os.Lstat(aside); err == nil; _, err = os.Lstat(aside) {
			aside += "+"
		}
		if err := os.Rename(file, aside); err != nil {
			return err
		}
		say("The former " + filepath.Base(file) + " is kept in " + aside)
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		return fmt.Errorf("put the key back: %w", err)
	}
	return syncFolder(filepath.Dir(file))
}
