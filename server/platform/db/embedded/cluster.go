package embedded

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
)

// dataMajor is the version that made the data folder, 0 if there is none yet.
func dataMajor(data string) int {
	text, err := os.ReadFile(filepath.Join(data, "PG_VERSION"))
	if err != nil {
		return 0
	}
	major, _ := strconv.Atoi(strings.TrimSpace(string(text)))
	return major
}

// makeBase makes the folders above the data. As root they are passable for the
// server's user and writable by root alone, so that nothing which root reads or
// runs there can be exchanged.
func makeBase(dataDir, base string, o *owner) error {
	mode := os.FileMode(0o700)
	if o.switched() {
		mode = 0o711
	}
	for _, dir := range []string{dataDir, base} {
		if err := os.MkdirAll(dir, mode); err != nil {
			return err
		}
		stat, err := os.Stat(dir)
		if err != nil {
			return err
		}
		if o.switched() && stat.Mode().Perm()&0o011 != 0o011 {
			if err := os.Chmod(dir, stat.Mode().Perm()|0o011); err != nil {
				return err
			}
		}
	}
	if !o.canReach(base) {
		return fmt.Errorf("user %s, as whom PostgreSQL runs, cannot reach %s: a folder above it is closed. Choose SOUK_DATA elsewhere, such as /var/lib/souk", o.name, base)
	}
	return nil
}

// makeCluster makes the data folder if there is none, and sees to the
// superuser's password.
func (s *Server) makeCluster(ctx context.Context) error {
	exists := dataMajor(s.dirs.data) != 0
	password, err := os.ReadFile(s.dirs.password)
	switch {
	case err == nil:
		s.password = strings.TrimSpace(string(password))
	case !errors.Is(err, fs.ErrNotExist):
		return err
	default:
		s.password = rand.Text()
		if exists {
			if err := s.resetPassword(ctx); err != nil {
				return err
			}
		}
		if err := writeDurably(s.dirs.password, s.password+"\n"); err != nil {
			return err
		}
	}
	if exists {
		return nil
	}
	if _, err := os.Lstat(s.dirs.data); err == nil {
		return fmt.Errorf("%s exists but is no PostgreSQL data folder; it is left untouched. Move it away, or choose another SOUK_DATA", s.dirs.data)
	}
	return s.initdb(ctx)
}

// initdb works in a folder of its own and renames it when done: a power cut in
// the middle leaves no half-made data folder behind.
func (s *Server) initdb(ctx context.Context) error {
	fresh, err := os.MkdirTemp(s.dirs.base, "initdb-")
	if err != nil {
		return err
	}
	secret := fresh + ".password"
	defer func() { _ = os.Remove(secret) }()
	if err := os.WriteFile(secret, []byte(s.password), 0o600); err != nil {
		return err
	}
	for _, path := range []string{fresh, secret} {
		if err := s.owner.take(path); err != nil {
			return err
		}
	}
	cmd := s.owner.command(ctx, s.dirs.base, filepath.Join(s.bin.dir, program("initdb")), s.initdbArgs(fresh, secret)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	if err := os.Rename(fresh, s.dirs.data); err != nil {
		return err
	}
	return syncDir(s.dirs.base)
}

func (s *Server) initdbArgs(dir, secret string) []string {
	args := []string{
		"-D", dir, "-U", superuser, "--pwfile", secret, "-E", "UTF8",
		"--auth-local=scram-sha-256", "--auth-host=scram-sha-256", "--data-checksums",
		"--locale=" + libcLocale(),
	}
	if s.bin.major >= 17 {
		// The server's own collation: an upgrade of the C library cannot reorder indexes.
		args = append(args, "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
	}
	if !s.cfg.Durable {
		args = append(args, "--no-sync")
	}
	return args
}

func libcLocale() string {
	if runtime.GOOS == "linux" {
		return "C.UTF-8"
	}
	return "C"
}

// resetPassword gives the superuser a new password when the file that held it
// is lost. Whoever owns the data folder may do that without the old one.
func (s *Server) resetPassword(ctx context.Context) error {
	cmd := s.owner.command(ctx, s.dirs.base, filepath.Join(s.bin.dir, program("postgres")), "--single", "-D", s.dirs.data, "postgres")
	// rand.Text is letters and digits only, so the quotes hold.
	cmd.Stdin = strings.NewReader("alter role " + superuser + " password '" + s.password + "'\n")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil || bytes.Contains(out.Bytes(), []byte("ERROR:")) {
		return fmt.Errorf("set a new superuser password: %w\n%s", errors.Join(err, errors.New("postgres --single")), out.Bytes())
	}
	return nil
}

func writeDurably(path, text string) error {
	file, err := os.OpenFile(path+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = file.WriteString(text)
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	if err := os.Rename(path+".new", path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil // folders cannot be flushed there
	}
	file, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(file.Sync(), file.Close())
}

// command runs a PostgreSQL program as the server's user with a small, known
// environment: PG* variables of the caller must not steer it.
func (o *owner) command(ctx context.Context, home, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = []string{"LC_ALL=" + libcLocale(), "TZ=UTC", "HOME=" + home, "PATH=" + os.Getenv("PATH")}
	if runtime.GOOS == "windows" {
		cmd.Env = append(os.Environ(), "TZ=UTC")
	}
	cmd.Dir = home
	cmd.SysProcAttr = o.attributes()
	return cmd
}
