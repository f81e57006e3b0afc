package imports

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/govalues/decimal"

	"souk/server/platform/search"
	"souk/shared/money"
)

// The fields of an item that a column may be.
const (
	SKU         = "sku"
	Name        = "name"
	Barcode     = "barcode"
	Category    = "category"
	Unit        = "unit"
	Price       = "price"
	Cost        = "cost"
	TaxCode     = "tax_code"
	PLU         = "plu"
	SoldBy      = "sold_by"
	MinStock    = "min_stock"
	Opening     = "opening_stock"
	Description = "description"
	Active      = "active"
)

// labels are what the fields are called in messages about a row.
var labels = map[string]string{
	SKU: "SKU", Name: "Name", Barcode: "Barcode", Category: "Category", Unit: "Unit", Price: "Price", Cost: "Cost", TaxCode: "Tax code", PLU: "PLU",
	SoldBy: "Sold by", MinStock: "Minimum stock", Opening: "Opening stock", Description: "Description", Active: "Active",
}

// headings are what columns of each field are called in the files that people
// have: other programs' exports, suppliers' lists. The first field that fits wins.
var headings = []struct{ field, words string }{
	{Barcode, "barcode barcodes ean ean13 gtin upc upca code_barre codigo_de_barras strichcode variant_barcode"},
	{SKU, "sku item_number article_number article_no artikelnummer item_code product_code code reference ref referencia variant_sku stock_code"},
	{Name, "name item product title item_name product_name artikel bezeichnung nombre producto nom designation product_title handle"}, //nolint:misspell // Spanish
	{Category, "category categories department group product_type type kategorie warengruppe categoria categorie"},
	{Cost, "cost cost_price unit_cost purchase_price buying_price cost_per_item standard_cost einkaufspreis ek costo cout"},
	{Price, "price selling_price retail_price sale_price unit_price list_price sales_price variant_price preis vk verkaufspreis precio prix pvp"},
	{TaxCode, "tax tax_code vat tax_rate vat_rate tax_class mwst steuer impuesto iva tva"},
	{Unit, "unit uom unit_of_measure einheit unidad unite"},
	{PLU, "plu plu_code"},
	{SoldBy, "sold_by weighed sold_by_weight weighable scale"},
	{MinStock, "min_stock minimum_stock reorder_level reorder_point low_stock min mindestbestand stock_minimo"},
	{Opening, "opening_stock stock quantity qty on_hand in_stock opening inventory bestand existencias stock_quantity variant_inventory_qty quantity_on_hand"},
	{Description, "description details notes beschreibung descripcion body"}, //nolint:misspell // Spanish
	{Active, "active enabled status published aktiv activo"},
}

// plainHeading is a heading without what differs between two exports of one list.
func plainHeading(text string) string {
	words := strings.FieldsFunc(search.Fold(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) })
	return strings.Join(words, "_")
}

// guess gives the field that each heading most likely means, "" for none. A
// field is taken by the first column that fits, barcodes by all.
func guess(header []string) []string {
	fields := make([]string, len(header))
	taken := map[string]bool{}
	for i, heading := range header {
		plain := plainHeading(heading)
		for _, known := range headings {
			if taken[known.field] && known.field != Barcode || plain == "" {
				continue
			}
			numbered := strings.TrimRight(plain, "_0123456789")
			if slices.Contains(strings.Fields(known.words), plain) || known.field == Barcode && slices.Contains(strings.Fields(known.words), numbered) {
				fields[i], taken[known.field] = known.field, true
				break
			}
		}
	}
	return fields
}

// RowError is one thing that is wrong with a row.
type RowError struct {
	Field   string `json:"field"`
	Message string `json:"message"`
}

// record is what a row says of an item; nil is what it does not say.
type record struct {
	text     map[string]string
	barcodes []string
	price    *money.Amount
	cost     *money.Amount
	minStock *decimal.Decimal
	opening  *decimal.Decimal
	active   *bool
	soldBy   string
}

// reading is how the cells of one file are read.
type reading struct {
	plan     Plan
	currency money.Currency
}

// read takes a row apart and says everything that is wrong with its cells.
func (r reading) read(cells []string) (record, []RowError) {
	rec := record{text: map[string]string{}}
	var wrong []RowError
	for column, field := range r.plan.Fields {
		if field == "" || column >= len(cells) || cells[column] == "" {
			continue
		}
		if message := r.take(&rec, field, cells[column]); message != "" {
			wrong = append(wrong, RowError{field, message})
		}
	}
	return rec, wrong
}

// limits are the longest texts that the catalogue keeps.
var limits = map[string]int{SKU: 60, Name: 200, Category: 250, Unit: 20, TaxCode: 40, PLU: 6, Description: 4000}

func (r reading) take(rec *record, field, cell string) (message string) {
	label := labels[field]
	switch field {
	case Price, Cost:
		amount, message := r.amount(label, cell)
		if field == Price {
			rec.price = amount
		} else {
			rec.cost = amount
		}
		return message
	case MinStock, Opening:
		number, message := r.quantity(label, cell)
		if field == MinStock {
			rec.minStock = number
		} else {
			rec.opening = number
		}
		return message
	case Active:
		active, known := yesNo(cell)
		if !known {
			return fmt.Sprintf("%s '%s' is neither yes nor no", label, cell)
		}
		rec.active = &active
	case SoldBy:
		rec.soldBy = soldBy(cell)
		if rec.soldBy == "" {
			return fmt.Sprintf("%s '%s' is none of each, weight, open", label, cell)
		}
	case Barcode:
		return takeBarcodes(rec, cell)
	default:
		if most := limits[field]; len([]rune(cell)) > most {
			return fmt.Sprintf("%s has %d characters, %d is the most", label, len([]rune(cell)), most)
		}
		if field == PLU && strings.Trim(cell, "0123456789") != "" {
			return fmt.Sprintf("PLU '%s' has something else than digits", cell)
		}
		rec.text[field] = cell
	}
	return ""
}

var shortened = regexp.MustCompile(`^\d[.,]\d+[eE]\+\d+$`)

func takeBarcodes(rec *record, cell string) string {
	if shortened.MatchString(cell) {
		return fmt.Sprintf("Barcode '%s' was shortened by a spreadsheet: format the column as text and enter the code again", cell)
	}
	for _, code := range strings.FieldsFunc(cell, func(r rune) bool { return r == ',' || r == ';' || r == '|' || r == '\n' || r == ' ' }) {
		if len(code) > 80 {
			return fmt.Sprintf("Barcode '%s' has more than 80 characters", code)
		}
		rec.barcodes = append(rec.barcodes, code)
	}
	return ""
}

func yesNo(cell string) (value, known bool) {
	switch search.Fold(cell) {
	case "1", "yes", "y", "true", "active", "on", "x", "enabled", "ja", "si", "oui", "aktiv", "activo":
		return true, true
	case "0", "no", "n", "false", "inactive", "off", "archived", "draft", "disabled", "nein", "non", "inaktiv", "inactivo":
		return false, true
	}
	return false, false
}

func soldBy(cell string) string {
	switch search.Fold(cell) {
	case "each", "piece", "unit", "pcs", "count":
		return "each"
	case "weight", "weighed", "by weight", "kg", "scale":
		return "weight"
	case "open", "open price", "price entry":
		return "open"
	}
	if weighed, known := yesNo(cell); known {
		return map[bool]string{true: "weight", false: "each"}[weighed]
	}
	return ""
}

func (r reading) amount(label, cell string) (*money.Amount, string) {
	text, ok := number(cell, r.plan.Comma, r.currency.Code)
	if !ok {
		return nil, fmt.Sprintf("%s '%s' is not a number", label, cell)
	}
	whole, fraction, _ := strings.Cut(text, ".")
	if fraction = strings.TrimRight(fraction, "0"); fraction != "" {
		text = whole + "." + fraction
	} else {
		text = whole
	}
	switch {
	case strings.HasPrefix(text, "-"):
		return nil, fmt.Sprintf("%s '%s' is below zero", label, cell)
	case len(fraction) > r.currency.Digits:
		return nil, fmt.Sprintf("%s '%s' has more decimals than %s has", label, cell, r.currency.Code)
	}
	amount, err := r.currency.Parse(text)
	if err != nil || amount > 1e13 {
		return nil, fmt.Sprintf("%s '%s' is too large", label, cell)
	}
	return &amount, ""
}

func (r reading) quantity(label, cell string) (*decimal.Decimal, string) {
	text, ok := number(cell, r.plan.Comma, "")
	if !ok {
		return nil, fmt.Sprintf("%s '%s' is not a number", label, cell)
	}
	value, err := decimal.Parse(text)
	if err != nil || value.Trim(0).Prec()-value.Trim(0).Scale() > 9 {
		return nil, fmt.Sprintf("%s '%s' is too large", label, cell)
	}
	value = value.Trim(0)
	switch {
	case value.IsNeg():
		return nil, fmt.Sprintf("%s '%s' is below zero", label, cell)
	case value.Scale() > 4:
		return nil, fmt.Sprintf("%s '%s' has more than four decimals", label, cell)
	}
	return &value, ""
}

var (
	plainNumber = regexp.MustCompile(`^-?\d+(\.\d+)?$`)
	grouped     = regexp.MustCompile(`^-?\d{1,3}(,\d{3})+$`)
	fullNumber  = regexp.MustCompile(`^-?\d{1,3}(,\d{3})*(\.\d+)?$`)
)

// number reads what people write for a number: with a currency, with groups of
// thousands, with either mark before the decimals. comma says which mark the rest
// of the file uses, for the few that could be both.
func number(cell string, comma bool, currency string) (string, bool) {
	text := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.Is(unicode.Sc, r) || r == '\'' || r == '’' {
			return -1
		}
		return r
	}, cell)
	if currency != "" {
		text = strings.TrimSuffix(strings.TrimPrefix(text, currency), currency)
	}
	point, mark := strings.LastIndex(text, "."), strings.LastIndex(text, ",")
	if mark > point && (point >= 0 || comma || !grouped.MatchString(text)) || comma && mark < 0 && grouped.MatchString(strings.ReplaceAll(text, ".", ",")) {
		text = strings.NewReplacer(".", ",", ",", ".").Replace(text)
	}
	if fullNumber.MatchString(text) {
		text = strings.ReplaceAll(text, ",", "")
	}
	return text, plainNumber.MatchString(text)
}

var (
	commaDecimals = regexp.MustCompile(`^\D{0,3}\d[\d.]*,\d{1,2}\D{0,3}$`)
	pointDecimals = regexp.MustCompile(`^\D{0,3}\d[\d,]*\.\d{1,2}\D{0,3}$`)
)

// decimals counts for which mark a cell speaks.
func decimals(cell string) int {
	switch {
	case commaDecimals.MatchString(cell):
		return 1
	case pointDecimals.MatchString(cell):
		return -1
	}
	return 0
}

// rowText names a row in a message about another one.
func rowText(row int) string { return "row " + strconv.Itoa(row) }
