package sales

import (
	"context"
	"embed"
	htmltemplate "html/template"
	"strings"
	texttemplate "text/template"

	"github.com/google/uuid"

	"souk/server/mails"
	"souk/server/platform/db"
	"souk/server/platform/mail"
	"souk/server/platform/web"
	"souk/shared/fault"
	"souk/shared/receipt"
	"souk/shared/wire"
)

// ReceiptMailIn names a sale and says where its receipt goes.
type ReceiptMailIn struct {
	ID   uuid.UUID `path:"id"`
	Body ReceiptMail
}

// ReceiptMail is a receipt to be sent. Its id is the caller's, so that asking
// twice sends one.
type ReceiptMail struct {
	ID     uuid.UUID `json:"id"`
	To     string    `json:"to" maxLength:"254"`
	Locale string    `json:"locale,omitempty" maxLength:"20" doc:"The reader's; without one the customer's, else the store's"`
}

// MailReceipt writes a booked document's receipt to its customer.
//
// Fails with sales.not_found, mails.no_server and as mails.Write does.
func MailReceipt(ctx context.Context, tx *db.Tx, in ReceiptMailIn) (mails.Mail, error) {
	if web.SiteOf(ctx).Post == "" {
		return mails.Mail{}, mails.NoServer()
	}
	if err := mailReceipt(ctx, tx, in.ID, in.Body); err != nil {
		return mails.Mail{}, err
	}
	found, err := mails.Show(ctx, tx, mails.Key{ID: in.Body.ID})
	return found.Mail, err
}

// RecordReceiptMail is MailReceipt for what was asked for at a till.
func RecordReceiptMail(ctx context.Context, tx *db.Tx, _ uuid.UUID, in wire.ReceiptMailed) ([]string, error) {
	err := mailReceipt(ctx, tx, in.SaleID, ReceiptMail{ID: in.ID, To: in.To, Locale: in.Locale})
	if told := fault.Of(err); told != nil && told.Kind == fault.KindTooMany {
		// Not to be tried again: the sales behind it would wait for a letter.
		err = fault.Invalid(told.Code, fault.Because(err)).Say(told.Message)
	}
	return nil, err
}

const storeOfSale db.SQL = `
	select store_id
	from   sales
	where  tenant_id = @tenant and id = @sale and (@stores::uuid[] is null or store_id = any(@stores))`

func mailReceipt(ctx context.Context, tx *db.Tx, sale uuid.UUID, in ReceiptMail) error {
	doc, logo, err := readPaper(ctx, tx, sale)
	if err != nil {
		return err
	}
	doc.Design = inOneLanguage(doc, in.Locale)
	body, err := letter(doc, logo, 0).Bytes()
	if err != nil {
		return err
	}
	out, err := receiptLetter(doc)
	if err != nil {
		return err
	}
	out.ID, out.About, out.To = in.ID, sale, in.To
	if out.Store, err = db.One[uuid.UUID](ctx, tx, storeOfSale, db.Args{"sale": sale}); err != nil {
		return err
	}
	out.File = &mail.File{Name: doc.Number + ".pdf", ContentType: "application/pdf", Body: body}
	return mails.Write(ctx, tx, out)
}

// inOneLanguage is the document's design in the language that is asked for, else
// in the first of its own: a letter speaks one, also where the paper speaks two.
// Figures stay as the shop writes them.
func inOneLanguage(doc receipt.Document, asked string) receipt.Design {
	doc.Design = doc.Design.In(asked)
	return doc.Design.In(doc.Languages()[0])
}

// MailsOf lists the letters that were written about a sale. It fails with
// sales.not_found.
func MailsOf(ctx context.Context, tx *db.Tx, in SaleIn) (wire.Page[mails.Mail], error) {
	if _, err := Show(ctx, tx, in); err != nil {
		return wire.Page[mails.Mail]{}, err
	}
	rows, err := mails.About(ctx, tx, in.ID)
	return wire.Page[mails.Mail]{Rows: rows}, err
}

//go:embed letters
var letters embed.FS

var (
	letterHTML = htmltemplate.Must(htmltemplate.ParseFS(letters, "letters/receipt.html.tmpl"))
	letterText = texttemplate.Must(texttemplate.ParseFS(letters, "letters/receipt.txt.tmpl"))
)

// phrases are what a letter says besides the receipt's own words. SHOP stands for
// the shop's name and NUMBER for the receipt's.
type phrases struct{ subject, thanks, back, enclosed string }

var phrasesOf = map[string]phrases{
	"en": {"Receipt NUMBER from SHOP", "Thank you for shopping with us.", "Here is what was given back.", "The receipt is attached as a PDF."},
	"es": {"Recibo NUMBER de SHOP", "Gracias por su compra.", "Este es el detalle de la devolución.", "El recibo va adjunto en PDF."},
	"ar": {"إيصال NUMBER من SHOP", "شكرًا لتسوقكم معنا.", "هذه تفاصيل ما تم إرجاعه.", "الإيصال مرفق بصيغة PDF."},
}

// letterView is what the templates show: everything is text by now.
type letterView struct {
	Doc                                           receipt.Document
	Words                                         receipt.Labels
	Language, Direction, Subject, Greeting, Title string
	When, Total, Enclosed                         string
	Lines                                         []letterRow
	Before, After                                 []letterRow // what leads to the total, and what follows from it
	Footer                                        []string
}

type letterRow struct{ Name, Detail, Amount string }

func receiptLetter(doc receipt.Document) (mails.Letter, error) {
	view := viewOf(doc)
	var html, text strings.Builder
	if err := letterHTML.Execute(&html, view); err != nil {
		return mails.Letter{}, err
	}
	if err := letterText.Execute(&text, view); err != nil {
		return mails.Letter{}, err
	}
	return mails.Letter{Kind: mails.KindReceipt, Locale: view.Language, Subject: view.Subject, Text: text.String(), HTML: html.String()}, nil
}

func viewOf(doc receipt.Document) letterView {
	language, _, _ := strings.Cut(doc.Languages()[0], "-")
	said, known := phrasesOf[language]
	if !known {
		language, said = "en", phrasesOf["en"]
	}
	words, form := doc.Words(), doc.Form()
	view := letterView{
		Doc: doc, Words: words, Language: language, Direction: "ltr", Greeting: said.thanks, Title: words.Receipt,
		Subject: strings.NewReplacer("NUMBER", doc.Number, "SHOP", doc.ShopName).Replace(said.subject),
		When:    form.Time(doc.CompletedAt), Total: form.Money(doc.Total) + " " + doc.Currency, Enclosed: said.enclosed, Footer: ownTexts(doc),
	}
	if words.RightToLeft() {
		view.Direction = "rtl"
	}
	if doc.Kind != receipt.KindSale {
		view.Greeting, view.Title = said.back, words.Refund
		if doc.Kind == receipt.KindVoid {
			view.Title = words.Void
		}
	}
	for _, line := range doc.Lines {
		view.Lines = append(view.Lines, letterRow{line.Name, lineDetail(line, words, form), form.Money(line.Total)})
	}
	view.Before, view.After = sums(doc, words, form)
	return view
}

// ownTexts are the shop's own below the totals, those that its design shows.
func ownTexts(doc receipt.Document) []string {
	var said []string
	for _, part := range doc.Design.Shown() {
		switch part {
		case receipt.PartPolicy:
			said = append(said, splitLines(doc.Design.Policy)...)
		case receipt.PartFooter:
			said = append(said, splitLines(doc.Footer)...)
		case receipt.PartStore, receipt.PartTill, receipt.PartCashier, receipt.PartCustomer, receipt.PartItemCodes,
			receipt.PartUnitPrices, receipt.PartSaved, receipt.PartItemsSold, receipt.PartTaxes, receipt.PartCode:
		}
	}
	return said
}

func lineDetail(line receipt.Line, words receipt.Labels, form receipt.Form) string {
	var said []string
	if line.Quantity != "1" || line.Unit != "" || line.Discount != 0 {
		said = append(said, strings.TrimSpace(form.Number(line.Quantity)+" "+line.Unit)+" × "+form.Money(line.UnitPrice))
	}
	if line.Discount != 0 {
		said = append(said, strings.TrimSpace(words.Discount+" "+line.DiscountReason)+" "+form.Money(-line.Discount))
	}
	return strings.Join(said, ", ")
}

func sums(doc receipt.Document, words receipt.Labels, form receipt.Form) (before, after []letterRow) {
	var taxes []letterRow
	for _, tax := range doc.Taxes {
		taxes = append(taxes, letterRow{Name: words.Tax + " " + form.Number(tax.Rate.Trim(0).String()) + " %", Amount: form.Money(tax.Tax)})
	}
	if doc.Discount != 0 {
		before = append(before,
			letterRow{Name: words.Subtotal, Amount: form.Money(doc.Subtotal)},
			letterRow{Name: strings.TrimSpace(words.Discount + " " + doc.DiscountReason), Amount: form.Money(-doc.Discount)})
	}
	if doc.TaxIncluded {
		after = taxes
	} else {
		before = append(before, taxes...)
	}
	if doc.Rounding != 0 {
		after = append(after, letterRow{Name: words.Rounding, Amount: form.Money(doc.Rounding)})
	}
	for _, tender := range doc.Tenders {
		after = append(after, letterRow{Name: tender.Name, Amount: form.Money(tender.Amount)})
	}
	if doc.Change != 0 {
		after = append(after, letterRow{Name: words.Change, Amount: form.Money(doc.Change)})
	}
	return before, after
}
