package printer

import (
	"cmp"
	"context"
	"path/filepath"
	"slices"
	"time"
)

// Found is a printer that this computer knows of.
type Found struct {
	Kind    Kind   `json:"kind"`
	Address string `json:"address"`
}

// List names the printers that are plugged into this computer and the queues that
// its system has. Printers in the network are not searched for. A system without
// a spooler has no queues.
func List(ctx context.Context) []Found {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	found := []Found{}
	for _, pattern := range []string{"/dev/usb/lp*", "/dev/lp*"} {
		paths, _ := filepath.Glob(pattern) // the patterns are well formed
		for _, path := range paths {
			found = append(found, Found{File, path})
		}
	}
	for _, name := range queues(ctx) {
		found = append(found, Found{Queue, name})
	}
	slices.SortStableFunc(found, func(a, b Found) int { return cmp.Compare(a.Address, b.Address) })
	return found
}
