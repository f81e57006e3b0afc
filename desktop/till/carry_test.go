package till_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"souk/desktop/device"
	"souk/desktop/till"
	"souk/shared/wire"
)

// takeCarried is the server's door for what one till brings of another: the proof is
// looked at as the server does.
func (s *shop) takeCarried(w http.ResponseWriter, r *http.Request) {
	var in wire.Carried
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		problem(w, http.StatusBadRequest, "web.body")
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	key := []byte(nil)
	for token, device := range s.devices {
		if device == in.DeviceID {
			key = wire.DeviceKey(strings.TrimPrefix(token, "Bearer "))
		}
	}
	if !in.Proven(key) {
		problem(w, http.StatusUnprocessableEntity, "sync.carried_unproven")
		return
	}
	acks := wire.UploadAnswer{Acks: []wire.Ack{}}
	for _, entry := range in.Entries {
		if _, known := s.entries[entry.ID]; !known {
			s.book(entry)
		}
		sum := sha256.Sum256(entry.Body)
		acks.Acks = append(acks.Acks, wire.Ack{No: entry.No, ID: entry.ID, Hash: hex.EncodeToString(sum[:]), Outcome: wire.AckBooked})
	}
	answer(w, acks)
}

// beside is another till of the same shop.
func (f *fixture) beside() *fixture {
	other := &fixture{t: f.t, shop: f.shop, dir: f.t.TempDir()}
	secrets, err := device.OpenFile(other.dir)
	require.NoError(f.t, err)
	other.cfg = till.Config{Dir: other.dir, Secrets: secrets}
	other.open()
	f.t.Cleanup(func() { _ = other.Engine.Close() })
	_, err = other.Pair(f.shop.URL, "GOODCODE", "beside")
	require.NoError(f.t, err)
	other.await(func(s wire.RegisterState) bool { return s.Phase == wire.PhaseLocked })
	return other
}

// cutOff has the server refuse everything of one device, as if its cable were out.
func (s *shop) cutOff(token string) {
	s.setFault(func(r *http.Request, answer func()) {
		if r.Header.Get("Authorization") == token {
			panic(http.ErrAbortHandler)
		}
		answer()
	})
}

func (s *shop) tokens() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []string
	for token := range s.devices {
		list = append(list, token)
	}
	return list
}

func TestUnsentSalesGoByAnotherTill(t *testing.T) {
	f := selling(t, cashier)
	_, err := f.SaveUnsent(new(bytes.Buffer))
	f.drained()
	if err == nil {
		_, err = f.SaveUnsent(new(bytes.Buffer))
	}
	isFault(t, err, "till.nothing_unsent")
	f.shop.cutOff(f.shop.tokens()[0])
	for range 3 {
		f.scan(milkCode)
		f.pay()
	}
	var file bytes.Buffer
	head, err := f.SaveUnsent(&file)
	require.NoError(t, err)
	require.Equal(t, []int{3, 3}, []int{head.Entries, head.Sales})
	require.Equal(t, "1A", head.Series)
	require.Equal(t, 3, f.State().Link.Waiting, "nothing here has changed")

	other := f.beside()
	in, err := other.BringUnsent(t.Context(), bytes.NewReader(file.Bytes()))
	require.NoError(t, err)
	require.Equal(t, 3, in.Taken)
	require.Len(t, f.shop.sales(), 3)
	in, err = other.BringUnsent(t.Context(), bytes.NewReader(file.Bytes()))
	require.NoError(t, err)
	require.Equal(t, 3, in.Taken, "the same file again")

	f.shop.setFault(nil)
	f.SyncNow()
	f.drained()
	require.Len(t, f.shop.sales(), 3, "and when the till sends them itself")
	for _, sale := range f.shop.sales() {
		require.Equal(t, "1A", sale.Series)
	}
}

func TestAFileOfUnsentSalesIsReadWholeOrNotAtAll(t *testing.T) {
	f := selling(t, cashier)
	f.drained()
	f.shop.cutOff(f.shop.tokens()[0])
	f.scan(milkCode)
	f.pay()
	var file bytes.Buffer
	_, err := f.SaveUnsent(&file)
	require.NoError(t, err)
	other := f.beside()
	whole := file.String()
	for name, text := range map[string]string{
		"empty": "", "another file": "name,price\nmilk,1\n", "cut off in the middle": whole[:len(whole)-40],
		"without its last line": whole[:strings.Index(whole, "\n")+1], "something behind": whole + "{}\n",
	} {
		_, err := other.BringUnsent(t.Context(), strings.NewReader(text))
		isFault(t, err, "till.carried_unreadable")
		require.Empty(t, f.shop.sales(), name)
	}
	_, err = other.BringUnsent(t.Context(), strings.NewReader(strings.Replace(whole, `"version":1`, `"version":2`, 1)))
	isFault(t, err, "till.carried_newer")
	_, err = other.BringUnsent(t.Context(), strings.NewReader(strings.Replace(whole, `"tenant_id":"`+f.shop.tenant.String(), `"tenant_id":"018f0000-0000-7000-8000-000000000001`, 1)))
	isFault(t, err, "till.carried_other_shop")
	lines := strings.SplitAfter(whole, "\n")
	require.Contains(t, lines[1], `"due_minor":129`)
	_, err = other.BringUnsent(t.Context(), strings.NewReader(lines[0]+strings.Replace(lines[1], `"due_minor":129`, `"due_minor":1`, 1)))
	isFault(t, err, "sync.carried_unproven")
	require.Empty(t, f.shop.sales())
}
