//go:build !windows

package doctor

import "syscall"

// FreeBytes is how much an ordinary user may still write below dir.
func FreeBytes(dir string) (int64, error) {
	var stat syscall.Statfs_t
	if err := syscall.Statfs(dir, &stat); err != nil {
		return 0, err
	}
	return int64(stat.Bavail) * int64(stat.Bsize), nil //nolint:gosec,unconvert // the types differ between systems
}
