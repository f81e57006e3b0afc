package embedded

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// ErrNotEmpty says that there is a database where another one was to be put.
var ErrNotEmpty = errors.New("there is a database in this data folder already")

// DataFolder is PostgreSQL's own folder below Souk's data folder.
func DataFolder(dataDir string) string { return dirsUnder(dataDir).data }

// DataFolder is the folder that this server works on.
func (s *Server) DataFolder() string { return s.dirs.data }

// BinDir is where this server's programs are, for a second server of the same version.
func (s *Server) BinDir() string { return s.bin.dir }

// Running tells whether a server works on the data folder now.
func Running(dataDir string) bool {
	data := DataFolder(dataDir)
	pid, found := readPidFile(data)
	return found && pid.serves(data)
}

// Put makes a data folder out of what fill writes into an empty one. A data
// folder that is there already is moved aside if aside is true, and its new place
// returned; nothing is ever deleted. The superuser's password is a new one at the
// next start. When fill fails, everything is as it was.
//
// Fails with *RunningError if a server works on the folder, and with ErrNotEmpty.
func Put(cfg Config, aside bool, fill func(dir string) error) (moved string, err error) {
	s, err := prepareToPut(cfg)
	if err != nil {
		return "", err
	}
	defer s.unlock()
	if pid, found := readPidFile(s.dirs.data); found && pid.serves(s.dirs.data) {
		return "", &RunningError{DataDir: s.dirs.data, PID: pid.pid, Port: pid.port}
	}
	_, err = os.Lstat(s.dirs.data)
	there := err == nil
	if there && !aside {
		return "", fmt.Errorf("%s: %w", s.dirs.data, ErrNotEmpty)
	}
	fresh, err := os.MkdirTemp(s.dirs.base, "restoring-")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.RemoveAll(fresh) }()
	if err := fill(fresh); err != nil {
		return "", err
	}
	if err := s.owner.takeAll(fresh); err != nil {
		return "", err
	}
	if there {
		moved = filepath.Join(s.dirs.base, "data-until-"+time.Now().UTC().Format("20060102T150405.000Z"))
		if err := os.Rename(s.dirs.data, moved); err != nil {
			return "", err
		}
	}
	if err := forget(s.dirs.password, moved); err != nil {
		return moved, err
	}
	if err := os.Rename(fresh, s.dirs.data); err != nil {
		return moved, err
	}
	return moved, syncDir(s.dirs.base)
}

// prepareToPut takes the lock without looking for binaries: those must fit what
// is put there, not what is there.
func prepareToPut(cfg Config) (*Server, error) {
	cfg, err := cfg.complete()
	if err != nil {
		return nil, err
	}
	s := &Server{cfg: cfg, dirs: dirsUnder(cfg.DataDir), log: cfg.Log}
	if s.owner, err = chooseOwner(s.dirs.data); err != nil {
		return nil, err
	}
	if err := makeBase(cfg.DataDir, s.dirs.base, s.owner); err != nil {
		return nil, err
	}
	if s.lock, err = lockFile(s.dirs.lock); err != nil {
		running := &RunningError{DataDir: s.dirs.data}
		if pid, found := readPidFile(s.dirs.data); found {
			running.PID, running.Port = pid.pid, pid.port
		}
		return nil, running
	}
	return s, nil
}

// forget takes the old password away, beside the data that it opens.
func forget(password, moved string) error {
	var err error
	if moved == "" {
		err = os.Remove(password)
	} else {
		err = os.Rename(password, moved+".password")
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

func (o *owner) takeAll(dir string) error {
	return filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return o.take(path)
	})
}
