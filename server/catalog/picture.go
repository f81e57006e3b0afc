package catalog

import (
	"context"
	"crypto/sha256"
	"time"

	"github.com/google/uuid"

	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/platform/files"
	"souk/server/platform/picture"
	"souk/server/platform/web"
	"souk/shared/fault"
	"souk/shared/wire"
)

const (
	// A shop of 20,000 pictures needs about half of it.
	picturesOfOne = 4 << 30

	// An upload is only on its way; a picture that no item has may still be wanted
	// back by somebody who took it off.
	pictureUploadKept = time.Hour
	loosePictureKept  = 7 * 24 * time.Hour
)

const (
	// Looking at lengths does not read what is kept beside the rows.
	readPicturesTotal db.SQL = `
		select coalesce(sum(octet_length(small) + octet_length(large)), 0)::bigint from pictures where tenant_id = @tenant`

	insertPicture db.SQL = `
		insert into pictures (tenant_id, id, content_type, width, height, small, large, created_at)
		values (@tenant, @id, @type, @width, @height, @small, @large, @now)
		on     conflict (tenant_id, id) do update set created_at = excluded.created_at`

	dropLoosePictures db.SQL = `
		delete from pictures p
		where  p.tenant_id = @tenant and p.created_at < @before
		and    not exists (select from items i where i.tenant_id = @tenant and i.picture_id = p.id)`

	readSmallPicture db.SQL = `select content_type, small as body from pictures where tenant_id = @tenant and id = @id`

	readLargePicture db.SQL = `select content_type, large as body from pictures where tenant_id = @tenant and id = @id`

	readSmallPictures db.SQL = `
		select id, content_type, small as bytes
		from   pictures
		where  tenant_id = @tenant and id = any(@ids::uuid[])
		order  by id`
)

// PictureUpload is a photo that is about to be sent, part by part.
type PictureUpload struct {
	ID   uuid.UUID `json:"id"`
	Name string    `json:"name" minLength:"1" maxLength:"200"`
	Size int64     `json:"size" minimum:"0" doc:"In bytes; 10 MiB are the most"`
}

// BeginPicture makes room for a photo; its parts go to /files/{id}/parts/{part}.
//
// Fails with picture.too_large and files.full.
func BeginPicture(ctx context.Context, tx *db.Tx, in PictureUpload) (files.StoredFile, error) {
	if in.Size > picture.LargestUpload {
		return files.StoredFile{}, picture.TooLarge()
	}
	if in.ID == uuid.Nil {
		in.ID = uuid.Must(uuid.NewV7())
	}
	err := files.Begin(ctx, tx, files.New{ID: in.ID, Name: in.Name, ContentType: "application/octet-stream", Needs: Edit, Keep: pictureUploadKept})
	if err != nil {
		return files.StoredFile{}, err
	}
	return files.Find(ctx, tx, in.ID)
}

// NewPicture is a picture to be made of a file that has been uploaded.
type NewPicture struct {
	FileID uuid.UUID `json:"file_id"`
}

// StoredPicture is a picture that an item can have. Its id is made of its content.
type StoredPicture struct {
	ID     uuid.UUID `json:"id"`
	Width  int       `json:"width"`
	Height int       `json:"height"`
}

// AddPicture draws an uploaded photo anew, upright, in two sizes, without anything
// that the camera wrote into it. It waits for its turn, for unpacking takes memory,
// and holds no transaction while it draws.
//
// Fails with files.no_file, also for another person's; with catalog.pictures_full,
// and with what picture.Make fails with.
func AddPicture(ctx context.Context, database *db.DB, in NewPicture) (StoredPicture, error) {
	done, err := picture.Turn(ctx)
	if err != nil {
		return StoredPicture{}, err
	}
	defer done()
	who := auth.From(ctx).Identity()
	var upload []byte
	err = database.Read(ctx, who, func(ctx context.Context, tx *db.Tx) (err error) {
		upload, err = readUpload(ctx, tx, in.FileID)
		return err
	})
	if err != nil {
		return StoredPicture{}, err
	}
	made, err := picture.Make(upload)
	if err != nil {
		return StoredPicture{}, err
	}
	var out StoredPicture
	err = database.Tenant(ctx, who, func(ctx context.Context, tx *db.Tx) (err error) {
		out, err = keepPicture(ctx, tx, made)
		return err
	})
	return out, err
}

// readUpload gives what the caller has sent. The size is looked at first.
func readUpload(ctx context.Context, tx *db.Tx, id uuid.UUID) ([]byte, error) {
	file, err := files.Find(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	if !file.Complete || file.MadeBy != tx.ActorID() {
		return nil, fault.NotFound("files.no_file").Say("Upload the whole file first.")
	}
	if file.Size > picture.LargestUpload {
		return nil, picture.TooLarge()
	}
	_, body, err := files.Read(ctx, tx, id)
	return body, err
}

func keepPicture(ctx context.Context, tx *db.Tx, made picture.Sizes) (StoredPicture, error) {
	total, err := db.One[int64](ctx, tx, readPicturesTotal, db.Args{})
	if err != nil {
		return StoredPicture{}, err
	}
	if total > picturesOfOne {
		return StoredPicture{}, fault.Conflict("catalog.pictures_full").
			Say("This shop has no room for more pictures. Take some off items that need none; the room is free a week later.")
	}
	out := StoredPicture{ID: pictureID(made), Width: made.Width, Height: made.Height}
	batch := tx.Batch()
	batch.Exec(insertPicture, db.Args{
		"id": out.ID, "type": made.ContentType, "width": made.Width, "height": made.Height,
		"small": made.Small, "large": made.Large, "now": tx.Now(),
	})
	batch.Exec(dropLoosePictures, db.Args{"before": tx.Now().Add(-loosePictureKept)})
	return out, batch.Done()
}

// pictureID names a content: a UUID of version 8 (RFC 9562) over its SHA-256.
func pictureID(made picture.Sizes) uuid.UUID {
	hash := sha256.New()
	_, _ = hash.Write(made.Large)
	_, _ = hash.Write(made.Small)
	id := uuid.UUID(hash.Sum(nil)[:16])
	id[6], id[8] = id[6]&0x0f|0x80, id[8]&0x3f|0x80
	return id
}

// PictureSize names a picture and one of its two sizes.
type PictureSize struct {
	ID   uuid.UUID `path:"id"`
	Size string    `path:"size" enum:"small,large" doc:"At most 128 or 1024 points wide and high"`
}

type pictureBody struct {
	ContentType string `db:"content_type"`
	Body        []byte `db:"body"`
}

// ShowPicture gives a picture's bytes.
//
// Fails with catalog.no_picture.
func ShowPicture(ctx context.Context, tx *db.Tx, in PictureSize) (web.Picture, error) {
	statement := readSmallPicture
	if in.Size == "large" {
		statement = readLargePicture
	}
	found, ok, err := db.Maybe[pictureBody](ctx, tx, statement, db.Args{"id": in.ID})
	if err == nil && !ok {
		err = fault.NotFound("catalog.no_picture").Say("There is no such picture.")
	}
	return web.Picture{Tag: in.ID.String() + "-" + in.Size, ContentType: found.ContentType, Body: found.Body}, err
}

// SmallPictures gives those of these pictures that are there, small, for tills.
func SmallPictures(ctx context.Context, tx *db.Tx, ids []uuid.UUID) ([]wire.TillPicture, error) {
	return db.All[wire.TillPicture](ctx, tx, readSmallPictures, db.Args{"ids": ids})
}

// picture is the one that the item gets, nil for none.
func (in NewItem) picture() *uuid.UUID {
	if in.PictureID == nil || *in.PictureID == uuid.Nil {
		return nil
	}
	return in.PictureID
}
