package embedded

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
)

// owner is the present user: PostgreSQL gives up an administrator's rights by
// itself on Windows.
type owner struct{ name string }

func chooseOwner(string) (*owner, error) { return &owner{}, nil }

func (o *owner) switched() bool                   { return false }
func (o *owner) take(string) error                { return nil }
func (o *owner) canReach(string) bool             { return true }
func (o *owner) attributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{} }

// detach keeps Ctrl-C in a console from reaching the server directly.
func detach(attr *syscall.SysProcAttr, _ bool) {
	attr.CreationFlags = syscall.CREATE_NEW_PROCESS_GROUP
}

func userDataDir() (string, error) {
	dir, err := os.UserCacheDir() // %LocalAppData%
	return filepath.Join(dir, "souk"), err
}

// lockFile relies on PostgreSQL's own guard of its data folder.
func lockFile(path string) (*os.File, error) { return os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600) }

func alive(pid int) bool {
	process, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	return process.Release() == nil
}

func workingDir(int) (dir string, known bool) { return "", false }

func anyProcessIn(string) bool { return true }

func (c *child) signalFast(ctx context.Context) error {
	if c.pgCtl == "" {
		return c.signalAbort()
	}
	return exec.CommandContext(ctx, c.pgCtl, "kill", "INT", strconv.Itoa(c.pid)).Run()
}

func (c *child) signalAbort() error {
	process, err := os.FindProcess(c.pid)
	if err != nil {
		return os.ErrProcessDone
	}
	return process.Kill()
}
