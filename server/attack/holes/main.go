// Command holes plants violations of isolation, one at a time, and sees whether
// the attack suite catches each. A hole is a file in server/attack/testdata/holes:
// a title, the tests that have to fail, and what is changed in the source or in
// the database. Nothing is changed on disk: the source is overlaid, the database
// is the tests' own. A hole that no longer fits the source is an error.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
)

const folder = "server/attack/testdata/holes"

// hole is one violation.
type hole struct {
	name, title, run, sql string
	changes               []change
}

// change is one text of one source file that becomes another.
type change struct{ file, old, new string }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := try(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// try plants those holes whose names hold one of the words; all, without a word.
func try(ctx context.Context, words []string) error {
	files, err := filepath.Glob(filepath.Join(folder, "*.hole"))
	if err != nil || len(files) == 0 {
		return errors.Join(err, fmt.Errorf("no holes in %s: run this from the top of the source", folder))
	}
	var holes []hole
	for _, file := range files {
		planted, err := read(file)
		if err != nil {
			return err
		}
		if wanted(planted.name, words) {
			holes = append(holes, planted)
		}
	}
	scratch, err := os.MkdirTemp("", "souk-holes-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	whole := filepath.Join(scratch, "attack.test")
	if out, err := exec.CommandContext(ctx, "go", "test", "-c", "-o", whole, "./server/attack").CombinedOutput(); err != nil {
		return fmt.Errorf("build the suite: %w\n%s", err, out)
	}
	caught := 0
	var lock sync.Mutex
	var running sync.WaitGroup
	slots := make(chan struct{}, 2)
	for _, h := range holes {
		slots <- struct{}{}
		running.Go(func() {
			defer func() { <-slots }()
			err := h.plant(ctx, scratch, whole)
			lock.Lock()
			defer lock.Unlock()
			if err == nil {
				caught++
				fmt.Fprintf(os.Stdout, "caught  %s: %s\n", h.name, h.title)
				return
			}
			fmt.Fprintf(os.Stdout, "MISSED  %s: %s: %v\n", h.name, h.title, err)
		})
	}
	running.Wait()
	fmt.Fprintf(os.Stdout, "caught %d of %d\n", caught, len(holes))
	if caught < len(holes) {
		return errors.New("the suite does not see every hole")
	}
	return nil
}

func wanted(name string, words []string) bool {
	for _, word := range words {
		if strings.Contains(name, word) {
			return true
		}
	}
	return len(words) == 0
}

// read takes a hole apart and makes sure that it fits the source.
func read(file string) (hole, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return hole{}, err
	}
	h := hole{name: strings.TrimSuffix(filepath.Base(file), ".hole")}
	head, changes, _ := strings.Cut(string(text), "\nin: ")
	for line := range strings.Lines(head) {
		key, value, _ := strings.Cut(line, ": ")
		switch value = strings.TrimSpace(value); key {
		case "title":
			h.title = value
		case "run":
			h.run = value
		case "sql":
			h.sql = value
		}
	}
	if changes != "" {
		for _, part := range strings.Split("\n"+changes, "\nin: ") {
			c, err := parse(h.name, strings.TrimPrefix(part, "\n"))
			if err != nil {
				return h, err
			}
			h.changes = append(h.changes, c)
		}
	}
	if h.title == "" || h.run == "" || h.sql == "" && len(h.changes) == 0 {
		return h, fmt.Errorf("%s needs a title, tests to run, and SQL or a change", file)
	}
	return h, nil
}

var parts = regexp.MustCompile(`(?s)^(\S+)\n<<<<\n(.*?)\n====\n(.*?)\n?>>>>`)

func parse(name, text string) (change, error) {
	m := parts.FindStringSubmatch(text)
	if m == nil {
		return change{}, fmt.Errorf("%s: a change is a file, <<<<, the old text, ====, the new one, >>>>", name)
	}
	source, err := os.ReadFile(m[1])
	if err != nil {
		return change{}, err
	}
	if n := strings.Count(string(source), m[2]); n != 1 {
		return change{}, fmt.Errorf("%s does not fit any more: %s has this %d times, not once: write the hole anew\n%s", name, m[1], n, m[2])
	}
	return change{m[1], m[2], m[3]}, nil
}

// plant runs the tests over the hole. It fails if they pass, or fail to build.
func (h hole) plant(ctx context.Context, scratch, whole string) error {
	command := exec.CommandContext(ctx, whole, "-test.run", h.run)
	command.Dir = "server/attack"
	if len(h.changes) > 0 {
		overlay, err := h.overlay(filepath.Join(scratch, h.name))
		if err != nil {
			return err
		}
		mine := filepath.Join(scratch, h.name, "attack.test")
		if out, err := exec.CommandContext(ctx, "go", "test", "-c", "-overlay", overlay, "-o", mine, "./server/attack").CombinedOutput(); err != nil {
			return fmt.Errorf("it does not compile: %w\n%s", err, out)
		}
		defer os.Remove(mine)
		command = exec.CommandContext(ctx, mine, "-test.run", h.run)
		command.Dir = "server/attack"
	}
	command.Env = append(os.Environ(), "SOUK_HOLE_SQL="+h.sql)
	out, err := command.CombinedOutput()
	switch text := string(out); {
	case err == nil:
		return errors.New("the suite passes all the same")
	case strings.Contains(text, "cannot be planted any more"):
		return fmt.Errorf("the database does not take it\n%s", text)
	case !strings.Contains(text, "--- FAIL"):
		return fmt.Errorf("no test failed, but: %w\n%s", err, text)
	}
	return nil
}

// overlay writes the changed files and the list of them.
func (h hole) overlay(dir string) (string, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	replaced, texts := map[string]string{}, map[string]string{}
	for n, c := range h.changes {
		path, err := filepath.Abs(c.file)
		if err != nil {
			return "", err
		}
		if texts[path] == "" {
			source, err := os.ReadFile(path)
			if err != nil {
				return "", err
			}
			texts[path] = string(source)
			replaced[path] = filepath.Join(dir, fmt.Sprintf("%d.go", n))
		}
		texts[path] = strings.Replace(texts[path], c.old, c.new, 1)
	}
	for path, text := range texts {
		if err := os.WriteFile(replaced[path], []byte(text), 0o600); err != nil {
			return "", err
		}
	}
	list, err := json.Marshal(map[string]any{"Replace": replaced})
	if err != nil {
		return "", err
	}
	file := filepath.Join(dir, "overlay.json")
	return file, os.WriteFile(file, list, 0o600)
}
