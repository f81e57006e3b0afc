package till_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"souk/shared/receipt"
	"souk/shared/wire"
)

func (f *fixture) onPaper() string {
	content, err := os.ReadFile(f.paper)
	if !os.IsNotExist(err) {
		require.NoError(f.t, err)
	}
	return string(content)
}

// redesign changes the store's receipts in the office and waits until the till has
// heard of it, which the register's new name shows.
func (f *fixture) redesign(footer string, design receipt.Design) {
	f.t.Helper()
	f.shop.mu.Lock()
	f.shop.setup.Store.ReceiptFooter, f.shop.setup.Store.ReceiptDesign = footer, design
	f.shop.setup.Register.Name += "!"
	name := f.shop.setup.Register.Name
	f.shop.tell(change{})
	f.shop.mu.Unlock()
	f.await(func(s wire.RegisterState) bool { return s.Shop.RegisterName == name })
}

func TestAChangedReceiptDesignPrintsAtOnce(t *testing.T) {
	f := selling(t, cashier)
	f.scan(milkCode)
	f.pay()
	f.await(func(wire.RegisterState) bool { return strings.Contains(f.onPaper(), "Receipt") })
	require.NotContains(t, f.onPaper(), "Come again")

	f.redesign("Come again", receipt.Design{PaperMM: 58, Languages: []string{"es"}, Copies: 2, Parts: []receipt.Part{receipt.PartFooter, receipt.PartItemCodes}})
	f.scan(milkCode)
	f.pay()
	f.await(func(wire.RegisterState) bool { return strings.Count(f.onPaper(), "Come again") == 2 })
	require.Contains(t, f.onPaper(), "Recibo")
	require.Contains(t, f.onPaper(), milkCode)
	require.Contains(t, f.onPaper(), "\n"+strings.Repeat("-", 32)+"\n")

	f.redesign("Ask me", receipt.Design{Print: receipt.WhenRequest, Gift: true})
	f.scan(milkCode)
	sale := f.pay().LastSale
	require.True(t, sale.Gift)
	_, err := f.Reprint(sale.ID)
	require.NoError(t, err)
	f.await(func(s wire.RegisterState) bool { return strings.Contains(f.onPaper(), "Ask me") })
	require.Equal(t, 1, strings.Count(f.onPaper(), "Ask me"), "nothing was printed unasked")
	require.NotContains(t, f.onPaper(), "* Copy *", "the first paper of a sale is no copy")
	f.await(func(s wire.RegisterState) bool { return s.LastSale.Printed })
	_, err = f.Reprint(sale.ID)
	require.NoError(t, err)
	f.await(func(wire.RegisterState) bool { return strings.Contains(f.onPaper(), "* Copy *") })
	_, err = f.PrintGift(sale.ID)
	require.NoError(t, err)
	f.await(func(wire.RegisterState) bool { return strings.Contains(f.onPaper(), "Gift receipt") })
}

func TestLettersThatNoPrinterHasAreReported(t *testing.T) {
	f := selling(t, cashier)
	f.redesign("谢谢 شكراً", receipt.Design{Languages: []string{"ar", "en"}})
	f.scan(milkCode)
	f.pay()
	state := f.await(func(wire.RegisterState) bool {
		return bytes.Contains([]byte(f.onPaper()), []byte{0x1d, 'v', '0', 0, 63, 0, 30, 0})
	})
	require.Contains(t, state.Printer.Lacking, "谢")
	require.NotContains(t, state.Printer.Lacking, "ش")
	f.redesign("شكراً", receipt.Design{})
	f.scan(milkCode)
	require.Empty(t, f.pay().Printer.Lacking)
}
