package sync_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"souk/server/platform/db"
	"souk/shared/wire"
)

const (
	putPicture db.SQL = `
		insert into pictures (tenant_id, id, content_type, width, height, small, large, created_at)
		values (@tenant, @id, 'image/jpeg', 1, 1, @small, @large, now())`

	lookLike db.SQL = `update items set picture_id = @picture where tenant_id = @tenant and id = @item`
)

func TestPicturesForTills(t *testing.T) {
	w := newWorld(t)
	till := w.pair()
	item, picture := w.item(), uuid.New()
	w.do(func(_ context.Context, tx *db.Tx) error {
		batch := tx.Batch()
		batch.Exec(putPicture, db.Args{"id": picture, "small": []byte("small"), "large": []byte("large")})
		batch.Exec(lookLike, db.Args{"picture": picture, "item": item})
		return batch.Done()
	})

	var items wire.Page[wire.TillItem]
	require.Equal(t, http.StatusOK, w.call(till.Token, "GET", "/sync/items", nil, &items))
	require.Len(t, items.Rows, 1)
	require.Equal(t, picture, *items.Rows[0].PictureID, "the item names it")

	var page wire.Page[wire.TillPicture]
	asked := "/sync/pictures?ids=" + picture.String() + "," + uuid.NewString() + ",no-id"
	require.Equal(t, http.StatusOK, w.call(till.Token, "GET", asked, nil, &page))
	require.Equal(t, []wire.TillPicture{{ID: picture, ContentType: "image/jpeg", Bytes: []byte("small")}}, page.Rows, "small, and nothing for what is not there")

	other := newWorld(t)
	stranger := other.pair()
	page = wire.Page[wire.TillPicture]{}
	require.Equal(t, http.StatusOK, other.call(stranger.Token, "GET", asked, nil, &page))
	require.Empty(t, page.Rows, "another shop's till gets nothing of it")
	require.Equal(t, http.StatusUnauthorized, w.call("", "GET", asked, nil, nil))
}
