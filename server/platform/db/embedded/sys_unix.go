//go:build !windows

package embedded

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
)

// owner is the user as whom PostgreSQL runs. PostgreSQL refuses to run as root.
type owner struct {
	name     string
	uid, gid uint32
}

// chooseOwner is the present user; for root the owner of the existing data, else
// the first of souk, postgres, nobody that this machine knows.
func chooseOwner(data string) (*owner, error) {
	if os.Geteuid() != 0 {
		return &owner{uid: uint32(os.Geteuid()), gid: uint32(os.Getegid())}, nil
	}
	if stat, err := os.Stat(data); err == nil {
		own := stat.Sys().(*syscall.Stat_t)
		if own.Uid == 0 {
			return nil, fmt.Errorf("%s belongs to root, as whom PostgreSQL does not run: give it to another user with chown -R", data)
		}
		return &owner{name: strconv.Itoa(int(own.Uid)), uid: own.Uid, gid: own.Gid}, nil
	}
	for _, name := range []string{"souk", "postgres", "nobody"} {
		found, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.ParseUint(found.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(found.Gid, 10, 32)
		return &owner{name: name, uid: uint32(uid), gid: uint32(gid)}, errors.Join(err1, err2)
	}
	return nil, errors.New("PostgreSQL does not run as root, and this machine has no user souk, postgres or nobody: make one with 'useradd --system souk'")
}

func (o *owner) switched() bool { return os.Geteuid() == 0 && o.uid != 0 }

func (o *owner) take(path string) error {
	if !o.switched() {
		return nil
	}
	return os.Chown(path, int(o.uid), int(o.gid))
}

func (o *owner) attributes() *syscall.SysProcAttr {
	if !o.switched() {
		return &syscall.SysProcAttr{}
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: o.uid, Gid: o.gid}}
}

// canReach tells whether this user may enter dir and every folder above it.
func (o *owner) canReach(dir string) bool {
	if !o.switched() {
		return true
	}
	dir, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return false
	}
	for ; ; dir = filepath.Dir(dir) {
		stat, err := os.Stat(dir)
		if err != nil || !o.mayEnter(stat) {
			return false
		}
		if dir == filepath.Dir(dir) {
			return true
		}
	}
}

func (o *owner) mayEnter(stat os.FileInfo) bool {
	own := stat.Sys().(*syscall.Stat_t)
	switch {
	case own.Uid == o.uid:
		return stat.Mode()&0o100 != 0
	case own.Gid == o.gid:
		return stat.Mode()&0o010 != 0
	default:
		return stat.Mode()&0o001 != 0
	}
}

func userDataDir() (string, error) {
	if runtime.GOOS == "darwin" {
		dir, err := os.UserConfigDir()
		return filepath.Join(dir, "souk"), err
	}
	home, err := os.UserHomeDir()
	return filepath.Join(home, ".local", "share", "souk"), err
}

// lockFile fails if another process holds the lock; closing the file frees it.
func lockFile(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

func alive(pid int) bool {
	err := syscall.Kill(pid, 0)
	return err == nil || errors.Is(err, syscall.EPERM)
}

func (c *child) signalFast(context.Context) error { return signal(c.pid, syscall.SIGINT) }
func (c *child) signalAbort() error               { return signal(c.pid, syscall.SIGQUIT) }

func signal(pid int, sig syscall.Signal) error {
	err := syscall.Kill(pid, sig)
	if errors.Is(err, syscall.ESRCH) {
		return os.ErrProcessDone
	}
	return err
}
