// Package page is the paging of every list: an opaque cursor that holds the
// sort key of the last row that was shown, so that a page costs the same
// wherever it stands in the list. It reads nothing from the database.
package page

import (
	"encoding/base64"
	"encoding/json"

	"souk/shared/fault"
	"souk/shared/wire"
)

// The sizes of a page.
const (
	DefaultLimit = 50
	MaxLimit     = 200
)

// Limit brings what was asked for into the permitted range; zero is the default.
func Limit(asked int) int {
	if asked <= 0 {
		return DefaultLimit
	}
	return min(asked, MaxLimit)
}

// Encode makes a cursor of the parts of a sort key.
func Encode(parts ...string) string {
	text, err := json.Marshal(parts)
	if err != nil {
		panic(err) // strings always marshal
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

// Decode gives the parts that Encode was given.
//
// Fails with request.bad_cursor if it is not a cursor of n parts.
func Decode(after string, n int) ([]string, error) {
	text, err := base64.RawURLEncoding.DecodeString(after)
	if err != nil {
		return nil, BadCursor(err)
	}
	var parts []string
	if err := json.Unmarshal(text, &parts); err != nil || len(parts) != n {
		return nil, BadCursor(err)
	}
	return parts, nil
}

// BadCursor is the fault for a cursor that does not fit the list.
func BadCursor(cause error) error {
	return fault.Invalid("request.bad_cursor", fault.At("after", "request.bad_cursor", ""), fault.Because(cause)).
		Say("This page of the list cannot be found again. Start from the first page.")
}

// Cut makes a page of rows that were read with a limit one higher than the
// page's: the surplus row tells that there is a next page and is not shown. key
// gives the cursor parts of the last row shown.
func Cut[T any](rows []T, limit int, key func(T) []string) wire.Page[T] {
	if len(rows) <= limit {
		return wire.Page[T]{Rows: rows}
	}
	rows = rows[:limit]
	return wire.Page[T]{Rows: rows, Next: Encode(key(rows[limit-1])...)}
}
