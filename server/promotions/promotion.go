package promotions

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"souk/server/platform/db"
	"souk/server/platform/web"
	"souk/shared/fault"
	"souk/shared/promotion"
	"souk/shared/wire"
)

// Promotion is terms that the shop has made; an active one runs whenever they
// say so.
type Promotion struct {
	ID        uuid.UUID       `json:"id" db:"id"`
	Name      string          `json:"name" db:"name"`
	Terms     promotion.Terms `json:"terms" db:"terms"`
	Active    bool            `json:"active" db:"active"`
	Version   int             `json:"version" db:"version"`
	UpdatedAt time.Time       `json:"updated_at" db:"updated_at"`
}

// most bounds how many promotions a shop has: each till holds all that run.
const most = 1000

const (
	readPromotions db.SQL = `
		select id, name, terms, active, version, updated_at
		from   promotions
		where  tenant_id = @tenant
		order  by active desc, lower(name), id
		limit  1000`

	readPromotion db.SQL = `
		select id, name, terms, active, version, updated_at
		from   promotions
		where  tenant_id = @tenant and id = @id`

	insertPromotion db.SQL = `
		insert into promotions (tenant_id, id, name, terms, created_at, updated_at)
		select @tenant, @id, @name, @terms, @now, @now
		where  (select count(*) from promotions where tenant_id = @tenant) < @most`

	updatePromotion db.SQL = `
		update promotions
		set    name = @name, terms = @terms, version = version + 1, updated_at = @now
		where  tenant_id = @tenant and id = @id and version = @version`

	setActive db.SQL = `
		update promotions
		set    active = @active, version = version + 1, updated_at = @now
		where  tenant_id = @tenant and id = @id and active <> @active`

	deletePromotion db.SQL = `
		delete from promotions where tenant_id = @tenant and id = @id and not active`
)

// List gives all promotions, those that run first.
func List(ctx context.Context, tx *db.Tx, _ web.None) (wire.Page[Promotion], error) {
	rows, err := db.All[Promotion](ctx, tx, readPromotions, db.Args{})
	return wire.Page[Promotion]{Rows: rows}, err
}

// Draft is what a promotion is to be.
type Draft struct {
	Name  string          `json:"name" maxLength:"100"`
	Terms promotion.Terms `json:"terms"`
}

// NewPromotion is a promotion to be kept. The id is the caller's.
type NewPromotion struct {
	ID uuid.UUID `json:"id"`
	Draft
}

// Add keeps a promotion, which does not run yet.
//
// Fails with promotions.bad, which names each wrong field, and promotions.too_many.
func Add(ctx context.Context, tx *db.Tx, in NewPromotion) (Promotion, error) {
	if in.ID == uuid.Nil {
		in.ID = uuid.Must(uuid.NewV7())
	}
	draft, err := in.Checked()
	if err != nil {
		return Promotion{}, err
	}
	rows, err := tx.Exec(ctx, insertPromotion, db.Args{"id": in.ID, "name": draft.Name, "terms": draft.Terms, "now": tx.Now(), "most": most})
	if err == nil && rows == 0 {
		err = fault.Conflict("promotions.too_many").Say("There are a thousand promotions. Delete some that are over.")
	}
	if err != nil {
		return Promotion{}, err
	}
	return one(ctx, tx, in.ID)
}

// Checked is the draft as it is kept. It fails with promotions.bad.
func (d Draft) Checked() (Draft, error) {
	d.Name = strings.TrimSpace(d.Name)
	d.Terms.Coupon = strings.TrimSpace(d.Terms.Coupon)
	var fields []fault.Field
	if d.Name == "" {
		fields = append(fields, fault.Field{Path: "name", Code: "promotions.name_missing", Message: sentences["promotions.name_missing"]})
	}
	for _, wrong := range d.Terms.Check() {
		fields = append(fields, fault.Field{Path: "terms." + wrong.Path, Code: wrong.Code, Message: sentences[wrong.Code]})
	}
	if len(fields) > 0 {
		return d, fault.Invalid("promotions.bad").Say("Look at the marked fields.").With(fields...)
	}
	return d, nil
}

// sentences are what is wrong with terms, by package promotion's codes.
var sentences = map[string]string{
	"promotions.name_missing":     "Give it a name: it is printed on receipts.",
	"promotions.kind_unknown":     "Choose what it gives.",
	"promotions.percent_range":    "A percentage is above 0 and up to 100, with two decimals at most.",
	"promotions.amount_range":     "Say an amount above zero.",
	"promotions.count_range":      "Say how many: one or more.",
	"promotions.bundle_parts":     "A bundle has two or more things.",
	"promotions.spend_off":        "Say a percentage or an amount, one of them.",
	"promotions.dates_reversed":   "It ends before it begins. Change one of the days.",
	"promotions.date_unreadable":  "This is no day. Choose one.",
	"promotions.hour_unreadable":  "This is no time. Say it as 17:00.",
	"promotions.hours_incomplete": "Say both times, and not the same twice.",
	"promotions.day_unknown":      "Choose days of the week.",
}

func one(ctx context.Context, tx *db.Tx, id uuid.UUID) (Promotion, error) {
	return db.One[Promotion](ctx, tx, readPromotion, db.Args{"id": id})
}

// Edited is what a promotion becomes, and the version that was looked at.
type Edited struct {
	Draft
	Version int `json:"version"`
}

// PromotionChange is a promotion's id and what it becomes.
type PromotionChange struct {
	ID   uuid.UUID `path:"id"`
	Body Edited
}

// Change sets what a promotion gives. One that runs goes on with it at once; a sale
// that has begun is priced again with its next step.
//
// Fails with promotions.bad, promotions.changed_meanwhile.
func Change(ctx context.Context, tx *db.Tx, in PromotionChange) (Promotion, error) {
	draft, err := in.Body.Checked()
	if err != nil {
		return Promotion{}, err
	}
	rows, err := tx.Exec(ctx, updatePromotion, db.Args{"id": in.ID, "name": draft.Name, "terms": draft.Terms, "now": tx.Now(), "version": in.Body.Version})
	if err != nil {
		return Promotion{}, err
	}
	now, err := one(ctx, tx, in.ID)
	if err == nil && rows == 0 {
		err = fault.Conflict("promotions.changed_meanwhile").Say("Someone else changed this promotion meanwhile. Look at it again, then save.")
	}
	return now, err
}

// PromotionID names a promotion in a path.
type PromotionID struct {
	ID uuid.UUID `path:"id"`
}

// Start lets a promotion run whenever its terms say so.
func Start(ctx context.Context, tx *db.Tx, in PromotionID) (Promotion, error) {
	return setRunning(ctx, tx, in.ID, true)
}

// Stop ends it at once. What was sold with it stays as it was sold.
func Stop(ctx context.Context, tx *db.Tx, in PromotionID) (Promotion, error) {
	return setRunning(ctx, tx, in.ID, false)
}

func setRunning(ctx context.Context, tx *db.Tx, id uuid.UUID, active bool) (Promotion, error) {
	if _, err := tx.Exec(ctx, setActive, db.Args{"id": id, "active": active, "now": tx.Now()}); err != nil {
		return Promotion{}, err
	}
	return one(ctx, tx, id)
}

// Remove takes away a promotion that does not run. Sales keep its name.
//
// Fails with promotions.runs.
func Remove(ctx context.Context, tx *db.Tx, in PromotionID) (web.None, error) {
	now, err := one(ctx, tx, in.ID)
	if err != nil {
		return web.None{}, err
	}
	if now.Active {
		return web.None{}, fault.Conflict("promotions.runs").Say("This promotion runs. Stop it first.")
	}
	_, err = tx.Exec(ctx, deletePromotion, db.Args{"id": in.ID})
	return web.None{}, err
}
