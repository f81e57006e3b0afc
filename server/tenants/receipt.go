package tenants

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"souk/server/platform/db"
	"souk/shared/fault"
	"souk/shared/receipt"
)

// ReceiptDesign is what a store's receipts say and how they say it.
type ReceiptDesign struct {
	LogoPNG []byte         `json:"logo_png,omitempty" db:"logo_png"`
	Header  string         `json:"header" db:"receipt_header" maxLength:"500"`
	Footer  string         `json:"footer" db:"receipt_footer" maxLength:"500"`
	Design  receipt.Design `json:"design" db:"receipt_design"`
	Version int            `json:"version" db:"version" doc:"The store's"`
}

const (
	readDesign db.SQL = `
		select logo_png, receipt_header, receipt_footer, receipt_design, version
		from   stores
		where  tenant_id = @tenant and id = @id and (@stores::uuid[] is null or id = any(@stores))`

	changeDesign db.SQL = `
		update stores
		set    logo_png = @logo, receipt_header = @header, receipt_footer = @footer, receipt_design = @design,
		       version = version + 1, updated_at = @now
		where  tenant_id = @tenant and id = @id and version = @version and (@stores::uuid[] is null or id = any(@stores))`
)

// ShowReceipt gives a store's receipt design, every part that is shown named.
func ShowReceipt(ctx context.Context, tx *db.Tx, in StoreID) (ReceiptDesign, error) {
	found, err := db.One[ReceiptDesign](ctx, tx, readDesign, db.Args{"id": in.ID})
	found.Design.Parts = found.Design.Shown()
	return found, err
}

// ReceiptChange is a store's id and what its receipts become.
type ReceiptChange struct {
	ID   uuid.UUID `path:"id"`
	Body ReceiptDesign
}

// ChangeReceipt sets how a store's next receipts look, at its tills too.
//
// Fails with tenants.bad_receipt and tenants.changed_meanwhile.
func ChangeReceipt(ctx context.Context, tx *db.Tx, in ReceiptChange) (ReceiptDesign, error) {
	r := in.Body
	if err := CheckDesign(r.Design); err != nil {
		return ReceiptDesign{}, err
	}
	rows, err := tx.Exec(ctx, changeDesign, db.Args{
		"id": in.ID, "logo": r.LogoPNG, "header": r.Header, "footer": r.Footer, "design": r.Design, "now": tx.Now(), "version": r.Version,
	})
	if err != nil {
		return ReceiptDesign{}, err
	}
	if rows == 0 {
		return ReceiptDesign{}, changedMeanwhile()
	}
	return ShowReceipt(ctx, tx, StoreID{in.ID})
}

// CheckDesign refuses a design that names a part or a language that there is not,
// or one twice, with tenants.bad_receipt.
func CheckDesign(d receipt.Design) error {
	var fields []fault.Field
	if !distinct(d.Parts, receipt.AllParts()) {
		fields = append(fields, fault.Field{Path: "design.parts", Code: "tenants.bad_receipt", Message: "Choose each part once, of those there are."})
	}
	if len(d.Languages) > 2 || !distinct(d.Languages, receipt.Languages()) {
		fields = append(fields, fault.Field{Path: "design.languages", Code: "tenants.bad_receipt", Message: "Choose one or two different languages, of those there are."})
	}
	if len(fields) > 0 {
		return fault.Invalid("tenants.bad_receipt").Say(fields[0].Message).With(fields...)
	}
	return nil
}

func distinct[T comparable](chosen, all []T) bool {
	for i, one := range chosen {
		if !slices.Contains(all, one) || slices.Contains(chosen[:i], one) {
			return false
		}
	}
	return true
}
