package receipt

import "slices"

// Part is something that a receipt may show.
type Part string

// The parts. Those from PartSaved on stand below the totals, in the order in
// which a design names them; the others have their places.
const (
	PartStore      Part = "store"
	PartTill       Part = "till"
	PartCashier    Part = "cashier"
	PartCustomer   Part = "customer"
	PartItemCodes  Part = "item_codes"
	PartUnitPrices Part = "unit_prices"
	PartSaved      Part = "saved"
	PartItemsSold  Part = "items_sold"
	PartTaxes      Part = "taxes"
	PartPolicy     Part = "policy"
	PartFooter     Part = "footer"
	PartCode       Part = "code"
)

// DefaultParts is what a receipt shows of which nobody said anything else.
func DefaultParts() []Part {
	return []Part{PartStore, PartTill, PartCashier, PartCustomer, PartUnitPrices, PartTaxes, PartFooter, PartCode}
}

// AllParts are all there are.
func AllParts() []Part {
	return []Part{
		PartStore, PartTill, PartCashier, PartCustomer, PartItemCodes, PartUnitPrices, PartSaved, PartItemsSold, PartTaxes,
		PartPolicy, PartFooter, PartCode,
	}
}

// Align says where a text stands: Start is where its script begins.
type Align string

// The alignments.
const (
	AlignCenter Align = "center"
	AlignStart  Align = "start"
	AlignEnd    Align = "end"
)

// Emphasis says how a text stands out. Large is double size.
type Emphasis string

// The emphases.
const (
	EmphasisNone  Emphasis = "none"
	EmphasisBold  Emphasis = "bold"
	EmphasisLarge Emphasis = "large"
)

// TextStyle is how a text of the shop's own is printed; empty fields are centred
// and without emphasis.
type TextStyle struct {
	Align    Align    `json:"align,omitempty" enum:"center,start,end"`
	Emphasis Emphasis `json:"emphasis,omitempty" enum:"none,bold,large"`
}

// LogoSize is how much of the paper's width a logo may take.
type LogoSize string

// The sizes: three, five and eight eighths.
const (
	LogoSmall  LogoSize = "small"
	LogoMedium LogoSize = "medium"
	LogoLarge  LogoSize = "large"
	LogoNone   LogoSize = "none"
)

// CodeKind is how the receipt's number is printed for machines.
type CodeKind string

// The kinds; without one it is a bar code where the paper is wide enough.
const (
	CodeBarcode CodeKind = "barcode"
	CodeQR      CodeKind = "qr"
)

// When says which sales are printed without being asked.
type When string

// The occasions.
const (
	WhenAlways  When = "always"
	WhenCard    When = "card"
	WhenRequest When = "request"
)

// Widths of paper, in millimetres.
const (
	Paper58 = 58
	Paper80 = 80
)

// Design is how a store wants its receipts. The zero value is a design too: the
// paper of the till's own printer, the shop's language, DefaultParts, one copy
// of every sale.
type Design struct {
	PaperMM     int       `json:"paper_mm,omitempty" enum:"0,58,80" doc:"0 leaves it to the till's own printer"`
	Languages   []string  `json:"languages,omitempty" maxItems:"2" enum:"en,es,ar" doc:"en, es, ar: one, or two beside each other"`
	LogoSize    LogoSize  `json:"logo_size,omitempty" enum:"small,medium,large,none"`
	HeaderStyle TextStyle `json:"header_style,omitzero"`
	FooterStyle TextStyle `json:"footer_style,omitzero"`
	Policy      string    `json:"policy,omitempty" maxLength:"1000" doc:"What holds when something is brought back"`
	Parts       []Part    `json:"parts" maxItems:"12" enum:"store,till,cashier,customer,item_codes,unit_prices,saved,items_sold,taxes,policy,footer,code" doc:"What is shown, and in which order below the totals"`
	Code        CodeKind  `json:"code,omitempty" enum:"barcode,qr"`
	Print       When      `json:"print,omitempty" enum:"always,card,request"`
	Copies      int       `json:"copies,omitempty" minimum:"0" maximum:"3"`
	Gift        bool      `json:"gift,omitempty" doc:"Offer a receipt without prices"`
}

// Shown are the parts that the design asks for.
func (d Design) Shown() []Part {
	if d.Parts == nil {
		return DefaultParts()
	}
	return d.Parts
}

// Shows says whether the design asks for a part.
func (d Design) Shows(p Part) bool { return slices.Contains(d.Shown(), p) }

// Columns is how many characters a line has on a printer that prints so many:
// narrow paper has 32, and a printer for narrow paper stays one.
func (d Design) Columns(printer int) int {
	if d.PaperMM == Paper58 {
		return narrowColumns
	}
	return Printer{Columns: printer}.columns()
}

// CopiesOf says how often a sale is printed unasked: by is whether a card paid
// for some of it.
func (d Design) CopiesOf(byCard bool) int {
	if d.Print == WhenRequest || (d.Print == WhenCard && !byCard) {
		return 0
	}
	return max(1, d.Copies)
}

// In is the design with one language in place of its own, if that is one that
// receipts can be in.
func (d Design) In(locale string) Design {
	if name := language(locale); slices.Contains(Languages(), name) {
		d.Languages = []string{name}
	}
	return d
}

// Languages are those that receipts can be in.
func Languages() []string { return []string{"en", "es", "ar"} }
