package sync_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"souk/server/platform/dbtest"
	"souk/shared/wire"
)

const killServing = `
	select pg_terminate_backend(pid)
	from   pg_stat_activity
	where  datname = current_database() and usename in ('souk_login', 'souk_platform')`

// While the database throws its clients out again and again, a till that sends
// until it has every ack ends with each sale booked once. None of them may be
// taken for a bad one.
func TestUploadWhileTheDatabaseDies(t *testing.T) {
	database, _, name := dbtest.Fresh(t)
	w := worldOn(t, database)
	admin := dbtest.Superuser(t, name)
	item := w.item()
	d := w.pair()
	d.open()
	var want []int64
	for range 60 {
		d.sell(item)
		want = append(want, d.sold)
	}
	stop, killed := make(chan bool), make(chan int)
	go func() {
		kills := 0
		// Each pause is longer than the one before: on the slowest machine, too, one
		// becomes long enough for an entry to get through.
		for pause := 25 * time.Millisecond; ; pause += pause / 10 {
			select {
			case <-stop:
				killed <- kills
				return
			case <-time.After(pause):
				if _, err := admin.Exec(t.Context(), killServing); err == nil {
					kills++
				}
			}
		}
	}()
	cut := 0
	for rest := d.journal; len(rest) > 0; {
		var answer wire.UploadAnswer
		d.call(d.Token, "POST", "/sync/entries", wire.Upload{Waiting: len(rest), Entries: rest}, &answer)
		if len(answer.Acks) < len(rest) {
			cut++
		}
		rest = rest[len(answer.Acks):]
	}
	close(stop)
	require.Positive(t, <-killed)
	require.Positive(t, cut, "the kills must have hit something")
	require.Eventually(t, func() bool { return database.Ping(t.Context()) == nil }, time.Minute, 50*time.Millisecond)
	require.Equal(t, want, d.numbers())
	require.Empty(t, d.caught())
}
