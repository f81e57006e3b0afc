package backup

import (
	"archive/tar"
	"bufio"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
)

// archive is a compressed tar on its way to disk, and the list of what is in it.
type archive struct {
	file  *os.File
	gzip  *gzip.Writer
	tar   *tar.Writer
	files []File
}

func newArchive(path string) (*archive, error) {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	packed, err := gzip.NewWriterLevel(file, gzip.BestSpeed)
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return &archive{file: file, gzip: packed, tar: tar.NewWriter(packed)}, nil
}

func (a *archive) close() error {
	return errors.Join(a.tar.Close(), a.gzip.Close(), a.file.Sync(), a.file.Close())
}

// Folders whose content PostgreSQL makes anew at each start.
var emptied = []string{"pg_wal", "pg_wal/archive_status", "pg_wal/summaries", "pg_replslot", "pg_dynshmem", "pg_notify", "pg_serial", "pg_snapshots", "pg_stat_tmp", "pg_subtrans"}

var leftOut = []string{"postmaster.pid", "postmaster.opts", "backup_label", "tablespace_map", "recovery.signal", "standby.signal"}

const controlFile = "global/pg_control"

func skipped(path string) bool {
	name := filepath.Base(path)
	return slices.Contains(leftOut, path) || name == "pg_internal.init" || strings.HasPrefix(name, "pgsql_tmp") || path == controlFile
}

// addCluster copies all files but the log's. A file that vanishes, grows or
// shrinks meanwhile is put right from the log when the copy is brought to life.
func (a *archive) addCluster(ctx context.Context, data string, progress func(done, total int64)) error {
	files, total, err := a.walk(data)
	if err != nil {
		return err
	}
	var done int64
	// The control file last: it must not be older than what it speaks of.
	for _, path := range append(files, controlFile) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		size, err := a.addFile(data, path)
		if err != nil {
			return fmt.Errorf("copy %s: %w", path, err)
		}
		if done += size; progress != nil {
			progress(done, max(total, done))
		}
	}
	return nil
}

func (a *archive) walk(data string) (files []string, total int64, err error) {
	err = filepath.WalkDir(data, func(full string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(data, full)
		if err != nil || relative == "." {
			return err
		}
		path := filepath.ToSlash(relative)
		switch {
		case entry.IsDir():
			if err := a.tar.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: path + "/", Mode: 0o700}); err != nil {
				return err
			}
			if slices.Contains(emptied, path) && path != "pg_wal" {
				return fs.SkipDir
			}
		case !entry.Type().IsRegular():
			return fmt.Errorf("%s is neither a file nor a folder; tablespaces elsewhere cannot be backed up this way", path)
		case !skipped(path) && !strings.HasPrefix(path, "pg_wal/"):
			if info, err := entry.Info(); err == nil {
				total += info.Size()
			}
			files = append(files, path)
		}
		return nil
	})
	return files, total, err
}

func (a *archive) addFile(data, path string) (int64, error) {
	file, err := os.Open(filepath.Join(data, filepath.FromSlash(path)))
	if errors.Is(err, fs.ErrNotExist) && path != controlFile {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	defer func() { _ = file.Close() }()
	stat, err := file.Stat()
	if err != nil {
		return 0, err
	}
	return stat.Size(), a.add(path, stat.Size(), file)
}

func (a *archive) addText(path, text string) error {
	return a.add(path, int64(len(text)), strings.NewReader(text))
}

// add writes exactly size bytes; what a file has lost meanwhile is zeros.
func (a *archive) add(path string, size int64, from io.Reader) error {
	if err := a.tar.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: path, Mode: 0o600, Size: size}); err != nil {
		return err
	}
	sum := sha256.New()
	if _, err := io.CopyN(io.MultiWriter(a.tar, sum), io.MultiReader(from, zeros{}), size); err != nil {
		return err
	}
	a.files = append(a.files, File{Path: path, Size: size, SHA256: hex.EncodeToString(sum.Sum(nil))})
	return nil
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

var segmentPattern = regexp.MustCompile(`^[0-9A-F]{24}$`)

// addLog adds the files of the log from first to last, all of which must be there.
func (a *archive) addLog(data, first, last string) error {
	entries, err := os.ReadDir(filepath.Join(data, "pg_wal"))
	if err != nil {
		return err
	}
	var names []string
	for _, entry := range entries {
		if name := entry.Name(); segmentPattern.MatchString(name) && name >= first && name <= last {
			names = append(names, name)
		}
	}
	if len(names) == 0 || names[0] != first || names[len(names)-1] != last {
		return fmt.Errorf("the log from %s to %s is not all there", first, last)
	}
	for _, name := range names {
		if _, err := a.addFile(data, "pg_wal/"+name); err != nil {
			return err
		}
	}
	return nil
}

// read goes through an archive from begin to end, comparing every file with the
// manifest, and writes the files into a folder if one is given. It fails, naming
// the file, at the first that is not what the manifest says.
func (b Backup) read(ctx context.Context, into place) error {
	file, err := os.Open(b.archive())
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	unpacked, err := gzip.NewReader(bufio.NewReaderSize(file, 1<<20))
	if err != nil {
		return fmt.Errorf("the backup is damaged: %w", err)
	}
	expected := b.Manifest.Files
	for entries := tar.NewReader(unpacked); ctx.Err() == nil; {
		header, err := entries.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("the backup is damaged: %w", err)
		}
		if !filepath.IsLocal(header.Name) {
			return fmt.Errorf("the backup holds %q, which leads out of its folder", header.Name)
		}
		switch {
		case header.Typeflag == tar.TypeDir:
			err = into.makeFolder(header.Name)
		case len(expected) == 0 || expected[0].Path != header.Name:
			err = fmt.Errorf("the backup is damaged: %s is not where the manifest has it", header.Name)
		default:
			err = into.extract(expected[0], entries)
			expected = expected[1:]
		}
		if err != nil {
			return err
		}
	}
	if len(expected) > 0 && ctx.Err() == nil {
		return fmt.Errorf("the backup is damaged: %s is missing", expected[0].Path)
	}
	return ctx.Err()
}

// place is where an archive is unpacked; the empty one is nowhere.
type place struct {
	dir     string
	durable bool // to be on disk when it is done
}

func (p place) makeFolder(name string) error {
	if p.dir == "" {
		return nil
	}
	return os.MkdirAll(filepath.Join(p.dir, filepath.FromSlash(name)), 0o700)
}

func (p place) extract(want File, from io.Reader) error {
	if p.dir == "" {
		return compare(want, from, io.Discard)
	}
	if want.isKey() { // keys come without a folder of their own, at the end
		if err := p.makeFolder(keysFolder); err != nil {
			return err
		}
	}
	file, err := os.OpenFile(filepath.Join(p.dir, filepath.FromSlash(want.Path)), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	err = compare(want, from, file)
	if err == nil && p.durable {
		err = file.Sync()
	}
	return errors.Join(err, file.Close())
}

func compare(want File, from io.Reader, into io.Writer) error {
	sum := sha256.New()
	size, err := io.Copy(io.MultiWriter(sum, into), from)
	if err != nil {
		return fmt.Errorf("the backup is damaged: %s: %w", want.Path, err)
	}
	if size != want.Size || hex.EncodeToString(sum.Sum(nil)) != want.SHA256 {
		return fmt.Errorf("the backup is damaged: %s is not what the manifest says", want.Path)
	}
	return nil
}

func syncFolder(dir string) error {
	if runtime.GOOS == "windows" {
		return nil // folders cannot be flushed there
	}
	file, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(file.Sync(), file.Close())
}
