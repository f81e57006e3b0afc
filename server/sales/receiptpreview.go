package sales

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"time"

	"github.com/google/uuid"
	"github.com/govalues/decimal"

	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/tenants"
	"souk/shared/fault"
	"souk/shared/money"
	"souk/shared/pricing"
	"souk/shared/receipt"
)

// ReceiptPreviewIn is a receipt design that is not kept, and how to show it.
type ReceiptPreviewIn struct {
	ID   uuid.UUID `path:"id"`
	Body PreviewAsked
}

// PreviewAsked is a design and the form to see it in: paper as a till prints it,
// the page of A4, or the e-mail that encloses it.
type PreviewAsked struct {
	tenants.ReceiptDesign
	Form string `json:"form" enum:"paper,a4,email"`
	Gift bool   `json:"gift,omitempty" doc:"Without prices"`
}

// ReceiptPreview is a picture of an example, or the page of a letter. Lacking are letters on it that no
// printer can print.
type ReceiptPreview struct {
	PNG     []byte `json:"png,omitempty"`
	HTML    string `json:"html,omitempty"`
	Width   int    `json:"width"`
	Height  int    `json:"height"`
	Lacking string `json:"lacking,omitempty"`
	Real    bool   `json:"real" doc:"The example is the store's last sale"`
}

const (
	readLastSale db.SQL = `
		select id
		from   sales
		where  tenant_id = @tenant and store_id = @store and kind = 'sale' and (@stores::uuid[] is null or store_id = any(@stores))
		order  by completed_at desc, id desc
		limit  1`

	readOwnLetterhead db.SQL = `
		select c.name as shop_name, st.legal_name, st.address, st.time_zone, st.tax_number, st.receipt_header, st.receipt_footer,
		       st.logo_png, st.receipt_design, c.locale, '' as language
		from   stores st
		join   company c on c.tenant_id = @tenant
		where  st.tenant_id = @tenant and st.id = @store and (@stores::uuid[] is null or st.id = any(@stores))`

	readExample db.SQL = `
		select i.name, i.sku, c.currency, c.prices_include_tax, st.name as store_name,
		       coalesce((select p.price_minor from prices p where p.tenant_id = @tenant and p.item_id = i.id order by p.price_minor limit 1), 0) as price_minor,
		       coalesce((select r.rate from tax_rates r where r.tenant_id = @tenant and r.tax_code_id = i.tax_code_id order by r.valid_from desc limit 1), 0) as rate
		from   company c
		join   stores st on st.tenant_id = @tenant and st.id = @store and (@stores::uuid[] is null or st.id = any(@stores))
		left   join items i on i.tenant_id = @tenant and i.active and i.sold_by = 'each'
		where  c.tenant_id = @tenant
		order  by i.favourite desc nulls last, i.sort_name
		limit  3`
)

// PreviewReceipt draws what a design makes of the store's last sale, or of some of
// its goods as long as it has none, and for somebody who may not see sales. Nothing
// is kept.
//
// Fails with tenants.bad_receipt, and with sales.store_unknown.
func PreviewReceipt(ctx context.Context, database *db.DB, in ReceiptPreviewIn) (ReceiptPreview, error) {
	if err := tenants.CheckDesign(in.Body.Design); err != nil {
		return ReceiptPreview{}, err
	}
	var doc receipt.Document
	var sold bool
	err := database.Read(ctx, auth.From(ctx).Identity(), func(ctx context.Context, tx *db.Tx) (err error) {
		doc, sold, err = example(ctx, tx, in.ID)
		return err
	})
	if err != nil {
		return ReceiptPreview{}, err
	}
	doc.Header, doc.Footer, doc.Design, doc.Gift = in.Body.Header, in.Body.Footer, in.Body.Design, in.Body.Gift
	out := ReceiptPreview{Real: sold}
	switch in.Body.Form {
	case "email":
		doc.Design = inOneLanguage(doc, "")
		sent, err := receiptLetter(doc)
		out.HTML = sent.HTML
		return out, err
	case "a4":
		err = out.show(letter(doc, in.Body.LogoPNG, 5).Screen())
		return out, err
	}
	printer := receipt.Printer{Columns: 48}
	out.Lacking = receipt.Lacking(doc, printer)
	err = out.show(receipt.Picture(doc, printer, in.Body.LogoPNG))
	return out, err
}

func (r *ReceiptPreview) show(picture *image.Gray) error {
	var file bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestSpeed}
	err := encoder.Encode(&file, picture)
	r.PNG, r.Width, r.Height = file.Bytes(), picture.Rect.Dx(), picture.Rect.Dy()
	return err
}

// example is the store's last sale, or one that might be.
func example(ctx context.Context, tx *db.Tx, store uuid.UUID) (receipt.Document, bool, error) {
	of := db.Args{"store": store}
	r := tx.Reads()
	last := db.ReadMaybe[uuid.UUID](r, readLastSale, of)
	head := db.ReadMaybe[letterhead](r, readOwnLetterhead, of)
	goods := db.ReadAll[exampleItem](r, readExample, of)
	if err := r.Run(ctx); err != nil {
		return receipt.Document{}, false, err
	}
	switch {
	case !head.Found:
		return receipt.Document{}, false, fault.NotFound("sales.store_unknown").Say("This store is not there any more.")
	case last.Found && auth.From(ctx).Can(Read):
		doc, _, err := readPaper(ctx, tx, last.Row)
		return doc, true, err
	}
	doc, err := exampleOf(head.Row, *goods, tx.Now())
	return doc, false, err
}

type exampleItem struct {
	Name             *string         `db:"name"`
	SKU              *string         `db:"sku"`
	Currency         string          `db:"currency"`
	PricesIncludeTax bool            `db:"prices_include_tax"`
	StoreName        string          `db:"store_name"`
	Price            money.Amount    `db:"price_minor"`
	Rate             decimal.Decimal `db:"rate"`
}

// exampleOf sells two of the first of the goods, and one of each other.
func exampleOf(head letterhead, goods []exampleItem, now time.Time) (receipt.Document, error) {
	zone, err := time.LoadLocation(head.TimeZone)
	if err != nil {
		return receipt.Document{}, err
	}
	at := now.In(zone)
	name, _ := at.Zone()
	doc := receipt.Document{
		ShortCode: "0A1B2C3D", Number: "01A-000001", Kind: receipt.KindSale, ShopName: head.ShopName, LegalName: head.LegalName,
		Address: splitLines(head.Address), TaxNumber: head.TaxNumber, CompletedAt: at, ZoneName: name, Locale: head.Locale,
	}
	cart := pricing.Cart{}
	for i, item := range goods {
		doc.StoreName, cart.Currency, cart.TaxIncluded = item.StoreName, item.Currency, item.PricesIncludeTax
		if item.Name == nil {
			break
		}
		quantity := decimal.One
		if i == 0 {
			quantity = decimal.Two
		}
		doc.Lines = append(doc.Lines, receipt.Line{Name: *item.Name, Code: *item.SKU})
		cart.Lines = append(cart.Lines, pricing.Line{
			ID: uuid.UUID{15: byte(i + 1)}, Quantity: quantity, UnitPrice: item.Price, Tax: pricing.Tax{Code: item.Rate.String(), Rate: item.Rate},
		})
	}
	priced, err := pricing.Price(cart)
	if err != nil {
		return doc, err
	}
	return doc, doc.SetAmounts(cart, priced, pricing.Settlement{})
}
