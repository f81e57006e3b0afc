// Package files keeps a tenant's files: what was uploaded, what the program made
// to be downloaded. They are in the database, in parts, so that a backup has them,
// the tenant policy guards them and every server sees them. A file has an id and a
// name to be shown; neither is ever part of a path. It knows no format.
package files

import (
	"context"
	"path"
	"strings"
	"time"

	"github.com/google/uuid"

	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/platform/web"
	"souk/shared/fault"
	"souk/shared/wire"
)

// The limits.
const (
	PartSize   = 1 << 20
	LargestOne = 48 << 20
	allOfOne   = 1 << 30 // of one tenant, together
)

const (
	insertFile db.SQL = `
		insert into files (tenant_id, id, name, content_type, needs, made_by, stores, created_at, expires_at)
		values (@tenant, @id, @name, @type, @needs, @by, @stores, @now, @expires)`

	dropExpired db.SQL = `delete from files where tenant_id = @tenant and expires_at < @now`

	readTotal db.SQL = `select coalesce(sum(size_bytes), 0)::bigint from files where tenant_id = @tenant`

	// The row's lock makes parts follow each other.
	growFile db.SQL = `
		update files
		set    parts = parts + 1, size_bytes = size_bytes + @size
		where  tenant_id = @tenant and id = @id and parts = @part and not complete and size_bytes + @size <= @largest`

	insertPart db.SQL = `insert into file_parts (tenant_id, file_id, part, body) values (@tenant, @id, @part, @body)`

	completeFile db.SQL = `update files set complete = true where tenant_id = @tenant and id = @id and not complete`

	readFile db.SQL = `
		select id, name, content_type, needs, size_bytes, parts, complete, coalesce(made_by, '00000000-0000-0000-0000-000000000000') as made_by
		from   files
		where  tenant_id = @tenant and id = @id and expires_at > @now and (@stores::uuid[] is null or stores <@ @stores)`

	readParts db.SQL = `select body from file_parts where tenant_id = @tenant and file_id = @id order by part`

	dropFile db.SQL = `delete from files where tenant_id = @tenant and id = @id`
)

// StoredFile is what is known of a file beside its bytes.
type StoredFile struct {
	ID          uuid.UUID       `json:"id" db:"id"`
	Name        string          `json:"name" db:"name"`
	ContentType string          `json:"content_type" db:"content_type"`
	Needs       wire.Permission `json:"-" db:"needs"`
	Size        int64           `json:"size" db:"size_bytes"`
	Parts       int             `json:"parts" db:"parts"`
	Complete    bool            `json:"complete" db:"complete"`
	MadeBy      uuid.UUID       `json:"-" db:"made_by"`
}

// New is a file to be begun.
type New struct {
	ID          uuid.UUID
	Name        string
	ContentType string
	Needs       wire.Permission // who may download it
	Keep        time.Duration   // after which it is gone
}

// Begin makes an empty file. Files of the tenant that have expired go.
//
// Fails with files.full if the tenant has too much already.
func Begin(ctx context.Context, tx *db.Tx, in New) error {
	tx.Batch().Exec(dropExpired, db.Args{"now": tx.Now()})
	total, err := db.One[int64](ctx, tx, readTotal, db.Args{})
	if err != nil {
		return err
	}
	if total >= allOfOne {
		return fault.Conflict("files.full").Say("This shop keeps too many files already. Wait a day, until old exports and uploads have gone.")
	}
	batch := tx.Batch()
	batch.Exec(insertFile, db.Args{
		"id": in.ID, "name": cleanName(in.Name), "type": in.ContentType, "needs": string(in.Needs),
		"by": uuid.NullUUID{UUID: tx.ActorID(), Valid: tx.ActorID() != uuid.Nil}, "now": tx.Now(), "expires": tx.Now().Add(in.Keep),
	})
	return batch.Done()
}

// cleanName keeps the last part of what a browser calls a file, without what does
// not show.
func cleanName(name string) string {
	name = path.Base(strings.ReplaceAll(strings.ToValidUTF8(name, ""), `\`, "/"))
	name = strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, name))
	if runes := []rune(name); len(runes) > 150 {
		name = string(runes[len(runes)-150:])
	}
	if name == "" || name == "." || name == "/" {
		return "file"
	}
	return name
}

// Append adds a part at the end of a file that is not complete.
//
// Fails with files.part_out_of_order, which a file that is complete or would
// become too large answers too, with files.too_large for one part.
func Append(ctx context.Context, tx *db.Tx, id uuid.UUID, part int, body []byte) error {
	if len(body) > PartSize {
		return fault.Invalid("files.part_too_large").Say("Send the file in parts of at most 1 MiB.")
	}
	rows, err := tx.Exec(ctx, growFile, db.Args{"id": id, "part": part, "size": len(body), "largest": LargestOne})
	if err != nil {
		return err
	}
	if rows == 0 {
		return fault.Conflict("files.part_out_of_order").
			Say("This part does not fit: the file is complete, has become too large (48 MB is the most) or lacks the part before. Upload it again.")
	}
	batch := tx.Batch()
	batch.Exec(insertPart, db.Args{"id": id, "part": part, "body": body})
	return batch.Done()
}

// Complete says that nothing more comes.
func Complete(tx *db.Tx, id uuid.UUID) error {
	batch := tx.Batch()
	batch.Exec(completeFile, db.Args{"id": id})
	return batch.Done()
}

// Extend appends a body of any length from a part on, and gives the part that would
// come next. It fails as Append does.
func Extend(ctx context.Context, tx *db.Tx, id uuid.UUID, part int, body []byte) (next int, err error) {
	for ; len(body) > 0; part++ {
		size := min(len(body), PartSize)
		if err := Append(ctx, tx, id, part, body[:size]); err != nil {
			return part, err
		}
		body = body[size:]
	}
	return part, nil
}

// Write appends all of a body and completes the file.
func Write(ctx context.Context, tx *db.Tx, id uuid.UUID, body []byte) error {
	if _, err := Extend(ctx, tx, id, 0, body); err != nil {
		return err
	}
	return Complete(tx, id)
}

// Find gives what is known of a file.
//
// Fails with files.no_file.
func Find(ctx context.Context, tx *db.Tx, id uuid.UUID) (StoredFile, error) {
	file, found, err := db.Maybe[StoredFile](ctx, tx, readFile, db.Args{"id": id, "now": tx.Now()})
	if err == nil && !found {
		err = noFile()
	}
	return file, err
}

// Read gives the bytes of a complete file, whoever asks: for the program itself.
//
// Fails with files.no_file.
func Read(ctx context.Context, tx *db.Tx, id uuid.UUID) (StoredFile, []byte, error) {
	file, err := Find(ctx, tx, id)
	if err != nil {
		return file, nil, err
	}
	if !file.Complete {
		return file, nil, noFile()
	}
	parts, err := db.All[[]byte](ctx, tx, readParts, db.Args{"id": id})
	body := make([]byte, 0, file.Size)
	for _, part := range parts {
		body = append(body, part...)
	}
	return file, body, err
}

// Drop takes a file away.
func Drop(tx *db.Tx, id uuid.UUID) error {
	batch := tx.Batch()
	batch.Exec(dropFile, db.Args{"id": id})
	return batch.Done()
}

// FileID names a file in a path.
type FileID struct {
	ID uuid.UUID `path:"id"`
}

// Download gives a file to those who may have it.
//
// Fails with files.no_file, also when the caller may not.
func Download(ctx context.Context, tx *db.Tx, in FileID) (web.File, error) {
	file, body, err := Read(ctx, tx, in.ID)
	if err != nil {
		return web.File{}, err
	}
	if !auth.From(ctx).Can(file.Needs) {
		return web.File{}, noFile()
	}
	return web.File{Name: file.Name, ContentType: file.ContentType, Body: body}, nil
}

// FilePart is a piece of a file that is being uploaded.
type FilePart struct {
	ID   uuid.UUID `path:"id"`
	Part int       `path:"part" minimum:"0" maximum:"1000"`
	Body FilePartBody
}

// FilePartBody is the bytes of a part, and whether it is the last one.
type FilePartBody struct {
	Bytes []byte `json:"bytes" doc:"At most 1 MiB before encoding"`
	Last  bool   `json:"last,omitempty"`
}

// Upload takes a part of a file that the caller has begun. The same part sent
// again changes nothing.
//
// Fails with files.no_file, files.part_too_large and files.part_out_of_order.
func Upload(ctx context.Context, tx *db.Tx, in FilePart) (StoredFile, error) {
	file, err := Find(ctx, tx, in.ID)
	if err != nil {
		return file, err
	}
	if file.MadeBy != tx.ActorID() {
		return StoredFile{}, noFile()
	}
	if err := Append(ctx, tx, in.ID, in.Part, in.Body.Bytes); err != nil {
		return file, err
	}
	if in.Body.Last {
		if err := Complete(tx, in.ID); err != nil {
			return file, err
		}
	}
	return Find(ctx, tx, in.ID)
}

func noFile() error {
	return fault.NotFound("files.no_file").Say("There is no such file, or it has gone: exports and uploads are kept for some days only.")
}
