package attack_test

import (
	"bytes"
	"image/png"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"souk/server/sales"
	"souk/server/tenants"
	"souk/shared/receipt"
	"souk/shared/wire"
)

func TestAReceiptIsDesignedSeenAndReachesTheTill(t *testing.T) {
	r := newRing(t)
	owner := r.session(t, r.b, wire.Owner)
	path := "/stores/" + read[wire.SetupAnswer](t, r.ask(r.b, r.b.till, "GET", "/sync/setup", nil)).Setup.Store.ID.String()
	before := read[tenants.ReceiptDesign](t, r.ask(r.b, owner, "GET", path+"/receipt", nil))
	require.Equal(t, receipt.DefaultParts(), before.Design.Parts, "what nobody chose is named")

	wanted := object{
		"header": "أهلاً", "footer": "See you soon", "version": before.Version,
		"design": object{
			"paper_mm": 58, "languages": []string{"ar", "en"}, "parts": []string{"footer", "code"}, "code": "qr", "print": "card", "copies": 2,
			"footer_style": object{"align": "start", "emphasis": "bold"},
		},
	}
	for _, form := range []string{"paper", "a4"} {
		wanted["form"] = form
		seen := read[sales.ReceiptPreview](t, r.ask(r.b, owner, "POST", path+"/receipt-preview", wanted))
		picture, err := png.Decode(bytes.NewReader(seen.PNG))
		require.NoError(t, err, form)
		require.Equal(t, [2]int{seen.Width, seen.Height}, [2]int{picture.Bounds().Dx(), picture.Bounds().Dy()})
	}
	wanted["form"] = "email"
	letter := read[sales.ReceiptPreview](t, r.ask(r.b, owner, "POST", path+"/receipt-preview", wanted)).HTML
	require.Contains(t, letter, `dir="rtl"`, "a letter has the first of two languages")
	require.Contains(t, letter, "See you soon")
	delete(wanted, "form")
	kept := read[tenants.ReceiptDesign](t, r.ask(r.b, owner, "GET", path+"/receipt", nil))
	require.Equal(t, before, kept, "a preview keeps nothing")

	saved := read[tenants.ReceiptDesign](t, r.ask(r.b, owner, "PUT", path+"/receipt", wanted))
	require.Equal(t, "See you soon", saved.Footer)
	require.Equal(t, receipt.Design{
		PaperMM: 58, Languages: []string{"ar", "en"}, Parts: []receipt.Part{receipt.PartFooter, receipt.PartCode}, Code: receipt.CodeQR,
		Print: receipt.WhenCard, Copies: 2, FooterStyle: receipt.TextStyle{Align: receipt.AlignStart, Emphasis: receipt.EmphasisBold},
	}, saved.Design)

	stale := r.ask(r.b, owner, "PUT", path+"/receipt", wanted)
	require.Equal(t, http.StatusConflict, stale.status)
	require.Contains(t, stale.body, "tenants.changed_meanwhile")
	twice := object{"header": "", "footer": "", "version": saved.Version, "design": object{"parts": []string{"code", "code"}}}
	refused := r.ask(r.b, owner, "PUT", path+"/receipt", twice)
	require.Equal(t, http.StatusUnprocessableEntity, refused.status)
	require.Contains(t, refused.body, "tenants.bad_receipt")

	cashier := r.session(t, r.b, wire.Cashier)
	require.Equal(t, http.StatusForbidden, r.ask(r.b, cashier, "PUT", path+"/receipt", wanted).status)
	require.Equal(t, http.StatusForbidden, r.ask(r.b, cashier, "POST", path+"/receipt-preview", object{"header": "", "footer": "", "version": 1, "design": object{"parts": []string{}}, "form": "a4"}).status)
	foreign := "/stores/" + read[[]tenants.Store](t, r.ask(r.a, r.session(t, r.a, wire.Owner), "GET", "/stores", nil))[0].ID.String()
	require.Equal(t, http.StatusNotFound, r.ask(r.b, owner, "GET", foreign+"/receipt", nil).status)

	// A customer who reads Spanish gets the words so; whoever calls may ask for others.
	customer := read[wire.Page[sales.SaleRow]](t, r.ask(r.b, owner, "GET", "/sales", nil)).Rows[0].ID
	r.write(t, r.b, `update customers set language = 'es' where tenant_id = $1`, r.b.id)
	paper := read[sales.SaleReceipt](t, r.ask(r.b, owner, "GET", "/sales/"+customer.String()+"/receipt", nil))
	require.Equal(t, "Recibo", paper.Document.Words().Receipt)
	for _, language := range []string{"", "&language=ar"} {
		file := r.ask(r.b, owner, "GET", "/sales/"+customer.String()+"/receipt.pdf?form=a4"+language, nil)
		require.Equal(t, http.StatusOK, file.status)
		require.Contains(t, file.body[:8], "%PDF-")
	}

	setup := read[wire.SetupAnswer](t, r.ask(r.b, r.b.till, "GET", "/sync/setup", nil))
	require.Equal(t, saved.Design, setup.Setup.Store.ReceiptDesign)
	require.Equal(t, "See you soon", setup.Setup.Store.ReceiptFooter)
}
