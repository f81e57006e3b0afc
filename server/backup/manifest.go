// Package backup copies the embedded database while selling goes on, checks each
// copy by bringing it to life, puts one back, and keeps as many as it is told. It
// knows nothing about an external PostgreSQL, whose owner has better means.
package backup

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// The files of one backup, which is a folder.
const (
	manifestName = "manifest.json"
	archiveName  = "data.tar.gz"
	checkName    = "check.json"
	format       = 1
)

// half begins the name of what is not whole yet; such a folder is no backup.
const half = ".half-"

var namePattern = regexp.MustCompile(`^souk-\d{8}T\d{6}Z$`)

// Manifest says what is in a backup and what must be found after restoring it.
type Manifest struct {
	Format     int       `json:"format"`
	TakenAt    time.Time `json:"taken_at"`
	Souk       string    `json:"souk_version"`
	PostgreSQL string    `json:"postgresql"`
	Database   string    `json:"database"`
	Schema     int64     `json:"schema_version"`
	Epoch      string    `json:"epoch"`
	// Archive is the size of the archive, Files what is in it.
	Archive int64   `json:"archive_bytes"`
	Files   []File  `json:"files"`
	Totals  Totals  `json:"totals"`
	Seconds float64 `json:"seconds"`
}

// File is one file of the archive.
type File struct {
	Path   string `json:"path"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// Check is what came of restoring a backup into a scratch database.
type Check struct {
	At      time.Time `json:"at"`
	Good    bool      `json:"good"`
	Problem string    `json:"problem,omitempty"`
}

// Backup is one whole backup on disk.
type Backup struct {
	Name     string
	Dir      string
	Manifest Manifest
	Check    *Check // nil until it was checked
}

// List gives the whole backups in a folder, newest first. What was interrupted,
// and whatever else lies there, is not among them.
func List(folder string) ([]Backup, error) {
	entries, err := os.ReadDir(folder)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var list []Backup
	for _, entry := range entries {
		if !entry.IsDir() || !namePattern.MatchString(entry.Name()) {
			continue
		}
		if one, err := Open(filepath.Join(folder, entry.Name())); err == nil {
			list = append(list, one)
		}
	}
	slices.SortFunc(list, func(a, b Backup) int { return strings.Compare(b.Name, a.Name) })
	return list, nil
}

// Open reads one backup's manifest. It fails if the folder holds no whole backup.
func Open(dir string) (Backup, error) {
	one := Backup{Name: filepath.Base(dir), Dir: dir}
	if err := readJSON(filepath.Join(dir, manifestName), &one.Manifest); err != nil {
		return one, fmt.Errorf("%s is no backup: %w", dir, err)
	}
	if one.Manifest.Format != format {
		return one, fmt.Errorf("%s has format %d; this program reads format %d", dir, one.Manifest.Format, format)
	}
	stat, err := os.Stat(one.archive())
	if err != nil {
		return one, fmt.Errorf("%s is no whole backup: %w", dir, err)
	}
	if stat.Size() != one.Manifest.Archive {
		return one, fmt.Errorf("%s is no whole backup: %s has %d bytes, the manifest says %d", dir, archiveName, stat.Size(), one.Manifest.Archive)
	}
	var check Check
	if err := readJSON(filepath.Join(dir, checkName), &check); err == nil {
		one.Check = &check
	}
	return one, nil
}

// Find opens the backup of a folder by its name, which must be a backup's name
// and nothing that leads elsewhere.
func Find(folder, name string) (Backup, error) {
	if !namePattern.MatchString(name) {
		return Backup{}, fmt.Errorf("%q is no backup's name", name)
	}
	return Open(filepath.Join(folder, name))
}

func (b Backup) archive() string { return filepath.Join(b.Dir, archiveName) }

// mark notes a check's result beside the backup.
func (b Backup) mark(check Check) error { return writeJSON(filepath.Join(b.Dir, checkName), check) }

func readJSON(path string, into any) error {
	raw, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return json.Unmarshal(raw, into)
}

// writeJSON replaces a file at once and on disk, readable by its owner alone.
func writeJSON(path string, from any) error {
	raw, err := json.MarshalIndent(from, "", " ")
	if err != nil {
		return err
	}
	file, err := os.OpenFile(path+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(append(raw, '\n'))
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}
