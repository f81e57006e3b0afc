// Till is the register's window. See package desktop.
package main

import (
	"os"

	"souk/desktop"
)

func main() { os.Exit(desktop.Run(os.Args[1:], os.Stdout, os.Stderr)) }
