package receipt

import (
	"reflect"
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
}

// English are the labels of a locale whose language is not translated.
func English() Labels {
	return Labels{
		Receipt: "Receipt", Refund: "Refund", Void: "Void", Copy: "Copy", TaxNumber: "Tax no.", Date: "Date",
		Store: "Store", Till: "Till", Cashier: "Cashier", Customer: "Customer", Original: "Original receipt",
		Subtotal: "Subtotal", Discount: "Discount", Tax: "Tax", Net: "Net", Gross: "Gross", Total: "Total",
		Rounding: "Rounding", Due: "Due", Change: "Change",
		Item: "Item", Quantity: "Quantity", Price: "Price", Amount: "Amount", Page: "Page",
	}
}

func spanish() Labels {
	return Labels{
		Receipt: "Recibo", Refund: "Devolución", Void: "Anulación", Copy: "Copia", TaxNumber: "NIF", Date: "Fecha",
		Store: "Tienda", Till: "Caja", Cashier: "Cajero/a", Customer: "Cliente", Original: "Recibo original",
		Subtotal: "Subtotal", Discount: "Descuento", Tax: "Impuesto", Net: "Neto", Gross: "Bruto", Total: "Total",
		Rounding: "Redondeo", Due: "A pagar", Change: "Cambio",
		Item: "Artículo", Quantity: "Cantidad", Price: "Precio", Amount: "Importe", Page: "Página",
	}
}

func arabic() Labels {
	return Labels{
		Receipt: "إيصال", Refund: "مرتجع", Void: "إلغاء", Copy: "نسخة", TaxNumber: "الرقم الضريبي", Date: "التاريخ",
		Store: "المتجر", Till: "الصندوق", Cashier: "أمين الصندوق", Customer: "العميل", Original: "الإيصال الأصلي",
		Subtotal: "المجموع الفرعي", Discount: "الخصم", Tax: "الضريبة", Net: "الصافي", Gross: "الإجمالي", Total: "المجموع",
		Rounding: "التقريب", Due: "المستحق", Change: "الباقي",
		Item: "الصنف", Quantity: "الكمية", Price: "السعر", Amount: "المبلغ", Page: "صفحة",
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

// Words are the labels that the document is laid out with.
func (d *Document) Words() Labels {
	if d.Labels != nil {
		return *d.Labels
	}
	return LabelsFor(d.Locale)
}

// RightToLeft says whether the labels are in a script that is written so.
func (l Labels) RightToLeft() bool { return rightToLeft(l.Total) }

func rightToLeft(text string) bool {
	for _, r := range text {
		if unicode.In(r, unicode.Arabic, unicode.Hebrew) {
			return true
		}
	}
	return false
}

// printed says whether a printer that has this page can print every label. Arabic
// never counts: even where the page has the letters, the printer neither joins
// them nor turns their direction. Such receipts have English labels on paper as
// long as they are printed as text and not as a picture.
func (t table) printed(labels Labels) bool {
	words := reflect.ValueOf(labels)
	for i := range words.NumField() {
		word := words.Field(i).String()
		if rightToLeft(word) || strings.Contains(t.fit(word), "?") {
			return false
		}
	}
	return true
}
