package till_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// timed is a till whose clock the test sets.
func timed(t *testing.T) (*fixture, *clock) {
	f := newTill(t)
	c := &clock{at: time.Now()}
	f.cfg.Clock = c.now
	f.reopen()
	return f, c
}

// guess tries wrong PINs until one is answered with a wait.
func (f *fixture) guess(person uuid.UUID, free int) {
	f.t.Helper()
	for range free {
		_, err := f.SignIn(person, "9999")
		isFault(f.t, err, "till.wrong_pin")
	}
	_, err := f.SignIn(person, "9999")
	isFault(f.t, err, "till.pin_wait")
}

func (f *fixture) wait(person uuid.UUID) int {
	for _, p := range f.People() {
		if p.ID == person {
			return p.WaitSeconds
		}
	}
	return -1
}

func TestWrongPINsHaveToWaitEvenAfterARestart(t *testing.T) {
	f, c := timed(t)
	f.guess(cashier, 4)
	require.Equal(t, 30, f.wait(cashier))
	_, err := f.SignIn(cashier, "1234")
	isFault(t, err, "till.pin_wait")
	f.reopen()
	_, err = f.SignIn(cashier, "1234")
	isFault(t, err, "till.pin_wait")
	_, err = f.SignIn(manager, "1234")
	require.NoError(t, err, "others are not held up")
	c.pass(10 * time.Second)
	require.Equal(t, 20, f.wait(cashier))
	c.pass(20 * time.Second)
	f.signIn(cashier)
	require.Zero(t, f.wait(cashier))
	f.guess(cashier, 4)
	require.Equal(t, 30, f.wait(cashier), "a right PIN begins the count anew")
}

func TestPausesGrowWithEachFurtherWrongPIN(t *testing.T) {
	f, c := timed(t)
	f.shop.Close() // what counts is here
	free := 4
	for _, seconds := range []int{30, 60, 120, 240, 480, 900, 900} {
		f.guess(cashier, free)
		require.Equal(t, seconds, f.wait(cashier))
		f.reopen()
		require.Equal(t, seconds, f.wait(cashier))
		c.pass(time.Duration(seconds) * time.Second)
		free = 0
	}
	f.signIn(cashier)
}

func TestAClockSetBackNeitherFreesNorLocksOut(t *testing.T) {
	f, c := timed(t)
	f.guess(cashier, 4)
	c.pass(-48 * time.Hour)
	require.Equal(t, 30, f.wait(cashier), "the pause again, and no longer")
	_, err := f.SignIn(cashier, "1234")
	isFault(t, err, "till.pin_wait")
	f.reopen()
	_, err = f.SignIn(cashier, "1234")
	isFault(t, err, "till.pin_wait")
}

func TestAManagerEndsAWait(t *testing.T) {
	f, _ := timed(t)
	f.shop.Close()
	f.guess(cashier, 4)
	_, err := f.Unlock(cashier, cashier, "1234")
	isFault(t, err, "till.own_wait")
	_, err = f.Unlock(uuid.New(), manager, "1234")
	isFault(t, err, "till.person_unknown")
	_, err = f.Unlock(cashier, manager, "9999")
	isFault(t, err, "till.wrong_pin")
	require.Equal(t, 30, f.wait(cashier))
	_, err = f.Unlock(cashier, manager, "1234")
	require.NoError(t, err)
	f.signIn(cashier)
	_, err = f.Unlock(manager, cashier, "1234")
	isFault(t, err, "till.forbidden")
}

func TestTheHashesOfPINsAreSealedOnTheDisk(t *testing.T) {
	f := newTill(t)
	onDisk := func() string {
		text := ""
		for _, name := range []string{"catalogue.db", "catalogue.db-wal", "journal.db", "journal.db-wal"} {
			body, err := os.ReadFile(filepath.Join(f.dir, name))
			if !os.IsNotExist(err) {
				require.NoError(t, err)
			}
			text += string(body)
		}
		return text
	}
	require.NoError(t, f.Engine.Close())
	require.NotContains(t, onDisk(), "$argon2id$")
	require.Contains(t, onDisk(), "sealed:")

	f.open()
	f.signIn(cashier)
	require.NoError(t, f.BareCopy())
	require.NoError(t, f.Engine.Close())
	require.Contains(t, onDisk(), "$argon2id$", "as an earlier version kept them")
	f.open()
	f.signIn(cashier)
	require.NoError(t, f.Engine.Close())
	require.NotContains(t, onDisk(), "$argon2id$")

	require.NoError(t, f.cfg.Secrets.Delete(f.PepperName()))
	f.open()
	_, err := f.SignIn(cashier, "1234")
	isFault(t, err, "till.no_pin")
}
