package till

import (
	"errors"

	"souk/shared/fault"
	"souk/shared/money"
	"souk/shared/pricing"
)

// What the till says when it cannot do what was asked. Each sentence tells the
// person at the till what to do.
var (
	errTaken            = fault.Conflict("till.taken").Say("This till is already open on this computer. Use the window that is open.")
	errJournalDamaged   = fault.Internal("till.journal_damaged").Say("The till's journal is damaged. Nothing was deleted. Do not sell here; call support and keep this computer as it is.")
	errNotPaired        = fault.Conflict("till.not_paired").Say("Pair this till first: enter the shop's address and a pairing code from the office.")
	errPaired           = fault.Conflict("till.paired").Say("This till belongs to another shop. Open it with a new data folder to pair it with this one.")
	errFetching         = fault.Conflict("till.fetching").Say("The catalogue is still on its way. Wait a moment.")
	errSignedOut        = fault.Unauthenticated("till.not_signed_in").Say("Choose your name and type your PIN.")
	errOwnWait          = fault.Forbidden("till.own_wait").Say("Someone else has to end your wait.")
	errWrongPIN         = fault.Unauthenticated("till.wrong_pin").Say("That PIN is not right. Try again.")
	errNoPIN            = fault.Forbidden("till.no_pin").Say("You have no PIN yet. A manager sets one in the office, under People.")
	errPerson           = fault.NotFound("till.person_unknown").Say("This person may not sign in at this till.")
	errNoShift          = fault.Conflict("till.no_shift").Say("Open a shift first: count the drawer and enter the float.")
	errShiftOpen        = fault.Conflict("till.shift_open").Say("A shift is open already. Close it first.")
	errCartOpen         = fault.Conflict("till.cart_open").Say("There are lines on the cart. Finish, hold or clear it first.")
	errCartEmpty        = fault.Conflict("till.cart_empty").Say("The cart is empty. Scan something first.")
	errHeld             = fault.NotFound("till.held_unknown").Say("That held cart is gone. Open the list again.")
	errLine             = fault.NotFound("till.line_unknown").Say("That line is no longer on the cart.")
	errItem             = fault.NotFound("till.item_unknown").Say("That item is no longer sold here.")
	errUndo             = fault.Conflict("till.nothing_to_undo").Say("There is nothing to undo.")
	errQuantity         = fault.Invalid("till.quantity").Say("Enter a quantity above zero, no finer than the item is counted.")
	errAmount           = fault.Invalid("till.amount").Say("Enter an amount that is not negative.")
	errSale             = fault.NotFound("till.sale_unknown").Say("There is no such sale. Look it up in the office.")
	errMethod           = fault.Invalid("till.method_unknown").Say("That way to pay is no longer offered. Choose another.")
	errTenders          = fault.Invalid("till.tenders").Say("Say how it is paid first.")
	errAddress          = fault.Invalid("till.address").Say("Enter the shop's address as it stands in the browser, like http://city-mart.localhost:8080.")
	errOffline          = fault.Unavailable("till.offline").Say("The server cannot be reached. Check the network and try again.")
	errDisk             = fault.Unavailable("till.disk").Say("The disk did not take the sale, so it is not finished. Take no money. Free some space and try again.")
	errDiskFailing      = fault.Unavailable("till.disk_failing").Say("The disk is failing. Stop selling here and restart the till; what was finished is kept.")
	errBlocked          = fault.Forbidden("till.blocked")
	errCoupon           = fault.NotFound("till.coupon_unknown").Say("No promotion that runs has this coupon. Check the code.")
	errCouponTaken      = fault.Conflict("till.coupon_taken").Say("This coupon is on the sale already.")
	errReason           = fault.Invalid("till.reason").Say("Choose a reason from the list.")
	errCashAmount       = fault.Invalid("till.amount").Say("Say how much moves: an amount above zero.")
	errReceipt          = fault.NotFound("till.receipt_unknown").Say("No receipt has this number. Look at the number below the barcode and try again.")
	errReceiptElsewhere = fault.Unavailable("till.receipt_elsewhere").Say("The server cannot be reached, and this receipt is not of this till. Take it back at the till that made it, or when the network is back.")
	errReceiptAway      = fault.Unavailable("till.receipt_away").Say("The server cannot be reached, and this receipt is of another till. Show it there, or when the network is back.")
	errPurchasesAway    = fault.Unavailable("till.purchases_away").Say("What customers bought is kept with the server, which cannot be reached now.")
	errReceiptIsReturn  = fault.Conflict("till.receipt_is_return").Say("This receipt is itself of a return. Take the receipt of the sale.")
	errReceiptVoided    = fault.Conflict("till.receipt_voided").Say("This sale was voided: nothing of it is left to give back.")
	errReceiptOther     = fault.Conflict("till.receipt_other").Say("The cart takes back another receipt already. Finish that one first.")
	errRefundOffline    = fault.Unavailable("till.refund_offline").Say("Nothing is given back while the server cannot be reached. Try again when the network is back.")
	errRefundLimit      = fault.Forbidden("till.refund_limit").Say("This is more than may be given back while the server cannot be reached. Take fewer lines, or try again when the network is back.")
	errRefundExceeds    = fault.Invalid("till.refund_exceeds").Say("More than what is left of this line. Lower the quantity.")
	errReturned         = fault.Conflict("till.line_returned").Say("A returned line is as it was sold. Take it off, and choose again what comes back.")
	errEmail            = fault.Invalid("till.email").Say("This is not an e-mail address. Correct it, or leave it empty.")
	errNotYours         = fault.Forbidden("till.forbidden").Say("You may not see this. Ask a manager to give you the right in the office.")
	errNote             = fault.Invalid("till.note").Say("This note is too long. Shorten it.")
	errPrinterFull      = fault.Unavailable("till.printer_full").Say("The printer has too much to print already. Look whether it has paper.")
	errPrinterStuck     = fault.Unavailable("till.printer_stuck").Say("The printer answers but takes nothing. Look at its paper, its cover and its lights, then try again.")
	errPrinterMissing   = fault.Unavailable("till.printer_missing").Say("There is no printer at this place. Is it plugged in and switched on? Then choose it again.")
	errPrinterRights    = fault.Unavailable("till.printer_rights").Say("This computer does not let the till use the printer. Give its user the right to print, on Linux the group lp.")
	errPrinterSilent    = fault.Unavailable("till.printer_silent").Say("No printer answers at this address. Look whether it is on and in the same network, and compare the address with its self-test.")
	errApproveOwn       = fault.Forbidden("till.approve_own").Say("Nobody approves what he asked for himself. Ask someone else.")
	errApproveBeyond    = fault.Forbidden("till.approve_beyond").Say("This person may not approve this. Choose someone who may.")
	errName             = fault.Invalid("till.name").Say("Enter a name.")
)

var pricingSentences = map[string]string{
	pricing.Underpaid:         "The payments do not cover the total.",
	pricing.ChangeWithoutCash: "Only cash gives change. Enter the exact amount.",
	pricing.TenderSign:        "A payment cannot be negative.",
	pricing.DiscountTooBig:    "The discount is larger than what it is taken from.",
	pricing.DiscountNegative:  "A discount cannot be negative.",
	pricing.QuantityZero:      "The quantity cannot be zero.",
	pricing.AmountTooLarge:    "The amount is too large.",
	pricing.TaxRateInvalid:    "An item's tax rate is wrong. Correct it in the office.",
	pricing.CurrencyUnknown:   "The shop's currency is unknown to this till. Update the till.",
}

// pricingFault turns what has no price into a fault for the person at the till.
func pricingFault(err error) error {
	if errors.Is(err, money.ErrOverflow) {
		return fault.Invalid(pricing.AmountTooLarge).Say(pricingSentences[pricing.AmountTooLarge])
	}
	var problem *pricing.Problem
	if !errors.As(err, &problem) {
		return err
	}
	sentence, ok := pricingSentences[problem.Code]
	if !ok {
		sentence = "This cannot be priced. Take the last change back."
	}
	return fault.Invalid(problem.Code).Say(sentence)
}
