package till

import (
	"os"

	"golang.org/x/sys/windows"
)

// lockFile takes the lock that ends with the process, however it ends.
func lockFile(f *os.File) error {
	const all = ^uint32(0)
	return windows.LockFileEx(windows.Handle(f.Fd()),
		windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY, 0, all, all, &windows.Overlapped{})
}

// syncDir does nothing: NTFS journals names itself, and folders cannot be
// flushed.
func syncDir(string) error { return nil }
