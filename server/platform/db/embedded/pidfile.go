package embedded

import (
	"bufio"
	"context"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// pidFile is what postmaster.pid says.
type pidFile struct{ pid, port int }

func readPidFile(data string) (pidFile, bool) {
	file, err := os.Open(filepath.Join(data, "postmaster.pid"))
	if err != nil {
		return pidFile{}, false
	}
	defer func() { _ = file.Close() }()
	var lines [4]int // process, folder, start time, port
	scanner := bufio.NewScanner(file)
	for i := 0; i < len(lines) && scanner.Scan(); i++ {
		lines[i], _ = strconv.Atoi(scanner.Text())
	}
	return pidFile{pid: lines[0], port: lines[3]}, lines[0] > 0
}

// serves tells whether the process in the file is alive and works on data. A
// process id is soon given to something else after a crash or a reboot.
func (p pidFile) serves(data string) bool {
	if !alive(p.pid) {
		return false
	}
	cwd, known := workingDir(p.pid)
	return !known || cwd == data
}

// gone is closed when the process has ended. For servers that are not our child.
func (p pidFile) gone(data string) <-chan struct{} {
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		for p.serves(data) {
			time.Sleep(20 * time.Millisecond)
		}
	}()
	return gone
}

// waitForOrphan waits for a server whose program has just died: it was told by
// the system to shut down and needs a moment. Fails with *RunningError if it
// stays.
func (s *Server) waitForOrphan(ctx context.Context) error {
	deadline := time.Now().Add(10 * time.Second)
	for {
		pid, found := readPidFile(s.dirs.data)
		if !found || !pid.serves(s.dirs.data) {
			return nil
		}
		if s.cfg.Detached || time.Now().After(deadline) {
			return &RunningError{DataDir: s.dirs.data, PID: pid.pid, Port: pid.port}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// removeForeignPidFile removes postmaster.pid when its process id now belongs to
// an unrelated program, which would keep PostgreSQL from starting. The file also
// guards against sessions that outlive a killed server, so it stays while any
// process works in the data folder, and where that cannot be seen.
func removeForeignPidFile(data string) error {
	pid, found := readPidFile(data)
	if !found || !alive(pid.pid) || pid.serves(data) || anyProcessIn(data) {
		return nil
	}
	return os.Remove(filepath.Join(data, "postmaster.pid"))
}
