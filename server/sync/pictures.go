package sync

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"souk/server/catalog"
	"souk/server/platform/db"
	"souk/shared/wire"
)

// PicturesAsked names pictures of items.
type PicturesAsked struct {
	IDs string `query:"ids" maxLength:"2000" doc:"Up to 50, with commas between them"`
}

// Pictures gives what items look like, small. A till asks for what its items name
// and it has not got; what is not there, or is no id, is left out.
func Pictures(ctx context.Context, tx *db.Tx, in PicturesAsked) (wire.Page[wire.TillPicture], error) {
	ids := []uuid.UUID{}
	for text := range strings.SplitSeq(in.IDs, ",") {
		if id, err := uuid.Parse(strings.TrimSpace(text)); err == nil {
			ids = append(ids, id)
		}
	}
	rows, err := catalog.SmallPictures(ctx, tx, ids)
	return wire.Page[wire.TillPicture]{Rows: rows}, err
}
