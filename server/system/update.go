package system

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// atMostNotice bounds what is read from the address of updates.
const atMostNotice = 64 << 10

// Newer asks an https address for the newest version, which it names in JSON with
// version, notes and url, and gives that if it is newer than the present one. A
// build without a number has nothing to compare with and learns of none.
func Newer(ctx context.Context, client *http.Client, address, present string) (*Update, error) {
	if _, numbered := numbers(present); !numbered {
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if err := secure(address); err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return nil, err
	}
	direct := *client
	direct.CheckRedirect = func(next *http.Request, _ []*http.Request) error { return secure(next.URL.String()) }
	answer, err := direct.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answers %s", address, answer.Status)
	}
	raw, err := io.ReadAll(io.LimitReader(answer.Body, atMostNotice+1))
	if err != nil {
		return nil, err
	}
	if len(raw) > atMostNotice {
		return nil, fmt.Errorf("%s answers with more than %d bytes", address, atMostNotice)
	}
	var notice Update
	if err := json.Unmarshal(raw, &notice); err != nil {
		return nil, fmt.Errorf("read the notice at %s: %w", address, err)
	}
	if !newer(notice.Version, present) {
		return nil, nil
	}
	if notice.URL != "" {
		err = secure(notice.URL)
	}
	return &notice, err
}

func secure(address string) error {
	parsed, err := url.Parse(address)
	if err != nil || parsed.Scheme != "https" || parsed.Host == "" {
		return errors.New("updates are asked for at an https address only")
	}
	return nil
}

// newer compares versions such as 1.10.2 number by number.
func newer(offered, present string) bool {
	a, ok1 := numbers(offered)
	b, ok2 := numbers(present)
	if !ok1 || !ok2 {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return a[i] > b[i]
		}
	}
	return false
}

func numbers(version string) (parts [3]int, ok bool) {
	fields := strings.Split(strings.TrimPrefix(version, "v"), ".")
	if len(fields) != len(parts) {
		return parts, false
	}
	for i, field := range fields {
		number, err := strconv.Atoi(field)
		if err != nil || number < 0 {
			return parts, false
		}
		parts[i] = number
	}
	return parts, true
}
