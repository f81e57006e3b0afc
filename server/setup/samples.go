package setup

import (
	"context"
	_ "embed"
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/govalues/decimal"

	"souk/server/catalog"
	"souk/server/platform/db"
	"souk/server/platform/web"
	"souk/shared/barcode"
	"souk/shared/fault"
	"souk/shared/money"
	"souk/shared/wire"
)

// samplesText has a line for each sample item. Names are in English, Spanish and
// Arabic; prices are in minor units of whatever the currency is.
//
//go:embed samples.csv
var samplesText string

const (
	readSampleGround db.SQL = `
		select c.business_type, c.locale, exists (select from items i where i.tenant_id = @tenant) as stocked,
		       exists (select from tax_codes t where t.tenant_id = @tenant and t.code = 'reduced') as reduced
		from   company c
		where  c.tenant_id = @tenant
		for    update of c`

	keepSamples db.SQL = `
		insert into samples (tenant_id, kind, id)
		select @tenant, @kind, id from unnest(@ids::uuid[]) as n (id)`

	takeSamples db.SQL = `delete from samples where tenant_id = @tenant returning kind, id`
)

// sample is a line of samplesText.
type sample struct {
	category, name, unit, soldBy, plu, tax string
	price, cost                            money.Amount
}

// samplesFor are the samples of a business in the language of a locale.
func samplesFor(business wire.BusinessType, locale string) ([]sample, error) {
	lines := csv.NewReader(strings.NewReader(samplesText))
	lines.Comma = ';' // Spanish figures have commas
	rows, err := lines.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("samples: %w", err)
	}
	language, _, _ := strings.Cut(locale, "-")
	at := max(slices.Index([]string{"en", "es", "ar"}, language), 0)
	var out []sample
	for _, row := range rows[1:] {
		if row[0] != string(business) {
			continue
		}
		price, err := strconv.ParseInt(row[7], 10, 64)
		if err != nil {
			return nil, fmt.Errorf("samples: %w", err)
		}
		cost, err := strconv.ParseInt(row[8], 10, 64)
		if err != nil {
			return nil, fmt.Errorf("samples: %w", err)
		}
		out = append(out, sample{
			category: strings.Split(row[1], "/")[at], name: strings.Split(row[2], "/")[at], unit: row[3], soldBy: row[4], plu: row[5],
			tax: row[6], price: money.Amount(price), cost: money.Amount(cost),
		})
	}
	return out, nil
}

// Samples says what AddSamples made.
type Samples struct {
	Items      int `json:"items"`
	Categories int `json:"categories"`
}

type sampleGround struct {
	BusinessType wire.BusinessType
	Locale       string
	Stocked      bool
	Reduced      bool
}

// AddSamples puts items of the shop's trade into an empty shop, to try it with. Their
// stock is not kept, so that nothing of them gets into the books before one is sold.
//
// Fails with setup.not_empty if the shop has items.
func AddSamples(ctx context.Context, tx *db.Tx, _ struct{}) (Samples, error) {
	ground, err := db.One[sampleGround](ctx, tx, readSampleGround, db.Args{})
	if err != nil {
		return Samples{}, err
	}
	if ground.Stocked {
		return Samples{}, fault.Conflict("setup.not_empty").Say("This shop has items already. Samples are for an empty one.")
	}
	list, err := samplesFor(ground.BusinessType, ground.Locale)
	if err != nil {
		return Samples{}, err
	}
	categories, err := sampleCategories(ctx, tx, list)
	if err != nil {
		return Samples{}, err
	}
	items := make([]catalog.NewItem, len(list))
	ids := make([]uuid.UUID, len(list))
	for i, s := range list {
		if s.tax == catalog.Reduced && !ground.Reduced {
			s.tax = catalog.Standard
		}
		ids[i] = uuid.Must(uuid.NewV7())
		category := categories[s.category]
		items[i] = s.item(i+1, ids[i], category)
	}
	if err := catalog.CreateMany(ctx, tx, items); err != nil {
		return Samples{}, err
	}
	var made []uuid.UUID
	for _, id := range categories {
		made = append(made, id)
	}
	batch := tx.Batch()
	batch.Exec(keepSamples, db.Args{"kind": "item", "ids": ids})
	batch.Exec(keepSamples, db.Args{"kind": "category", "ids": made})
	return Samples{Items: len(ids), Categories: len(made)}, batch.Done()
}

// item is the sample as the catalogue takes it. Its code is of the range that GS1
// keeps for demonstrations (prefix 952), so that no real article has it.
func (s sample) item(number int, id, category uuid.UUID) catalog.NewItem {
	item := catalog.NewItem{ID: id, ItemFacts: catalog.ItemFacts{
		SKU: fmt.Sprintf("SAMPLE-%02d", number), Name: s.name, CategoryID: &category, Unit: s.unit, SoldBy: s.soldBy, PLU: s.plu,
		TaxCode: s.tax, Price: s.price, Cost: s.cost, Favourite: number%4 == 1,
	}}
	if s.soldBy == catalog.SoldByEach && s.unit == "each" {
		body := fmt.Sprintf("952000000%03d", number)
		if digit, ok := barcode.CheckDigit(body); ok {
			item.Barcodes = []wire.ItemBarcode{{Code: body + string(digit), Quantity: decimal.One}}
		}
	}
	return item
}

// sampleCategories makes the categories of the samples, by their names. One beside a
// category of the same name gets a number.
func sampleCategories(ctx context.Context, tx *db.Tx, list []sample) (map[string]uuid.UUID, error) {
	present, err := catalog.Categories(ctx, tx, web.None{})
	if err != nil {
		return nil, err
	}
	made := map[string]uuid.UUID{}
	for _, s := range list {
		if _, there := made[s.category]; there {
			continue
		}
		name := s.category
		for n := 2; slices.ContainsFunc(present.Rows, func(c catalog.Category) bool { return strings.EqualFold(c.Name, name) }); n++ {
			name = fmt.Sprintf("%s (%d)", s.category, n)
		}
		category, err := catalog.AddCategory(ctx, tx, catalog.Category{Name: name, Position: len(made) + 1, Active: true})
		if err != nil {
			return nil, err
		}
		made[s.category] = category.ID
	}
	return made, nil
}

// SamplesGone says what RemoveSamples did.
type SamplesGone struct {
	Removed int `json:"removed"`
	Kept    int `json:"kept" doc:"Were sold or are in stock: only taken out of sale"`
}

// RemoveSamples takes the samples out of the shop again, as if they had never been. One
// that was sold stays for the sale's sake, but is not on sale any more; a category that
// has got items of the shop's own stays too. Without samples it does nothing.
func RemoveSamples(ctx context.Context, tx *db.Tx, _ web.None) (SamplesGone, error) {
	rows, err := db.All[struct {
		Kind string
		ID   uuid.UUID
	}](ctx, tx, takeSamples, db.Args{})
	if err != nil || len(rows) == 0 {
		return SamplesGone{}, err
	}
	ids := map[string][]uuid.UUID{}
	for _, row := range rows {
		ids[row.Kind] = append(ids[row.Kind], row.ID)
	}
	present, err := catalog.ShowMany(ctx, tx, ids["item"])
	if err != nil {
		return SamplesGone{}, err
	}
	items := make([]uuid.UUID, len(present))
	for i, item := range present {
		items[i] = item.ID
	}
	removed, err := catalog.RemoveMany(ctx, tx, items)
	if err != nil {
		return SamplesGone{}, err
	}
	return SamplesGone{Removed: len(removed.Gone), Kept: len(removed.Kept)}, catalog.RemoveCategories(tx, ids["category"])
}
