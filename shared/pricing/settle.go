package pricing

import (
	"slices"

	"souk/shared/money"
)

// Cash is the method kind that is rounded to coins and gives change.
const Cash = "cash"

// Settle works out how tenders pay a total.
//
// What is left for cash once all other tenders are taken off is rounded to what
// coins can pay; what is paid in other ways is exact, and where they pay all of it
// nothing is rounded. Change comes out of cash only, out of the last cash tender
// first. A refund (negative total) is paid
// out by negative tenders under the same rules, mirrored.
//
// It fails with a *Problem: pricing.underpaid, pricing.change_without_cash if
// the overpayment exceeds the cash handed over, pricing.tender_sign if a tender
// runs against the total, pricing.amount_too_large.
func Settle(cur money.Currency, total money.Amount, tenders []Tender) (Settlement, error) {
	if total < -money.Max {
		return Settlement{}, &Problem{Code: AmountTooLarge}
	}
	if refunds(total, tenders) {
		settlement, err := settle(cur, -total, negated(tenders))
		return settlement.negated(), err
	}
	return settle(cur, total, tenders)
}

func refunds(total money.Amount, tenders []Tender) bool {
	paysOut := func(t Tender) bool { return t.Amount < 0 }
	return total < 0 || (total == 0 && slices.ContainsFunc(tenders, paysOut))
}

// settle settles a total that is not negative.
func settle(cur money.Currency, total money.Amount, tenders []Tender) (Settlement, error) {
	s := Settlement{Total: total, Due: total, Tenders: make([]SettledTender, len(tenders))}
	var cash, other money.Amount
	hasCash := false
	for i, t := range tenders {
		if t.Amount < 0 {
			return Settlement{}, &Problem{Code: TenderSign}
		}
		var err error
		if s.Paid, err = s.Paid.Add(t.Amount); err != nil {
			return Settlement{}, &Problem{Code: AmountTooLarge}
		}
		if t.MethodKind == Cash {
			cash += t.Amount
			hasCash = true
		} else {
			other += t.Amount
		}
		s.Tenders[i] = SettledTender{MethodKind: t.MethodKind, Amount: t.Amount, Tendered: t.Amount}
	}
	if hasCash && other < total {
		s.Due = other + cur.RoundCash(total-other)
		s.Rounding = s.Due - total
	}
	s.Change = s.Paid - s.Due
	switch {
	case s.Change < 0:
		return Settlement{}, &Problem{Code: Underpaid}
	case s.Change > cash:
		return Settlement{}, &Problem{Code: ChangeWithoutCash}
	}
	s.giveChange()
	return s, nil
}

// giveChange takes the change out of the cash tenders, last one first.
func (s *Settlement) giveChange() {
	left := s.Change
	for i := len(s.Tenders) - 1; i >= 0 && left > 0; i-- {
		t := &s.Tenders[i]
		if t.MethodKind != Cash {
			continue
		}
		t.Change = min(left, t.Tendered)
		t.Amount = t.Tendered - t.Change
		left -= t.Change
	}
}

func negated(tenders []Tender) []Tender {
	out := make([]Tender, len(tenders))
	for i, t := range tenders {
		out[i] = Tender{MethodKind: t.MethodKind, Amount: -t.Amount}
	}
	return out
}

func (s Settlement) negated() Settlement {
	n := Settlement{Total: -s.Total, Rounding: -s.Rounding, Due: -s.Due, Paid: -s.Paid, Change: -s.Change}
	for _, t := range s.Tenders {
		n.Tenders = append(n.Tenders, SettledTender{t.MethodKind, -t.Amount, -t.Tendered, -t.Change})
	}
	return n
}
