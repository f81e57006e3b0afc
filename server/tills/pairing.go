package tills

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/platform/web"
	"souk/shared/fault"
	"souk/shared/wire"
)

const (
	// letters are those that nobody mistakes for another when they are read out.
	letters   = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
	codeLasts = 10 * time.Minute
)

const (
	findTill db.SQL = `
		select kind
		from   registers
		where  tenant_id = @tenant and id = @register and active
		and    (@stores::uuid[] is null or store_id = any(@stores))`

	// A newer code makes the older ones of the register worthless.
	dropCodes db.SQL = `
		update pairing_codes
		set    expires_at = @now
		where  tenant_id = @tenant and register_id = @register and used_at is null and expires_at > @now`

	addCode db.SQL = `
		insert into pairing_codes (tenant_id, id, register_id, code_hash, created_by, created_at, expires_at)
		values (@tenant, @id, @register, @hash, @by, @now, @expires)`

	// One statement: of two devices with one code, one finds it used.
	useCode db.SQL = `
		update pairing_codes
		set    used_at = @now
		where  tenant_id = @tenant and code_hash = @hash and used_at is null and expires_at > @now
		returning register_id`

	nextEpoch db.SQL = `
		update registers
		set    series_epoch = series_epoch + 1, updated_at = @now
		where  tenant_id = @tenant and id = @register and active and kind = 'till'
		returning number, series_epoch`

	revokeOthers db.SQL = `
		update devices
		set    revoked_at = @now
		where  tenant_id = @tenant and register_id = @register and revoked_at is null`

	addDevice db.SQL = `
		insert into devices (tenant_id, id, register_id, name, token_hash, series, paired_at, last_seen_at)
		values (@tenant, @id, @register, @name, @hash, @series, @now, @now)`

	addHead db.SQL = `
		insert into upload_heads (tenant_id, device_id, last_no) values (@tenant, @id, 0)`
)

// RegisterID names a register.
type RegisterID struct {
	ID uuid.UUID `path:"id"`
}

// PairingCode is what a manager reads out to the new till. Where no authority
// vouches for the server, the code goes on with the beginning of the server's
// key, and the till takes no other server for it.
type PairingCode struct {
	Code      string    `json:"code" doc:"Shown once; the server keeps its hash"`
	ExpiresAt time.Time `json:"expires_at"`
	Addresses []string  `json:"addresses" nullable:"false" doc:"What to type at a till that is on the server's network, the likeliest first"`
}

// MakeCode makes a code that pairs one device with a register within ten minutes.
// An older code of the register is good no more.
//
// Fails with tills.register_unknown and tills.not_till.
func MakeCode(ctx context.Context, tx *db.Tx, in RegisterID) (PairingCode, error) {
	kind, found, err := db.Maybe[string](ctx, tx, findTill, db.Args{"register": in.ID})
	switch {
	case err != nil:
		return PairingCode{}, err
	case !found:
		return PairingCode{}, unknownRegister()
	case kind != KindTill:
		return PairingCode{}, fault.Conflict("tills.not_till").Say("This register sells in the browser and needs no pairing.")
	}
	code := PairingCode{Code: drawCode(), ExpiresAt: tx.Now().Add(codeLasts)}
	batch := tx.Batch()
	batch.Exec(dropCodes, db.Args{"register": in.ID, "now": tx.Now()})
	batch.Exec(addCode, db.Args{
		"id": uuid.Must(uuid.NewV7()), "register": in.ID, "hash": hashCode(tx.TenantID(), code.Code),
		"by": tx.ActorID(), "now": tx.Now(), "expires": code.ExpiresAt,
	})
	site := web.SiteOf(ctx)
	code.Addresses = addresses(site, web.TenantOf(ctx).Slug)
	if site.Key != nil {
		code.Code += wire.KeyText(site.Key)[:wire.KeyLetters]
	}
	return code, batch.Done()
}

// addresses are those by which a till reaches the shop beside the one that the
// office is open at: the machine's own on the shop's network, with the shop behind
// it, and last a name that means "this computer" everywhere. How the shop is named
// outside, behind a proxy perhaps, the office's browser knows better.
func addresses(site web.Site, slug string) []string {
	out := []string{}
	for _, base := range site.Addresses {
		out = append(out, base+"/"+slug)
	}
	if site.Domain == "localhost" || strings.HasSuffix(site.Domain, ".localhost") {
		out = append(out, site.Scheme+"://"+slug+"."+site.Domain+site.Port)
	}
	return out
}

func drawCode() string {
	draw := make([]byte, wire.CodeLetters)
	_, _ = rand.Read(draw) // never fails, by its contract
	for i, b := range draw {
		draw[i] = letters[int(b)%len(letters)] // 32 letters divide 256: no letter is likelier
	}
	return string(draw)
}

func hashCode(tenant uuid.UUID, code string) []byte {
	code, _ = wire.SplitCode(code)
	sum := sha256.Sum256(append(tenant[:], code...))
	return sum[:]
}

// numbered is what a new series is named after.
type numbered struct {
	Number      int
	SeriesEpoch int
}

// Pair makes the calling device the till of the register that its code was made
// for. The register's former device is revoked; the new one numbers its receipts
// under a series that no device had before.
//
// Fails with tills.bad_code for a code that is wrong, used or too old, and with
// tills.slow_down after too many of those.
func Pair(ctx context.Context, database *db.DB, in wire.PairingIn) (wire.Pairing, error) {
	tenant := web.TenantOf(ctx).ID
	address, _ := web.Caller(ctx)
	key := tenant.String() + "|" + address
	if wait := wrongCodes.wait(key, database.Now()); wait > 0 {
		return wire.Pairing{}, fault.TooMany("tills.slow_down", wait).
			Messagef("Too many wrong codes. Wait %d seconds, then try again.", int(wait.Seconds())+1)
	}
	var made wire.Pairing
	err := database.Tenant(ctx, db.Identity{Tenant: tenant}, func(ctx context.Context, tx *db.Tx) (err error) {
		made, err = pair(ctx, tx, in)
		return err
	})
	if err != nil && fault.Of(err) != nil && fault.Of(err).Code == "tills.bad_code" {
		wrongCodes.failed(key, database.Now())
	}
	return made, err
}

func pair(ctx context.Context, tx *db.Tx, in wire.PairingIn) (wire.Pairing, error) {
	hash := hashCode(tx.TenantID(), in.Code)
	register, found, err := db.Maybe[uuid.UUID](ctx, tx, useCode, db.Args{"hash": hash, "now": tx.Now()})
	if err != nil {
		return wire.Pairing{}, err
	}
	if !found {
		return wire.Pairing{}, badCode()
	}
	of, found, err := db.Maybe[numbered](ctx, tx, nextEpoch, db.Args{"register": register, "now": tx.Now()})
	if err != nil {
		return wire.Pairing{}, err
	}
	if !found {
		return wire.Pairing{}, badCode()
	}
	text, token := auth.Mint(auth.TokenDevice, tx.TenantID())
	made := wire.Pairing{
		DeviceID: uuid.Must(uuid.NewV7()), Token: text, TenantID: tx.TenantID(), RegisterID: register,
		Series: strconv.Itoa(of.Number) + seriesLetters(of.SeriesEpoch),
	}
	batch := tx.Batch()
	batch.Exec(revokeOthers, db.Args{"register": register, "now": tx.Now()})
	batch.Exec(addDevice, db.Args{
		"id": made.DeviceID, "register": register, "name": in.DeviceName, "hash": token.Hash, "series": made.Series, "now": tx.Now(),
	})
	batch.Exec(addHead, db.Args{"id": made.DeviceID})
	return made, batch.Done()
}

func badCode() error {
	return fault.Invalid("tills.bad_code").Say("This code is not good. Codes last ten minutes and work once; make a new one in the back office.")
}

// seriesLetters counts A to Z, then AA, AB and on.
func seriesLetters(epoch int) string {
	text := ""
	for ; epoch > 0; epoch = (epoch - 1) / 26 {
		text = string(rune('A'+(epoch-1)%26)) + text
	}
	return text
}
