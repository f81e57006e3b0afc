//go:build !linux && !windows

package embedded

import "syscall"

// detach puts the server in a session of its own, so that Ctrl-C in a terminal
// reaches only the program, which then stops the server in good order.
func detach(attr *syscall.SysProcAttr, _ bool) { attr.Setsid = true }

func workingDir(int) (dir string, known bool) { return "", false }

func anyProcessIn(string) bool { return true }
