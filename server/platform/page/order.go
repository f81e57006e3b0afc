package page

import (
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"souk/shared/money"
	"souk/shared/wire"
)

// Order is a way to sort a list: by one column and, where that is the same, by
// id. Sorted by "name" it goes up and by "-name" down; its cursors carry that
// name, so that one of another order does not fit.
type Order[T any] struct {
	first, last string // before and after every row
	key         func(T) (string, uuid.UUID)
	parse       func(string) (any, error)
}

// ByText sorts by a text. None has the last code point of Unicode.
func ByText[T any](key func(T) (string, uuid.UUID)) Order[T] {
	return Order[T]{"", "\U0010ffff", key, func(s string) (any, error) { return s, nil }}
}

// ByTime sorts by an instant.
func ByTime[T any](key func(T) (time.Time, uuid.UUID)) Order[T] {
	return Order[T]{
		"0001-01-01T00:00:00Z", "9999-12-31T00:00:00Z",
		func(row T) (string, uuid.UUID) {
			at, id := key(row)
			return at.UTC().Format(time.RFC3339Nano), id
		},
		func(s string) (any, error) { return time.Parse(time.RFC3339Nano, s) },
	}
}

// ByDay sorts by a date, as YYYY-MM-DD.
func ByDay[T any](key func(T) (string, uuid.UUID)) Order[T] {
	const first, last = "-infinity", "infinity"
	return Order[T]{first, last, key, func(s string) (any, error) {
		if s == first || s == last {
			return s, nil
		}
		_, err := time.Parse(time.DateOnly, s)
		return s, err
	}}
}

// ByAmount sorts by an amount of money that is not negative.
func ByAmount[T any](key func(T) (money.Amount, uuid.UUID)) Order[T] {
	return Order[T]{
		"-1", "9223372036854775807",
		func(row T) (string, uuid.UUID) {
			amount, id := key(row)
			return strconv.FormatInt(int64(amount), 10), id
		},
		func(s string) (any, error) { return strconv.ParseInt(s, 10, 64) },
	}
}

// Args are what a statement needs to read a page: key and id of the row before
// it, and limit, one higher than the page's for Cut to see whether there is more.
//
// Fails with request.bad_cursor.
func (o Order[T]) Args(sort, after string, limit int) (map[string]any, error) {
	key, id := o.first, uuid.Nil
	if strings.HasPrefix(sort, "-") {
		key, id = o.last, uuid.Max
	}
	if after != "" {
		parts, err := Decode(after, 3)
		if err != nil {
			return nil, err
		}
		if id, err = uuid.Parse(parts[2]); err != nil || parts[0] != sort {
			return nil, BadCursor(err)
		}
		key = parts[1]
	}
	value, err := o.parse(key)
	if err != nil {
		return nil, BadCursor(err)
	}
	return map[string]any{"key": value, "id": id, "limit": limit + 1}, nil
}

// Cut makes a page of the rows that were read with Args.
func (o Order[T]) Cut(rows []T, sort string, limit int) wire.Page[T] {
	return Cut(rows, limit, func(last T) []string {
		key, id := o.key(last)
		return []string{sort, key, id.String()}
	})
}

// Active is what the rows of a list must be that was asked for "true", "false"
// or "all"; nil is either.
func Active(asked string) *bool {
	if asked == "all" {
		return nil
	}
	active := asked != "false"
	return &active
}
