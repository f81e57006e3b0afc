//go:build !windows

package printer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
)

// enqueue hands content to a queue of CUPS. The name goes behind "--", or one
// that begins with a dash would be an option.
func enqueue(ctx context.Context, name string, content []byte) error {
	if strings.HasPrefix(name, "-") {
		return fmt.Errorf("there is no printer called %q", name)
	}
	command := exec.CommandContext(ctx, "lp", "-s", "-d", name, "-o", "raw", "--", "-")
	command.Stdin = bytes.NewReader(content)
	said, err := command.CombinedOutput()
	if errors.Is(err, exec.ErrNotFound) {
		return fmt.Errorf("this computer has no printing system: %w", err)
	}
	if words := strings.TrimSpace(string(said)); err != nil && words != "" {
		return fmt.Errorf("%s: %w", words, err)
	}
	return err
}

func queues(ctx context.Context) []string {
	said, err := exec.CommandContext(ctx, "lpstat", "-e").Output()
	if err != nil {
		return nil
	}
	return strings.Fields(string(said))
}
