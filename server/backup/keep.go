package backup

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Keep is how many backups stay: the newest of each of the last days and weeks
// that have one.
type Keep struct{ Days, Weeks int }

// Prune removes the backups of a folder that Keep does not name, and what an
// interrupted one has left. The newest that was checked and found good always
// stays. It gives the names of those removed.
func Prune(folder string, keep Keep) ([]string, error) {
	list, err := List(folder)
	if err != nil {
		return nil, err
	}
	var removed []string
	for _, one := range surplus(list, keep) {
		// Under another name first: half of a removed backup must not look like one.
		gone := filepath.Join(folder, half+one.Name)
		if err := errors.Join(os.Rename(one.Dir, gone), os.RemoveAll(gone)); err != nil {
			return removed, err
		}
		removed = append(removed, one.Name)
	}
	return removed, Sweep(folder)
}

// Sweep removes what interrupted backups have left. Call it only while none is
// being made.
func Sweep(folder string) error {
	entries, err := os.ReadDir(folder)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	for _, entry := range entries {
		if name, found := strings.CutPrefix(entry.Name(), half); found && namePattern.MatchString(name) {
			err = errors.Join(err, os.RemoveAll(filepath.Join(folder, entry.Name())))
		}
	}
	return err
}

// surplus takes a list, newest first, and gives those that need not stay.
func surplus(list []Backup, keep Keep) (out []Backup) {
	days, weeks := map[string]bool{}, map[string]bool{}
	goodKept := false
	for _, one := range list {
		at := one.Manifest.TakenAt
		year, number := at.ISOWeek()
		day, week := at.Format(time.DateOnly), fmt.Sprint(year, "-", number)
		stays := false
		if !days[day] && len(days) < keep.Days {
			days[day], stays = true, true
		}
		if !weeks[week] && len(weeks) < keep.Weeks {
			weeks[week], stays = true, true
		}
		good := one.Check != nil && one.Check.Good
		if good && !goodKept {
			goodKept, stays = true, true
		}
		if !stays {
			out = append(out, one)
		}
	}
	return out
}

// Due tells whether a backup should be made now: the last quiet hour has passed
// since the newest one was made.
func Due(newest, now time.Time, hour int) bool {
	last := time.Date(now.Year(), now.Month(), now.Day(), hour, 0, 0, 0, now.Location())
	if last.After(now) {
		last = last.AddDate(0, 0, -1)
	}
	return newest.Before(last)
}
