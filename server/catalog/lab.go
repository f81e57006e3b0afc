package catalog

import (
	"context"

	"souk/server/platform/db"
	"souk/shared/barcode"
	"souk/shared/money"
)

const readCurrency db.SQL = `select currency from company where tenant_id = @tenant`

// LabCode is a code that somebody wonders about.
type LabCode struct {
	Code string `query:"code" maxLength:"400" required:"true"`
}

// LabReading is how a code is read, and the item that it leads to.
type LabReading struct {
	barcode.Reading
	// Found is the item, as a register would add it.
	Found *ScannedItem `json:"found,omitempty"`
}

// ReadCode says of a code what it is, how the shop's rules take it apart and which item
// a register would add for it.
func ReadCode(ctx context.Context, tx *db.Tx, in LabCode) (LabReading, error) {
	r := tx.Reads()
	company := db.ReadMaybe[string](r, readCurrency, db.Args{})
	hit := db.ReadMaybe[scannedRow](r, readScanned, db.Args{"codes": lookups(barcode.Parse(in.Code, barcode.DefaultRules(money.Currency{})))})
	if err := r.Run(ctx); err != nil {
		return LabReading{}, err
	}
	currency, _ := money.Lookup(company.Row)
	out := LabReading{Reading: barcode.Read(in.Code, barcode.DefaultRules(currency), tx.Now().Year())}
	if hit.Found {
		hit.Row.Item = hit.Row.shown(ctx)
		found := meant(hit.Row, out.Scan)
		out.Found = &found
	}
	return out, nil
}
