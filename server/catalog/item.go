package catalog

import (
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/govalues/decimal"

	"souk/shared/barcode"
	"souk/shared/fault"
	"souk/shared/money"
	"souk/shared/wire"
)

// How an item is sold.
const (
	SoldByEach   = "each"   // counted
	SoldByWeight = "weight" // weighed at the till
	SoldOpen     = "open"   // its price is typed in
)

// wordsKind is the catalogue's part of the search table.
const wordsKind = "item"

// Item is something that the shop sells. Its price is the default list's.
type Item struct {
	ID          uuid.UUID          `json:"id" db:"id"`
	SKU         string             `json:"sku" db:"sku"`
	Name        string             `json:"name" db:"name"`
	CategoryID  *uuid.UUID         `json:"category_id,omitempty" db:"category_id"`
	Category    string             `json:"category" db:"category" doc:"The category's name"`
	Unit        string             `json:"unit" db:"unit"`
	Decimals    int                `json:"decimals" db:"decimals" doc:"How finely the unit is counted"`
	SoldBy      string             `json:"sold_by" db:"sold_by" enum:"each,weight,open"`
	PLU         string             `json:"plu" db:"plu"`
	TaxCode     string             `json:"tax_code" db:"tax_code"`
	Price       money.Amount       `json:"price_minor" db:"price_minor"`
	Cost        money.Amount       `json:"cost_minor,omitempty" db:"cost_minor" doc:"What one unit last cost; left out for who may not see it"`
	TrackStock  bool               `json:"track_stock" db:"track_stock"`
	MinStock    decimal.Decimal    `json:"min_stock" db:"min_stock"`
	Description string             `json:"description" db:"description"`
	Favourite   bool               `json:"favourite" db:"favourite"`
	Active      bool               `json:"active" db:"active"`
	Barcodes    []wire.ItemBarcode `json:"barcodes" db:"barcodes" nullable:"false"`
	PictureID   *uuid.UUID         `json:"picture_id,omitempty" db:"picture_id"`
	Version     int                `json:"version" db:"version"`
	CreatedAt   time.Time          `json:"created_at" db:"created_at"`
	UpdatedAt   time.Time          `json:"updated_at" db:"updated_at"`
}

// ItemFacts are what a person may say of an item, at its making and later.
type ItemFacts struct {
	SKU         string          `json:"sku,omitempty" maxLength:"60" doc:"Made up if left out"`
	Name        string          `json:"name" maxLength:"200"`
	CategoryID  *uuid.UUID      `json:"category_id,omitempty"`
	Unit        string          `json:"unit,omitempty" doc:"Each if left out"`
	SoldBy      string          `json:"sold_by,omitempty" enum:"each,weight,open" doc:"Each if left out"`
	PLU         string          `json:"plu,omitempty" doc:"1 to 6 digits"`
	TaxCode     string          `json:"tax_code"`
	Price       money.Amount    `json:"price_minor"`
	Cost        money.Amount    `json:"cost_minor,omitempty"`
	TrackStock  bool            `json:"track_stock"`
	MinStock    decimal.Decimal `json:"min_stock,omitempty"`
	Description string          `json:"description,omitempty" maxLength:"4000"`
	Favourite   bool            `json:"favourite,omitempty"`
}

// NewItem is an item to be made. The id is the caller's, so that making it twice
// makes one.
type NewItem struct {
	ID uuid.UUID `json:"id"`
	ItemFacts
	Barcodes  []wire.ItemBarcode `json:"barcodes,omitempty" maxItems:"50"`
	PictureID *uuid.UUID         `json:"picture_id,omitempty" doc:"One that POST /pictures gave"`
}

// clean brings the facts to the form in which they are kept.
func (f ItemFacts) clean() ItemFacts {
	f.SKU, f.Name, f.PLU = strings.TrimSpace(f.SKU), strings.TrimSpace(f.Name), strings.TrimSpace(f.PLU)
	if f.Unit == "" {
		f.Unit = "each"
	}
	if f.SoldBy == "" {
		f.SoldBy = SoldByEach
	}
	return f
}

// check finds what is wrong with the facts by themselves.
func (f ItemFacts) check(problems *problems) {
	if f.Name == "" {
		problems.add("name", "catalog.name_missing", "Give the item a name.")
	}
	if f.Price < 0 {
		problems.add("price_minor", "catalog.bad_price", "A price is zero or more.")
	}
	if f.Cost < 0 {
		problems.add("cost_minor", "catalog.bad_cost", "A cost is zero or more.")
	}
	if f.MinStock.IsNeg() || f.MinStock.Scale() > quantityScale {
		problems.add("min_stock", "catalog.bad_min_stock", "The least stock is zero or more, with at most four decimals.")
	}
	if f.PLU != "" && (len(f.PLU) > 6 || strings.Trim(f.PLU, "0123456789") != "") {
		problems.add("plu", "catalog.bad_plu", "A PLU has 1 to 6 digits.")
	}
	switch f.SoldBy {
	case SoldByEach, SoldByWeight, SoldOpen:
	default:
		problems.add("sold_by", "catalog.bad_sold_by", "An item is sold by each, by weight or at an open price.")
	}
}

// quantityScale is how many decimals the database keeps of a quantity.
const quantityScale = 4

// cleanBarcodes brings codes to the form under which scans look them up and
// finds what is wrong with them.
func cleanBarcodes(codes []wire.ItemBarcode, problems *problems) []wire.ItemBarcode {
	kept := make([]wire.ItemBarcode, 0, len(codes))
	seen := map[string]bool{}
	for i, code := range codes {
		path := fmt.Sprintf("barcodes.%d", i)
		code.Code = storedCode(code.Code)
		if code.Quantity.IsZero() {
			code.Quantity = decimal.One
		}
		switch {
		case code.Code == "" || len(code.Code) > 80:
			problems.add(path+".code", "catalog.bad_barcode", "A barcode has 1 to 80 characters.")
		case seen[code.Code]:
			problems.add(path+".code", "catalog.barcode_twice", "This barcode is listed twice.")
		case code.Quantity.IsNeg() || code.Quantity.Scale() > quantityScale:
			problems.add(path+".quantity", "catalog.bad_quantity", "A scan adds more than nothing, with at most four decimals.")
		}
		seen[code.Code] = true
		kept = append(kept, code)
	}
	return kept
}

// storedCode is the one form of a GTIN, or the text as it is.
func storedCode(code string) string {
	code = strings.TrimSpace(code)
	if gtin, ok := barcode.Normalize(code); ok {
		return gtin
	}
	return code
}

// madeUpSKU is unique because the end of a UUID is random.
func madeUpSKU(id uuid.UUID) string {
	text := strings.ToUpper(id.String())
	return "I-" + text[len(text)-12:]
}

// problems collects what is wrong with an input, so that a form can show all of
// it at once.
type problems struct{ fields []fault.Field }

func (p *problems) add(path, code, message string) {
	p.fields = append(p.fields, fault.Field{Path: path, Code: code, Message: message})
}

// err is nil if nothing is wrong.
func (p *problems) err(code string) error {
	if len(p.fields) == 0 {
		return nil
	}
	return fault.Invalid(code).Say(p.fields[0].Message).With(p.fields...)
}
