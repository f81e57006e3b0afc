package pricing

import (
	"fmt"

	"github.com/google/uuid"
)

// The codes of problems.
const (
	CurrencyUnknown     = "pricing.currency_unknown"
	QuantityZero        = "pricing.quantity_zero"
	DiscountKindUnknown = "pricing.discount_kind_unknown"
	DiscountNegative    = "pricing.discount_negative"
	DiscountTooBig      = "pricing.discount_too_big"
	TaxRateInvalid      = "pricing.tax_rate_invalid"
	AmountTooLarge      = "pricing.amount_too_large"
	Underpaid           = "pricing.underpaid"
	ChangeWithoutCash   = "pricing.change_without_cash"
	TenderSign          = "pricing.tender_sign"
)

// Problem says why a cart cannot be priced or settled. Line is uuid.Nil when it
// concerns the cart as a whole.
type Problem struct {
	Line uuid.UUID
	Code string
}

// Error names the code, and the line if there is one.
func (p *Problem) Error() string {
	if p.Line == uuid.Nil {
		return p.Code
	}
	return fmt.Sprintf("%s: line %s", p.Code, p.Line)
}

func (p *Problem) at(line uuid.UUID) *Problem {
	return &Problem{Line: line, Code: p.Code}
}
