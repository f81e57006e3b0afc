package sales

import (
	"time"

	"github.com/google/uuid"

	"souk/server/approvals"
	"souk/server/platform/module"
	"souk/shared/money"
	"souk/shared/wire"
)

// What may be done with sales.
const (
	Sell         module.Permission = "sales.sell"
	Read         module.Permission = "sales.read"
	ReadAll      module.Permission = "sales.all"
	GiveDiscount module.Permission = "sales.discount"
	ChangePrice  module.Permission = "sales.price"
	TakeBack     module.Permission = "sales.refund"
	Cancel       module.Permission = "sales.void"
	Mail         module.Permission = wire.MayMailReceipts
	SeeCost      module.Permission = "sales.cost"
	SeeCash      module.Permission = "sales.cash"
	CashIn       module.Permission = wire.MayCashIn
	CashOut      module.Permission = wire.MayCashOut
	SafeDrop     module.Permission = wire.MayDrop
	Drawer       module.Permission = wire.MayOpen
	ReadX        module.Permission = wire.MayReadX
)

// Sale is a document as it was booked. Paid is what the customer handed over and
// Change what went back.
type Sale struct {
	wire.FinishedSale
	BusinessDate string       `json:"business_date" format:"date"`
	Paid         money.Amount `json:"paid_minor"`
	Change       money.Amount `json:"change_minor"`
	Flags        []string     `json:"flags" nullable:"false" doc:"What was odd when it was booked"`
}

// Completed is emitted, inside its transaction, when a sale, a refund or a void
// has been booked.
type Completed struct {
	Sale wire.FinishedSale
	// LocationID is where its stock moved.
	LocationID   uuid.UUID
	BusinessDate time.Time
}

// The flags that a document can carry.
const (
	FlagPriceDiffers    = "price_differs"          // sold at another list price than the server's
	FlagTaxDiffers      = "tax_differs"            // another tax code, rate or sum than the server's
	FlagItemUnknown     = "item_unknown"           // the server has never heard of an item
	FlagItemInactive    = "item_inactive"          // an item that is no longer sold
	FlagCustomerUnknown = "customer_unknown"       // the customer is not there
	FlagShiftUnknown    = "shift_unknown"          // the till's shift never arrived; booked in another
	FlagShiftClosed     = "shift_closed"           // arrived after its shift's Z report
	FlagMethodUnknown   = "method_unknown"         // paid in a way that the server does not know
	FlagClockSkew       = "clock_skew"             // the till's clock cannot be right
	FlagStockNegative   = "stock_negative"         // more was sold than stood on the shelf
	FlagNumberGap       = "number_gap"             // the receipt before it has not arrived
	FlagSeriesUnknown   = "series_unknown"         // numbered in a series that is not the register's
	FlagRegisterDiffers = "register_differs"       // names another register than the device's
	FlagCurrencyDiffers = "currency_differs"       // in another currency than the shop's
	FlagRefundExceeds   = "refund_exceeds"         // takes back more than was left of its sale
	FlagRefundOffline   = "refund_offline"         // given back by a till that could not ask what had come back before
	FlagUnapproved      = approvals.FlagUnapproved // beyond the person's limits, and nobody who may has approved it
	FlagPromotion       = "promotion_unknown"      // sold with a promotion that is not there or was over
	FlagReasonUnknown   = "reason_unknown"         // cash moved for a reason that the server does not know
)

// Flags lists every flag, for filters and translations.
func Flags() []string {
	return []string{
		FlagPriceDiffers, FlagTaxDiffers, FlagItemUnknown, FlagItemInactive, FlagCustomerUnknown, FlagShiftUnknown,
		FlagShiftClosed, FlagMethodUnknown, FlagClockSkew, FlagStockNegative, FlagNumberGap, FlagSeriesUnknown,
		FlagRegisterDiffers, FlagCurrencyDiffers, FlagRefundExceeds, FlagRefundOffline, FlagUnapproved, FlagPromotion,
	}
}
