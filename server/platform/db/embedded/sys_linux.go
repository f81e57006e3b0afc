package embedded

import (
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

// detach puts the server in a session of its own, so that Ctrl-C in a terminal
// reaches only the program, which then stops the server in good order. Unless it
// is to stay, the server shuts down when the program is killed.
func detach(attr *syscall.SysProcAttr, stays bool) {
	attr.Setsid = true
	if !stays {
		attr.Pdeathsig = syscall.SIGINT
	}
}

func workingDir(pid int) (dir string, known bool) {
	dir, err := os.Readlink(filepath.Join("/proc", strconv.Itoa(pid), "cwd"))
	return dir, err == nil
}

func anyProcessIn(data string) bool {
	processes, err := os.ReadDir("/proc")
	if err != nil {
		return true
	}
	for _, process := range processes {
		if pid, err := strconv.Atoi(process.Name()); err == nil {
			if dir, known := workingDir(pid); known && dir == data {
				return true
			}
		}
	}
	return false
}
