package dbtest

import (
	"context"
	"os"
)

// lockDir leaves it to PostgreSQL's own guard of its data folder.
func lockDir(context.Context, string) (unlock func(), err error) { return func() {}, nil }

// ownedByUs holds on Windows: the temporary folder is the user's own.
func ownedByUs(os.FileInfo) bool { return true }
