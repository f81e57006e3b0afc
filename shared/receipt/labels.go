package receipt

import (
	"reflect"
	"slices"
	"strings"
	"unicode"
)

// Labels are the words that the layout itself prints. Item, Quantity, Price,
// Amount and Page are for paper that has room for a table.
type Labels struct {
	Receipt   string `json:"receipt"`
	Refund    string `json:"refund"`
	Void      string `json:"void"`
	Copy      string `json:"copy"`
	TaxNumber string `json:"tax_number"`
	Date      string `json:"date"`
	Store     string `json:"store"`
	Till      string `json:"till"`
	Cashier   string `json:"cashier"`
	Customer  string `json:"customer"`
	Original  string `json:"original"`
	Subtotal  string `json:"subtotal"`
	Discount  string `json:"discount"`
	Tax       string `json:"tax"`
	Net       string `json:"net"`
	Gross     string `json:"gross"`
	Total     string `json:"total"`
	Rounding  string `json:"rounding"`
	Due       string `json:"due"`
	Change    string `json:"change"`
	Item      string `json:"item"`
	Quantity  string `json:"quantity"`
	Price     string `json:"price"`
	Amount    string `json:"amount"`
	Page      string `json:"page"`
	Saved     string `json:"saved"`
	ItemsSold string `json:"items_sold"`
	Gift      string `json:"gift"`
}

// English are the labels of a locale whose language is not translated.
func English() Labels {
	return Labels{
		Receipt: "Receipt", Refund: "Refund", Void: "Void", Copy: "Copy", TaxNumber: "Tax no.", Date: "Date",
		Store: "Store", Till: "Till", Cashier: "Cashier", Customer: "Customer", Original: "Original receipt",
		Subtotal: "Subtotal", Discount: "Discount", Tax: "Tax", Net: "Net", Gross: "Gross", Total: "Total",
		Rounding: "Rounding", Due: "Due", Change: "Change",
		Item: "Item", Quantity: "Quantity", Price: "Price", Amount: "Amount", Page: "Page",
		Saved: "You saved", ItemsSold: "Items sold", Gift: "Gift receipt",
	}
}

func spanish() Labels {
	return Labels{
		Receipt: "Recibo", Refund: "Devolución", Void: "Anulación", Copy: "Copia", TaxNumber: "NIF", Date: "Fecha",
		Store: "Tienda", Till: "Caja", Cashier: "Cajero/a", Customer: "Cliente", Original: "Recibo original",
		Subtotal: "Subtotal", Discount: "Descuento", Tax: "Impuesto", Net: "Neto", Gross: "Bruto", Total: "Total",
		Rounding: "Redondeo", Due: "A pagar", Change: "Cambio",
		Item: "Artículo", Quantity: "Cantidad", Price: "Precio", Amount: "Importe", Page: "Página",
		Saved: "Usted ahorró", ItemsSold: "Artículos vendidos", Gift: "Ticket regalo",
	}
}

func arabic() Labels {
	return Labels{
		Receipt: "إيصال", Refund: "مرتجع", Void: "إلغاء", Copy: "نسخة", TaxNumber: "الرقم الضريبي", Date: "التاريخ",
		Store: "المتجر", Till: "الصندوق", Cashier: "أمين الصندوق", Customer: "العميل", Original: "الإيصال الأصلي",
		Subtotal: "المجموع الفرعي", Discount: "الخصم", Tax: "الضريبة", Net: "الصافي", Gross: "الإجمالي", Total: "المجموع",
		Rounding: "التقريب", Due: "المستحق", Change: "الباقي",
		Item: "الصنف", Quantity: "الكمية", Price: "السعر", Amount: "المبلغ", Page: "صفحة",
		Saved: "وفّرت", ItemsSold: "عدد القطع", Gift: "إيصال هدية",
	}
}

// LabelsFor gives the words in the language of a locale such as "es-MX", or in
// English if it has none of its own.
func LabelsFor(locale string) Labels {
	switch language(locale) {
	case "es":
		words := spanish()
		// NIF is Spain's own; the neighbours have a RUC, an RFC or a CUIT.
		if region := strings.TrimPrefix(locale, "es"); region != "" && region != "-ES" {
			words.TaxNumber = "Id. fiscal"
		}
		return words
	case "ar":
		return arabic()
	}
	return English()
}

func language(locale string) string {
	name, _, _ := strings.Cut(locale, "-")
	return strings.ToLower(name)
}

// Languages are those of the document's labels, the first one first. A language
// that is also the locale's has the locale's country.
func (d *Document) Languages() []string {
	if len(d.Design.Languages) == 0 {
		return []string{d.Locale}
	}
	named := slices.Clone(d.Design.Languages)
	for i, name := range named {
		if name == language(d.Locale) {
			named[i] = d.Locale
		}
	}
	return named
}

// Words are the labels that the document is laid out with. In two languages, each
// stands behind the other.
func (d *Document) Words() Labels {
	if d.Labels != nil {
		return *d.Labels
	}
	names := d.Languages()
	words := LabelsFor(names[0])
	for _, name := range names[1:] {
		words = words.beside(LabelsFor(name))
	}
	return words
}

func (l Labels) beside(others Labels) Labels {
	to, from := reflect.ValueOf(&l).Elem(), reflect.ValueOf(others)
	for i := range to.NumField() {
		if other := from.Field(i).String(); other != to.Field(i).String() {
			to.Field(i).SetString(to.Field(i).String() + " / " + other)
		}
	}
	return l
}

// RightToLeft says whether the labels begin in a script that is written so.
func (l Labels) RightToLeft() bool { return startsRight(l.Total) }

func rightToLeft(text string) bool { return strings.ContainsFunc(text, isRight) }

func isRight(r rune) bool { return unicode.In(r, unicode.Arabic, unicode.Hebrew) }

// startsRight says whether the first letter of a text is of such a script.
func startsRight(text string) bool {
	for _, r := range text {
		if unicode.IsLetter(r) {
			return isRight(r)
		}
	}
	return false
}
