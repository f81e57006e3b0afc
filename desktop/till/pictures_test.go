package till_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"souk/shared/wire"
)

// look asks for a picture as the till's page does.
func (f *fixture) look(id uuid.UUID) *httptest.ResponseRecorder {
	f.t.Helper()
	rec := httptest.NewRecorder()
	f.Pictures().ServeHTTP(rec, httptest.NewRequestWithContext(f.t.Context(), http.MethodGet, "/api/pictures/"+id.String()+"/small", http.NoBody))
	return rec
}

func (f *fixture) awaitLook(id uuid.UUID, status int) *httptest.ResponseRecorder {
	f.t.Helper()
	for deadline := time.Now().Add(soon); ; time.Sleep(5 * time.Millisecond) {
		if rec := f.look(id); rec.Code == status {
			return rec
		}
		require.True(f.t, time.Now().Before(deadline), "picture %s is not answered with %d", id, status)
	}
}

// pictured gives an item a picture.
func (s *shop) pictured(item uuid.UUID, body string) uuid.UUID {
	id := uuid.New()
	s.mu.Lock()
	if s.looks == nil {
		s.looks = map[uuid.UUID][]byte{}
	}
	s.looks[id] = []byte(body)
	s.mu.Unlock()
	s.alter(item, func(i *wire.TillItem) { i.PictureID = &id })
	return id
}

func TestPicturesAreThereWithoutANetwork(t *testing.T) {
	f := newTill(t)
	first := f.shop.pictured(milk, "\xff\xd8milk")
	f.SyncNow()
	rec := f.awaitLook(first, http.StatusOK)
	require.Equal(t, "\xff\xd8milk", rec.Body.String())
	require.Equal(t, "image/jpeg", rec.Header().Get("Content-Type"))
	require.Equal(t, "nosniff", rec.Header().Get("X-Content-Type-Options"))
	require.Contains(t, rec.Header().Get("Cache-Control"), "immutable")

	f.shop.down()
	f.reopen()
	require.Equal(t, http.StatusOK, f.look(first).Code, "with the server gone and the program started anew")
	items := f.Search("milk", 1)
	require.Equal(t, first, *items[0].PictureID)
	require.Equal(t, http.StatusNotFound, f.look(uuid.New()).Code)

	f.shop.up()
	second := f.shop.pictured(milk, "\xff\xd8other")
	f.SyncNow()
	f.awaitLook(second, http.StatusOK)
	f.awaitLook(first, http.StatusNotFound)
	require.Equal(t, []int{1, 1}, f.shop.asked(), "each was asked for once")
}

func TestPicturesThatAreNotThereAreNotAskedForAgain(t *testing.T) {
	f := newTill(t)
	ghost := uuid.New()
	f.shop.alter(bread, func(i *wire.TillItem) { i.PictureID = &ghost })
	there := f.shop.pictured(milk, "\xff\xd8milk")
	f.SyncNow()
	f.awaitLook(there, http.StatusOK)
	require.Equal(t, http.StatusNotFound, f.look(ghost).Code)
	before := len(f.shop.asked())
	third := f.shop.pictured(bananas, "\xff\xd8banana")
	f.SyncNow()
	f.awaitLook(third, http.StatusOK)
	require.Equal(t, 1, f.shop.asked()[before], "only the new one")
}

func TestManyPicturesComeInParts(t *testing.T) {
	f := newTill(t)
	ids := make([]uuid.UUID, 250)
	f.shop.mu.Lock()
	f.shop.looks = map[uuid.UUID][]byte{}
	f.shop.mu.Unlock()
	for n := range ids {
		ids[n] = uuid.New()
		item := wire.TillItem{ID: uuid.New(), Name: "Sweet", Unit: "pc", SoldBy: "each", TaxCode: "standard", Barcodes: []wire.ItemBarcode{}, Active: true, PictureID: &ids[n]}
		f.shop.mu.Lock()
		f.shop.looks[ids[n]] = []byte("\xff\xd8sweet")
		f.shop.items = append(f.shop.items, item)
		f.shop.mu.Unlock()
		f.shop.alter(item.ID, func(*wire.TillItem) {})
	}
	f.SyncNow()
	for _, id := range ids {
		f.awaitLook(id, http.StatusOK)
	}
	for _, n := range f.shop.asked() {
		require.LessOrEqual(t, n, 40)
	}
}

// asked is how many pictures were asked for at a time.
func (s *shop) asked() []int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]int{}, s.looked...)
}
