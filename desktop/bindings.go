package desktop

import (
	"github.com/google/uuid"
	"github.com/govalues/decimal"

	"souk/desktop/printer"
	"souk/desktop/till"
	"souk/shared/money"
	"souk/shared/pricing"
	"souk/shared/wire"
)

// Till is what the page can call: the engine's commands under their own names,
// and nothing else of it. The engine says what each promises and how it fails.
type Till struct {
	engine *till.Engine
	window *window
}

// State is what the register's screen shows now.
func (t *Till) State() wire.RegisterState {
	return t.engine.State()
}

// Pair makes this computer the till that the code was made for.
func (t *Till) Pair(address, code, deviceName string) (wire.RegisterState, error) {
	return t.engine.Pair(address, code, deviceName)
}

// Discover lists the servers that answer on the network.
func (t *Till) Discover() ([]till.Found, error) {
	return t.engine.Discover()
}

// Probe looks who answers at an address.
func (t *Till) Probe(address string) (till.Probed, error) {
	return t.engine.Probe(address)
}

// FirstRun says what is left to set up.
func (t *Till) FirstRun() (till.FirstRun, error) {
	return t.engine.FirstRun()
}

// KeepFirstRun notes how far setting up has come.
func (t *Till) KeepFirstRun(progress till.FirstRun) (till.FirstRun, error) {
	return t.engine.KeepFirstRun(progress)
}

// Connection tells to which server this till is connected.
func (t *Till) Connection() till.Connection {
	return t.engine.Connection()
}

// Printers lists the printers that this computer knows of.
func (t *Till) Printers() []printer.Found {
	return t.engine.Printers()
}

// TryCode says what a code means, without selling anything.
func (t *Till) TryCode(code string) till.Tried {
	return t.engine.TryCode(code)
}

// People lists who may sign in here.
func (t *Till) People() []wire.RegisterPerson {
	return t.engine.People()
}

// SignIn makes a person the one who sells.
func (t *Till) SignIn(personID uuid.UUID, pin string) (wire.RegisterState, error) {
	return t.engine.SignIn(personID, pin)
}

// Unlock ends a person's wait after wrong PINs.
func (t *Till) Unlock(personID, byID uuid.UUID, pin string) (wire.RegisterState, error) {
	return t.engine.Unlock(personID, byID, pin)
}

// Lock signs the person out.
func (t *Till) Lock() (wire.RegisterState, error) {
	return t.engine.Lock()
}

// OpenShift begins a shift with so much money in the drawer.
func (t *Till) OpenShift(float money.Amount) (wire.RegisterState, error) {
	return t.engine.OpenShift(float)
}

// CloseShift ends the shift with what was counted.
func (t *Till) CloseShift(counted money.Amount) (wire.ZReport, error) {
	return t.engine.CloseShift(counted)
}

// Approve keeps somebody's word on what the signed-in person was refused.
func (t *Till) Approve(personID uuid.UUID, pin string, asked wire.Asked, reason string) (wire.RegisterState, error) {
	return t.engine.Approve(personID, pin, asked, reason)
}

// Approvers lists who may approve something here.
func (t *Till) Approvers(asked wire.Asked) []wire.Approver {
	return t.engine.Approvers(asked)
}

// AskFor asks whoever may approve, through the server.
func (t *Till) AskFor(asked wire.Asked, reason string) (wire.ApprovalAnswer, error) {
	return t.engine.AskFor(asked, reason)
}

// Answer says how far what was asked has come.
func (t *Till) Answer(id uuid.UUID) (wire.ApprovalAnswer, error) {
	return t.engine.Answer(id)
}

// Withdraw takes back what was asked.
func (t *Till) Withdraw(id uuid.UUID) (wire.ApprovalAnswer, error) {
	return t.engine.Withdraw(id)
}

// MoveCash puts money into the drawer or takes it out, or opens it.
func (t *Till) MoveCash(in wire.CashAsked) (wire.RegisterState, error) {
	return t.engine.MoveCash(in)
}

// MailReceipt asks for a finished sale's receipt by e-mail.
func (t *Till) MailReceipt(saleID uuid.UUID, to, locale string) (wire.RegisterState, error) {
	return t.engine.MailReceipt(saleID, to, locale)
}

// XReport reads the open shift out without closing it.
func (t *Till) XReport() (wire.ZReport, error) {
	return t.engine.XReport()
}

// PrintReport prints the open shift's X report or a closed one's Z report.
func (t *Till) PrintReport(shiftID uuid.UUID) (wire.RegisterState, error) {
	return t.engine.PrintReport(shiftID)
}

// FindReceipt finds a sale by the number on its receipt.
func (t *Till) FindReceipt(number string) (wire.Returnable, error) {
	return t.engine.FindReceipt(number)
}

// StockOf tells where an item stands now, in other stores too, as the server says.
func (t *Till) StockOf(itemID uuid.UUID) (wire.ItemStock, error) {
	return t.engine.StockOf(itemID)
}

// TakeBack puts lines of a found receipt on the cart, as returns.
func (t *Till) TakeBack(in wire.BackAsked) (wire.RegisterState, error) {
	return t.engine.TakeBack(in)
}

// Scan does what a scanned or typed code asks for.
func (t *Till) Scan(code string) (wire.ScanResult, error) {
	return t.engine.Scan(code)
}

// Search finds items, best first.
func (t *Till) Search(text string, limit int) []wire.TillItem {
	return t.engine.Search(text, limit)
}

// Browse lists a category, or the favourites.
func (t *Till) Browse(categoryID *uuid.UUID, offset, limit int) till.Shelf {
	return t.engine.Browse(categoryID, offset, limit)
}

// AddItem puts an item on the cart.
func (t *Till) AddItem(itemID uuid.UUID, quantity *decimal.Decimal, price *money.Amount) (wire.ScanResult, error) {
	return t.engine.AddItem(itemID, quantity, price)
}

// SellOpen puts a line on the cart that is no item.
func (t *Till) SellOpen(name string, price money.Amount, taxCode, barcode string) (wire.RegisterState, error) {
	return t.engine.SellOpen(name, price, taxCode, barcode)
}

// CreateItem makes an item and puts one on the cart.
func (t *Till) CreateItem(in till.NewItem) (wire.RegisterState, error) {
	return t.engine.CreateItem(in)
}

// SetQuantity changes how much of a line is sold.
func (t *Till) SetQuantity(lineID uuid.UUID, quantity decimal.Decimal) (wire.RegisterState, error) {
	return t.engine.SetQuantity(lineID, quantity)
}

// SetLineDiscount gives a discount on a line, or takes it off.
func (t *Till) SetLineDiscount(lineID uuid.UUID, discount *pricing.Discount) (wire.RegisterState, error) {
	return t.engine.SetLineDiscount(lineID, discount)
}

// SetLineNote says something of a line, or nothing.
func (t *Till) SetLineNote(lineID uuid.UUID, note string) (wire.RegisterState, error) {
	return t.engine.SetLineNote(lineID, note)
}

// SetNote says something of the whole sale, or nothing.
func (t *Till) SetNote(note string) (wire.RegisterState, error) {
	return t.engine.SetNote(note)
}

// SetPrice changes a line's unit price.
func (t *Till) SetPrice(lineID uuid.UUID, price money.Amount) (wire.RegisterState, error) {
	return t.engine.SetPrice(lineID, price)
}

// RemoveLine takes a line off the cart.
func (t *Till) RemoveLine(lineID uuid.UUID) (wire.RegisterState, error) {
	return t.engine.RemoveLine(lineID)
}

// SelectLine marks the line that the next key means.
func (t *Till) SelectLine(lineID uuid.UUID) (wire.RegisterState, error) {
	return t.engine.SelectLine(lineID)
}

// SetCartDiscount gives a discount on the whole cart, or takes it off.
func (t *Till) SetCartDiscount(discount *pricing.Discount) (wire.RegisterState, error) {
	return t.engine.SetCartDiscount(discount)
}

// AddCoupon takes a coupon for the sale.
func (t *Till) AddCoupon(code string) (wire.RegisterState, error) {
	return t.engine.AddCoupon(code)
}

// RemoveCoupon gives a coupon back.
func (t *Till) RemoveCoupon(code string) (wire.RegisterState, error) {
	return t.engine.RemoveCoupon(code)
}

// SetCustomer says who buys, or nobody.
func (t *Till) SetCustomer(customerID *uuid.UUID, name string) (wire.RegisterState, error) {
	return t.engine.SetCustomer(customerID, name)
}

// Customers finds customers, best first.
func (t *Till) Customers(text string, limit int) ([]wire.TillCustomer, error) {
	return t.engine.Customers(text, limit)
}

// AddCustomer keeps a new customer and puts them on the cart.
func (t *Till) AddCustomer(in till.MetCustomer) (wire.RegisterState, error) {
	return t.engine.AddCustomer(in)
}

// ClearCart empties the cart.
func (t *Till) ClearCart() (wire.RegisterState, error) {
	return t.engine.ClearCart()
}

// Undo takes back the last step on the cart.
func (t *Till) Undo() (wire.RegisterState, error) {
	return t.engine.Undo()
}

// Hold puts the cart aside.
func (t *Till) Hold(name string) (wire.RegisterState, error) {
	return t.engine.Hold(name)
}

// Held lists the carts that were put aside.
func (t *Till) Held() ([]wire.HeldCart, error) {
	return t.engine.Held()
}

// Recall takes a held cart up again.
func (t *Till) Recall(heldID uuid.UUID) (wire.RegisterState, error) {
	return t.engine.Recall(heldID)
}

// DropHeld forgets a held cart.
func (t *Till) DropHeld(heldID uuid.UUID) (wire.RegisterState, error) {
	return t.engine.DropHeld(heldID)
}

// Complete finishes the sale.
func (t *Till) Complete(tenders []wire.TenderIn) (wire.RegisterState, error) {
	return t.engine.Complete(tenders)
}

// Recent lists the last sales of this till.
func (t *Till) Recent(limit int) ([]wire.RecentSale, error) {
	return t.engine.Recent(limit)
}

// FindReceipts finds receipts of all tills by what is known of them.
func (t *Till) FindReceipts(text, day string) (wire.FoundReceipts, error) {
	return t.engine.FindReceipts(text, day)
}

// Purchases is what a customer has bought so far.
func (t *Till) Purchases(customerID uuid.UUID) (wire.Purchases, error) {
	return t.engine.Purchases(customerID)
}

// Receipt shows a sale's receipt as it was printed.
func (t *Till) Receipt(saleID uuid.UUID) (till.Receipt, error) {
	return t.engine.Receipt(saleID)
}

// Reprint prints a receipt again, marked as a copy.
func (t *Till) Reprint(saleID uuid.UUID) (wire.RegisterState, error) {
	return t.engine.Reprint(saleID)
}

// PrintGift prints a receipt without prices.
func (t *Till) PrintGift(saleID uuid.UUID) (wire.RegisterState, error) {
	return t.engine.PrintGift(saleID)
}

// TestPrint prints a page that shows whether the printer is set up right.
func (t *Till) TestPrint() (wire.RegisterState, error) {
	return t.engine.TestPrint()
}

// SetPrinter says where receipts go from now on.
func (t *Till) SetPrinter(printer wire.PrinterState) (wire.RegisterState, error) {
	return t.engine.SetPrinter(printer)
}

// SyncNow tries to reach the server at once.
func (t *Till) SyncNow() wire.RegisterState {
	t.engine.SyncNow()
	return t.engine.State()
}
